"""What a person does with the window. Each case has its own program and, unless it is about the demo, its own profile.

A case is a function `case_NAME(app, folder)`; `case.arguments(folder)` are the program's arguments.
"""
import os

from desk import Fault, pump, states, wait
from server import Dovecot


def demo(case):
    case.arguments = lambda folder: ["--demo"]
    return case


def profile(case):
    case.arguments = lambda folder: ["--profile", os.path.join(folder, "profile")]
    return case


def setting(**attributes):
    """Gives a case what the suite asks it for: `prepare`, `environment`, `skip`."""
    def give(case):
        for name, value in attributes.items():
            setattr(case, name, value)
        return case
    return give


def check(truth, what):
    if not truth:
        raise Fault(what)


def rows(app):
    return app.all(under=app.find("list box", "Messages"), role="list item")


def chosen(app):
    return next((row for row in rows(app) if "selected" in states(row)), None)


def wait_for_rows(app):
    wait("rows in the list", lambda: len(rows(app)) > 5)


@demo
def case_demo_shows_folders_messages_and_state(app, _folder):
    wait_for_rows(app)
    tree = app.find("tree", "Folders")
    names = [node.get_name() for node in app.all("tree item", under=tree)]
    for name in ("Inbox", "Drafts", "Sent", "Archive", "Junk", "Trash"):
        check(any(name in n for n in names), f"no folder {name} in {names}")
    check("unread" in app.find("tree item", "Inbox").get_description(), "the inbox tells no counts")
    first = rows(app)[0].get_attributes()
    check(int(first["setsize"]) > 50, f"the list tells its size wrong: {first}")
    app.find(None, "Up to date")
    app.find("tool bar", "Main toolbar")
    app.shot("demo")


@demo
def case_message_is_read_by_keyboard_alone(app, _folder):
    wait_for_rows(app)
    app.keys("j")
    row = wait("a chosen row", lambda: chosen(app))
    check(row.get_name().startswith("Unread"), f"the newest is not unread: {row.get_name()}")
    wait("the text", lambda: "Sunday" in app.reader_text() or len(app.reader_text()) > 80)
    wait("the row to be read", lambda: not chosen(app).get_name().startswith("Unread"))
    app.keys("s")
    wait("the flag", lambda: "flagged" in chosen(app).get_name())
    name = chosen(app).get_name()
    app.keys("j")
    wait("the next row", lambda: chosen(app) and chosen(app).get_name() != name)
    app.shot("read-by-keyboard")
    app.keys("question")
    app.find("dialog", "Keyboard shortcuts")
    app.shot("help")
    app.keys("Escape")
    app.gone("dialog", "Keyboard shortcuts")


@demo
def case_message_is_read_with_the_mouse(app, _folder):
    wait_for_rows(app)
    target = rows(app)[3]
    name = target.get_name()
    app.mouse(target)
    wait("the clicked row", lambda: chosen(app) and chosen(app).get_name().split(", ", 1)[-1] in name)
    wait("the text", lambda: len(app.reader_text()) > 80)
    app.mouse(app.find("tree item", "Sent"))
    wait("the other folder", lambda: app.find(None, "Sent – Postrider", patience=0.2) or True)
    wait_for_rows(app)
    app.shot("read-by-mouse")


@demo
def case_attachment_is_saved(app, folder):
    wait_for_rows(app)
    app.keys("j")
    for _ in range(60):
        row = wait("a chosen row", lambda: chosen(app))
        if "has attachment" in row.get_name():
            break
        name = row.get_name()
        app.keys("j")
        wait("the next row", lambda: chosen(app) and chosen(app).get_name() != name)
    button = app.find("push button", "Save to Downloads:")
    name = button.get_name().split(": ", 1)[1]
    button.do_action(0)
    saved = os.path.join(os.environ["HOME"], "Downloads", name)
    wait(f"the file {saved}", lambda: os.path.exists(saved) and os.path.getsize(saved) > 100)
    app.find(None, f"Saved {name}")
    app.shot("attachment")
    os.remove(saved)


@demo
def case_screen_reader_opens_reads_and_flags(app, _folder):
    wait_for_rows(app)
    app.click("tree item", "Archive")
    wait("the archive", lambda: "selected" in states(app.find("tree item", "Archive")))
    wait_for_rows(app)
    target = rows(app)[1]
    was_flagged = "flagged" in target.get_name()
    target.do_action(0)
    wait("the row", lambda: chosen(app))
    wait("the text", lambda: len(app.reader_text()) > 80)
    flag = app.find("push button", "Flag", under=app.find("tool bar", "Main toolbar"), patience=5) \
        if not was_flagged else app.find("push button", "flag", under=app.find("tool bar", "Main toolbar"))
    flag.do_action(0)
    wait("the flag", lambda: ("flagged" in chosen(app).get_name()) != was_flagged)


@profile
def case_account_is_added_by_form(app, folder):
    server = Dovecot(folder)
    try:
        for n in range(1, 9):
            server.append("alice", f"Letter {n}", f"This is letter number {n}.")
        app.find(None, "Welcome to Postrider")
        app.shot("welcome")
        app.click("push button", "Add account")
        app.set_text("Email address", "alice@localhost")
        app.set_text("Mail server (IMAP)", "localhost")
        app.set_text("Port", str(server.port))
        if not app.all(None, "User name"):
            app.click(None, "More settings")
        app.set_text("User name", "alice")
        app.set_text("Password", "wrong")
        keep = app.find("check box", "Remember it in the system keyring")
        if "checked" in states(keep):
            keep.do_action(0)
        app.click("push button", "Sign in")
        # Nobody signed this certificate: told, nothing sent.
        app.find(None, "signed by nobody")
        app.shot("form-certificate")
        app.set_text("Extra certificate authority", server.ca)
        app.click("push button", "Sign in")
        app.find(None, "refused")
        app.shot("form-refused")
        app.set_text("Password", "secret-alice")
        app.click("push button", "Sign in")
        wait("the mail", lambda: any("Letter 8" in row.get_name() for row in rows(app)))
        app.shot("account-added")
        # What another client does is seen at once, and the other way round.
        server.append("alice", "Letter 9", "The newest.")
        wait("the new mail", lambda: any("Letter 9" in row.get_name() for row in rows(app)))
        next(row for row in rows(app) if "Letter 9" in row.get_name()).do_action(0)
        wait("its text", lambda: "The newest." in app.reader_text())
        app.keys("s")
        wait("the flag on the server", lambda: "\\Flagged" in server.flags("alice", "Letter 9"))
        wait("the read mark on the server", lambda: "\\Seen" in server.flags("alice", "Letter 9"))
        pump(0.1)
    finally:
        server.close()


@demo
def case_conversation_is_listed_and_read(app, _folder):
    wait_for_rows(app)
    single = int(rows(app)[0].get_attributes()["setsize"])
    app.keys("t")
    row = wait("a conversation of several messages",
               lambda: next((r for r in rows(app) if " messages, " in r.get_name()), None))
    wait("fewer rows", lambda: int(rows(app)[0].get_attributes()["setsize"]) < single)
    app.shot("conversations")
    app.mouse(row)
    wait("the row", lambda: chosen(app) and " messages, " in chosen(app).get_name())
    app.click("push button", "Open all")
    wait("all to be open", lambda: len(app.all("push button", "Close message from")) > 1)
    app.find("push button", "Close all")
    app.find("label", "in Sent")
    opened = len(app.all("push button", "Close message from"))
    wait("the texts", lambda: len(app.reader_text()) > 200)
    app.shot("conversation-open")
    app.keys("semicolon")
    wait("one to be open", lambda: len(app.all("push button", "Close message from")) == 1)
    app.keys("shift+k")
    wait("the one before to open", lambda: len(app.all("push button", "Close message from")) == 2)
    check(opened > 2, f"only {opened} messages")
    app.shot("conversation")
    app.keys("ctrl+shift+l")
    app.shot("conversation-other-theme")
    app.keys("ctrl+shift+l")
    app.shot("conversation-third-theme")
    app.keys("ctrl+shift+l")
    # What is done to the row is done to all of its messages here.
    app.keys("u")
    wait("all unread", lambda: chosen(app).get_name().startswith("Unread"))
    app.keys("t")
    wait("single messages", lambda: int(rows(app)[0].get_attributes()["setsize"]) == single)
    check(chosen(app) is not None, "the cursor was lost")
