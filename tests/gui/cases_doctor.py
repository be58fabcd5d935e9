"""The doctor's page, trust in a certificate, new mail on the desktop, and what an account is told to do."""
import json
import os
import shlex
import sqlite3
import subprocess

from cases import check, chosen, profile, rows, setting
from desk import BIN, states, wait
from server import Dovecot


class Ready:
    """A Dovecot and a profile that has an account there, whose password a command tells."""

    MORE = ()

    def __init__(self, folder):
        self.folder = folder
        self.server = Dovecot(folder)
        self.server.append_all("alice", [f"Letter {n}" for n in range(1, 9)])
        self.server.create("alice", "Ablage")
        self.profile = os.path.join(folder, "profile")
        self.run("account", "add", "--email", "alice@example.org", "--imap", f"localhost:{self.server.port}",
                 "--security", "tls", "--user", "alice", "--password-command", "echo secret-alice", *self.trust())

    def trust(self):
        return ("--ca", self.server.ca)

    def run(self, *words):
        done = subprocess.run([BIN, "--profile", self.profile, *words], capture_output=True, text=True, check=False)
        check(done.returncode == 0, f"{shlex.join(words)}: {done.stderr}")
        return done.stdout

    def connections(self):
        """Connections to the server that are open."""
        with open("/proc/net/tcp", encoding="ascii") as table:
            lines = [line.split() for line in table][1:]
        return sum(line[2].endswith(f":{self.server.port:04X}") and line[3] == "01" for line in lines)

    def store(self, question):
        path = next(os.path.join(at, "mail.db") for at, _, names in os.walk(self.profile) if "mail.db" in names)
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as link:
            return link.execute(question).fetchone()[0]

    def close(self):
        self.server.close()


class Trusted(Ready):
    """The certificate is nobody's; the user trusts it all the same."""

    def trust(self):
        return ()

    def __init__(self, folder):
        super().__init__(folder)
        with open(os.path.join(self.server.folder, "cert.pem"), encoding="ascii") as pem:
            shown = subprocess.run(["openssl", "x509", "-noout", "-fingerprint", "-sha256"], stdin=pem,
                                   capture_output=True, text=True, check=True).stdout
        self.sha256 = shown.strip().split("=", 1)[1]
        self.run("account", "trust", "alice@example.org", "--fingerprint", self.sha256)


@setting(prepare=Trusted)
@profile
def case_account_is_examined_and_trust_taken_back(app, lab):
    wait("the mail", lambda: any("Letter 8" in row.get_name() for row in rows(app)))
    app.keys("ctrl+shift+a")
    app.click("push button", "Settings: alice@example.org")
    app.find(None, f"SHA-256 {lab.sha256}")
    app.find(None, "Protected by TLS")
    app.shot("account-exception")
    app.click("push button", "Examine the account")
    app.find(None, "It works. ")
    for step in ("Server name: in order", "Sign-in: in order", "News at once: in order", "there and back in"):
        app.find(None, step)
    app.find(None, "trusted only because you said so")
    app.shot("doctor")
    app.click("push button", "Copy the report")
    app.find("push button", "Copied")
    app.click("push button", "Examine again")
    app.find("push button", "Copy the report")
    app.keys("Escape")
    app.click("push button", "Trust it no longer")
    app.gone(None, f"SHA-256 {lab.sha256}")
    app.keys("Escape", "Escape")
    # The banner of the account that failed leads to the doctor, who says where it hurts.
    app.click("push button", "Examine the account")
    app.find(None, "Encryption and certificate: failed")
    app.shot("doctor-failed")
    app.keys("Escape")
    wait("the mail again", lambda: any("Letter 8" in row.get_name() for row in rows(app)))


class Told(Ready):
    """With a desktop that shows notices."""

    def __init__(self, folder):
        super().__init__(folder)
        self.log = os.path.join(folder, "notices")
        here = os.path.dirname(os.path.abspath(__file__))
        self.desktop = subprocess.Popen(["/usr/bin/python3", os.path.join(here, "notices.py"), self.log], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.desktop.stdout.readline().strip() != "up":
            raise RuntimeError("the desktop does not start")

    def told(self):
        try:
            with open(self.log, encoding="utf-8") as log:
                return [json.loads(line) for line in log]
        except FileNotFoundError:
            return []

    def shown(self, text):
        return [one for one in self.told() if one["kind"] == "show" and text in one["title"] + one["text"]]

    def click(self, number):
        self.desktop.stdin.write(f"click {number}\n")
        self.desktop.stdin.flush()

    def close(self):
        self.desktop.kill()
        self.desktop.wait()
        super().close()


@setting(prepare=Told)
@profile
def case_new_mail_is_told_on_the_desktop(app, lab):
    wait("the mail", lambda: any("Letter 8" in row.get_name() for row in rows(app)))
    app.find(None, "Up to date")
    check(not lab.told(), f"the first copy was told: {lab.told()}")
    # Another client read it at once: nobody needs to hear of it.
    lab.server.append("alice", "Read elsewhere", flags="\\Seen")
    lab.server.append("alice", "News <b>1</b>")
    first = wait("the notice", lambda: lab.shown("News"))[0]
    check(first["title"] == "Ada Example" and first["text"] == "News &lt;b&gt;1&lt;/b&gt;", first)
    check(first["category"] == "email.arrived" and "default" in first["actions"], first)
    check(not lab.shown("Read elsewhere"), lab.told())
    app.keys("ctrl+comma")
    app.find("heading", "Settings")
    lab.click(first["id"])
    wait("the message", lambda: chosen(app) and "News" in chosen(app).get_name())
    wait("its text", lambda: "Hello." in app.reader_text())
    # Many become one, which is taken back once they were read elsewhere.
    lab.server.append_all("alice", [f"Heap {n}" for n in range(1, 7)])
    heap = wait("the notice for many", lambda: lab.shown("6 new messages"))[-1]
    link = lab.server.imap("alice")
    link.select("INBOX")
    link.store("1:*", "+FLAGS", "\\Seen")
    link.logout()
    wait("it to be taken back", lambda: any(one["kind"] == "close" and one["id"] == heap["id"] for one in lab.told()))
    # Switched off for the account.
    app.keys("ctrl+shift+a")
    app.click("push button", "Settings: alice@example.org")
    app.click("toggle button", "Tell of new mail")
    before = len(lab.told())
    lab.server.append("alice", "Silence")
    app.keys("Escape", "Escape")
    wait("the mail", lambda: any("Silence" in row.get_name() for row in rows(app)))
    check(len(lab.told()) == before, lab.told()[before:])


@setting(prepare=Ready)
@profile
def case_account_does_as_it_is_told(app, lab):
    wait("the mail", lambda: any("Letter 8" in row.get_name() for row in rows(app)))
    app.keys("ctrl+shift+a")
    app.click("push button", "Settings: alice@example.org")
    # Names, addresses and signatures, by what people type.
    app.click("push button", "Add an address")
    app.set_text("Further address", "lovelace@")
    app.find(None, "This is not an email address yet")
    app.shot("identity-fault")
    app.set_text("Further address", "lovelace@example.org")
    app.gone(None, "This is not an email address yet")
    app.click("toggle button", "Used when you write: lovelace@example.org")
    wait("the choice", lambda: lab.store("SELECT options FROM account").find('"writes_as":"lovelace@example.org"') > 0)
    # The user's folder counts more than what the server says.
    app.click("push button", "Choose…: Archive")
    app.click("push button", "Ablage", exact=True)
    app.find(None, "Archive: Ablage")
    app.shot("account-identities")
    # All of it is there again after a restart.
    signature = next(n for n in app.all(None, "Signature") if "editable" in states(n))
    app.mouse(signature)
    app.type("Ada, from the engine")
    wait("the signature", lambda: "from the engine" in lab.store("SELECT options FROM account"))
    app.restart()
    wait("the mail", lambda: any("Letter 8" in row.get_name() for row in rows(app)))
    app.keys("ctrl+shift+a")
    app.click("push button", "Settings: alice@example.org")
    wait("the address", lambda: any(app.text(n) == "lovelace@example.org" for n in app.all(None, "Further address")
                                    if n.get_editable_text_iface()))
    usual = app.find("toggle button", "Used when you write: lovelace@example.org")
    check(states(usual) & {"checked", "pressed"}, f"another one is used: {states(usual)}")
    wait("the signature", lambda: any("Ada, from the engine" in (app.text(n) if n.get_text_iface() else "")
                                      for n in app.all(None, "Signature")))
    app.find(None, "Archive: Ablage")
    app.keys("Escape", "Escape")
    row = wait("the letter", lambda: next((r for r in rows(app) if "Letter 5" in r.get_name()), None))
    row.do_action(0)
    wait("the row", lambda: chosen(app) and "Letter 5" in chosen(app).get_name())
    app.keys("e")
    wait("the archive", lambda: lab.server.subjects("alice", "Ablage") == ["Letter 5"])
    check(lab.server.subjects("alice", "Archive") == [], "it went to the server's own archive")
    # Switched off: no connection stays, the mail does; then it goes with all that is here.
    check(lab.connections() > 0, "no connection")
    app.keys("ctrl+shift+a")
    app.click("toggle button", "Switched on: alice@example.org")
    app.find(None, "Switched off")
    wait("the connections to end", lambda: lab.connections() == 0)
    check(lab.store("SELECT count(*) FROM message") >= 8, "mail is gone")
    app.click("push button", "Settings: alice@example.org")
    app.click("push button", "Remove with its mail")
    app.click("push button", "Remove", exact=True)
    app.find(None, "Welcome to Postrider")
    check(lab.store("SELECT count(*) FROM message") == 0 and lab.store("SELECT count(*) FROM part") == 0, "mail stayed")
    check(lab.server.subjects("alice", "Ablage") == ["Letter 5"], "the server lost mail")


@profile
def case_form_by_keyboard_alone(app, _folder):
    app.click("push button", "Add account")
    wait("the focus in the form", lambda: next(
        (n for n in app.all(None, "Email address") if "focused" in states(n)), None))
    app.type("ada@example.org")

    def focused():
        return next((n for n in app.all() if "focused" in states(n)), None)

    # Over the way back in the order of the page, none is left out.
    met = []
    for _ in range(12):
        app.keys("Tab")
        here = wait("the focus", focused)
        met.append(here.get_name())
        if here.get_role_name() == "check box":
            break
    box = focused()
    check(box.get_role_name() == "check box" and "checked" in states(box), f"no box to tick: {met}")
    check("Password" in met and met.index("Password") < len(met) - 1, met)
    app.shot("form-focus")
    app.keys("space")
    wait("the box to be empty", lambda: "checked" not in states(app.find("check box", "Remember it")))
    app.keys("shift+Tab", "shift+Tab")
    wait("the password", lambda: focused().get_name() == "Password")
    app.keys("Return")
    app.find(None, "Please fill this in")
    app.keys("Escape")
    app.find(None, "Welcome to Postrider")
