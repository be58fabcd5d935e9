"""The settings screen and its file; the account manager."""
import os
import subprocess

from cases import check, demo, profile, rows, setting
from desk import Atspi, Fault, states, wait
from server import Dovecot, free_port, unlock_keyring


def file_of(folder):
    return os.path.join(folder, "profile", "config", "settings.toml")


def text_of(folder):
    try:
        with open(file_of(folder), encoding="utf-8") as settings:
            return settings.read()
    except FileNotFoundError:
        return ""


def everything_fits(app, what):
    """No button and no field sticks out of a narrow window."""
    frame = app.find("frame").get_extents(Atspi.CoordType.SCREEN)
    for role in ("push button", "radio button", "entry", "toggle button"):
        for node in app.all(role):
            place = node.get_extents(Atspi.CoordType.SCREEN)
            if place.width > 0 and (place.x < frame.x or place.x + place.width > frame.x + frame.width):
                raise Fault(f"{what}: {node.get_name()} sticks out: {place.x - frame.x} + {place.width} of {frame.width}")


@demo
def case_settings_fit_a_narrow_window(app, _folder):
    wait("the list", lambda: len(rows(app)) > 3)
    subprocess.run(["xdotool", "windowsize", "--sync", app.window(), "480", "700"], check=True)
    app.keys("ctrl+comma")
    app.find("heading", "Settings")
    app.click("radio button", "Deutsch")
    app.find("heading", "Einstellungen")
    app.shot("narrow-settings")
    everything_fits(app, "settings")
    app.click("push button", "Zurück", exact=True)
    app.keys("ctrl+shift+a")
    app.find("heading", "Konten")
    app.shot("narrow-accounts")
    everything_fits(app, "accounts")
    app.click("push button", "Einstellungen:")
    app.set_text("Name in diesem Fenster", "Ein sehr langer Name, wie ihn niemand seinem Konto gibt, der noch bei Trost ist")
    app.click("push button", "Adresse hinzufügen")
    app.shot("narrow-account")
    everything_fits(app, "account")
    app.click("push button", "Konto untersuchen")
    app.find("push button", "Noch einmal untersuchen")
    app.shot("narrow-doctor")
    everything_fits(app, "doctor")
    app.click("push button", "Zurück", exact=True)
    app.click("push button", "Zurück", exact=True)
    app.click("push button", "Konto hinzufügen")
    app.set_text("E-Mail-Adresse", "ada@gmail.com")
    app.shot("narrow-form")
    everything_fits(app, "form")
    app.click("push button", "Im Browser anmelden")
    app.find(None, "Google ohne Client-ID")
    app.shot("narrow-no-client")
    everything_fits(app, "no client id")


@setting(prepare=lambda folder: Lab(folder))
@profile
def case_settings_and_accounts(app, lab):
    folder = lab.folder
    app.click("push button", "Add account")
    app.set_text("Email address", "alice@localhost")
    app.set_text("Mail server (IMAP)", "localhost")
    app.set_text("Port", str(lab.server.port))
    app.click(None, "More settings")
    app.set_text("User name", "alice")
    app.set_text("Extra certificate authority", lab.server.ca)
    app.set_text("Password", "secret-alice")
    # Nobody takes mail there: told once the account is here, and in nobody's way.
    app.set_text("Server for sending (SMTP)", "localhost")
    app.set_text("SMTP port", str(free_port()))
    app.shot("form-sending")
    app.click("push button", "Sign in")
    wait("the mail", lambda: any("Letter 8" in row.get_name() for row in rows(app)))
    app.find(None, "alice@localhost can be read, but sending would not work yet")
    app.shot("sending-failed")
    app.click("push button", "Change settings")
    app.set_text("Server for sending (SMTP)", "")
    app.click("push button", "Try and save")
    app.find(None, "Up to date")

    app.keys("ctrl+comma")
    app.find("heading", "Settings")
    app.shot("settings-light")
    app.click("radio button", "Dark")
    app.click("radio button", "Violet")
    wait("the file", lambda: 'theme = "dark"' in text_of(folder) and 'accent = "violet"' in text_of(folder))
    app.shot("settings-dark")
    app.click("radio button", "Deutsch")
    app.find("heading", "Einstellungen")
    app.shot("settings-german")
    app.click("radio button", "English")
    app.set_text("Search settings", "read")
    wait("fewer settings", lambda: not app.all("radio button", "Violet"))
    check(app.all(None, "Mark as read by showing"), "what is searched for is not there")
    app.shot("settings-search")
    app.set_text("Search settings", "")
    app.find("radio button", "Violet")

    # People edit the file: what is right is taken over, what is wrong is told with its line, their words survive.
    with open(file_of(folder), "w", encoding="utf-8") as out:
        out.write('# mine\ntheme = "light" # by day\nfuture = "kept"\nzoom = "huge"\n[keys]\narchive = "y"\n')
    app.find(None, "settings.toml, line 4")
    wait("the light theme", lambda: "checked" in states(app.find("radio button", "Light", exact=True)))
    app.shot("settings-fault")
    app.click("radio button", "Compact")
    wait("the change", lambda: 'density = "compact"' in text_of(folder))
    check('theme = "light" # by day\nfuture = "kept"\nzoom = "huge"\n' in text_of(folder), text_of(folder))
    app.click("push button", "Back", exact=True)
    # What the settings screen showed is told on, until the file is mended; keys that people gave are in the help.
    app.find(None, "settings.toml, line 4")
    app.keys("question")
    app.find(None, "Archive: y")
    app.shot("help-own-keys")
    app.keys("Escape")
    with open(file_of(folder), "w", encoding="utf-8") as out:
        out.write('theme = "light"\n[keys\n')
    app.find(None, "settings.toml, line 2")
    check(text_of(folder) == 'theme = "light"\n[keys\n', "a broken file was written over")
    with open(file_of(folder), "w", encoding="utf-8") as out:
        out.write('theme = "light"\n')
    app.gone(None, "settings.toml, line")
    wait("the mail", lambda: any("Letter 8" in row.get_name() for row in rows(app)))

    app.keys("ctrl+shift+a")
    app.find("heading", "Accounts")
    app.shot("accounts")
    app.click("push button", "Settings: alice@localhost")
    app.set_text("Name in this window", "Work")
    app.click("radio button", "Teal")
    app.click("push button", "Add an address")
    app.set_text("Further address", "lovelace@example.org")
    app.set_text("Signature", "Ada")
    app.click("push button", "Try the connection")
    app.find(None, "It works: TLS")
    app.find(None, "IMAP4REV1")
    app.shot("account-page")
    # The server says nothing about drafts.
    app.click("push button", "Choose…: Drafts")
    app.click("push button", "Zettel")
    wait("the folder", lambda: app.all(None, "Drafts: Zettel"))
    app.click("push button", "Back", exact=True)
    app.find(None, "Work")
    app.click("push button", "Switched on: Work") if app.all("push button", "Switched on: Work") \
        else app.click(None, "Switched on: Work")
    app.find(None, "Switched off")
    app.shot("accounts-off")
    app.click(None, "Switched on: Work")
    app.find(None, "Up to date")
    app.click("push button", "Back", exact=True)
    app.find("tree item", "Work")
    app.find("tree item", "Drafts")

    # Signed out: what was read stays and can be read, the password is gone.
    row = wait("the letter", lambda: next((r for r in rows(app) if "Letter 5" in r.get_name()), None))
    row.do_action(0)
    wait("its text", lambda: "Hello." in app.reader_text())
    next(row for row in rows(app) if "Letter 6" in row.get_name()).do_action(0)
    wait("the other text", lambda: "Letter 6" in app.find("heading", "Letter 6").get_name())
    app.keys("ctrl+shift+a")
    app.click("push button", "Settings: Work")
    app.click("push button", "Sign out and keep its mail here")
    app.find(None, "Switched off")
    app.click("push button", "Back", exact=True)
    app.click("push button", "Back", exact=True)
    next(row for row in rows(app) if "Letter 5" in row.get_name()).do_action(0)
    wait("its text", lambda: "Hello." in app.reader_text())
    app.keys("ctrl+shift+a")
    app.click(None, "Switched on: Work")
    app.find("push button", "Enter password")
    app.shot("accounts-signed-out")


class Lab:
    """A Dovecot that says nothing about its folder for drafts."""

    def __init__(self, folder):
        unlock_keyring()
        self.folder = folder
        self.server = Dovecot(folder)
        self.server.append_all("alice", [f"Letter {n}" for n in range(1, 9)])
        self.server.create("alice", "Zettel")

    def close(self):
        self.server.close()
