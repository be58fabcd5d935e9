"""Moving mail: by drag and drop, keys, menus and the list of folders; against a real Dovecot, looked at by another
client. The same rules as in cases.py; a case with `prepare` gets what that made instead of the folder.
"""
import os
import subprocess

from cases import check, chosen, rows, wait_for_rows
from desk import BIN, Atspi, pump, states, wait
from server import Dovecot

# A folder opens by itself when something is held over it for 0.65 s; this is far more.
SPRING = 15.0
MANY = 200


class Post:
    """Two accounts on a Dovecot, known to the profile before the program starts."""

    def __init__(self, folder, users=("alice",), letters=12, boxes=("Projects", "Projects/Old", "Holidays")):
        self.server = Dovecot(folder)
        self.profile = os.path.join(folder, "profile")
        self.letters = [f"Letter {n:03}" for n in range(1, letters + 1)]
        try:
            for user in users:
                self.server.create(user, *boxes)
                self.server.append_all(user, self.letters if user == "alice" else [f"Note {n}" for n in range(3)])
                subprocess.run(
                    [BIN, "--profile", self.profile, "account", "add", "--email", f"{user}@localhost",
                     "--imap", f"localhost:{self.server.port}", "--security", "tls", "--user", user,
                     "--ca", self.server.ca, "--password-command", f"echo secret-{user}"],
                    check=True, capture_output=True, timeout=60)
        except Exception:
            self.close()
            raise

    def close(self):
        self.server.close()

    def holds(self, mailbox, subjects, user="alice"):
        wanted = sorted(subjects)
        wait(f"{len(wanted)} messages in {mailbox} on the server",
             lambda: self.server.subjects(user, mailbox) == wanted)


def post(**options):
    def mark(case):
        case.prepare = lambda folder: Post(folder, **options)
        case.arguments = lambda folder: ["--profile", os.path.join(folder, "profile")]
        return case
    return mark


def row(app, subject):
    return wait(f"the row {subject}", lambda: next((r for r in rows(app) if subject in r.get_name()), None))


def no_row(app, subject):
    wait(f"{subject} to leave the list", lambda: not any(subject in r.get_name() for r in rows(app)))


def folder(app, name, exact=True):
    return app.find("tree item", name, exact=exact)


def shown(app, post, count=None):
    """Waits until the first sync has brought the mail."""
    wait("the mail", lambda: any(post.letters[-1] in r.get_name() for r in rows(app)))
    size = str(count or len(post.letters))
    wait("all of it", lambda: rows(app)[0].get_attributes()["setsize"] == size)


def chip(app, words):
    return app.find(None, words, patience=15)


def undo(app, post, mailbox):
    """Undoes by the button of the note, and waits until the server has it, too."""
    app.click("push button", "Undo", exact=True)
    app.find(None, "Undone:")
    post.holds("INBOX", post.letters)
    post.holds(mailbox, [])


@post(letters=12)
def case_messages_are_dragged_onto_folders(app, post):
    shown(app, post)
    # One message.
    app.grab(row(app, "Letter 007"))
    chip(app, "1 message")
    app.hold_over(folder(app, "Holidays"))
    chip(app, "Move 1 message to Holidays")
    app.shot("drag-one")
    app.let_go()
    no_row(app, "Letter 007")
    app.find(None, "Moved 1 message to Holidays")
    post.holds("Holidays", ["Letter 007"])
    undo(app, post, "Holidays")
    row(app, "Letter 007")
    # Escape leaves everything where it is, also what is let go afterwards.
    app.grab(row(app, "Letter 005"))
    app.hold_over(folder(app, "Holidays"))
    chip(app, "Move 1 message to Holidays")
    app.press("Escape")
    app.gone(None, "Move 1 message to Holidays")
    app.let_go()
    # The folder where it is does not take it, and says so.
    app.grab(row(app, "Letter 005"))
    app.hold_over(folder(app, "Inbox"))
    chip(app, "They are in this folder already")
    app.shot("drag-refused")
    app.let_go()
    pump(0.3)
    row(app, "Letter 005")
    post.holds("INBOX", post.letters)
    post.holds("Holidays", [])
    # With Ctrl it is a copy, and the chip says so as soon as the key is held down.
    app.grab(row(app, "Letter 003"))
    app.hold_over(folder(app, "Holidays"))
    chip(app, "Move 1 message to Holidays")
    app.hold_key("ctrl", True)
    chip(app, "Copy 1 message to Holidays")
    app.shot("drag-copy")
    app.let_go()
    app.hold_key("ctrl", False)
    app.find(None, "Copied 1 message to Holidays")
    post.holds("Holidays", ["Letter 003"])
    post.holds("INBOX", post.letters)
    undo(app, post, "Holidays")
    # A folded folder opens while something is held over it, and closes afterwards.
    app.find("tree item", "Old", exact=True)
    collapse(app, "Projects")
    wait("Projects to close", lambda: not app.all("tree item", "Old", exact=True))
    app.click("tree item", "Inbox", exact=True)
    wait_for_rows(app)
    app.grab(row(app, "Letter 009"))
    app.hold_over(folder(app, "Projects"))
    old = app.find("tree item", "Old", exact=True, patience=SPRING)
    app.hold_over(old)
    chip(app, "Move 1 message to Old")
    app.shot("drag-spring-open")
    app.let_go()
    post.holds("Projects/Old", ["Letter 009"])
    wait("Projects to close again", lambda: not app.all("tree item", "Old", exact=True))
    undo(app, post, "Projects/Old")


def collapse(app, name):
    """Folds a folder as a user of the keyboard does."""
    app.mouse(folder(app, name))
    wait(f"{name} to be chosen", lambda: "selected" in states(folder(app, name)))
    app.keys("Left")


@post(letters=MANY + 20)
def case_many_messages_are_dragged_at_once(app, post):
    shown(app, post)
    app.mouse(row(app, post.letters[-1]))
    wait("the first row", lambda: chosen(app))
    # By Shift and keys, by Ctrl and clicks, all at once.
    app.keys("shift+End")
    app.find(None, f"{MANY + 20} selected")
    app.keys("Home", "shift+Page_Down")
    few = int(app.find(None, " selected").get_name().split()[0])
    check(few > 5, f"only {few} chosen by Page Down")
    app.hold_key("ctrl", True)
    app.mouse(row(app, post.letters[-2]))
    app.hold_key("ctrl", False)
    app.find(None, f"{few - 1} selected")
    app.keys("ctrl+a")
    app.find(None, f"{MANY + 20} selected")
    app.grab(row(app, post.letters[-3]))
    chip(app, f"{MANY + 20} messages")
    app.hold_over(folder(app, "Holidays"))
    chip(app, f"Move {MANY + 20} messages to Holidays")
    app.shot("drag-many")
    app.let_go()
    app.find(None, f"Moved {MANY + 20} messages to Holidays")
    app.find(None, "No messages")
    post.holds("Holidays", post.letters)
    post.holds("INBOX", [])
    undo(app, post, "Holidays")
    # An unselected row is dragged alone, whatever else is chosen.
    shown(app, post)
    app.mouse(row(app, post.letters[-1]))
    app.keys("Home", "shift+Down", "shift+Down")
    app.find(None, "3 selected")
    app.grab(row(app, post.letters[-6]))
    chip(app, "1 message")
    app.press("Escape")
    app.let_go()


@post(letters=4, boxes=[f"Box {n:02}" for n in range(1, 41)])
def case_the_tree_scrolls_below_what_is_dragged(app, post):
    shown(app, post)
    tree = app.find("tree", "Folders")
    place = tree.get_extents(Atspi.CoordType.SCREEN)

    def inside():
        last = folder(app, "Box 40").get_extents(Atspi.CoordType.SCREEN)
        return place.y < last.y and last.y + last.height <= place.y + place.height
    check(not inside(), "all folders have room; nothing to scroll")
    app.grab(row(app, "Letter 002"))
    app.move(place.x + 80, place.y + place.height - 4)
    wait("the last folder to come into view", inside)
    app.shot("drag-autoscroll")
    app.hold_over(folder(app, "Box 40"))
    chip(app, "Move 1 message to Box 40")
    app.let_go()
    post.holds("Box 40", ["Letter 002"])
    undo(app, post, "Box 40")


@post(users=("alice", "bob"))
def case_messages_are_dragged_to_another_account(app, post):
    inboxes = wait("two inboxes", lambda: [n for n in app.all("tree item", "Inbox", exact=True)]
                   if len(app.all("tree item", "Inbox", exact=True)) == 2 else None)
    # The inbox that came first is open, and that may be either.
    app.mouse(inboxes[0])
    shown(app, post)
    app.grab(row(app, "Letter 004"))
    app.hold_over(inboxes[1])
    chip(app, "Move 1 message to Inbox (bob@localhost)")
    app.shot("drag-account")
    app.let_go()
    notes = [f"Note {n}" for n in range(3)]
    outcome = wait("an answer", lambda: next(
        (n.get_name() for n in app.all() if "Moved 1 message" in (n.get_name() or "")), None))
    check("1 message" in outcome, outcome)
    post.holds("INBOX", [s for s in post.letters if s != "Letter 004"])
    post.holds("INBOX", notes + ["Letter 004"], user="bob")
    app.click("push button", "Undo", exact=True)
    post.holds("INBOX", post.letters)
    post.holds("INBOX", notes, user="bob")


@post(letters=12)
def case_messages_are_filed_by_key_menu_and_list_of_folders(app, post):
    shown(app, post)
    letters = post.letters
    # Keys: archive, delete, junk; undo by Ctrl+Z, also of the one before; redo.
    app.mouse(row(app, "Letter 012"))
    app.keys("e")
    app.find(None, "Archived 1 message")
    post.holds("Archive", ["Letter 012"])
    app.keys("Delete")
    app.find(None, "Moved 1 message to Trash")
    post.holds("Trash", ["Letter 011"])
    app.shot("toast")
    app.keys("ctrl+z")
    post.holds("Trash", [])
    app.keys("ctrl+z")
    post.holds("Archive", [])
    post.holds("INBOX", letters)
    app.keys("ctrl+shift+z")
    post.holds("Archive", ["Letter 012"])
    app.keys("ctrl+z")
    post.holds("INBOX", letters)
    # The list of folders by keyboard alone.
    app.mouse(row(app, "Letter 010"))
    app.keys("v")
    app.find("dialog", "Move 1 message to")
    app.type("holi")
    app.find(None, "Enter moves to Holidays")
    app.shot("palette")
    app.keys("Return")
    app.gone("dialog", "Move 1 message to")
    post.holds("Holidays", ["Letter 010"])
    # And again, without asking; the newest target stands first from now on.
    app.mouse(row(app, "Letter 009"))
    app.keys("V")
    post.holds("Holidays", ["Letter 009", "Letter 010"])
    app.keys("v")
    app.find(None, "Enter moves to Holidays")
    app.keys("Escape")
    app.gone("dialog", "Move 1 message to")
    # By semantic nodes: copy, from the toolbar's neighbor in the row's menu.
    app.mouse(row(app, "Letter 008"), button=3)
    app.find("menu", "Message")
    app.shot("row-menu")
    app.click("menu item", "Copy to folder")
    app.set_text("Copy 1 message to", "old")
    app.click("list item", "Projects › Old")
    post.holds("Projects/Old", ["Letter 008"])
    app.find(None, "Copied 1 message to Old")
    # The menu by the keyboard: Shift+F10, then junk.
    app.mouse(row(app, "Letter 007"))
    app.keys("shift+F10")
    app.find("menu", "Message")
    app.click("menu item", "Junk", exact=True)
    post.holds("Junk", ["Letter 007"])
    # Out of junk it goes back to the inbox; deleting forever asks.
    app.click("tree item", "Junk", exact=True)
    app.mouse(row(app, "Letter 007"))
    app.click("push button", "Not junk")
    post.holds("Junk", [])
    app.click("tree item", "Inbox", exact=True)
    app.mouse(row(app, "Letter 006"))
    app.keys("shift+Delete")
    app.find("dialog", "Delete 1 message forever?")
    app.shot("ask-forever")
    app.keys("Escape")
    app.gone("dialog", "Delete 1 message forever?")
    check("Letter 006" in post.server.subjects("alice"), "deleted in spite of Escape")
    app.keys("shift+Delete")
    app.click("push button", "Delete forever")
    wait("it to be gone", lambda: "Letter 006" not in post.server.subjects("alice"))


@post(letters=6)
def case_offline_work_waits_and_is_shown(app, post):
    shown(app, post)
    switch = app.find(None, "Work offline")
    check(switch.do_action(0), "the switch cannot be used")
    app.find(None, "Working offline")
    app.mouse(row(app, "Letter 006"))
    app.keys("e")
    app.find(None, "1 change waits")
    no_row(app, "Letter 006")
    check(post.server.subjects("alice") == post.letters, "the server heard of it while offline")
    app.click("push button", "1 change waits")
    panel = app.find("dialog", "Activity")
    wait("what waits", lambda: app.all(None, "Move 1 message to Archive. Working offline", under=panel))
    app.shot("activity-offline")
    app.keys("Escape")
    app.gone("dialog", "Activity")
    app.click("push button", "Go online")
    post.holds("Archive", ["Letter 006"])
    app.gone(None, "1 change waits")
    app.keys("ctrl+z")
    post.holds("INBOX", post.letters)


@post(letters=6)
def case_screens_are_looked_at(app, post):
    """Pictures for the eye: dark, narrow, long names, during a drag."""
    post.server.create("alice", "An exceedingly long folder name that no pane of any reasonable width has room for")
    shown(app, post)
    app.keys("ctrl+shift+l", "ctrl+shift+l")
    app.keys("F5")
    app.find("tree item", "An exceedingly long")
    app.grab(row(app, "Letter 004"))
    app.hold_over(app.find("tree item", "An exceedingly long"))
    app.shot("dark-drag-long")
    app.press("Escape")
    app.let_go()
    app.mouse(row(app, "Letter 003"))
    app.keys("v")
    app.find("dialog", "Move 1 message to")
    app.shot("dark-palette")
    app.keys("Escape")
    subprocess.run(["xdotool", "windowsize", "--sync", app.window(), "700", "800"], check=True)
    pump(0.5)
    app.shot("dark-narrow")
    app.grab(row(app, "Letter 004"), dx=0.6)
    chip(app, "1 message")
    app.move(30, 300)
    app.find("tree item", "Holidays")
    app.hold_over(folder(app, "Holidays"))
    chip(app, "Move 1 message to Holidays")
    app.shot("dark-narrow-drag")
    app.let_go()
    app.find(None, "Moved 1 message to Holidays")
    app.shot("dark-narrow-toast")
    post.holds("Holidays", ["Letter 004"])


@post(letters=3)
def case_folders_are_made_renamed_moved_and_deleted_from_their_menu(app, post):
    shown(app, post)
    boxes = lambda: post.server.mailboxes("alice")  # noqa: E731: read where it is asked
    menu(app, "alice@localhost", "New folder")
    app.set_text("Name of the folder", "Bills")
    app.click("push button", "Create")
    wait("the new folder on the server", lambda: "Bills" in boxes())
    folder(app, "Bills")
    menu(app, "Bills", "Rename folder")
    app.set_text("Name of the folder", "Invoices")
    app.shot("folder-name")
    app.click("push button", "Rename")
    wait("the new name on the server", lambda: "Invoices" in boxes() and "Bills" not in boxes())
    # Dragged into another one, after a yes.
    app.grab(folder(app, "Invoices"))
    app.hold_over(folder(app, "Projects"))
    chip(app, "Move Invoices to Projects")
    app.let_go()
    app.find("dialog", "Move the folder Invoices into Projects?")
    app.shot("folder-moved")
    app.click("push button", "Move folder")
    wait("the new place on the server", lambda: "Projects/Invoices" in boxes())
    menu(app, "Invoices", "Delete folder")
    app.find("dialog", "Delete the folder Invoices?")
    app.click("push button", "Delete folder")
    wait("it to be gone", lambda: "Projects/Invoices" not in boxes())
    app.click("tree item", "Inbox", exact=True)
    wait("the mail", lambda: rows(app))
    menu(app, "Inbox", "Mark all as read")
    wait("all to be read", lambda: all("\\Seen" in post.server.flags("alice", s) for s in post.letters))


@post(letters=3)
def case_a_folder_is_kept_offline_by_its_own_rule(app, post):
    shown(app, post)
    app.mouse(folder(app, "Archive"), button=3)
    found = app.find("menu", "Archive")
    app.find(None, "As the account", under=found)
    app.shot("folder-keep")
    # With the pointer: a long menu has to fit into the window.
    app.mouse(app.find("menu item", "All", exact=True, under=found))
    app.gone("menu", "Archive")
    app.mouse(folder(app, "Archive"), button=3)
    app.find("menu item", "All (chosen)", under=app.find("menu", "Archive"))


def menu(app, name, item):
    """An item of the menu of a folder or account, opened by the right button."""
    app.mouse(folder(app, name), button=3)
    found = app.find("menu", name)
    app.find("menu item", item, under=found).do_action(0)
