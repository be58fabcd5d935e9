# Postrider, English. Keys are screen-thing-state; the test `locale::check` finds missing and unused ones.

## Everywhere

cancel = Cancel
close = Close
app-broken = The mail on this computer cannot be opened

## Actions (also menus, tool tips and help)

command-next-message = Next message
command-previous-message = Previous message
command-next-unread = Next unread message
command-previous-unread = Previous unread message
command-first-message = First message
command-last-message = Last message
command-page-down = Page down
command-page-up = Page up
command-open-message = Read message
command-read-on = Page down in the text
command-read-back = Page up in the text
command-back = Back
command-next-pane = Next pane
command-previous-pane = Previous pane
command-toggle-read = Mark as read or unread
command-mark-read = Mark as read
command-mark-unread = Mark as unread
command-toggle-flag = Flag
command-unflag = Remove flag
command-archive = Archive
command-delete = Delete
command-delete-forever = Delete forever
command-junk = Junk
command-not-junk = Not junk
command-move = Move to folder
command-move-again = Move to the last folder again
command-copy = Copy to folder
command-select-all = Select all messages
command-undo = Undo
command-redo = Redo
command-toggle-addresses = Show all addresses
command-save-attachments = Save all attachments
command-go-inbox = Go to Inbox
command-go-flagged = Go to Flagged
command-go-drafts = Go to Drafts
command-go-sent = Go to Sent
command-go-archive = Go to Archive
command-go-junk = Go to Junk
command-go-trash = Go to Trash
command-mark-all-read = Mark all as read
command-new-folder = New folder
command-rename-folder = Rename folder
command-delete-folder = Delete folder
command-subscribe = Subscribe
command-unsubscribe = Unsubscribe
command-next-folder = Next folder
command-previous-folder = Previous folder
command-get-mail = Get new mail
command-toggle-offline = Work offline
command-go-online = Go online
command-show-status = Activity
command-add-account = Add account
command-remove-account = Remove account
command-toggle-folders = Folders
command-toggle-reader = Reading pane
command-next-density = Row height
command-toggle-threads = Conversations
command-expand-all = Open all messages of the conversation
command-next-in-thread = Next message of the conversation
command-previous-in-thread = Previous message of the conversation
command-split-thread = Split conversation
command-mute-thread = Mute conversation
command-unmute-thread = Unmute conversation
menu-list-threads = List conversations
menu-list-messages = List single messages
command-next-theme = Light, dark or system colors
command-zoom-in = Larger
command-zoom-out = Smaller
command-zoom-reset = Normal size
command-help = Keyboard shortcuts
command-close-window = Close window
command-quit = Quit

## Help

help-title = Keyboard shortcuts
help-keys = You can change every key in settings.toml, below [keys]. “Edit as a file” in the settings opens it.
help-group-navigation = Moving around
help-group-messages = Messages
help-group-folders = Folders
help-group-accounts = Accounts
help-group-view = Window
help-or = or
help-then = then

## Keys

key-sequence = { $first } then { $second }
key-command = Cmd
key-ctrl = Ctrl
key-alt = Alt
key-shift = Shift
key-enter = Enter
key-escape = Esc
key-backspace = Backspace
key-delete = Delete
key-space = Space
key-tab = Tab
key-up = ↑
key-down = ↓
key-left = ←
key-right = →
key-home = Home
key-end = End
key-page-up = Page Up
key-page-down = Page Down
key-f1 = F1
key-f3 = F3
key-f5 = F5
key-f6 = F6
key-f8 = F8
key-f9 = F9
key-f10 = F10

## Toolbar and folders

toolbar = Main toolbar
toolbar-menu = Menu
menu-theme = Colors: { $now }
theme-system = system
theme-light = light
theme-dark = dark
menu-density = Row height: { $now }
density-compact = compact
density-cozy = cozy
density-relaxed = relaxed
menu-hide-reader = Hide reading pane
menu-show-reader = Show reading pane
menu-copy = Copy
menu-open-link = Open link
menu-copy-link = Copy link
folders = Folders
folder-inbox = Inbox
folder-drafts = Drafts
folder-sent = Sent
folder-archive = Archive
folder-junk = Junk
folder-trash = Trash
folder-all = All mail
folder-flagged = Flagged
folder-description = { $unread } unread of { $total }

## Message list

messages = Messages
list-menu = Message
list-count = { $total ->
    [one] { $total } message
   *[other] { $total } messages
}
list-count-unread = { $unread } unread of { $total }
list-no-sender = (no sender)
list-no-subject = (no subject)
list-speech-unread = Unread
list-speech-thread = { $count } messages
list-speech-muted = Muted
thread-count = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
thread-expand-all = Open all
thread-collapse-all = Close all
thread-earlier = { $count ->
    [one] Show { $count } earlier message
   *[other] Show { $count } earlier messages
}
thread-open-message = Open message from { $name }, { $date }
thread-close-message = Close message from { $name }
thread-muted = Muted
thread-elsewhere = in { $folder }
list-speech-flagged = flagged
list-speech-attachment = has attachment
list-speech-answered = answered
list-speech-forwarded = forwarded
list-speech-pending = waiting to be sent to the server
list-speech-failed = a change failed
list-empty = No messages
list-empty-hint = This folder is empty.
list-loading = Fetching messages
list-loading-hint = They appear here as soon as the server sends them.
list-not-here-offline = Nothing here yet
list-not-here-offline-hint = This folder has not been fetched, and there is no connection at the moment.
list-first-sync = Looking for your folders
list-first-sync-hint = Your mail appears here in a moment.
list-no-folder = No folders yet
list-no-folder-hint = They are fetched as soon as there is a connection.
list-broken = The mail on this computer cannot be read
list-reload = Try again

## Dragging

drag-messages = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
drag-threads = { $count ->
    [one] { $count } conversation
   *[other] { $count } conversations
}
drag-move-to = Move { $what } to { $folder }
drag-copy-to = Copy { $what } to { $folder }
drag-copy = Copy { $what }
drag-foreign = { $folder } ({ $account })
drag-same-folder = They are in this folder already
drag-no-messages = This folder cannot hold messages
drag-on-account = Drop messages on one of the folders
drag-into-itself = A folder cannot be put into itself
drag-other-account = Folders stay in their account
drag-same-place = It is there already

## Folder list

palette-move = { $count ->
    [one] Move { $count } message to
   *[other] Move { $count } messages to
}
palette-copy = { $count ->
    [one] Copy { $count } message to
   *[other] Copy { $count } messages to
}
palette-move-threads = { $count ->
    [one] Move { $count } conversation to
   *[other] Move { $count } conversations to
}
palette-copy-threads = { $count ->
    [one] Copy { $count } conversation to
   *[other] Copy { $count } conversations to
}
palette-hint = Name of a folder
palette-nothing = No folder fits
palette-enter-move = Enter moves to { $folder }
palette-enter-copy = Enter copies to { $folder }
palette-more = and { $count } more
palette-instead-copy = Copy instead
palette-instead-move = Move instead

## Activity

activity-failed = Failed
activity-waiting = Waiting for the server
activity-transfers = Downloads
activity-done = Done
activity-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
}
activity-move = { $count ->
    [one] Move { $count } message to { $folder }
   *[other] Move { $count } messages to { $folder }
}
activity-copy = { $count ->
    [one] Copy { $count } message to { $folder }
   *[other] Copy { $count } messages to { $folder }
}
activity-expunge = { $count ->
    [one] Delete { $count } message forever
   *[other] Delete { $count } messages forever
}
activity-read = { $count ->
    [one] Mark { $count } message as read
   *[other] Mark { $count } messages as read
}
activity-unread = { $count ->
    [one] Mark { $count } message as unread
   *[other] Mark { $count } messages as unread
}
activity-flag = { $count ->
    [one] Flag { $count } message
   *[other] Flag { $count } messages
}
activity-unflag = { $count ->
    [one] Remove the flag of { $count } message
   *[other] Remove the flag of { $count } messages
}
activity-change = { $count ->
    [one] Change { $count } message
   *[other] Change { $count } messages
}
activity-append = { $count ->
    [one] Put a message into { $folder }
   *[other] Put { $count } messages into { $folder }
}
activity-folder = Change the folder { $folder }
activity-folder-read = Mark everything in { $folder }
activity-some-folder = another folder
activity-inflight = Being sent
activity-turn = Sent as soon as it is its turn
activity-refused = The server refused it
activity-dismiss = Dismiss

## Reading pane

message = Message
reader-nothing = No message selected
reader-nothing-hint = Choose one from the list, or press j for the next one.
reader-several = { $count } messages selected
reader-several-hint = Drag them onto a folder, or press v to move them.
reader-gone = This message is gone
reader-gone-hint = It was moved or deleted elsewhere.
reader-broken-hint = Nothing was lost. Trying again often helps.
reader-loading = Fetching the text…
reader-not-here = This text is not on your computer yet
reader-failed = This text could not be fetched
reader-blank = No text
reader-blank-hint = The message has no text.
reader-blank-attachments = The message consists of attachments only.
reader-blank-sealed = It is encrypted, or sealed as a whole by a signature. Postrider cannot open that yet; its parts can be saved.
reader-blank-elsewhere = Its text lies on the network. It was not fetched.
reader-blank-piece = It is one piece of a message that was cut up. Postrider does not put those together.
reader-blank-deep = Its parts are nested too deeply to be shown. The source of the message has all of it.
reader-blank-mails = It has no text of its own, only other messages inside.
reader-note-html = Written with HTML. Its text is shown; nothing was loaded from the internet.
page-late = The designed view takes a while. Its text is shown until then.
report-failed = Not delivered to { $address }
report-delayed = Not delivered to { $address } yet; the server goes on trying
report-delivered = Delivered to { $address }
report-relayed = Handed on for { $address }; nothing more is told
report-expanded = Handed on to the list { $address }
report-displayed = { $address } has seen your message
report-deleted = { $address } has deleted your message
report-more = { $count ->
    [one] One more address
   *[other] { $count } more addresses
}
report-why = { $what }: { $why }
report-said = { $what } ({ $words })
report-no-address = there is no such address
report-full = the mailbox is full
report-too-large = the message is too large
report-unreachable = the server cannot be reached
report-refused = the server refuses it
nested-attached = Attached:
page-too-slow = This message is too complex to be shown as designed. This is its text.
page-crashed = Showing this message as designed failed. This is its text.
page-no-process = The program that shows designed messages cannot be started. This is the text.
command-find = Find in message
command-find-next = Next place
command-find-previous = Previous place
command-flip-colors = Light or dark message
command-toggle-plain = Text or designed view
find-bar = Find in message
find-nothing = Not found
find-count = { $current } of { $count }
find-close = End the search
command-view-source = Message source
command-view-header = All header fields
command-save-message = Save message
command-print = Print to PDF
menu-save-image = Save picture
source-all = Message source
source-header = Header fields
source-show-all = Show everything
source-show-header = Show the header only
print-date = Date:
note-fault = Something went wrong inside Postrider. Nothing is lost; what happened stands in a report, without mail and passwords.
note-broke-off = Postrider broke off and was started anew. Nothing is lost; what happened stands in a report, without mail and passwords.
note-report = Show the report
note-not-printed = This message could not be made into a PDF.
ask-programs-title = { $count ->
    [one] This attachment is a program
   *[other] { $count } attachments are programs
}
ask-programs-text = It can do anything on your computer once it is opened. Save it only if you expected it and know whom it is from.
ask-programs-yes = Save it anyway
ask-link-title = This link is not what it seems
ask-link-yes = Open it anyway
link-mismatch = The link says { $shown } but leads to { $host }.
link-counted = The link says { $shown } and leads to { $host }, where { $service } sees who clicks.
link-user-name = The link leads to { $host } and hides it behind the user name “{ $name }”.
link-number = The link leads to a number instead of a name: { $host }
link-script = The link leads to { $unicode } ({ $host }).
link-confusable = The link leads to { $unicode } ({ $host }), in letters that look like others.
link-lookalike = The link leads to { $host }, which could be mistaken for { $of }.
command-charset = Text encoding
charset-automatic = As the message says
charset-unicode = Unicode
charset-western = Western
charset-central = Central European
charset-cyrillic = Cyrillic
charset-greek = Greek
charset-turkish = Turkish
charset-hebrew = Hebrew
charset-arabic = Arabic
charset-japanese = Japanese
charset-chinese = Chinese
charset-korean = Korean
page-again = Try again
reader-note-cut = This text is very long. Its end is not shown.
reader-more = Show all addresses
reader-less = Hide addresses
reader-from-speech = From { $sender }
reader-and-more = and { $count } more
reader-to = to { $names }
reader-to-more = { $count ->
    [one] to { $names } and { $count } other
   *[other] to { $names } and { $count } others
}
reader-no-recipients = no recipients named
reader-field-from = From
reader-field-sender = Sender
reader-field-reply-to = Reply to
reader-field-to = To
reader-field-cc = Cc
reader-field-bcc = Bcc
reader-quote-show = Show quoted text
reader-quote-hide = Hide quoted text
attachments = { $count ->
    [one] { $count } attachment
   *[other] { $count } attachments
}
attachment-action = { $action }: { $name }
attachment-open = Open
attachment-save = Save to Downloads
attachment-save-as = Save as
attachment-cancel = Cancel
attachment-progress = { $done } of { $total }

## Status line

status-details = Activity
status-no-account = No account
status-starting = Starting
status-connecting = Connecting…
status-syncing-tree = Reading the list of folders…
status-syncing-folder = Syncing { $folder }: { $done } of { $total }
status-looking = Looking into { $folder }…
status-online = Up to date
status-online-idle = The server tells of new mail at once.
status-online-poll = New mail is looked for every few minutes.
status-offline = Offline since { $since }
status-offline-retry = Offline since { $since }, next try at { $at }
status-offline-choice = Working offline
status-sign-in-needed = Sign-in needed
status-keyring = Waiting for the keyring
status-sign-in = Sign-in needed: { $why }
status-account = { $account }: { $state }
status-waiting = { $count ->
    [one] { $count } change waits
   *[other] { $count } changes wait
}
status-failed = { $count ->
    [one] { $count } change failed
   *[other] { $count } changes failed
}
status-waiting-failed = { $failed } failed, { $waiting } waiting
status-link = Leads to { $target }
status-link-here = Goes to “{ $name }” in this message
status-selected = { $count } selected
keep-space = Space used on this computer: { $size }
keep-fetching = Fetching mails of { $folder } to keep: { $done } of { $total }
keep-used-up = The provider's daily allowance for fetching is used up. Fetching goes on: { $when }
keep-folder = Keep offline
keep-as-account = As the account: { $what }
keep-chosen = { $what } (chosen)
keep-days = Last { $days } days
keep-choice = Keep mails on this computer
keep-none = None
keep-month = Last 30 days
keep-quarter = Last 90 days
keep-all = All
keep-pause = Pause fetching
keep-resume = Resume fetching

## Notes

note-saved = Saved { $name }
note-saved-all = { $count ->
    [one] Saved { $count } attachment in { $folder }
   *[other] Saved { $count } attachments in { $folder }
}
note-open = Open
note-open-folder = Open folder
note-retry = Retry
note-undo = Undo
note-redo = Redo
note-moved = { $count ->
    [one] Moved { $count } message to { $folder }
   *[other] Moved { $count } messages to { $folder }
}
note-moved-somewhere = { $count ->
    [one] Moved { $count } message
   *[other] Moved { $count } messages
}
note-archived = { $count ->
    [one] Archived { $count } message
   *[other] Archived { $count } messages
}
note-junk = { $count ->
    [one] Moved { $count } message to Junk
   *[other] Moved { $count } messages to Junk
}
note-trashed = { $count ->
    [one] Moved { $count } message to Trash
   *[other] Moved { $count } messages to Trash
}
note-copied = { $count ->
    [one] Copied { $count } message to { $folder }
   *[other] Copied { $count } messages to { $folder }
}
note-copied-somewhere = { $count ->
    [one] Copied { $count } message
   *[other] Copied { $count } messages
}
note-expunged = { $count ->
    [one] Deleted { $count } message forever
   *[other] Deleted { $count } messages forever
}
note-flagged = { $count ->
    [one] Marked { $count } message
   *[other] Marked { $count } messages
}
note-all-read = { $count ->
    [one] Marked { $count } message as read
   *[other] Marked { $count } messages as read
}
note-appended = { $count ->
    [one] Added { $count } message
   *[other] Added { $count } messages
}
note-folder-changed = Folder changed
note-undone = Undone: { $what }
note-already-there = The messages are in this folder already
note-fixed-folder = This folder belongs to the account and stays as it is
note-transfer-failed = { $name } could not be saved. { $why }
note-operation-failed = { $count ->
    [one] A change to a message was undone. { $why }
   *[other] A change to { $count } messages was undone. { $why }
}
note-alert = { $account }: the server says “{ $text }”
note-no-unread = No more unread messages here
note-no-folder = This account has no such folder
note-not-opened = No program opened { $name }
note-dangerous = { $name } could be a program, so it is not opened from a mail. You can save it.
note-address-copied = { $address } is on the clipboard
note-account-added = { $account } was added
note-account-changed = The settings of { $account } were saved
note-account-removed = { $account } was removed from this computer

## First start and account form

setup-welcome = Welcome to Postrider
setup-welcome-text = Mail that stays on your computer, answers at once, and tells nobody that you read it.
setup-add = Add account
setup-change = Account settings
setup-demo = Try the demo mailbox
setup-demo-starting = Starting the demo…
setup-demo-hint = The demo runs on this computer only and leaves nothing behind.
setup-demo-failed = The demo could not be started: { $detail }
setup-back = Back
setup-email = Email address
setup-email-placeholder = you@example.org
setup-password = Password
setup-password-placeholder = Password or app password
setup-password-keep = Leave empty to keep the known one
setup-password-show = Show password
setup-password-hide = Hide password
setup-remember = Remember it in the system keyring
setup-host = Mail server (IMAP)
setup-host-placeholder = imap.example.org
setup-port = Port
setup-port-placeholder = 993
setup-security = Protection
setup-security-tls = TLS
setup-security-starttls = STARTTLS
setup-more = More settings
setup-user = User name
setup-user-placeholder = The same as the address
setup-smtp-host = Server for sending (SMTP)
setup-smtp-host-placeholder = None: for reading only
setup-smtp-port = SMTP port
setup-smtp-port-placeholder = 465
setup-smtp-security = Protection when sending
setup-smtp-user = User name for sending
setup-smtp-user-placeholder = The same as for reading
setup-ca-file = Extra certificate authority
setup-ca-file-placeholder = PEM file, only for servers inside a company
setup-choose-file = Choose…
setup-submit = Sign in
setup-save = Try and save
setup-stop = Stop
setup-trying = Connecting to { $host }, port { $port }, and signing in…
setup-lookup-asking = Looking for the settings…
setup-lookup-bundled = Settings of { $name }
setup-lookup-domain = Settings that { $host } publishes
setup-lookup-ispdb = Settings from Mozilla's database of providers
setup-lookup-mx = Settings of { $name }, which takes the mail of this domain
setup-lookup-srv = Settings from the name server of the domain
setup-lookup-guess = Servers with the usual names answered
setup-lookup-foreign = The server belongs to another domain than the address. Look twice.
setup-lookup-missing = No settings were found. Please check the server.
setup-lookup-offline = There is no network, so only well-known providers are found. Please fill in the server.
setup-lookup-closed = { $name } has no IMAP, so no mail program can read it.
setup-lookup-app-password = { $name } wants an app password, not the usual one.
setup-bridge = { $name } needs its bridge on this computer, and the password that the bridge shows.
setup-imap-switch = { $name } wants IMAP to be switched on first.
setup-certificate-own = The server’s own certificate
setup-certificate-root = Authority at the root
setup-certificate-between = Authority in between
setup-certificate-whose = Certificate of { $subject }
setup-certificate-expired = It has expired.
setup-certificate-early = It is not valid yet.
setup-certificate-unknown = This computer does not know this authority.
setup-certificate-unknown-signer = Nobody on this computer knows who signed it.
setup-certificate-self = It is signed by itself: nobody vouches for it.
setup-certificate-name = It is not for the name of this server.
setup-certificate-changed = It is not the one that you trusted.
setup-certificate-revoked = It was revoked.
setup-certificate-odd = It cannot be checked.
setup-certificate-subject = Certificate of { $subject }, for { $names }
setup-certificate-issuer = Signed by { $issuer }
setup-certificate-valid = Valid from { $from } to { $to }
setup-certificate-sha = SHA-256 { $sha }
setup-remedy-trust = Trust this certificate here
setup-privacy = Your password goes to this server only, and never without TLS.
setup-fault-missing = Please fill this in
setup-fault-address = This is not an email address
setup-fault-host = This is not a server name
setup-fault-port = From 1 to 65535
setup-remedy-tls = Try TLS on port 993
setup-remedy-starttls = Try STARTTLS on port 143
setup-remedy-password = Enter the password again
setup-remedy-email = Use another address
setup-remedy-server = Change the server
setup-remedy-memory = Remember it only until I quit
setup-provider = Provider
setup-provider-other = Other
setup-provider-change = Another provider…
setup-submit-browser = Sign in with the browser
setup-privacy-browser = You give your password to your provider only. Postrider gets a key for mail that you can take back at any time.
setup-password-instead = Use an app password instead
setup-browser-instead = Sign in with the browser instead
setup-app-password = { $provider } takes only an app password here: one that you make for this program, not the one of your account.
setup-app-password-make = Make an app password…
setup-issuer = Sign-in service (OAuth issuer)
setup-issuer-placeholder = https://id.example.org
setup-client-id = Client id
setup-client-id-placeholder = Only for a client id of your own
setup-fault-issuer = This must be an address that starts with https://
sign-in-waiting = Sign in as { $account } in your browser.
sign-in-waiting-hint = Come back here when it says that you can close its page.
sign-in-left = Time left
sign-in-again = Open the page again
sign-in-copy = Copy the link
sign-in-copied = Copied
sign-in-banner = Sign in as { $account } in your browser. Time left: { $left }
sign-in-opening = Opening your browser for { $account }…
sign-in-failed = { $account }: { $why }
no-client-title = { $provider } without a client id
no-client-why = To sign in with the browser, a program must be registered with { $provider } and have a client id. This build of Postrider has none. These ways work:
no-client-app = With an app password
no-client-app-text = Your provider makes a password just for this program. You need two-step verification for it.
no-client-have-password = I have one
no-client-desktop = From GNOME Online Accounts
no-client-desktop-text = Your desktop has signed in already and gives Postrider the key for mail whenever it is needed.
no-client-desktop-use = Use { $account }
no-client-own = Use your own Google client
no-client-own-text = You register Postrider with Google yourself. It takes about five minutes, once, and costs nothing.
no-client-wizard = Show the steps
no-client-id = With a client id of your own
no-client-id-text = If you or your company registered a client with this provider, enter its id.
no-client-enter = Enter a client id
wizard-step = Step { $number } of { $count }
wizard-project = Make a project
wizard-project-text = Open the Google Cloud console, sign in with the account that you want to read mail with, and make a project. Its name is only for you, such as “Mail”.
wizard-consent = Describe the program
wizard-consent-text = Press “Get started”. Name: Postrider. Support address and contact address: your own. Audience: External.
wizard-publish = Publish it
wizard-publish-text = Under “Audience” press “Publish app”. As long as it is “Testing”, Google ends your sign-in after seven days. Google will warn that the app is not verified; it is your own.
wizard-client = Make a client id
wizard-client-text = Application type: Desktop app. After “Create”, press “Download JSON”.
wizard-file = Give the file to Postrider
wizard-file-text = Choose the file that you just downloaded; its name begins with client_secret. It is copied into the settings of this profile. Then your browser opens for the sign-in.
wizard-open = Open the page
wizard-back = Previous step
wizard-next = Next step
wizard-choose = Choose the file…
wizard-fault-file = The file cannot be used: { $detail }
wizard-fault-other = This is not the file that Google offers for download. Its name begins with client_secret.
wizard-fault-web = This client id is for web pages. Make one of the type “Desktop app”.
wizard-fault-folder = There is no folder for settings in which it could be kept.

## Settings

command-settings = Settings
settings-title = Settings
settings-search = Search settings
settings-none = No setting has these words
settings-file = Edit as a file
settings-group-look = Look
settings-group-reading = Reading
settings-group-news = New mail
settings-group-offline = On this computer
settings-theme = Theme
settings-theme-hint = Light, dark, or as your system says.
settings-theme-system = As the system
settings-theme-light = Light
settings-theme-dark = Dark
settings-density-compact = Compact
settings-density-cozy = Cozy
settings-density-relaxed = Relaxed
settings-accent = Accent color
settings-accent-hint = Buttons, selection and links.
settings-density = Message list
settings-density-hint = How much room a message takes.
settings-zoom = Size
settings-zoom-hint = Text and everything else, on top of the scale of your system.
settings-language = Language
settings-language-hint = Of this window. Mail stays as it was written.
settings-language-system = As the system
settings-language-en = English
settings-language-de = Deutsch
settings-conversations = List by
settings-conversations-hint = What a folder shows unless you chose otherwise for it.
settings-list-conversations = Conversations
settings-list-messages = Single messages
settings-mark-read = Mark as read by showing
settings-mark-read-hint = Else only you mark messages as read.
settings-mark-read-after = Mark as read after
settings-mark-read-after-hint = How long a message has to be shown.
settings-notifications = Notifications
settings-notifications-hint = Your desktop tells of new mail in the inbox. Each account has its own switch besides.
settings-after-0 = At once
settings-after-1 = 1 second
settings-after-3 = 3 seconds
settings-after-10 = 10 seconds
settings-on = On
settings-off = Off
settings-keep = Mail kept for offline use
settings-keep-hint = Of all accounts. Each one can have its own setting. The list of messages is always here.
settings-fault-syntax = settings.toml, line { $line }: this is not TOML ({ $detail }). Nothing of the file was taken over.
settings-fault-value = settings.toml, line { $line }: “{ $key }” does not take this value. The old one stays.
settings-fault-keys = settings.toml, line { $line }: “{ $word }” is no action, or this is no key, or a key of another action.
note-settings-faulty = This holds until you quit: settings.toml has a mistake in line { $line } that has to be mended first.
note-settings-not-written = This holds until you quit: settings.toml could not be written ({ $why }).
accent-blue = Blue
accent-teal = Teal
accent-green = Green
accent-violet = Violet
accent-pink = Pink
accent-orange = Orange
accent-graphite = Graphite

## Account manager

command-accounts = Accounts
accounts-title = Accounts
accounts-enabled = Switched on
accounts-off = Switched off
accounts-up = Move up
accounts-down = Move down
accounts-open = Settings
accounts-look = Name and color
accounts-label = Name in this window
accounts-color = Color
accounts-no-color = None
accounts-server = Server
accounts-user = User { $user }, { $auth }
accounts-auth-password = password
accounts-auth-command = password from a command
accounts-auth-browser = signed in with the browser
accounts-change-server = Change server or password…
accounts-try = Try the connection
accounts-doctor = Examine the account…
accounts-no-smtp = No server for sending is set
accounts-sending = Sending was tried and works: signed in by { $mechanism }
accounts-sending-failed = Sending was tried and would not work. { $why }
accounts-protected = Protected by { $tls } ({ $cipher }), signed in by { $mechanism }
accounts-exceptions = Certificates you trust
accounts-exception-since = Trusted since { $at }
accounts-exception-revoke = Trust it no longer
accounts-exceptions-hint = Something is wrong with these certificates, and you said that each may be used at this one place.
accounts-trying = Trying the connection…
accounts-tried = It works: { $tls }, signed in by { $mechanism }, { $folders } folders.
accounts-connections = Connections: { $open } open, at most { $allowed }
accounts-traffic = Since the start: { $received } received, { $sent } sent
accounts-last-pass = All folders compared: { $at }
accounts-capabilities = The server can: { $words }
accounts-identities = Who you are
accounts-sender = Your name
accounts-sender-placeholder = As others see it
accounts-alias = Further address
accounts-alias-name = Name with it
accounts-alias-add = Add an address
accounts-alias-remove = Remove this address
accounts-alias-fault = This is not an email address yet. It is kept once it is one.
accounts-alias-twice = This address is here already.
accounts-usual = Used when you write
accounts-identities-hint = Names, addresses and signatures are kept for when Postrider can write mail, which it cannot yet.
accounts-signature = Signature
accounts-signature-placeholder = No signature
accounts-signature-same = The signature of the account
accounts-folders = Folders
accounts-folder-none = none
accounts-folder-choose = Choose…
accounts-folder-server = As the server says
accounts-folders-hint = Most servers say what their folders are for. What you choose here counts more.
accounts-keep = Mail kept for offline use
accounts-notify = Tell of new mail
accounts-notify-hint = With sender and subject, for new mail in the inbox that you have not read elsewhere.
accounts-notify-off = Notifications are switched off in the settings for all accounts.
notice-open = Open
notice-several = { $count } new messages
notice-several-account = { $account }: { $count } new messages
accounts-remove = Remove
accounts-remove-hint = Signing out switches the account off and forgets its password; its mail here stays and can be read. Removing takes its mail from this computer as well. Nothing changes on the server.
accounts-sign-out = Sign out and keep its mail here
accounts-remove-all = Remove with its mail…

## Doctor

doctor-title = Examining { $account }
doctor-running = The account is being examined. Nothing is changed.
doctor-stopped = You stopped the examination.
doctor-good = Everything is in order.
doctor-warned =
    { $count ->
        [one] It works. One thing could be better.
       *[other] It works. { $count } things could be better.
    }
doctor-failed =
    { $count ->
        [one] One step failed.
       *[other] { $count } steps failed.
    }
doctor-again = Examine again
doctor-copy = Copy the report
doctor-copy-hint = The report holds no password, no token, no mail and no name of a folder.
doctor-transcript = What was said, without secrets and names of folders
doctor-account = This computer
doctor-imap = Reading (IMAP)
doctor-smtp = Sending (SMTP)
doctor-ok = in order
doctor-warning = could be better
doctor-fault = failed
doctor-skipped = not tried
doctor-check-secret = Password or token
doctor-check-name = Server name
doctor-check-connection = Connection
doctor-check-encryption = Encryption and certificate
doctor-check-greeting = Greeting
doctor-check-offers = Ways to sign in
doctor-check-sign-in = Sign-in
doctor-check-extensions = What the server can do
doctor-check-resync = Catching up quickly
doctor-check-mailboxes = Folders
doctor-check-idle = News at once
doctor-check-size = Largest message
doctor-fact-certificate = certificate of { $subject } by { $issuer }, for { $names }, valid from { $from } to { $to }, SHA-256 { $sha }
doctor-fact-mailboxes = Folders: { $count }
doctor-fact-size = up to { $size }
doctor-fact-no-size = the server names no limit
doctor-fact-idle = there and back in { $took }
doctor-note-ends-soon =
    { $days ->
        [0] The certificate ends within a day. Tell whoever runs the server.
        [one] The certificate ends in one day. Tell whoever runs the server.
       *[other] The certificate ends in { $days } days. Tell whoever runs the server.
    }
doctor-note-exception = The certificate is trusted only because you said so; see the account's page.
doctor-note-no-idle = The server does not tell of new mail by itself (IDLE). It is asked every two minutes.
doctor-note-no-resync = The server cannot tell what changed (QRESYNC, CONDSTORE). Catching up takes more time and data.
doctor-note-no-special-use = There is no folder for sent mail, drafts or trash. They are made when they are first needed.
doctor-note-no-move = The server cannot move (MOVE). Messages are copied, then deleted.
doctor-note-no-uidplus = The server cannot delete single messages for good (UIDPLUS). They stay marked as deleted.
doctor-note-no-submission = No server for sending is set, so sending was not tried.
help-desk-title = Text for your help desk
help-desk-copy = Copy a text for the help desk
help-desk-text =
    I would like to read and send my mail ({ $account }) with Postrider, a desktop mail program.
    It signs in by OAuth 2.0 with the system's browser (authorization code with PKCE) and keeps the token in the system's keyring.
    It needs the delegated permissions IMAP.AccessAsUser.All, SMTP.Send and offline_access (Microsoft), or https://mail.google.com/ (Google). Nothing is sent to anybody else.
    Please grant consent for the client id that was shown in the browser, and allow IMAP for my mailbox.
note-help-desk-copied = Copied. Send it to your help desk.
note-sending-failed = { $account } can be read, but sending would not work yet: { $why }

## Dialogs

dialog-save-title = Save attachment
dialog-save-all-title = Save all attachments in a folder
dialog-client-title = Choose the file from Google
dialog-certificate-title = Choose a certificate file
ask-delete-title = { $count ->
    [one] Delete { $count } message forever?
   *[other] Delete { $count } messages forever?
}
ask-delete-text = This cannot be undone.
ask-delete-threads-title = { $count ->
    [one] Delete { $count } conversation forever?
   *[other] Delete { $count } conversations forever?
}
ask-delete-threads-text = All of their messages in this folder are deleted. This cannot be undone.
ask-delete-folder-title = Delete the folder { $folder }?
ask-delete-folder-text = { $count ->
    [one] The { $count } message in it is deleted, too. This cannot be undone.
   *[other] The { $count } messages in it are deleted, too. This cannot be undone.
}
ask-delete-folder-tree = { $count ->
    [one] The { $count } message in it and the folders inside of it are deleted, too. This cannot be undone.
   *[other] The { $count } messages in it and the folders inside of it are deleted, too. This cannot be undone.
}
ask-delete-folder-empty = There are no messages in it.
ask-move-folder-title = Move the folder { $folder } into { $parent }?
ask-move-folder-top = Move the folder { $folder } to the top?
ask-move-folder-text = The messages and folders in it go along.
ask-move-folder-yes = Move folder
ask-new-folder-title = New folder
ask-new-folder-inside = New folder in { $parent }
ask-new-folder-yes = Create
ask-rename-folder-title = Rename { $folder }
ask-rename-folder-yes = Rename
ask-folder-name = Name of the folder
dialog-remove-title = Remove { $account }?
dialog-remove-text = Its mail and its password are removed from this computer. On the server everything stays as it is.
dialog-remove-yes = Remove
dialog-password-title = Password for { $account }
dialog-password-yes = Sign in

## What helps

fix-retry = Try again
fix-go-online = Go online
fix-sign-in = Sign in again
fix-enter-password = Enter password
fix-unlock-keyring = Unlock the keyring
fix-edit-server = Change settings
fix-choose-certificate = Choose a certificate
fix-review-certificate = Look at the certificate
fix-open-page = Open the web page
fix-choose-file = Choose another file

## What went wrong

problem-server-said = The server said: { $text }
problem-detail = Details: { $text }
problem-switched-off = This account is switched off.
problem-switched-off-advice = Switch it on in the list of accounts.
problem-offline-choice = You are working offline.
problem-offline-choice-advice = Go online to reach the server.
problem-name-not-found = The server { $host } was not found.
problem-name-not-found-advice = Check the name for typing errors, and whether you are connected to the internet.
problem-port-refused = { $host } does not answer on port { $port }.
problem-port-refused-advice = The port may be wrong, or mail is switched off there. Usual ports are 993 for TLS and 143 for STARTTLS.
problem-unreachable = There is no way to { $host }.
problem-unreachable-advice = Your computer seems to have no network. Mail is fetched as soon as it is back.
problem-timed-out = { $host } did not answer in time.
problem-timed-out-advice = The server or the network is slow at the moment, or a firewall blocks the port.
problem-link-lost = The connection to { $host } broke off.
problem-link-lost-advice = It is tried again by itself. Nothing was lost.
problem-server-closed = { $host } closed the connection.
problem-server-closed-advice = Servers do that for maintenance or when there are too many connections. It is tried again by itself.
problem-certificate-issuer = The certificate of { $host } is signed by nobody that this computer trusts.
problem-certificate-issuer-advice = Your password was not sent. Inside a company, choose the certificate authority that its administrator gave you; for a server of your own, compare the SHA-256 with the one that it shows.
problem-certificate-name = { $host } shows a certificate for another name ({ $names }).
problem-certificate-name-advice = Your password was not sent. Often one of these names is the right server name.
problem-certificate-expired = The certificate of { $host } has expired.
problem-certificate-expired-advice = Your password was not sent. Check the date of your computer; otherwise the server's administrator has to renew it.
problem-certificate-revoked = The certificate of { $host } was revoked.
problem-certificate-revoked-advice = Your password was not sent. Somebody may have stolen the server's key; ask its administrator.
problem-certificate-other = The certificate of { $host } is not acceptable.
problem-certificate-other-advice = Your password was not sent. Ask the server's administrator.
problem-tls = No protected connection to { $host } could be made.
problem-tls-advice = The server may be too old, or something in between interferes.
problem-tls-too-old = { $host } knows only old kinds of TLS that are no longer safe.
problem-tls-too-old-advice = Nothing was sent. Its operator has to switch on TLS 1.2 or 1.3.
problem-pop = { $host } answers by POP3 on this port, not by IMAP.
problem-pop-advice = Postrider reads mail by IMAP. Its usual ports are 993 for TLS and 143 for STARTTLS.
problem-smtp-there = { $host } takes mail for sending on this port; it is no IMAP server.
problem-smtp-there-advice = Set it as the server for sending. Usual ports of IMAP are 993 for TLS and 143 for STARTTLS.
problem-not-imap = What answers at { $host }, port { $port }, is no mail server.
problem-not-imap-advice = Check server name and port. Usual ports are 993 for TLS and 143 for STARTTLS.
problem-not-protected = { $host } offers no protection on this port.
problem-not-protected-advice = Your password was not sent, because anybody could have read it. Try TLS on port 993.
problem-sign-in-refused = User name or password was refused.
problem-sign-in-refused-advice = Check both. Many providers ask for an app password that you make on their web site, or IMAP has to be switched on there first.
problem-no-tls = { $host }, port { $port }, does not speak TLS from the start.
problem-no-tls-advice = Choose STARTTLS for this port, or the port for TLS: 993.
problem-no-starttls = { $host }, port { $port }, does not go on with TLS.
problem-no-starttls-advice = Choose TLS and its port: 993.
problem-captive = A web page answers in place of { $host }.
problem-captive-advice = The network wants you to sign in first, as in hotels and trains. Do that in a browser, then try again.
problem-not-smtp = What answers at { $host }, port { $port }, does not take mail.
problem-not-smtp-advice = Check server name and port. Usual ports are 465 for TLS and 587 for STARTTLS.
problem-silent = { $host }, port { $port }, takes the call but says nothing.
problem-silent-advice = Often the port wants the other protection: 993 is for TLS, 143 for STARTTLS.
problem-login-disabled = The server takes no passwords at present.
problem-login-disabled-advice = It says LOGINDISABLED and offers no other way that Postrider knows. Ask its administrator, or try again later.
problem-connections = The server has too many connections of this account.
problem-connections-advice = Your password is fine. Close other mail programs; it is tried again by itself.
problem-limit = A limit of the account is used up at the server.
problem-limit-advice = Your password is fine. It is lifted by itself after some hours; what is here can be read meanwhile.
problem-unavailable = A part of the server is down.
problem-unavailable-advice = Your password is fine. It is tried again by itself.
problem-busy-here = Another Postrider is at work on the same.
problem-busy-here-advice = It goes on here as soon as that one is done.
problem-the-provider = the provider
problem-imap-off = IMAP is switched off for this account.
problem-imap-off-advice = Your password may be right. Switch IMAP on in the web settings of { $who }, then try again.
problem-smtp-off = Sending is switched off for mail programs.
problem-smtp-off-advice = The administrator has to switch on SMTP AUTH for this mailbox.
problem-maybe-app-password = Wrong password, or an app password is wanted in place of the usual one.
problem-maybe-app-password-advice = { $who } takes only app passwords from mail programs. Check what you typed, or make a new one there and enter it here.
problem-not-allowed = The password is right, but it does not open this mailbox.
problem-not-allowed-advice = Check the user name, or ask the administrator for access to the mailbox.
problem-privacy = The server wants a better protected connection.
problem-privacy-advice = Choose TLS and its port (993, for sending 465) in the settings.
problem-app-password = An app password is wanted in place of the usual one.
problem-app-password-advice = Make one in the settings of { $who } and enter it here.
problem-browser-only = { $who } takes no passwords from mail programs.
problem-browser-only-advice = Sign in with the browser instead.
problem-admin = The administrator of your organisation has to allow Postrider first.
problem-admin-advice = Your password is fine. Ask the help desk to approve this mail program for IMAP and SMTP.
problem-web = { $who } wants to see you in the browser first.
problem-web-advice = Sign in there and confirm that it was you, then try again.
problem-locked = The account is locked or suspended.
problem-locked-advice = Sign in on the web page of { $who } to see why.
problem-expired = The password has expired.
problem-expired-advice = Set a new one on the web page of { $who }, then enter it here.
problem-certificate-self = The certificate of { $host } is signed by nobody but itself.
problem-certificate-self-advice = Your password was not sent. That is usual for a server of your own; anywhere else somebody may be listening in.
problem-certificate-early = The certificate of { $host } is not valid yet.
problem-certificate-early-advice = Your password was not sent. Check date and time of your computer.
problem-certificate-changed = { $host } shows another certificate than the one that you trusted.
problem-certificate-changed-advice = Your password was not sent. If its administrator did not renew it, somebody may be listening in.
problem-no-sign-in-method = The server offers no way of signing in that Postrider knows.
problem-no-sign-in-method-advice = It offers: { $offered }.
problem-sign-in-expired = The provider no longer accepts the sign-in.
problem-sign-in-expired-advice = Sign in again with the browser. Mail that is here stays, and changes wait.
problem-no-client-id = This build has no client id for { $provider }.
problem-no-client-id-advice = Use an app password, or put a client id of your own into oauth.toml in the folder of the settings.
problem-provider-unreachable = The provider that signs you in cannot be reached.
problem-provider-unreachable-advice = Check the network.
problem-sign-in-denied = The sign-in was declined in the browser.
problem-sign-in-denied-advice = Sign in again and allow Postrider to read and send mail. Nothing was changed.
problem-wrong-user = You signed in as { $found }, which does not open the mailbox of { $wanted }.
problem-wrong-user-unnamed = The mail server does not open the mailbox of { $wanted } for this sign-in.
problem-wrong-user-advice = Nothing was kept. Sign in again and choose { $wanted } in the browser; sign out there first if it does not ask. Or correct the address.
problem-port-taken = Port { $port } is taken by another program.
problem-port-taken-advice = The browser has to come back to this port, with which your client ID is registered. End the other program (another sign-in may be waiting), then try again.
problem-keyring-waits = The system keyring waits for its password.
problem-keyring-waits-advice = Type it in the window that the keyring opened, which may lie behind this one.
problem-sign-in-timed-out = Nobody signed in within five minutes.
problem-sign-in-timed-out-advice = The page in your browser no longer works. Open a new one when you are ready.
problem-sign-in-failed = Signing in with the browser did not work.
problem-sign-in-failed-advice = Try again.
problem-password-missing = No password is known for this account.
problem-password-missing-advice = Enter it once.
problem-keyring-absent = This computer has no keyring to keep the password in.
problem-keyring-absent-advice = The password can be remembered until you quit, or come from a password command.
problem-keyring-locked = The system keyring is locked.
problem-keyring-locked-advice = Unlock it to sign in.
problem-keyring-failed = The system keyring gave no password.
problem-keyring-failed-advice = It may not be running.
problem-password-command = The password command failed.
problem-password-command-advice = Run it in a terminal to see why.
problem-ca-file = The certificate file { $path } cannot be used.
problem-ca-file-advice = Choose a file in PEM format.
problem-busy = The server asks us to wait.
problem-busy-advice = It is tried again by itself.
problem-over-quota = There is no room left on the server.
problem-over-quota-advice = Delete mail that you do not need, or ask for more room.
problem-denied = You are not allowed to do this on the server.
problem-denied-advice = The owner of the folder can give you the right.
problem-not-done = The server said that it was done, but it was not.
problem-not-done-advice = Nothing is lost. Try again, or ask who runs the server.
problem-refused = The server refused a command ({ $command }).
problem-refused-advice = It is tried again later.
problem-protocol = The server sent something that cannot be understood.
problem-protocol-advice = It is tried again by itself. Nothing was lost.
problem-message-gone = The message is no longer on the server.
problem-message-gone-advice = It was deleted or moved with another program.
problem-no-folder = There is no folder for that in this account.
problem-no-folder-advice = Make one on the server and mark it for this use, or move the messages to a folder of your choice.
problem-too-large = The message ({ $megabytes } MB) is larger than the server takes.
problem-too-large-advice = It stays where it is. Ask the provider for its limit.
problem-folder-protected = The account needs this folder as it is.
problem-folder-protected-advice = Inbox, Sent, Drafts, Trash and the like cannot be renamed or deleted.
problem-folder-children = There are folders below this one.
problem-folder-children-advice = Delete or move those first.
problem-folder-name = No folder can have this name.
problem-folder-name-advice = Leave out the separator of the server, and do not put a folder below itself.
problem-folder-exists = There is a folder of this name already.
problem-folder-exists-advice = Choose another name.
problem-nothing-to-undo = There is nothing to undo.
problem-nothing-to-undo-advice = Nothing was changed yet, or it is undone already.
problem-mailbox-gone = The folder is no longer on the server.
problem-mailbox-gone-advice = It was deleted or renamed with another program.
problem-part-gone = The message has no such attachment.
problem-part-gone-advice = It may have been removed with another program.
problem-account-gone = The account is not here any more.
problem-account-gone-advice = It was removed.
problem-account-exists = This account is here already.
problem-account-exists-advice = Each address can be added once.
problem-disk-full = The disk is full.
problem-disk-full-advice = Nothing was lost. Make some room, then try again.
problem-file-exists = { $path } exists already.
problem-file-exists-advice = It was left as it is. Choose another name.
problem-file = { $path } cannot be written.
problem-file-advice = Choose another place.
problem-fault = Something went wrong inside Postrider.
problem-fault-advice = Nothing is lost. It tries again by itself; what happened stands in a report, without mail and passwords.
problem-store = The mail on this computer cannot be read or written.
problem-store-advice = Nothing is deleted. It is tried again later.

## What a message tried to do

command-show-trust = What this message tried to do
trust-title = What this message tried to do
trust-details = Details
trust-from = From
trust-auth = Who vouches for it
trust-links = Links
trust-network = Network
trust-removed = Removed
trust-files = Attachments
trust-name-address = The name says { $claimed }, which is not the address of the sender.
trust-name-domain = The name says { $claimed }, but the address is elsewhere.
trust-name-brand = The name says { $brand }, but the address is not theirs.
trust-name-contact = The name is that of { $known }, to whom you write. The address is another one.
trust-lookalike = { $domain } could be mistaken for { $of }.
trust-confusable = { $domain } is written in letters that look like others.
trust-reply = Answers go to { $to }.
trust-several = The message has { $count } authors.
trust-no-address = The sender has no address to answer to.
trust-from-you = It says that it is from you, and the check failed.
trust-auth-later = This is known once the whole message is here. It is being fetched.
trust-auth-passed = The message is from the domain that it names.
trust-auth-failed = The message is not from the domain that it names.
trust-auth-unknown = Nothing proves that the message is from the domain that it names.
trust-other-ending = { $domain } has another ending than { $of }, to which you write.
trust-through-list = Written by { $author } and sent through a mailing list.
trust-auth-relayed = A mailing list or a forwarder changed the message, so nothing proves that it is from the domain that it names.
trust-auth-server = Found by { $server }: { $results }
trust-auth-maybe = Said to be found by { $server }, which may be made up: { $results }
trust-auth-ignored = { $count ->
    [one] One result of another server, not believed
   *[other] { $count } results of other servers, not believed
}
trust-signed = Signed by { $domains }, not checked here.
trust-check = Check the signatures here
trust-checking = Checking…
trust-check-hint = This asks the name servers of the domains that signed: they can see that somebody looks at the message.
trust-check-none = The message has no signature that can be checked.
trust-check-always = Always check signatures here
trust-strip = Take off links what tells who clicked
trust-signature-valid = The signature of { $domain } is right.
trust-signature-wrong = The signature of { $domain } is wrong: the message was changed, or { $domain } never signed it.
trust-signature-no-key = { $domain } does not know the key of its signature.
trust-signature-unusable = The signature of { $domain } is over, or of a kind that is not checked.
trust-signature-unreachable = The key of { $domain } cannot be asked for now.
trust-links-none = No link is other than it seems.
trust-tracked-links = { $count ->
    [one] One link tells who clicked
   *[other] { $count } links tell who clicked
}
trust-network-none = The message wanted nothing from the network.
trust-pictures = { $count ->
    [one] One picture on the network; it is loaded only if you want it
   *[other] { $count } pictures on the network; they are loaded only if you want them
}
trust-tracker-known = { $name } wanted to know that you read this ({ $host }, { $count } times). It is never loaded.
trust-tracker-unseen = { $name }: a picture too small to be seen, to know that you read this ({ $host }, { $count } times). It is never loaded.
trust-scripts = { $count ->
    [one] One script
   *[other] { $count } scripts
}
trust-forms = { $count ->
    [one] One form
   *[other] { $count } forms
}
trust-frames = { $count ->
    [one] One frame or embedded medium
   *[other] { $count } frames and embedded media
}
trust-dead-links = { $count ->
    [one] One link that runs something
   *[other] { $count } links that run something
}
trust-program = { $name } is a program: it runs when it is opened.
remote-blocked = { $count ->
    [one] One picture on the network was not loaded
   *[other] { $count } pictures on the network were not loaded
}
remote-loaded = { $count ->
    [one] One picture loaded from the network
   *[other] { $count } pictures loaded from the network
}
remote-loading = Loading pictures…
remote-missing = { $count ->
    [one] one picture could not be loaded
   *[other] { $count } pictures could not be loaded
}
remote-trackers = { $count ->
    [one] one tracker blocked: { $names }
   *[other] { $count } trackers blocked: { $names }
}
remote-once = Load pictures
remote-always = Always for { $who }
remote-revoke = No longer for { $who }
list-is = Mailing list: { $list }
list-leave = Unsubscribe
list-leave-ask = Ask { $list } to send no more?
list-leave-yes = Yes, unsubscribe
list-leaving = Asking the list…
list-left = The list confirmed: it sends no more.
list-failed-status = The list did not confirm (status { $status }).
list-failed-unreachable = The list cannot be reached now.
list-failed-refused = The list gives an address that is not safe to ask.

## Sizes, dates, times

size-bytes = { $count } B
size-kilobytes = { $count } KB
size-megabytes = { $count } MB
size-gigabytes = { $count } GB
time-24 = { $hour }:{ $minute }
time-morning = { $hour }:{ $minute } AM
time-afternoon = { $hour }:{ $minute } PM
date-yesterday = Yesterday
date-day-month = { $day } { $month }
date-day-month-year = { $day } { $month } { $year }
date-full = { $weekday }, { $day } { $month } { $year }, { $time }
date-and-time = { $date }, { $time }
date-monday = Mon
date-tuesday = Tue
date-wednesday = Wed
date-thursday = Thu
date-friday = Fri
date-saturday = Sat
date-sunday = Sun
date-january = Jan
date-february = Feb
date-march = Mar
date-april = Apr
date-may = May
date-june = Jun
date-july = Jul
date-august = Aug
date-september = Sep
date-october = Oct
date-november = Nov
date-december = Dec
list-leave-page = { $list } wants that done on a page of { $host }.
list-leave-open = Open the page
list-leave-mail = { $list } wants a mail to { $address } for that. Postrider cannot write mails yet: another program has to send it.
list-leave-mail-subject = { $list } wants a mail to { $address } with the subject “{ $subject }” for that. Postrider cannot write mails yet: another program has to send it.
list-leave-copy = Copy address and subject
list-leave-copied = Address and subject are on the clipboard.
settings-group-privacy = Privacy
settings-consents = Pictures from the network
settings-consents-hint = They are loaded only when you want it, because loading them tells the sender that you read. Always loaded are those of:
settings-consents-none = Nobody. You can allow a sender above one of their messages.
settings-consent-domain = everybody at { $domain }
settings-consents-more = { $count ->
    [one] and one more; search for it above
   *[other] and { $count } more; search for them above
}
settings-consent-revoke = No longer
settings-strip = Links without tracking
settings-strip-hint = Parts of a link that only tell who clicked are taken off before it is opened.
settings-check = Check signatures here too
settings-check-hint = Besides what your mail server found out. The name servers of the sender can see that somebody looks at the message.
