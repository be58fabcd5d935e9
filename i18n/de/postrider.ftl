# Postrider, Deutsch. Dieselben Schlüssel und Platzhalter wie in en/postrider.ftl.

## Überall

cancel = Abbrechen
close = Schließen
app-broken = Die Mails auf diesem Computer lassen sich nicht öffnen

## Befehle (auch Menüs, Hinweise und Hilfe)

command-next-message = Nächste Nachricht
command-previous-message = Vorherige Nachricht
command-next-unread = Nächste ungelesene Nachricht
command-previous-unread = Vorherige ungelesene Nachricht
command-first-message = Erste Nachricht
command-last-message = Letzte Nachricht
command-page-down = Seite nach unten
command-page-up = Seite nach oben
command-open-message = Nachricht lesen
command-read-on = Im Text weiterblättern
command-read-back = Im Text zurückblättern
command-back = Zurück
command-next-pane = Nächster Bereich
command-previous-pane = Vorheriger Bereich
command-toggle-read = Gelesen oder ungelesen
command-mark-read = Als gelesen markieren
command-mark-unread = Als ungelesen markieren
command-toggle-flag = Markieren
command-unflag = Markierung entfernen
command-archive = Archivieren
command-delete = Löschen
command-delete-forever = Endgültig löschen
command-junk = Spam
command-not-junk = Kein Spam
command-move = In Ordner verschieben
command-move-again = Noch einmal in den letzten Ordner
command-copy = In Ordner kopieren
command-select-all = Alle Nachrichten auswählen
command-undo = Rückgängig
command-redo = Wiederherstellen
command-toggle-addresses = Alle Adressen zeigen
command-save-attachments = Alle Anhänge speichern
command-go-inbox = Zum Posteingang
command-go-flagged = Zu Markiert
command-go-drafts = Zu den Entwürfen
command-go-sent = Zu Gesendet
command-go-archive = Zum Archiv
command-go-junk = Zum Spam
command-go-trash = Zum Papierkorb
command-mark-all-read = Alle als gelesen markieren
command-new-folder = Neuer Ordner
command-rename-folder = Ordner umbenennen
command-delete-folder = Ordner löschen
command-subscribe = Abonnieren
command-unsubscribe = Nicht mehr abonnieren
command-next-folder = Nächster Ordner
command-previous-folder = Vorheriger Ordner
command-get-mail = Neue Mails abrufen
command-toggle-offline = Offline arbeiten
command-go-online = Online gehen
command-show-status = Aktivität
command-add-account = Konto hinzufügen
command-remove-account = Konto entfernen
command-toggle-folders = Ordner
command-toggle-reader = Lesebereich
command-next-density = Zeilenhöhe
command-toggle-threads = Unterhaltungen
command-expand-all = Alle Nachrichten der Unterhaltung öffnen
command-next-in-thread = Nächste Nachricht der Unterhaltung
command-previous-in-thread = Vorige Nachricht der Unterhaltung
command-split-thread = Unterhaltung teilen
command-mute-thread = Unterhaltung stummschalten
command-unmute-thread = Unterhaltung nicht mehr stummschalten
menu-list-threads = Unterhaltungen auflisten
menu-list-messages = Einzelne Nachrichten auflisten
command-next-theme = Hell, dunkel, wie das System
command-zoom-in = Größer
command-zoom-out = Kleiner
command-zoom-reset = Normale Größe
command-help = Tastenkürzel
command-close-window = Fenster schließen
command-quit = Beenden

## Hilfe

help-title = Tastenkürzel
help-keys = Sie können jede Taste in settings.toml unter [keys] ändern. „Als Datei bearbeiten“ in den Einstellungen öffnet sie.
help-group-navigation = Bewegen
help-group-messages = Nachrichten
help-group-folders = Ordner
help-group-accounts = Konten
help-group-view = Fenster
help-or = oder
help-then = dann

## Tasten

key-sequence = { $first }, dann { $second }
key-command = Cmd
key-ctrl = Strg
key-alt = Alt
key-shift = Umschalt
key-enter = Eingabe
key-escape = Esc
key-backspace = Rücktaste
key-delete = Entf
key-space = Leertaste
key-tab = Tab
key-up = ↑
key-down = ↓
key-left = ←
key-right = →
key-home = Pos1
key-end = Ende
key-page-up = Bild auf
key-page-down = Bild ab
key-f1 = F1
key-f3 = F3
key-f5 = F5
key-f6 = F6
key-f8 = F8
key-f9 = F9
key-f10 = F10

## Werkzeugleiste und Ordner

toolbar = Werkzeugleiste
toolbar-menu = Menü
menu-theme = Farben: { $now }
theme-system = wie das System
theme-light = hell
theme-dark = dunkel
menu-density = Zeilenhöhe: { $now }
density-compact = eng
density-cozy = bequem
density-relaxed = weit
menu-hide-reader = Lesebereich verbergen
menu-show-reader = Lesebereich zeigen
menu-copy = Kopieren
menu-open-link = Link öffnen
menu-copy-link = Link kopieren
folders = Ordner
folder-inbox = Posteingang
folder-drafts = Entwürfe
folder-sent = Gesendet
folder-archive = Archiv
folder-junk = Spam
folder-trash = Papierkorb
folder-all = Alle Nachrichten
folder-flagged = Markiert
folder-description = { $unread } von { $total } ungelesen

## Nachrichtenliste

messages = Nachrichten
list-menu = Nachricht
list-count = { $total ->
    [one] { $total } Nachricht
   *[other] { $total } Nachrichten
}
list-count-unread = { $unread } von { $total } ungelesen
list-no-sender = (kein Absender)
list-no-subject = (kein Betreff)
list-speech-unread = Ungelesen
list-speech-thread = { $count } Nachrichten
list-speech-muted = Stumm
thread-count = { $count ->
    [one] { $count } Nachricht
   *[other] { $count } Nachrichten
}
thread-expand-all = Alle öffnen
thread-collapse-all = Alle schließen
thread-earlier = { $count ->
    [one] { $count } frühere Nachricht zeigen
   *[other] { $count } frühere Nachrichten zeigen
}
thread-open-message = Nachricht von { $name }, { $date }, öffnen
thread-close-message = Nachricht von { $name } schließen
thread-muted = Stumm
thread-elsewhere = in { $folder }
list-speech-flagged = markiert
list-speech-attachment = mit Anhang
list-speech-answered = beantwortet
list-speech-forwarded = weitergeleitet
list-speech-pending = wartet auf die Übertragung zum Server
list-speech-failed = eine Änderung ist fehlgeschlagen
list-empty = Keine Nachrichten
list-empty-hint = Dieser Ordner ist leer.
list-loading = Nachrichten werden abgerufen
list-loading-hint = Sie erscheinen hier, sobald der Server sie schickt.
list-not-here-offline = Noch nichts da
list-not-here-offline-hint = Dieser Ordner wurde noch nicht abgerufen, und im Moment besteht keine Verbindung.
list-first-sync = Ihre Ordner werden gesucht
list-first-sync-hint = Gleich erscheinen hier Ihre Mails.
list-no-folder = Noch keine Ordner
list-no-folder-hint = Sie werden abgerufen, sobald eine Verbindung besteht.
list-broken = Die Mails auf diesem Computer lassen sich nicht lesen
list-reload = Noch einmal versuchen

## Ziehen

drag-messages = { $count ->
    [one] { $count } Nachricht
   *[other] { $count } Nachrichten
}
drag-threads = { $count ->
    [one] { $count } Unterhaltung
   *[other] { $count } Unterhaltungen
}
drag-move-to = { $what } nach { $folder } verschieben
drag-copy-to = { $what } nach { $folder } kopieren
drag-copy = { $what } kopieren
drag-foreign = { $folder } ({ $account })
drag-same-folder = Sie sind schon in diesem Ordner
drag-no-messages = Dieser Ordner kann keine Nachrichten enthalten
drag-on-account = Nachrichten auf einen der Ordner ziehen
drag-into-itself = Ein Ordner passt nicht in sich selbst
drag-other-account = Ordner bleiben in ihrem Konto
drag-same-place = Er ist schon dort

## Ordnerliste

palette-move = { $count ->
    [one] { $count } Nachricht verschieben nach
   *[other] { $count } Nachrichten verschieben nach
}
palette-copy = { $count ->
    [one] { $count } Nachricht kopieren nach
   *[other] { $count } Nachrichten kopieren nach
}
palette-move-threads = { $count ->
    [one] { $count } Unterhaltung verschieben nach
   *[other] { $count } Unterhaltungen verschieben nach
}
palette-copy-threads = { $count ->
    [one] { $count } Unterhaltung kopieren nach
   *[other] { $count } Unterhaltungen kopieren nach
}
palette-hint = Name eines Ordners
palette-nothing = Kein Ordner passt
palette-enter-move = Eingabe verschiebt nach { $folder }
palette-enter-copy = Eingabe kopiert nach { $folder }
palette-more = und { $count } weitere
palette-instead-copy = Stattdessen kopieren
palette-instead-move = Stattdessen verschieben

## Aktivität

activity-failed = Fehlgeschlagen
activity-waiting = Wartet auf den Server
activity-transfers = Downloads
activity-done = Erledigt
activity-more = { $count ->
    [one] und { $count } weitere
   *[other] und { $count } weitere
}
activity-move = { $count ->
    [one] { $count } Nachricht nach { $folder } verschieben
   *[other] { $count } Nachrichten nach { $folder } verschieben
}
activity-copy = { $count ->
    [one] { $count } Nachricht nach { $folder } kopieren
   *[other] { $count } Nachrichten nach { $folder } kopieren
}
activity-expunge = { $count ->
    [one] { $count } Nachricht endgültig löschen
   *[other] { $count } Nachrichten endgültig löschen
}
activity-read = { $count ->
    [one] { $count } Nachricht als gelesen markieren
   *[other] { $count } Nachrichten als gelesen markieren
}
activity-unread = { $count ->
    [one] { $count } Nachricht als ungelesen markieren
   *[other] { $count } Nachrichten als ungelesen markieren
}
activity-flag = { $count ->
    [one] { $count } Nachricht markieren
   *[other] { $count } Nachrichten markieren
}
activity-unflag = { $count ->
    [one] Markierung von { $count } Nachricht entfernen
   *[other] Markierung von { $count } Nachrichten entfernen
}
activity-change = { $count ->
    [one] { $count } Nachricht ändern
   *[other] { $count } Nachrichten ändern
}
activity-append = { $count ->
    [one] Nachricht ablegen in { $folder }
   *[other] { $count } Nachrichten ablegen in { $folder }
}
activity-folder = Ordner { $folder } ändern
activity-folder-read = Alles in { $folder } markieren
activity-some-folder = einen anderen Ordner
activity-inflight = Wird gerade gesendet
activity-turn = Wird gesendet, sobald es an der Reihe ist
activity-refused = Der Server hat es abgelehnt
activity-dismiss = Verwerfen

## Lesebereich

message = Nachricht
reader-nothing = Keine Nachricht ausgewählt
reader-nothing-hint = Wählen Sie eine aus der Liste, oder drücken Sie j für die nächste.
reader-several = { $count } Nachrichten ausgewählt
reader-several-hint = Ziehen Sie sie auf einen Ordner, oder verschieben Sie sie mit v.
reader-gone = Diese Nachricht ist nicht mehr da
reader-gone-hint = Sie wurde anderswo verschoben oder gelöscht.
reader-broken-hint = Es ist nichts verloren. Ein neuer Versuch hilft oft.
reader-loading = Der Text wird abgerufen…
reader-not-here = Dieser Text ist noch nicht auf Ihrem Computer
reader-failed = Dieser Text ließ sich nicht abrufen
reader-blank = Kein Text
reader-blank-hint = Die Nachricht hat keinen Text.
reader-blank-attachments = Die Nachricht besteht nur aus Anhängen.
reader-blank-sealed = Sie ist verschlüsselt oder als Ganzes in eine Signatur verpackt. Das kann Postrider noch nicht öffnen; die Teile lassen sich speichern.
reader-blank-elsewhere = Der Text liegt im Netz. Er wurde nicht geholt.
reader-blank-piece = Sie ist ein Stück einer zerteilten Nachricht. Postrider setzt solche Stücke nicht zusammen.
reader-blank-deep = Ihre Teile sind zu tief verschachtelt, um gezeigt zu werden. Im Quelltext der Nachricht steht alles.
reader-blank-mails = Sie hat keinen eigenen Text, sondern enthält nur andere Nachrichten.
reader-note-html = Als HTML geschrieben. Der Text wird gezeigt; aus dem Internet wurde nichts geladen.
page-late = Die gestaltete Ansicht braucht noch. Bis dahin wird der Text gezeigt.
report-failed = Nicht zugestellt an { $address }
report-delayed = Noch nicht zugestellt an { $address }; der Server versucht es weiter
report-delivered = Zugestellt an { $address }
report-relayed = Für { $address } weitergereicht; mehr wird nicht gemeldet
report-expanded = Weitergereicht an die Liste { $address }
report-displayed = { $address } hat Ihre Nachricht gesehen
report-deleted = { $address } hat Ihre Nachricht gelöscht
report-more = { $count ->
    [one] Eine weitere Adresse
   *[other] { $count } weitere Adressen
}
report-why = { $what }: { $why }
report-said = { $what } ({ $words })
report-no-address = die Adresse gibt es nicht
report-full = das Postfach ist voll
report-too-large = die Nachricht ist zu groß
report-unreachable = der Server ist nicht erreichbar
report-refused = der Server nimmt sie nicht an
nested-attached = Angehängt:
page-too-slow = Diese Nachricht ist zu aufwendig, um sie wie gestaltet zu zeigen. Dies ist ihr Text.
page-crashed = Diese Nachricht ließ sich nicht wie gestaltet zeigen. Dies ist ihr Text.
page-no-process = Das Programm, das gestaltete Nachrichten zeigt, lässt sich nicht starten. Dies ist der Text.
command-find = In der Nachricht suchen
command-find-next = Nächste Stelle
command-find-previous = Vorige Stelle
command-flip-colors = Nachricht hell oder dunkel
command-toggle-plain = Text oder gestaltete Ansicht
find-bar = In der Nachricht suchen
find-nothing = Nicht gefunden
find-count = { $current } von { $count }
find-close = Suche beenden
command-view-source = Quelltext der Nachricht
command-view-header = Alle Kopfzeilen
command-save-message = Nachricht speichern
command-print = Als PDF drucken
menu-save-image = Bild speichern
source-all = Quelltext der Nachricht
source-header = Kopfzeilen
source-show-all = Alles zeigen
source-show-header = Nur die Kopfzeilen zeigen
print-date = Datum:
note-fault = In Postrider ist etwas schiefgegangen. Es ist nichts verloren; was geschah, steht in einem Bericht, ohne E-Mails und Passwörter.
note-broke-off = Postrider ist abgebrochen und wurde neu gestartet. Es ist nichts verloren; was geschah, steht in einem Bericht, ohne E-Mails und Passwörter.
note-report = Bericht zeigen
note-not-printed = Aus dieser Nachricht ließ sich kein PDF machen.
ask-programs-title = { $count ->
    [one] Dieser Anhang ist ein Programm
   *[other] { $count } Anhänge sind Programme
}
ask-programs-text = Es kann alles auf Ihrem Computer tun, sobald es geöffnet wird. Speichern Sie es nur, wenn Sie es erwartet haben und wissen, von wem es ist.
ask-programs-yes = Trotzdem speichern
ask-link-title = Dieser Link ist nicht, was er scheint
ask-link-yes = Trotzdem öffnen
link-mismatch = Der Link nennt { $shown }, führt aber zu { $host }.
link-counted = Der Link nennt { $shown } und führt zu { $host }, wo { $service } sieht, wer klickt.
link-user-name = Der Link führt zu { $host } und versteckt das hinter dem Benutzernamen „{ $name }“.
link-number = Der Link führt zu einer Zahl statt zu einem Namen: { $host }
link-script = Der Link führt zu { $unicode } ({ $host }).
link-confusable = Der Link führt zu { $unicode } ({ $host }), in Buchstaben, die wie andere aussehen.
link-lookalike = Der Link führt zu { $host }, das mit { $of } verwechselt werden kann.
command-charset = Zeichensatz
charset-automatic = Wie die Nachricht sagt
charset-unicode = Unicode
charset-western = Westlich
charset-central = Mitteleuropäisch
charset-cyrillic = Kyrillisch
charset-greek = Griechisch
charset-turkish = Türkisch
charset-hebrew = Hebräisch
charset-arabic = Arabisch
charset-japanese = Japanisch
charset-chinese = Chinesisch
charset-korean = Koreanisch
page-again = Noch einmal versuchen
reader-note-cut = Dieser Text ist sehr lang. Sein Ende wird nicht gezeigt.
reader-more = Alle Adressen zeigen
reader-less = Adressen verbergen
reader-from-speech = Von { $sender }
reader-and-more = und { $count } weitere
reader-to = an { $names }
reader-to-more = { $count ->
    [one] an { $names } und { $count } weiteren
   *[other] an { $names } und { $count } weitere
}
reader-no-recipients = keine Empfänger genannt
reader-field-from = Von
reader-field-sender = Absender
reader-field-reply-to = Antwort an
reader-field-to = An
reader-field-cc = Kopie
reader-field-bcc = Blindkopie
reader-quote-show = Zitat zeigen
reader-quote-hide = Zitat verbergen
attachments = { $count ->
    [one] { $count } Anhang
   *[other] { $count } Anhänge
}
attachment-action = { $action }: { $name }
attachment-open = Öffnen
attachment-save = In Downloads speichern
attachment-save-as = Speichern unter
attachment-cancel = Abbrechen
attachment-progress = { $done } von { $total }

## Statuszeile

status-details = Aktivität
status-no-account = Kein Konto
status-starting = Start
status-connecting = Verbindung wird hergestellt…
status-syncing-tree = Die Ordner werden gelesen…
status-syncing-folder = { $folder } wird abgeglichen: { $done } von { $total }
status-looking = Blick in { $folder }…
status-online = Auf dem neuesten Stand
status-online-idle = Der Server meldet neue Mails sofort.
status-online-poll = Alle paar Minuten wird nach neuen Mails gesehen.
status-offline = Offline seit { $since }
status-offline-retry = Offline seit { $since }, nächster Versuch um { $at }
status-offline-choice = Offline-Modus
status-sign-in-needed = Anmeldung nötig
status-keyring = Warten auf den Schlüsselbund
status-sign-in = Anmeldung nötig: { $why }
status-account = { $account }: { $state }
status-waiting = { $count ->
    [one] { $count } Änderung wartet
   *[other] { $count } Änderungen warten
}
status-failed = { $count ->
    [one] { $count } Änderung fehlgeschlagen
   *[other] { $count } Änderungen fehlgeschlagen
}
status-waiting-failed = { $failed } fehlgeschlagen, { $waiting } warten
status-link = Führt zu { $target }
status-link-here = Führt zu „{ $name }“ in dieser Nachricht
status-selected = { $count } ausgewählt
keep-space = Belegt auf diesem Computer: { $size }
keep-fetching = Mails aus { $folder } werden geholt: { $done } von { $total }
keep-used-up = Das Tageskontingent des Anbieters zum Herunterladen ist verbraucht. Weiter geht es: { $when }
keep-folder = Offline behalten
keep-as-account = Wie das Konto: { $what }
keep-chosen = { $what } (gewählt)
keep-days = Letzte { $days } Tage
keep-choice = Mails auf diesem Computer behalten
keep-none = Keine
keep-month = Letzte 30 Tage
keep-quarter = Letzte 90 Tage
keep-all = Alle
keep-pause = Holen anhalten
keep-resume = Holen fortsetzen

## Hinweise

note-saved = { $name } gespeichert
note-saved-all = { $count ->
    [one] { $count } Anhang in { $folder } gespeichert
   *[other] { $count } Anhänge in { $folder } gespeichert
}
note-open = Öffnen
note-open-folder = Ordner öffnen
note-retry = Noch einmal
note-undo = Rückgängig
note-redo = Wiederherstellen
note-moved = { $count ->
    [one] { $count } Nachricht nach { $folder } verschoben
   *[other] { $count } Nachrichten nach { $folder } verschoben
}
note-moved-somewhere = { $count ->
    [one] { $count } Nachricht verschoben
   *[other] { $count } Nachrichten verschoben
}
note-archived = { $count ->
    [one] { $count } Nachricht archiviert
   *[other] { $count } Nachrichten archiviert
}
note-junk = { $count ->
    [one] { $count } Nachricht in den Spam verschoben
   *[other] { $count } Nachrichten in den Spam verschoben
}
note-trashed = { $count ->
    [one] { $count } Nachricht in den Papierkorb verschoben
   *[other] { $count } Nachrichten in den Papierkorb verschoben
}
note-copied = { $count ->
    [one] { $count } Nachricht nach { $folder } kopiert
   *[other] { $count } Nachrichten nach { $folder } kopiert
}
note-copied-somewhere = { $count ->
    [one] { $count } Nachricht kopiert
   *[other] { $count } Nachrichten kopiert
}
note-expunged = { $count ->
    [one] { $count } Nachricht endgültig gelöscht
   *[other] { $count } Nachrichten endgültig gelöscht
}
note-flagged = { $count ->
    [one] { $count } Nachricht markiert
   *[other] { $count } Nachrichten markiert
}
note-all-read = { $count ->
    [one] { $count } Nachricht als gelesen markiert
   *[other] { $count } Nachrichten als gelesen markiert
}
note-appended = { $count ->
    [one] { $count } Nachricht hinzugefügt
   *[other] { $count } Nachrichten hinzugefügt
}
note-folder-changed = Ordner geändert
note-undone = Rückgängig gemacht: { $what }
note-already-there = Die Nachrichten sind schon in diesem Ordner
note-fixed-folder = Dieser Ordner gehört zum Konto und bleibt, wie er ist
note-transfer-failed = { $name } ließ sich nicht speichern. { $why }
note-operation-failed = { $count ->
    [one] Eine Änderung an einer Nachricht wurde zurückgenommen. { $why }
   *[other] Eine Änderung an { $count } Nachrichten wurde zurückgenommen. { $why }
}
note-alert = { $account }: Der Server meldet „{ $text }“
note-no-unread = Hier gibt es keine weiteren ungelesenen Nachrichten
note-no-folder = Dieses Konto hat keinen solchen Ordner
note-not-opened = Kein Programm hat { $name } geöffnet
note-dangerous = { $name } könnte ein Programm sein und wird deshalb nicht aus einer Mail geöffnet. Sie können es speichern.
note-address-copied = { $address } ist in der Zwischenablage
note-account-added = { $account } wurde hinzugefügt
note-account-changed = Die Einstellungen von { $account } wurden gespeichert
note-account-removed = { $account } wurde von diesem Computer entfernt

## Erster Start und Kontoformular

setup-welcome = Willkommen bei Postrider
setup-welcome-text = Mail, die auf Ihrem Computer bleibt, sofort antwortet und niemandem verrät, dass Sie sie lesen.
setup-add = Konto hinzufügen
setup-change = Kontoeinstellungen
setup-demo = Demo-Postfach ausprobieren
setup-demo-starting = Die Demo startet…
setup-demo-hint = Die Demo läuft nur auf diesem Computer und hinterlässt nichts.
setup-demo-failed = Die Demo ließ sich nicht starten: { $detail }
setup-back = Zurück
setup-email = E-Mail-Adresse
setup-email-placeholder = sie@example.org
setup-password = Passwort
setup-password-placeholder = Passwort oder App-Passwort
setup-password-keep = Leer lassen, um das bekannte zu behalten
setup-password-show = Passwort zeigen
setup-password-hide = Passwort verbergen
setup-remember = Im Schlüsselbund des Systems merken
setup-host = Mailserver (IMAP)
setup-host-placeholder = imap.example.org
setup-port = Port
setup-port-placeholder = 993
setup-security = Schutz
setup-security-tls = TLS
setup-security-starttls = STARTTLS
setup-more = Weitere Einstellungen
setup-user = Benutzername
setup-user-placeholder = Derselbe wie die Adresse
setup-smtp-host = Server zum Senden (SMTP)
setup-smtp-host-placeholder = Keiner: nur zum Lesen
setup-smtp-port = SMTP-Port
setup-smtp-port-placeholder = 465
setup-smtp-security = Schutz beim Senden
setup-smtp-user = Benutzername zum Senden
setup-smtp-user-placeholder = Derselbe wie zum Lesen
setup-ca-file = Zusätzliche Zertifizierungsstelle
setup-ca-file-placeholder = PEM-Datei, nur für Server in Firmen
setup-choose-file = Auswählen…
setup-submit = Anmelden
setup-save = Prüfen und speichern
setup-stop = Anhalten
setup-trying = Verbindung zu { $host }, Port { $port }, und Anmeldung…
setup-lookup-asking = Die Einstellungen werden gesucht…
setup-lookup-bundled = Einstellungen von { $name }
setup-lookup-domain = Einstellungen, die { $host } veröffentlicht
setup-lookup-ispdb = Einstellungen aus Mozillas Verzeichnis der Anbieter
setup-lookup-mx = Einstellungen von { $name }, wo die Post dieser Domain ankommt
setup-lookup-srv = Einstellungen vom Nameserver der Domain
setup-lookup-guess = Server mit üblichen Namen haben geantwortet
setup-lookup-foreign = Der Server gehört zu einer anderen Domain als die Adresse. Sehen Sie genau hin.
setup-lookup-missing = Es wurden keine Einstellungen gefunden. Bitte prüfen Sie den Server.
setup-lookup-offline = Es gibt kein Netz, deshalb werden nur bekannte Anbieter gefunden. Bitte tragen Sie den Server ein.
setup-lookup-closed = { $name } hat kein IMAP, also kann es kein Mailprogramm lesen.
setup-lookup-app-password = { $name } verlangt ein App-Passwort, nicht das übliche.
setup-bridge = { $name } braucht seine Bridge auf diesem Computer und das Passwort, das sie anzeigt.
setup-imap-switch = Bei { $name } muss IMAP erst eingeschaltet werden.
setup-certificate-own = Eigenes Zertifikat des Servers
setup-certificate-root = Zertifizierungsstelle an der Wurzel
setup-certificate-between = Zertifizierungsstelle dazwischen
setup-certificate-whose = Zertifikat von { $subject }
setup-certificate-expired = Es ist abgelaufen.
setup-certificate-early = Es ist noch nicht gültig.
setup-certificate-unknown = Diese Zertifizierungsstelle ist auf diesem Computer nicht bekannt.
setup-certificate-unknown-signer = Wer es unterschrieben hat, ist auf diesem Computer nicht bekannt.
setup-certificate-self = Es hat sich selbst unterschrieben: Niemand bürgt dafür.
setup-certificate-name = Es ist nicht für den Namen dieses Servers.
setup-certificate-changed = Es ist nicht das, dem Sie vertraut haben.
setup-certificate-revoked = Es wurde widerrufen.
setup-certificate-odd = Es lässt sich nicht prüfen.
setup-certificate-subject = Zertifikat von { $subject }, für { $names }
setup-certificate-issuer = Unterschrieben von { $issuer }
setup-certificate-valid = Gültig von { $from } bis { $to }
setup-certificate-sha = SHA-256 { $sha }
setup-remedy-trust = Diesem Zertifikat hier vertrauen
setup-privacy = Ihr Passwort geht nur an diesen Server und nie ohne TLS.
setup-fault-missing = Bitte ausfüllen
setup-fault-address = Das ist keine E-Mail-Adresse
setup-fault-host = Das ist kein Servername
setup-fault-port = 1 bis 65535
setup-remedy-tls = TLS auf Port 993 versuchen
setup-remedy-starttls = STARTTLS auf Port 143 versuchen
setup-remedy-password = Passwort neu eingeben
setup-remedy-email = Andere Adresse verwenden
setup-remedy-server = Server ändern
setup-remedy-memory = Nur bis zum Beenden merken
setup-provider = Anbieter
setup-provider-other = Anderer
setup-provider-change = Anderer Anbieter…
setup-submit-browser = Im Browser anmelden
setup-privacy-browser = Ihr Passwort bekommt nur Ihr Anbieter. Postrider erhält einen Schlüssel für die Mail, den Sie jederzeit zurücknehmen können.
setup-password-instead = Stattdessen ein App-Passwort verwenden
setup-browser-instead = Stattdessen im Browser anmelden
setup-app-password = { $provider } nimmt hier nur ein App-Passwort: eines, das Sie für dieses Programm anlegen, nicht das Ihres Kontos.
setup-app-password-make = App-Passwort anlegen…
setup-issuer = Anmeldedienst (OAuth-Issuer)
setup-issuer-placeholder = https://id.example.org
setup-client-id = Client-ID
setup-client-id-placeholder = Nur für eine eigene Client-ID
setup-fault-issuer = Das muss eine Adresse sein, die mit https:// beginnt
sign-in-waiting = Melden Sie sich in Ihrem Browser als { $account } an.
sign-in-waiting-hint = Kommen Sie hierher zurück, sobald dort steht, dass Sie die Seite schließen können.
sign-in-left = Verbleibende Zeit
sign-in-again = Seite noch einmal öffnen
sign-in-copy = Link kopieren
sign-in-copied = Kopiert
sign-in-banner = Melden Sie sich in Ihrem Browser als { $account } an. Verbleibende Zeit: { $left }
sign-in-opening = Der Browser wird für { $account } geöffnet…
sign-in-failed = { $account }: { $why }
no-client-title = { $provider } ohne Client-ID
no-client-why = Für die Anmeldung im Browser muss ein Programm bei { $provider } registriert sein und eine Client-ID haben. Diese Fassung von Postrider hat keine. So geht es trotzdem:
no-client-app = Mit einem App-Passwort
no-client-app-text = Ihr Anbieter macht ein Passwort nur für dieses Programm. Dafür brauchen Sie dort die Bestätigung in zwei Schritten.
no-client-have-password = Ich habe eins
no-client-desktop = Aus den Online-Konten von GNOME
no-client-desktop-text = Ihr Desktop ist schon angemeldet und gibt Postrider den Schlüssel für die Mail, wann immer er gebraucht wird.
no-client-desktop-use = { $account } verwenden
no-client-own = Eigenen Google-Client verwenden
no-client-own-text = Sie registrieren Postrider selbst bei Google. Das dauert einmalig etwa fünf Minuten und kostet nichts.
no-client-wizard = Schritte zeigen
no-client-id = Mit einer eigenen Client-ID
no-client-id-text = Wenn Sie oder Ihre Firma bei diesem Anbieter einen Client registriert haben, tragen Sie dessen ID ein.
no-client-enter = Client-ID eintragen
wizard-step = Schritt { $number } von { $count }
wizard-project = Projekt anlegen
wizard-project-text = Öffnen Sie die Google-Cloud-Konsole, melden Sie sich mit dem Konto an, dessen Mail Sie lesen möchten, und legen Sie ein Projekt an. Der Name ist nur für Sie, etwa „Mail“.
wizard-consent = Programm beschreiben
wizard-consent-text = Drücken Sie „Jetzt starten“. Name: Postrider. Support- und Kontaktadresse: Ihre eigene. Zielgruppe: Extern.
wizard-publish = Veröffentlichen
wizard-publish-text = Drücken Sie unter „Zielgruppe“ auf „App veröffentlichen“. Solange dort „Test“ steht, beendet Google Ihre Anmeldung nach sieben Tagen. Google wird warnen, dass die App nicht überprüft ist; es ist Ihre eigene.
wizard-client = Client-ID anlegen
wizard-client-text = Anwendungstyp: Desktop-App. Drücken Sie nach „Erstellen“ auf „JSON herunterladen“.
wizard-file = Datei an Postrider geben
wizard-file-text = Wählen Sie die eben heruntergeladene Datei; ihr Name beginnt mit client_secret. Sie wird in die Einstellungen dieses Profils kopiert. Danach öffnet sich der Browser für die Anmeldung.
wizard-open = Seite öffnen
wizard-back = Voriger Schritt
wizard-next = Nächster Schritt
wizard-choose = Datei auswählen…
wizard-fault-file = Die Datei lässt sich nicht verwenden: { $detail }
wizard-fault-other = Das ist nicht die Datei, die Google zum Herunterladen anbietet. Ihr Name beginnt mit client_secret.
wizard-fault-web = Diese Client-ID ist für Webseiten. Legen Sie eine vom Typ „Desktop-App“ an.
wizard-fault-folder = Es gibt keinen Ordner für Einstellungen, in dem sie abgelegt werden könnte.

## Einstellungen

command-settings = Einstellungen
settings-title = Einstellungen
settings-search = Einstellungen durchsuchen
settings-none = Keine Einstellung enthält diese Wörter
settings-file = Als Datei bearbeiten
settings-group-look = Aussehen
settings-group-reading = Lesen
settings-group-news = Neue Mail
settings-group-offline = Auf diesem Computer
settings-theme = Erscheinungsbild
settings-theme-hint = Hell, dunkel oder wie im System.
settings-theme-system = Wie im System
settings-theme-light = Hell
settings-theme-dark = Dunkel
settings-density-compact = Eng
settings-density-cozy = Bequem
settings-density-relaxed = Weit
settings-accent = Akzentfarbe
settings-accent-hint = Knöpfe, Auswahl und Links.
settings-density = Nachrichtenliste
settings-density-hint = Wie viel Platz eine Nachricht einnimmt.
settings-zoom = Größe
settings-zoom-hint = Text und alles andere, zusätzlich zur Skalierung des Systems.
settings-language = Sprache
settings-language-hint = Dieses Fensters. Mails bleiben, wie sie geschrieben wurden.
settings-language-system = Wie im System
settings-language-en = English
settings-language-de = Deutsch
settings-conversations = Auflisten nach
settings-conversations-hint = Was ein Ordner zeigt, solange Sie für ihn nichts anderes wählen.
settings-list-conversations = Unterhaltungen
settings-list-messages = Einzelne Nachrichten
settings-mark-read = Durch Anzeigen als gelesen markieren
settings-mark-read-hint = Sonst markieren nur Sie Nachrichten als gelesen.
settings-mark-read-after = Als gelesen markieren nach
settings-mark-read-after-hint = Wie lange eine Nachricht gezeigt werden muss.
settings-notifications = Benachrichtigungen
settings-notifications-hint = Der Desktop meldet neue Mail im Posteingang. Jedes Konto hat dazu seinen eigenen Schalter.
settings-after-0 = Sofort
settings-after-1 = 1 Sekunde
settings-after-3 = 3 Sekunden
settings-after-10 = 10 Sekunden
settings-on = Ein
settings-off = Aus
settings-keep = Mails für unterwegs
settings-keep-hint = Aller Konten. Jedes kann seine eigene Einstellung haben. Die Liste der Nachrichten ist immer hier.
settings-fault-syntax = settings.toml, Zeile { $line }: Das ist kein TOML ({ $detail }). Aus der Datei wurde nichts übernommen.
settings-fault-value = settings.toml, Zeile { $line }: „{ $key }“ nimmt diesen Wert nicht. Der alte bleibt.
settings-fault-keys = settings.toml, Zeile { $line }: „{ $word }“ ist keine Aktion, oder das ist keine Taste, oder die Taste einer anderen Aktion.
note-settings-faulty = Das gilt bis zum Beenden: settings.toml hat in Zeile { $line } einen Fehler, der erst behoben werden muss.
note-settings-not-written = Das gilt bis zum Beenden: settings.toml ließ sich nicht schreiben ({ $why }).
accent-blue = Blau
accent-teal = Blaugrün
accent-green = Grün
accent-violet = Violett
accent-pink = Rosa
accent-orange = Orange
accent-graphite = Graphit

## Kontoverwaltung

command-accounts = Konten
accounts-title = Konten
accounts-enabled = Eingeschaltet
accounts-off = Ausgeschaltet
accounts-up = Nach oben
accounts-down = Nach unten
accounts-open = Einstellungen
accounts-look = Name und Farbe
accounts-label = Name in diesem Fenster
accounts-color = Farbe
accounts-no-color = Keine
accounts-server = Server
accounts-user = Benutzer { $user }, { $auth }
accounts-auth-password = Passwort
accounts-auth-command = Passwort aus einem Befehl
accounts-auth-browser = im Browser angemeldet
accounts-change-server = Server oder Passwort ändern…
accounts-try = Verbindung prüfen
accounts-doctor = Konto untersuchen…
accounts-no-smtp = Kein Server zum Senden eingestellt
accounts-sending = Senden wurde geprüft und geht: Anmeldung mit { $mechanism }
accounts-sending-failed = Senden wurde geprüft und ginge nicht. { $why }
accounts-protected = Geschützt durch { $tls } ({ $cipher }), angemeldet mit { $mechanism }
accounts-exceptions = Zertifikate, denen Sie vertrauen
accounts-exception-since = Vertraut seit { $at }
accounts-exception-revoke = Nicht mehr vertrauen
accounts-exceptions-hint = Mit diesen Zertifikaten stimmt etwas nicht, und Sie haben jedes an diesem einen Ort zugelassen.
accounts-trying = Die Verbindung wird geprüft…
accounts-tried = Sie steht: { $tls }, Anmeldung mit { $mechanism }, { $folders } Ordner.
accounts-connections = Verbindungen: { $open } offen, höchstens { $allowed }
accounts-traffic = Seit dem Start: { $received } empfangen, { $sent } gesendet
accounts-last-pass = Alle Ordner verglichen: { $at }
accounts-capabilities = Der Server kann: { $words }
accounts-identities = Wer Sie sind
accounts-sender = Ihr Name
accounts-sender-placeholder = Wie andere ihn sehen
accounts-alias = Weitere Adresse
accounts-alias-name = Name dazu
accounts-alias-add = Adresse hinzufügen
accounts-alias-remove = Diese Adresse entfernen
accounts-alias-fault = Das ist noch keine E-Mail-Adresse. Sie wird gemerkt, sobald sie eine ist.
accounts-alias-twice = Diese Adresse gibt es hier schon.
accounts-usual = Wird beim Schreiben benutzt
accounts-identities-hint = Namen, Adressen und Signaturen werden gemerkt für die Zeit, da Postrider Mails schreiben kann; noch kann es das nicht.
accounts-signature = Signatur
accounts-signature-placeholder = Keine Signatur
accounts-signature-same = Die Signatur des Kontos
accounts-folders = Ordner
accounts-folder-none = keiner
accounts-folder-choose = Auswählen…
accounts-folder-server = Wie der Server sagt
accounts-folders-hint = Die meisten Server sagen, wofür ihre Ordner sind. Was Sie hier wählen, gilt mehr.
accounts-keep = Mails für unterwegs
accounts-notify = Neue Mail melden
accounts-notify-hint = Mit Absender und Betreff, bei neuer Mail im Posteingang, die Sie nicht schon anderswo gelesen haben.
accounts-notify-off = In den Einstellungen sind Benachrichtigungen für alle Konten ausgeschaltet.
notice-open = Öffnen
notice-several = { $count } neue Mails
notice-several-account = { $account }: { $count } neue Mails
accounts-remove = Entfernen
accounts-remove-hint = Abmelden schaltet das Konto aus und vergisst sein Passwort; seine Mail hier bleibt und lässt sich lesen. Entfernen nimmt auch die Mail von diesem Computer. Auf dem Server ändert sich nichts.
accounts-sign-out = Abmelden und Mail hier behalten
accounts-remove-all = Mit der Mail entfernen…

## Untersuchung

doctor-title = Untersuchung von { $account }
doctor-running = Das Konto wird untersucht. Dabei ändert sich nichts.
doctor-stopped = Sie haben die Untersuchung angehalten.
doctor-good = Alles ist in Ordnung.
doctor-warned =
    { $count ->
        [one] Es geht. Eines könnte besser sein.
       *[other] Es geht. { $count } Dinge könnten besser sein.
    }
doctor-failed =
    { $count ->
        [one] Ein Schritt ist gescheitert.
       *[other] { $count } Schritte sind gescheitert.
    }
doctor-again = Noch einmal untersuchen
doctor-copy = Bericht kopieren
doctor-copy-hint = Der Bericht enthält kein Passwort, keinen Schlüssel, keine Mail und keinen Ordnernamen.
doctor-transcript = Was gesprochen wurde, ohne Geheimnisse und Ordnernamen
doctor-account = Dieser Computer
doctor-imap = Lesen (IMAP)
doctor-smtp = Senden (SMTP)
doctor-ok = in Ordnung
doctor-warning = könnte besser sein
doctor-fault = gescheitert
doctor-skipped = nicht versucht
doctor-check-secret = Passwort oder Schlüssel
doctor-check-name = Name des Servers
doctor-check-connection = Verbindung
doctor-check-encryption = Verschlüsselung und Zertifikat
doctor-check-greeting = Begrüßung
doctor-check-offers = Wege der Anmeldung
doctor-check-sign-in = Anmeldung
doctor-check-extensions = Was der Server kann
doctor-check-resync = Schnelles Abgleichen
doctor-check-mailboxes = Ordner
doctor-check-idle = Neues sofort
doctor-check-size = Größte Mail
doctor-fact-certificate = Zertifikat von { $subject }, ausgestellt von { $issuer }, für { $names }, gültig von { $from } bis { $to }, SHA-256 { $sha }
doctor-fact-mailboxes = Ordner: { $count }
doctor-fact-size = bis zu { $size }
doctor-fact-no-size = der Server nennt keine Grenze
doctor-fact-idle = hin und zurück in { $took }
doctor-note-ends-soon =
    { $days ->
        [0] Das Zertifikat läuft binnen eines Tages ab. Sagen Sie es dem Betreiber des Servers.
        [one] Das Zertifikat läuft in einem Tag ab. Sagen Sie es dem Betreiber des Servers.
       *[other] Das Zertifikat läuft in { $days } Tagen ab. Sagen Sie es dem Betreiber des Servers.
    }
doctor-note-exception = Dem Zertifikat wird nur vertraut, weil Sie es so wollten; siehe die Seite des Kontos.
doctor-note-no-idle = Der Server meldet neue Mail nicht von selbst (IDLE). Er wird alle zwei Minuten gefragt.
doctor-note-no-resync = Der Server kann nicht sagen, was sich geändert hat (QRESYNC, CONDSTORE). Abgleichen kostet mehr Zeit und Daten.
doctor-note-no-special-use = Es gibt keinen Ordner für Gesendetes, Entwürfe oder Gelöschtes. Sie werden angelegt, wenn sie zum ersten Mal gebraucht werden.
doctor-note-no-move = Der Server kann nicht verschieben (MOVE). Mails werden kopiert, dann gelöscht.
doctor-note-no-uidplus = Der Server kann einzelne Mails nicht endgültig löschen (UIDPLUS). Sie bleiben als gelöscht markiert.
doctor-note-no-submission = Kein Server zum Senden ist eingestellt, also wurde das Senden nicht versucht.
help-desk-title = Text für Ihre IT
help-desk-copy = Text für die IT kopieren
help-desk-text =
    Ich möchte meine Mail ({ $account }) mit Postrider lesen und senden, einem Mailprogramm für den Schreibtisch.
    Es meldet sich mit OAuth 2.0 im Browser des Systems an (Authorization Code mit PKCE) und verwahrt den Schlüssel im Schlüsselbund des Systems.
    Es braucht die delegierten Berechtigungen IMAP.AccessAsUser.All, SMTP.Send und offline_access (Microsoft) oder https://mail.google.com/ (Google). An andere wird nichts gesendet.
    Bitte erteilen Sie die Zustimmung für die Client-ID, die im Browser zu sehen war, und erlauben Sie IMAP für mein Postfach.
note-help-desk-copied = Kopiert. Senden Sie es an Ihre IT.
note-sending-failed = { $account } lässt sich lesen, aber Senden ginge noch nicht: { $why }

## Dialoge

dialog-save-title = Anhang speichern
dialog-save-all-title = Alle Anhänge in einem Ordner speichern
dialog-client-title = Datei von Google auswählen
dialog-certificate-title = Zertifikatsdatei auswählen
ask-delete-title = { $count ->
    [one] { $count } Nachricht endgültig löschen?
   *[other] { $count } Nachrichten endgültig löschen?
}
ask-delete-text = Das lässt sich nicht rückgängig machen.
ask-delete-threads-title = { $count ->
    [one] { $count } Unterhaltung endgültig löschen?
   *[other] { $count } Unterhaltungen endgültig löschen?
}
ask-delete-threads-text = Alle ihre Nachrichten in diesem Ordner werden gelöscht. Das lässt sich nicht rückgängig machen.
ask-delete-folder-title = Den Ordner { $folder } löschen?
ask-delete-folder-text = { $count ->
    [one] Die { $count } Nachricht darin wird mitgelöscht. Das lässt sich nicht rückgängig machen.
   *[other] Die { $count } Nachrichten darin werden mitgelöscht. Das lässt sich nicht rückgängig machen.
}
ask-delete-folder-tree = { $count ->
    [one] Die { $count } Nachricht darin und die Ordner in ihm werden mitgelöscht. Das lässt sich nicht rückgängig machen.
   *[other] Die { $count } Nachrichten darin und die Ordner in ihm werden mitgelöscht. Das lässt sich nicht rückgängig machen.
}
ask-delete-folder-empty = Es sind keine Nachrichten darin.
ask-move-folder-title = Den Ordner { $folder } in { $parent } verschieben?
ask-move-folder-top = Den Ordner { $folder } nach oben verschieben?
ask-move-folder-text = Die Nachrichten und Ordner darin ziehen mit um.
ask-move-folder-yes = Ordner verschieben
ask-new-folder-title = Neuer Ordner
ask-new-folder-inside = Neuer Ordner in { $parent }
ask-new-folder-yes = Anlegen
ask-rename-folder-title = { $folder } umbenennen
ask-rename-folder-yes = Umbenennen
ask-folder-name = Name des Ordners
dialog-remove-title = { $account } entfernen?
dialog-remove-text = Die Mails und das Passwort dieses Kontos werden von diesem Computer entfernt. Auf dem Server bleibt alles, wie es ist.
dialog-remove-yes = Entfernen
dialog-password-title = Passwort für { $account }
dialog-password-yes = Anmelden

## Was hilft

fix-retry = Noch einmal versuchen
fix-go-online = Online gehen
fix-sign-in = Neu anmelden
fix-enter-password = Passwort eingeben
fix-unlock-keyring = Schlüsselbund entsperren
fix-edit-server = Einstellungen ändern
fix-choose-certificate = Zertifikat auswählen
fix-review-certificate = Zertifikat ansehen
fix-open-page = Webseite öffnen
fix-choose-file = Andere Datei wählen

## Was schiefging

problem-server-said = Der Server meldet: { $text }
problem-detail = Einzelheiten: { $text }
problem-switched-off = Dieses Konto ist ausgeschaltet.
problem-switched-off-advice = Schalten Sie es in der Liste der Konten ein.
problem-offline-choice = Sie arbeiten offline.
problem-offline-choice-advice = Gehen Sie online, um den Server zu erreichen.
problem-name-not-found = Der Server { $host } wurde nicht gefunden.
problem-name-not-found-advice = Prüfen Sie den Namen auf Tippfehler und ob Sie mit dem Internet verbunden sind.
problem-port-refused = { $host } antwortet nicht auf Port { $port }.
problem-port-refused-advice = Der Port ist vielleicht falsch, oder Mail ist dort abgeschaltet. Üblich sind 993 für TLS und 143 für STARTTLS.
problem-unreachable = Es gibt keinen Weg zu { $host }.
problem-unreachable-advice = Ihr Computer scheint kein Netz zu haben. Mails werden abgerufen, sobald es wieder da ist.
problem-timed-out = { $host } hat nicht rechtzeitig geantwortet.
problem-timed-out-advice = Server oder Netz sind im Moment langsam, oder eine Firewall sperrt den Port.
problem-link-lost = Die Verbindung zu { $host } ist abgebrochen.
problem-link-lost-advice = Sie wird von selbst neu aufgebaut. Es ist nichts verloren.
problem-server-closed = { $host } hat die Verbindung geschlossen.
problem-server-closed-advice = Das tun Server bei Wartung oder zu vielen Verbindungen. Es wird von selbst neu versucht.
problem-certificate-issuer = Das Zertifikat von { $host } ist von niemandem unterschrieben, dem dieser Computer vertraut.
problem-certificate-issuer-advice = Ihr Passwort wurde nicht gesendet. Wählen Sie in einer Firma die Zertifizierungsstelle, die Sie vom Betreuer haben; vergleichen Sie bei einem eigenen Server den SHA-256 mit dem, den er selbst zeigt.
problem-certificate-name = { $host } zeigt ein Zertifikat für einen anderen Namen ({ $names }).
problem-certificate-name-advice = Ihr Passwort wurde nicht gesendet. Oft ist einer dieser Namen der richtige Servername.
problem-certificate-expired = Das Zertifikat von { $host } ist abgelaufen.
problem-certificate-expired-advice = Ihr Passwort wurde nicht gesendet. Prüfen Sie das Datum Ihres Computers; sonst muss der Betreuer des Servers es erneuern.
problem-certificate-revoked = Das Zertifikat von { $host } wurde widerrufen.
problem-certificate-revoked-advice = Ihr Passwort wurde nicht gesendet. Vielleicht wurde der Schlüssel des Servers gestohlen; fragen Sie den Betreuer.
problem-certificate-other = Das Zertifikat von { $host } ist nicht annehmbar.
problem-certificate-other-advice = Ihr Passwort wurde nicht gesendet. Fragen Sie den Betreuer des Servers.
problem-tls = Zu { $host } kam keine geschützte Verbindung zustande.
problem-tls-advice = Der Server ist vielleicht zu alt, oder etwas dazwischen stört.
problem-tls-too-old = { $host } kennt nur alte Arten von TLS, die nicht mehr sicher sind.
problem-tls-too-old-advice = Es wurde nichts gesendet. Der Betreiber muss TLS 1.2 oder 1.3 einschalten.
problem-pop = { $host } antwortet auf diesem Port mit POP3, nicht mit IMAP.
problem-pop-advice = Postrider liest E-Mails mit IMAP. Üblich sind die Ports 993 für TLS und 143 für STARTTLS.
problem-smtp-there = { $host } nimmt auf diesem Port E-Mails zum Senden an; ein IMAP-Server ist das nicht.
problem-smtp-there-advice = Tragen Sie ihn als Server zum Senden ein. Üblich für IMAP sind die Ports 993 für TLS und 143 für STARTTLS.
problem-not-imap = Was bei { $host } auf Port { $port } antwortet, ist kein Mailserver.
problem-not-imap-advice = Prüfen Sie Servername und Port. Üblich sind 993 für TLS und 143 für STARTTLS.
problem-not-protected = { $host } bietet auf diesem Port keinen Schutz.
problem-not-protected-advice = Ihr Passwort wurde nicht gesendet, weil jeder es hätte lesen können. Versuchen Sie TLS auf Port 993.
problem-sign-in-refused = Benutzername oder Passwort wurde abgelehnt.
problem-sign-in-refused-advice = Prüfen Sie beides. Viele Anbieter verlangen ein App-Passwort von ihrer Webseite, oder IMAP muss dort erst eingeschaltet werden.
problem-no-tls = { $host }, Port { $port }, spricht nicht von Anfang an TLS.
problem-no-tls-advice = Wählen Sie STARTTLS für diesen Port oder den Port für TLS: 993.
problem-no-starttls = { $host }, Port { $port }, geht nicht zu TLS über.
problem-no-starttls-advice = Wählen Sie TLS mit seinem Port: 993.
problem-captive = Statt { $host } antwortet eine Webseite.
problem-captive-advice = Das Netz verlangt erst eine Anmeldung, wie in Hotels und Zügen. Melden Sie sich in einem Browser an und versuchen Sie es erneut.
problem-not-smtp = Was auf { $host }, Port { $port }, antwortet, nimmt keine Post an.
problem-not-smtp-advice = Prüfen Sie Servername und Port. Üblich sind 465 für TLS und 587 für STARTTLS.
problem-silent = { $host }, Port { $port }, nimmt die Verbindung an, sagt aber nichts.
problem-silent-advice = Oft verlangt der Port den anderen Schutz: 993 ist für TLS, 143 für STARTTLS.
problem-login-disabled = Der Server nimmt zurzeit keine Passwörter an.
problem-login-disabled-advice = Er meldet LOGINDISABLED und bietet keinen anderen Weg, den Postrider kennt. Fragen Sie die Administration oder versuchen Sie es später.
problem-connections = Der Server hat zu viele Verbindungen dieses Kontos.
problem-connections-advice = Ihr Passwort ist in Ordnung. Schließen Sie andere Mailprogramme; es wird von selbst wieder versucht.
problem-limit = Eine Obergrenze des Kontos ist beim Server erreicht.
problem-limit-advice = Ihr Passwort ist in Ordnung. Nach einigen Stunden geht es von selbst weiter; was hier ist, bleibt lesbar.
problem-unavailable = Ein Teil des Servers ist ausgefallen.
problem-unavailable-advice = Ihr Passwort ist in Ordnung. Es wird von selbst wieder versucht.
problem-busy-here = Ein anderer Postrider arbeitet gerade daran.
problem-busy-here-advice = Hier geht es weiter, sobald der andere fertig ist.
problem-the-provider = Ihr Anbieter
problem-imap-off = IMAP ist für dieses Konto ausgeschaltet.
problem-imap-off-advice = Ihr Passwort kann richtig sein. Schalten Sie IMAP in den Web-Einstellungen ein ({ $who }) und versuchen Sie es erneut.
problem-smtp-off = Das Senden ist für Mailprogramme ausgeschaltet.
problem-smtp-off-advice = Die Administration muss SMTP AUTH für dieses Postfach einschalten.
problem-maybe-app-password = Falsches Passwort, oder statt des üblichen wird ein App-Passwort verlangt.
problem-maybe-app-password-advice = { $who } nimmt von Mailprogrammen nur App-Passwörter. Prüfen Sie die Eingabe, oder erzeugen Sie dort ein neues und geben Sie es hier ein.
problem-not-allowed = Das Passwort stimmt, öffnet dieses Postfach aber nicht.
problem-not-allowed-advice = Prüfen Sie den Benutzernamen, oder bitten Sie den Administrator um Zugang zum Postfach.
problem-privacy = Der Server verlangt eine besser geschützte Verbindung.
problem-privacy-advice = Wählen Sie in den Einstellungen TLS und dessen Port (993, zum Senden 465).
problem-app-password = Statt des üblichen wird ein App-Passwort verlangt.
problem-app-password-advice = Erzeugen Sie eines in den Einstellungen ({ $who }) und geben Sie es hier ein.
problem-browser-only = { $who } nimmt von Mailprogrammen keine Passwörter an.
problem-browser-only-advice = Melden Sie sich stattdessen mit dem Browser an.
problem-admin = Die Administration Ihrer Organisation muss Postrider erst erlauben.
problem-admin-advice = Ihr Passwort ist in Ordnung. Bitten Sie die IT, dieses Mailprogramm für IMAP und SMTP freizugeben.
problem-web = { $who } möchte Sie erst im Browser sehen.
problem-web-advice = Melden Sie sich dort an, bestätigen Sie, dass Sie es waren, und versuchen Sie es erneut.
problem-locked = Das Konto ist gesperrt.
problem-locked-advice = Auf der Webseite erfahren Sie nach der Anmeldung den Grund ({ $who }).
problem-expired = Das Passwort ist abgelaufen.
problem-expired-advice = Setzen Sie auf der Webseite ein neues ({ $who }) und geben Sie es hier ein.
problem-certificate-self = Das Zertifikat von { $host } hat nur sich selbst unterschrieben.
problem-certificate-self-advice = Ihr Passwort wurde nicht gesendet. Bei einem eigenen Server ist das üblich; überall sonst kann jemand mithören.
problem-certificate-early = Das Zertifikat von { $host } gilt noch nicht.
problem-certificate-early-advice = Ihr Passwort wurde nicht gesendet. Prüfen Sie Datum und Uhrzeit Ihres Computers.
problem-certificate-changed = { $host } zeigt ein anderes Zertifikat als das, dem Sie vertraut haben.
problem-certificate-changed-advice = Ihr Passwort wurde nicht gesendet. Wenn die Administration es nicht erneuert hat, kann jemand mithören.
problem-no-sign-in-method = Der Server bietet keine Art der Anmeldung, die Postrider kennt.
problem-no-sign-in-method-advice = Er bietet: { $offered }.
problem-sign-in-expired = Der Anbieter nimmt die Anmeldung nicht mehr an.
problem-sign-in-expired-advice = Melden Sie sich im Browser neu an. Die E-Mails hier bleiben, und Änderungen warten.
problem-no-client-id = Diese Fassung hat keine Client-ID für { $provider }.
problem-no-client-id-advice = Nehmen Sie ein App-Passwort, oder schreiben Sie eine eigene Client-ID in oauth.toml im Ordner der Einstellungen.
problem-provider-unreachable = Der Anbieter, der Sie anmeldet, ist nicht erreichbar.
problem-provider-unreachable-advice = Prüfen Sie das Netz.
problem-sign-in-denied = Die Anmeldung wurde im Browser abgelehnt.
problem-sign-in-denied-advice = Melden Sie sich neu an und erlauben Sie Postrider, E-Mails zu lesen und zu senden. Es wurde nichts geändert.
problem-wrong-user = Sie haben sich als { $found } angemeldet; das öffnet das Postfach von { $wanted } nicht.
problem-wrong-user-unnamed = Der Mailserver öffnet das Postfach von { $wanted } mit dieser Anmeldung nicht.
problem-wrong-user-advice = Es wurde nichts gespeichert. Melden Sie sich neu an und wählen Sie im Browser { $wanted }; melden Sie sich dort zuerst ab, wenn er nicht fragt. Oder berichtigen Sie die Adresse.
problem-port-taken = Port { $port } ist von einem anderen Programm belegt.
problem-port-taken-advice = Der Browser muss zu diesem Port zurückkehren, mit dem Ihre Client-ID angemeldet ist. Beenden Sie das andere Programm (vielleicht wartet noch eine Anmeldung), und versuchen Sie es dann erneut.
problem-keyring-waits = Der Schlüsselbund des Systems wartet auf sein Passwort.
problem-keyring-waits-advice = Geben Sie es in dem Fenster ein, das der Schlüsselbund geöffnet hat; es liegt vielleicht hinter diesem.
problem-sign-in-timed-out = In fünf Minuten hat sich niemand angemeldet.
problem-sign-in-timed-out-advice = Die Seite im Browser gilt nicht mehr. Öffnen Sie eine neue, wenn Sie so weit sind.
problem-sign-in-failed = Die Anmeldung im Browser hat nicht geklappt.
problem-sign-in-failed-advice = Versuchen Sie es noch einmal.
problem-password-missing = Für dieses Konto ist kein Passwort bekannt.
problem-password-missing-advice = Geben Sie es einmal ein.
problem-keyring-absent = Dieser Computer hat keinen Schlüsselbund für das Passwort.
problem-keyring-absent-advice = Es kann bis zum Beenden gemerkt werden oder von einem Passwort-Befehl kommen.
problem-keyring-locked = Der Schlüsselbund des Systems ist gesperrt.
problem-keyring-locked-advice = Entsperren Sie ihn für die Anmeldung.
problem-keyring-failed = Der Schlüsselbund des Systems gab kein Passwort heraus.
problem-keyring-failed-advice = Vielleicht läuft er nicht.
problem-password-command = Der Passwort-Befehl ist fehlgeschlagen.
problem-password-command-advice = Führen Sie ihn in einem Terminal aus, um den Grund zu sehen.
problem-ca-file = Die Zertifikatsdatei { $path } ist nicht brauchbar.
problem-ca-file-advice = Wählen Sie eine Datei im PEM-Format.
problem-busy = Der Server bittet um Geduld.
problem-busy-advice = Es wird von selbst neu versucht.
problem-over-quota = Auf dem Server ist kein Platz mehr.
problem-over-quota-advice = Löschen Sie, was Sie nicht brauchen, oder bitten Sie um mehr Platz.
problem-denied = Das dürfen Sie auf dem Server nicht.
problem-denied-advice = Der Besitzer des Ordners kann Ihnen das Recht geben.
problem-not-done = Der Server sagte, es sei getan, aber es ist nicht geschehen.
problem-not-done-advice = Nichts ist verloren. Versuchen Sie es noch einmal, oder fragen Sie, wer den Server betreibt.
problem-refused = Der Server hat einen Befehl abgelehnt ({ $command }).
problem-refused-advice = Er wird später neu versucht.
problem-protocol = Der Server hat etwas gesendet, das nicht zu verstehen ist.
problem-protocol-advice = Es wird von selbst neu versucht. Es ist nichts verloren.
problem-message-gone = Die Nachricht ist nicht mehr auf dem Server.
problem-message-gone-advice = Sie wurde mit einem anderen Programm gelöscht oder verschoben.
problem-no-folder = Dieses Konto hat keinen Ordner dafür.
problem-no-folder-advice = Legen Sie auf dem Server einen an und bestimmen Sie ihn dafür, oder verschieben Sie die Nachrichten in einen Ordner Ihrer Wahl.
problem-too-large = Die Nachricht ({ $megabytes } MB) ist größer, als der Server annimmt.
problem-too-large-advice = Sie bleibt, wo sie ist. Der Anbieter nennt Ihnen seine Grenze.
problem-folder-protected = Das Konto braucht diesen Ordner, wie er ist.
problem-folder-protected-advice = Posteingang, Gesendet, Entwürfe, Papierkorb und dergleichen lassen sich weder umbenennen noch löschen.
problem-folder-children = Unter diesem Ordner liegen weitere.
problem-folder-children-advice = Löschen oder verschieben Sie zuerst diese.
problem-folder-name = So kann kein Ordner heißen.
problem-folder-name-advice = Lassen Sie das Trennzeichen des Servers weg, und legen Sie keinen Ordner unter sich selbst.
problem-folder-exists = Einen Ordner dieses Namens gibt es schon.
problem-folder-exists-advice = Wählen Sie einen anderen Namen.
problem-nothing-to-undo = Es gibt nichts rückgängig zu machen.
problem-nothing-to-undo-advice = Es wurde noch nichts geändert, oder es ist schon rückgängig gemacht.
problem-mailbox-gone = Der Ordner ist nicht mehr auf dem Server.
problem-mailbox-gone-advice = Er wurde mit einem anderen Programm gelöscht oder umbenannt.
problem-part-gone = Die Nachricht hat keinen solchen Anhang.
problem-part-gone-advice = Vielleicht wurde er mit einem anderen Programm entfernt.
problem-account-gone = Das Konto ist nicht mehr da.
problem-account-gone-advice = Es wurde entfernt.
problem-account-exists = Dieses Konto ist schon da.
problem-account-exists-advice = Jede Adresse kann einmal hinzugefügt werden.
problem-disk-full = Die Festplatte ist voll.
problem-disk-full-advice = Es ist nichts verloren. Schaffen Sie Platz, und versuchen Sie es dann noch einmal.
problem-file-exists = { $path } gibt es schon.
problem-file-exists-advice = Die Datei blieb, wie sie war. Wählen Sie einen anderen Namen.
problem-file = { $path } lässt sich nicht schreiben.
problem-file-advice = Wählen Sie einen anderen Ort.
problem-fault = In Postrider ist etwas schiefgegangen.
problem-fault-advice = Es ist nichts verloren. Postrider versucht es von selbst noch einmal; was geschah, steht in einem Bericht, ohne E-Mails und Passwörter.
problem-store = Die Mails auf diesem Computer lassen sich nicht lesen oder schreiben.
problem-store-advice = Es wird nichts gelöscht. Später wird es neu versucht.

## Was eine Nachricht versucht hat

command-show-trust = Was diese Nachricht versucht hat
trust-title = Was diese Nachricht versucht hat
trust-details = Einzelheiten
trust-from = Von
trust-auth = Wer dafür bürgt
trust-links = Links
trust-network = Netz
trust-removed = Entfernt
trust-files = Anhänge
trust-name-address = Der Name lautet { $claimed }, das ist nicht die Adresse des Absenders.
trust-name-domain = Der Name lautet { $claimed }, die Adresse ist aber anderswo.
trust-name-brand = Der Name lautet { $brand }, die Adresse gehört aber nicht dazu.
trust-name-contact = Der Name ist der von { $known }, an die Adresse schreiben Sie. Diese Adresse ist eine andere.
trust-lookalike = { $domain } kann mit { $of } verwechselt werden.
trust-confusable = { $domain } ist in Buchstaben geschrieben, die wie andere aussehen.
trust-reply = Antworten gehen an { $to }.
trust-several = Die Nachricht hat { $count } Verfasser.
trust-no-address = Der Absender hat keine Adresse für Antworten.
trust-from-you = Sie soll von Ihnen selbst sein, und die Prüfung ist fehlgeschlagen.
trust-auth-later = Das ist bekannt, sobald die ganze Nachricht da ist. Sie wird geholt.
trust-auth-passed = Die Nachricht kommt von der Domain, die sie nennt.
trust-auth-failed = Die Nachricht kommt nicht von der Domain, die sie nennt.
trust-auth-unknown = Nichts beweist, dass die Nachricht von der Domain kommt, die sie nennt.
trust-other-ending = { $domain } endet anders als { $of }, wohin Sie schreiben.
trust-through-list = Geschrieben von { $author } und über eine Mailingliste verschickt.
trust-auth-relayed = Eine Mailingliste oder ein Weiterleiter hat die Nachricht verändert. Deshalb beweist nichts, dass sie von der Domain kommt, die sie nennt.
trust-auth-server = Festgestellt von { $server }: { $results }
trust-auth-maybe = Angeblich festgestellt von { $server }, kann erfunden sein: { $results }
trust-auth-ignored = { $count ->
    [one] Ein Ergebnis eines anderen Servers, nicht geglaubt
   *[other] { $count } Ergebnisse anderer Server, nicht geglaubt
}
trust-signed = Signiert von { $domains }, hier nicht geprüft.
trust-check = Signaturen hier prüfen
trust-checking = Wird geprüft …
trust-check-hint = Dafür werden die Nameserver der Domains gefragt, die signiert haben: sie können sehen, dass jemand die Nachricht ansieht.
trust-check-none = Die Nachricht hat keine Signatur, die sich prüfen lässt.
trust-check-always = Signaturen immer hier prüfen
trust-strip = Aus Links entfernen, was verrät, wer geklickt hat
trust-signature-valid = Die Signatur von { $domain } stimmt.
trust-signature-wrong = Die Signatur von { $domain } stimmt nicht: die Nachricht wurde geändert, oder { $domain } hat sie nie signiert.
trust-signature-no-key = { $domain } kennt den Schlüssel seiner Signatur nicht.
trust-signature-unusable = Die Signatur von { $domain } ist abgelaufen oder von einer Art, die nicht geprüft wird.
trust-signature-unreachable = Der Schlüssel von { $domain } ist jetzt nicht zu bekommen.
trust-links-none = Kein Link ist anders, als er scheint.
trust-tracked-links = { $count ->
    [one] Ein Link verrät, wer geklickt hat
   *[other] { $count } Links verraten, wer geklickt hat
}
trust-network-none = Die Nachricht wollte nichts aus dem Netz.
trust-pictures = { $count ->
    [one] Ein Bild aus dem Netz; es wird nur geladen, wenn Sie es wollen
   *[other] { $count } Bilder aus dem Netz; sie werden nur geladen, wenn Sie es wollen
}
trust-tracker-known = { $name } wollte wissen, dass Sie dies lesen ({ $host }, { $count }-mal). Es wird nie geladen.
trust-tracker-unseen = { $name }: ein Bild, zu klein zum Sehen, um zu wissen, dass Sie dies lesen ({ $host }, { $count }-mal). Es wird nie geladen.
trust-scripts = { $count ->
    [one] Ein Skript
   *[other] { $count } Skripte
}
trust-forms = { $count ->
    [one] Ein Formular
   *[other] { $count } Formulare
}
trust-frames = { $count ->
    [one] Ein Rahmen oder eingebettetes Medium
   *[other] { $count } Rahmen und eingebettete Medien
}
trust-dead-links = { $count ->
    [one] Ein Link, der etwas ausführt
   *[other] { $count } Links, die etwas ausführen
}
trust-program = { $name } ist ein Programm: es läuft, wenn man es öffnet.
remote-blocked = { $count ->
    [one] Ein Bild aus dem Netz wurde nicht geladen
   *[other] { $count } Bilder aus dem Netz wurden nicht geladen
}
remote-loaded = { $count ->
    [one] Ein Bild aus dem Netz geladen
   *[other] { $count } Bilder aus dem Netz geladen
}
remote-loading = Bilder werden geladen …
remote-missing = { $count ->
    [one] ein Bild war nicht zu laden
   *[other] { $count } Bilder waren nicht zu laden
}
remote-trackers = { $count ->
    [one] ein Tracker blockiert: { $names }
   *[other] { $count } Tracker blockiert: { $names }
}
remote-once = Bilder laden
remote-always = Immer für { $who }
remote-revoke = Nicht mehr für { $who }
list-is = Mailingliste: { $list }
list-leave = Abbestellen
list-leave-ask = { $list } bitten, nichts mehr zu schicken?
list-leave-yes = Ja, abbestellen
list-leaving = Die Liste wird gefragt …
list-left = Die Liste hat bestätigt: sie schickt nichts mehr.
list-failed-status = Die Liste hat nicht bestätigt (Status { $status }).
list-failed-unreachable = Die Liste ist jetzt nicht zu erreichen.
list-failed-refused = Die Liste nennt eine Adresse, die zu fragen nicht sicher ist.

## Größen, Tage, Zeiten

size-bytes = { $count } B
size-kilobytes = { $count } KB
size-megabytes = { $count } MB
size-gigabytes = { $count } GB
time-24 = { $hour }:{ $minute }
time-morning = { $hour }:{ $minute }
time-afternoon = { $hour }:{ $minute }
date-yesterday = Gestern
date-day-month = { $day }. { $month }
date-day-month-year = { $day }. { $month } { $year }
date-full = { $weekday }, { $day }. { $month } { $year }, { $time }
date-and-time = { $date }, { $time }
date-monday = Mo
date-tuesday = Di
date-wednesday = Mi
date-thursday = Do
date-friday = Fr
date-saturday = Sa
date-sunday = So
date-january = Jan
date-february = Feb
date-march = März
date-april = Apr
date-may = Mai
date-june = Juni
date-july = Juli
date-august = Aug
date-september = Sep
date-october = Okt
date-november = Nov
date-december = Dez
list-leave-page = { $list } will das auf einer Seite von { $host } erledigt haben.
list-leave-open = Seite öffnen
list-leave-mail = { $list } will dafür eine Mail an { $address }. Postrider kann noch keine Mails schreiben: Ein anderes Programm muss sie schicken.
list-leave-mail-subject = { $list } will dafür eine Mail an { $address } mit dem Betreff „{ $subject }“. Postrider kann noch keine Mails schreiben: Ein anderes Programm muss sie schicken.
list-leave-copy = Adresse und Betreff kopieren
list-leave-copied = Adresse und Betreff sind in der Zwischenablage.
settings-group-privacy = Privatsphäre
settings-consents = Bilder aus dem Netz
settings-consents-hint = Sie werden nur geladen, wenn Sie es wollen, denn das Laden verrät dem Absender, dass Sie lesen. Immer geladen werden die von:
settings-consents-none = Niemand. Über einer Nachricht können Sie ihren Absender zulassen.
settings-consent-domain = alle bei { $domain }
settings-consents-more = { $count ->
    [one] und noch jemand; suchen Sie oben danach
   *[other] und { $count } weitere; suchen Sie oben danach
}
settings-consent-revoke = Nicht mehr
settings-strip = Links ohne Spuren
settings-strip-hint = Teile eines Links, die nur verraten, wer geklickt hat, werden vor dem Öffnen entfernt.
settings-check = Signaturen auch hier prüfen
settings-check-hint = Zusätzlich zu dem, was Ihr Mailserver festgestellt hat. Die Nameserver des Absenders können sehen, dass jemand die Nachricht ansieht.
