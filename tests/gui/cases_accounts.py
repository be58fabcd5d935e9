"""Accounts in the window: signing in with the browser, from the typed address to the inbox and once more later."""
import os
import signal
import socket
import subprocess
import time

from cases import check, profile, rows, setting
from desk import BIN, pump, states, wait
from server import Dovecot, Provider, unlock_keyring


class Lab:
    """Provider, Dovecot, and a browser that does what a file says: `allow`, `deny`, or nothing."""

    def __init__(self, folder):
        unlock_keyring()
        self.folder = folder
        self.provider = Provider(folder)
        self.server = self.provider.dovecot()
        self.server.append_all("alice", [f"Letter {n}" for n in range(1, 9)])
        self.browser = os.path.join(folder, "browser")
        with open(self.browser, "w", encoding="utf-8") as out:
            out.write(f"""#!/bin/sh
printf '%s\\n' "$1" >> {folder}/opened
case $(cat {folder}/mode) in
  allow) exec /usr/bin/python3 {Provider.HERE}/browser.py "$1" ;;
  bob) TEST_USER=bob exec /usr/bin/python3 {Provider.HERE}/browser.py "$1" ;;
  deny) TEST_DENY=1 exec /usr/bin/python3 {Provider.HERE}/browser.py "$1" ;;
esac
""")
        os.chmod(self.browser, 0o755)
        self.does("nothing")

    def does(self, mode):
        with open(os.path.join(self.folder, "mode"), "w", encoding="utf-8") as out:
            out.write(mode)

    def opened(self):
        """Addresses that the browser was sent to."""
        try:
            with open(os.path.join(self.folder, "opened"), encoding="utf-8") as log:
                return log.read().split()
        except FileNotFoundError:
            return []

    def close(self):
        self.server.close()
        self.provider.close()


def environment(_folder, lab):
    # Fastmail's card, with another issuer in its place: what a company does that runs a service of its own.
    return {"BROWSER": lab.browser, "SSL_CERT_FILE": lab.server.ca, "POSTRIDER_OAUTH_FASTMAIL_ID": "postrider",
            "POSTRIDER_OAUTH_FASTMAIL_ISSUER": lab.provider.issuer}


def subjects(app):
    return " ".join(row.get_name() for row in rows(app))


def toggle_offline(app):
    app.click("toggle button", "offline") if app.all("toggle button", "offline") else app.click(None, "Go online")


def sign_in_by_card(app, lab):
    app.click("push button", "Add account")
    app.set_text("Email address", "alice@fastmail.com")
    app.find(None, "Provider: Fastmail")
    app.click(None, "More settings")
    app.set_text("Mail server (IMAP)", "localhost")
    app.set_text("Port", str(lab.server.port))
    app.set_text("User name", "alice")
    app.shot("oauth-form")
    app.click("push button", "Sign in with the browser")


@setting(prepare=Lab, environment=environment, skip=Provider.why_not)
@profile
def case_oauth_from_address_to_inbox(app, lab):
    sign_in_by_card(app, lab)
    app.find(None, "Sign in as alice@fastmail.com in your browser.")
    clock = app.find(None, "Time left", exact=True)
    app.shot("oauth-waiting")
    wait("the address in the browser", lambda: len(lab.opened()) == 1)
    check("code_challenge_method=S256" in lab.opened()[0], "no PKCE")
    before = app.text(clock) if clock.get_text_iface() else app.find(None, "Time left").get_name()
    app.click("push button", "Open the page again")
    wait("the address once more", lambda: len(lab.opened()) == 2)
    check(lab.opened()[0] == lab.opened()[1], "another address")
    app.click("push button", "Copy the link")
    app.find("push button", "Copied")
    check(before is not None, "no clock")
    app.click("push button", "Cancel")
    app.find("push button", "Sign in with the browser")
    # The user, or the provider for her, says no: told in words, with one button.
    lab.does("deny")
    app.click("push button", "Sign in with the browser")
    app.find(None, "The sign-in was declined in the browser.")
    app.find(None, "allow Postrider")
    app.shot("oauth-denied")
    # Somebody else is signed in in the browser: told before anything is kept.
    lab.does("bob")
    app.click("push button", "Try again")
    app.find(None, "You signed in as bob@example.org, which does not open the mailbox of alice@fastmail.com.")
    app.shot("oauth-wrong-user")
    lab.does("allow")
    app.click("push button", "Try again")
    wait("the inbox", lambda: "Letter 8" in subjects(app))
    app.shot("oauth-inbox")
    # A provider that forgot everything: one banner, the mail stays usable, signing in again goes on.
    lab.does("nothing")
    lab.provider.start()
    app.click("toggle button", "Work offline")
    app.click("toggle button", "Go online")
    app.click("push button", "Sign in again")
    app.find(None, "Sign in as alice@fastmail.com in your browser.")
    row = next(row for row in rows(app) if "Letter 3" in row.get_name())
    row.do_action(0)
    wait("the row", lambda: any("selected" in states(r) for r in rows(app) if "Letter 3" in r.get_name()))
    app.shot("oauth-again")
    app.click("push button", "Cancel")
    lab.does("allow")
    app.click("push button", "Sign in again")
    wait("the banner to go", lambda: not app.all("push button", "Sign in again")
         and not app.all(None, "Sign in as alice@fastmail.com"))
    lab.server.append("alice", "Letter 9")
    wait("new mail", lambda: "Letter 9" in subjects(app))
    pump(0.1)


def can_bind(port):
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


class Local:
    """A mail server on this computer at the usual port, as people have it who run their own."""

    def __init__(self, folder):
        unlock_keyring()
        self.server = Dovecot(folder, "auth_username_format = %n\n", port=993)
        self.server.append_all("alice", [f"Letter {n}" for n in range(1, 9)])

    def close(self):
        self.server.close()


@setting(prepare=Local, environment=lambda _folder, stage: {"SSL_CERT_FILE": stage.server.ca},
         skip=lambda: None if can_bind(993) else "port 993 is not free")
@profile
def case_password_in_three_interactions(app, _stage):
    app.click("push button", "Add account")
    field = wait("the focus in the form", lambda: next(
        (n for n in app.all(None, "Email address") if "focused" in states(n)), None))
    check(field is not None, "the address is not waited for")
    begun = time.monotonic()
    app.type("alice@localhost")
    # Over the button for another provider.
    app.keys("Tab", "Tab")
    app.type("secret-alice")
    app.keys("Return")
    wait("the inbox", lambda: "Letter 8" in subjects(app))
    print(f"        from the address to the inbox: {time.monotonic() - begun:.1f} s", flush=True)


@profile
def case_google_without_a_client_id(app, _folder):
    app.click("push button", "Add account")
    app.set_text("Email address", "ada@gmail.com")
    app.click("push button", "Sign in with the browser")
    app.find(None, "Google without a client id")
    app.shot("no-client")
    app.click("push button", "Show the steps")
    for step in range(1, 5):
        app.find(None, f"Step {step} of 5")
        app.click("push button", "Next step")
    app.find("push button", "Choose the file")
    app.shot("wizard")
    app.click("push button", "Back")
    app.click("push button", "Use an app password instead")
    app.find(None, "takes only an app password")
    app.find("push button", "Make an app password")
    wait("the field for it", lambda: next((n for n in app.all("password text", "Password")), None))
    app.shot("app-password")


def field_value(app, name):
    return app.text(next(n for n in app.all(None, name) if n.get_editable_text_iface()))


@profile
def case_settings_are_found_by_the_address(app, _folder):
    app.click("push button", "Add account")
    app.set_text("Email address", "ada@posteo.de")
    app.find(None, "Settings of Posteo")
    wait("the server", lambda: field_value(app, "Mail server (IMAP)") == "posteo.de")
    app.shot("accounts-found")
    app.set_text("Email address", "ada@icloud.com")
    app.find(None, "wants an app password")
    app.find("push button", "Open the web page")
    wait("the server", lambda: field_value(app, "Mail server (IMAP)") == "imap.mail.me.com")
    app.shot("accounts-app-password")
    app.set_text("Email address", "ada@proton.me")
    app.find(None, "needs its bridge")
    wait("the bridge", lambda: field_value(app, "Port") == "1143")
    app.set_text("Email address", "ada@tuta.com")
    app.find(None, "has no IMAP")


@profile
def case_one_certificate_is_trusted(app, folder):
    server = Dovecot(folder, chain=True)
    try:
        server.append_all("alice", [f"Letter {n}" for n in range(1, 9)])
        app.click("push button", "Add account")
        app.set_text("Email address", "alice@localhost")
        app.set_text("Mail server (IMAP)", "localhost")
        app.set_text("Port", str(server.port))
        app.click(None, "More settings")
        app.set_text("User name", "alice")
        app.set_text("Password", "secret-alice")
        app.find("check box", "Remember it in the system keyring").do_action(0)
        app.click("push button", "Sign in")
        app.find(None, "The server’s own certificate. Certificate of localhost, for localhost. "
                       "Signed by Authority for mail servers of the house.")
        app.find(None, "Authority in between. Certificate of Authority for mail servers of the house. "
                       "Signed by Test authority.")
        app.find(None, "Authority at the root. This computer does not know this authority. "
                       "Certificate of Test authority.")
        check(sum(node.get_name().count(":") >= 31 for node in app.all(None, "SHA-256")) == 3, "not every certificate has its fingerprint")
        app.shot("accounts-certificate")
        app.click("push button", "Trust this certificate here")
        wait("the inbox", lambda: "Letter 8" in subjects(app))
    finally:
        server.close()


class Desktop(Lab):
    """A desktop that has signed in already."""

    def __init__(self, folder):
        super().__init__(folder)
        here = os.path.dirname(os.path.abspath(__file__))
        self.goa = subprocess.Popen(
            ["/usr/bin/python3", os.path.join(here, "goa.py"), self.provider.issuer,
             os.path.join(Provider.HERE, "browser.py")], stdout=subprocess.PIPE, text=True)
        if self.goa.stdout.readline().strip() != "up":
            raise RuntimeError("the online accounts do not start")

    def close(self):
        self.goa.kill()
        self.goa.wait()
        super().close()


@setting(prepare=Desktop, environment=lambda _folder, lab: {"SSL_CERT_FILE": lab.server.ca}, skip=Provider.why_not)
@profile
def case_account_of_the_desktop(app, lab):
    app.click("push button", "Add account")
    app.set_text("Email address", "alice@gmail.com")
    app.click(None, "More settings")
    app.set_text("Mail server (IMAP)", "localhost")
    app.set_text("Port", str(lab.server.port))
    app.set_text("User name", "alice")
    app.click("push button", "Sign in with the browser")
    app.click("push button", "Use alice@gmail.com")
    wait("the inbox", lambda: "Letter 8" in subjects(app))
    check(not lab.opened(), "the browser was opened")
    app.shot("desktop-account")


class Locked:
    """An account whose password lies in a keyring that was locked since, and asks for its password."""

    def __init__(self, folder):
        unlock_keyring()
        self.server = Dovecot(folder)
        self.server.append_all("alice", [f"Letter {n}" for n in range(1, 9)])
        add = [BIN, "--profile", os.path.join(folder, "profile"), "account", "add", "--email", "alice@example.org",
               "--user", "alice", "--imap", f"localhost:{self.server.port}", "--security", "tls", "--ca",
               self.server.ca, "--password-stdin"]
        subprocess.run(add, input=b"secret-alice\n", check=True, stdout=subprocess.DEVNULL)
        # A keyring that is started anew is locked.
        ask = ["dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/",
               "org.freedesktop.DBus.GetConnectionUnixProcessID", "string:org.freedesktop.secrets"]
        owner = int(subprocess.run(ask, check=True, capture_output=True, text=True).stdout.split()[-1])
        os.kill(owner, signal.SIGTERM)
        wait("the keyring to end", lambda: not os.path.exists(f"/proc/{owner}"))
        # It asks by a window, which somebody else plays here.
        prompter = os.path.join(Provider.HERE, "..", "accounts", "prompter.py")
        self.prompter = subprocess.Popen(["/usr/bin/python3", prompter], stdout=subprocess.PIPE, text=True)
        if self.prompter.stdout.readline().strip() != "ready":
            raise RuntimeError("the prompter does not start")

    def close(self):
        self.prompter.kill()
        self.prompter.wait()
        self.server.close()
        unlock_keyring()


@setting(prepare=Locked)
@profile
def case_keyring_that_waits_is_told(app, _lab):
    app.find(None, "Waiting for the keyring")
    app.find(None, "The system keyring waits for its password. Type it in the window that the keyring opened")
    check(not app.all(None, "Connecting"), "it says that it connects")
    app.shot("keyring-waits")
    # Without it, for this run.
    app.click("push button", "Enter password")
    keep = app.find("check box", "Remember it in the system keyring")
    check("checked" not in states(keep), "it would be put where nobody can put it")
    # What lies behind the dialog is out of reach, for readers too.
    check(not app.all("push button", "Enter password") and not app.all("list box", "Messages"), "the window is there")
    app.shot("keyring-password")
    app.set_text("Password", "secret-alice")
    app.click("push button", "Sign in", exact=True)
    wait("the inbox", lambda: "Letter 8" in subjects(app))
    app.gone(None, "Waiting for the keyring")
