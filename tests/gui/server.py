"""A private Dovecot on loopback for the window tests. Users alice and bob, password secret-NAME."""
import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def unlock_keyring():
    """Opens the keyring of this session, as signing in at the desktop does."""
    subprocess.run(["gnome-keyring-daemon", "--unlock", "--components=secrets"], input=b"test", check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Dovecot:
    def __init__(self, folder, extra="", mechanisms="", port=None, chain=False):
        self.folder = os.path.join(folder, "dovecot")
        os.makedirs(os.path.join(self.folder, "mail"))
        # Dovecot's own users look into these folders.
        os.chmod(folder, 0o755)
        self.ca, cert, key = self._certificates(chain)
        self.port = port or free_port()
        root = os.getuid() == 0
        me, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        if root:
            subprocess.run(["chown", "-R", "mail:mail", os.path.join(self.folder, "mail")], check=True)
        with open(os.path.join(self.folder, "users"), "w", encoding="utf-8") as users:
            users.write("".join(f"{name}:{{PLAIN}}secret-{name}::::::\n" for name in ("alice", "bob")))
        config = os.path.join(self.folder, "dovecot.conf")
        with open(config, "w", encoding="utf-8") as out:
            out.write(f"""
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/log
listen = 127.0.0.1
protocols = imap
default_internal_user = {"dovecot" if root else me}
default_internal_group = {"dovecot" if root else group}
default_login_user = {"dovenull" if root else me}
mail_uid = {"mail" if root else me}
mail_gid = {"mail" if root else group}
first_valid_uid = 1
mail_home = {self.folder}/mail/%n
mail_location = sdbox:~/box
ssl = required
ssl_cert = <{cert}
ssl_key = <{key}
auth_mechanisms = plain login scram-sha-256 {mechanisms}
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {self.folder}/users
}}
userdb {{
  driver = static
  args = uid={"mail" if root else me} gid={"mail" if root else group} home={self.folder}/mail/%n allow_all_users=yes
}}
{extra}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
  mailbox Archive {{
    special_use = \\Archive
    auto = subscribe
  }}
  mailbox Junk {{
    special_use = \\Junk
    auto = subscribe
  }}
  mailbox Trash {{
    special_use = \\Trash
    auto = subscribe
  }}
}}
service imap-login {{
  {"" if root else "chroot ="}
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {self.port}
    ssl = yes
  }}
}}
service anvil {{
  {"" if root else "chroot ="}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
""")
        program = "dovecot" if subprocess.run(["which", "dovecot"], capture_output=True).returncode == 0 \
            else "/usr/sbin/dovecot"
        self.process = subprocess.Popen([program, "-F", "-c", config], start_new_session=True,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise RuntimeError("Dovecot does not start") from None
                time.sleep(0.05)

    def _certificates(self, chain):
        """An authority of our own and a certificate that it signed, by another authority in between if there is to be a
        chain: files of authority, certificate and key."""
        def at(name):
            return os.path.join(self.folder, name)

        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], check=True, capture_output=True)

        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", at("ca.key"), "-out", at("ca.pem"),
                "-days", "2", "-subj", "/CN=Test authority")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", at("key.pem"), "-out", at("request.pem"),
                "-subj", "/CN=localhost")
        with open(at("extensions"), "w", encoding="utf-8") as out:
            out.write("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
        signer = "ca"
        if chain:
            signer = "between"
            openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", at("between.key"), "-out", at("between.req"),
                    "-subj", "/CN=Authority for mail servers of the house")
            with open(at("between.ext"), "w", encoding="utf-8") as out:
                out.write("basicConstraints=critical,CA:TRUE\n")
            openssl("x509", "-req", "-in", at("between.req"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"),
                    "-CAcreateserial", "-out", at("between.pem"), "-days", "2", "-extfile", at("between.ext"))
        openssl("x509", "-req", "-in", at("request.pem"), "-CA", at(f"{signer}.pem"), "-CAkey", at(f"{signer}.key"),
                "-CAcreateserial", "-out", at("cert.pem"), "-days", "2", "-extfile", at("extensions"))
        if chain:
            with open(at("cert.pem"), "a", encoding="ascii") as out:
                for name in ("between.pem", "ca.pem"):
                    with open(at(name), encoding="ascii") as one:
                        out.write(one.read())
        return at("ca.pem"), at("cert.pem"), at("key.pem")

    def imap(self, user):
        """Another client, by the Python library."""
        link = imaplib.IMAP4_SSL("localhost", self.port, ssl_context=ssl.create_default_context(cafile=self.ca))
        link.login(user, f"secret-{user}")
        return link

    def append(self, user, subject, text="Hello.", flags=""):
        self.append_all(user, [subject], text, flags)

    def append_all(self, user, subjects, text="Hello.", flags="", mailbox="INBOX"):
        """Puts messages into a mailbox; each is a second newer than the one before."""
        link = self.imap(user)
        for number, subject in enumerate(subjects):
            message = (f"From: Ada Example <ada@example.org>\r\nTo: {user}@example.org\r\nSubject: {subject}\r\n"
                       f"Date: Tue, 14 Nov 2023 22:00:00 +0000\r\n"
                       f"Message-ID: <{subject.replace(' ', '.')}.{user}@example.org>\r\n"
                       f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n")
            when = imaplib.Time2Internaldate(1_700_000_000 + number) if len(subjects) > 1 else None
            link.append(mailbox, flags, when, message.encode())
        link.logout()

    def create(self, user, *mailboxes):
        link = self.imap(user)
        for mailbox in mailboxes:
            link.create(f'"{mailbox}"')
            link.subscribe(f'"{mailbox}"')
        link.logout()

    def mailboxes(self, user):
        link = self.imap(user)
        _, found = link.list()
        link.logout()
        return sorted(line.decode().rsplit('"/" ', 1)[1].strip('"') for line in found)

    def subjects(self, user, mailbox="INBOX"):
        """Subjects of all messages of a mailbox that are not marked as deleted, sorted."""
        link = self.imap(user)
        try:
            status, _ = link.select(f'"{mailbox}"', readonly=True)
            if status != "OK":
                return None
            _, data = link.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
            pairs = [part for part in data if isinstance(part, tuple) and b"\\Deleted" not in part[0]]
            return sorted(part[1].decode().split(":", 1)[1].strip() for part in pairs)
        finally:
            link.logout()

    def flags(self, user, subject):
        link = self.imap(user)
        link.select("INBOX", readonly=True)
        _, found = link.uid("SEARCH", None, "SUBJECT", f'"{subject}"')
        _, data = link.uid("FETCH", found[0].split()[0], "(FLAGS)")
        link.logout()
        return data[0].decode()

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


class Provider:
    """The certified OpenID provider of tests/it/oauth, and the settings with which a Dovecot asks it about tokens."""

    HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "it", "oauth")

    @staticmethod
    def why_not():
        packages = os.environ.get("POSTRIDER_OIDC", "")
        if shutil.which("node") and os.path.isdir(os.path.join(packages, "node_modules", "oidc-provider")):
            return None
        return "no OpenID provider"

    def __init__(self, folder):
        self.folder = folder
        os.chmod(folder, 0o755)
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.start()

    def start(self):
        """Starts it; a provider that was started anew knows no token of the one before."""
        self.close()
        with open(os.path.join(self.folder, "provider.log"), "ab") as log:
            self.process = subprocess.Popen(
                ["node", os.path.join(self.HERE, "provider.mjs"), str(self.port)], stdout=log, stderr=log,
                env={**os.environ, "PROVIDER_PACKAGES": os.environ["POSTRIDER_OIDC"]})
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise RuntimeError("the provider does not start") from None
                time.sleep(0.05)

    def dovecot(self):
        settings = os.path.join(self.folder, "oauth2.conf")
        with open(settings, "w", encoding="utf-8") as out:
            out.write(f"introspection_mode = post\n"
                      f"introspection_url = http://dovecot:dovecot-secret@127.0.0.1:{self.port}/token/introspection\n"
                      f"username_attribute = username\nactive_attribute = active\nactive_value = true\n")
        extra = f"passdb {{\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n args = {settings}\n}}\n"
        return Dovecot(self.folder, extra, "xoauth2 oauthbearer")

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
