"""A private Dovecot on loopback for the window tests. Users alice and bob, password secret-NAME."""
import grp
import os
import pwd
import signal
import socket
import ssl
import subprocess
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Dovecot:
    def __init__(self, folder):
        self.folder = os.path.join(folder, "dovecot")
        os.makedirs(os.path.join(self.folder, "mail"))
        # Dovecot's own users look into these folders.
        os.chmod(folder, 0o755)
        self.ca = os.path.join(self.folder, "cert.pem")
        key = os.path.join(self.folder, "key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", self.ca, "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        self.port = free_port()
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
ssl_cert = <{self.ca}
ssl_key = <{key}
auth_mechanisms = plain login scram-sha-256
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {self.folder}/users
}}
userdb {{
  driver = static
  args = uid={"mail" if root else me} gid={"mail" if root else group} home={self.folder}/mail/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
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

    def imap(self, user):
        """Another client, by the Python library."""
        import imaplib
        link = imaplib.IMAP4_SSL("localhost", self.port, ssl_context=ssl.create_default_context(cafile=self.ca))
        link.login(user, f"secret-{user}")
        return link

    def append(self, user, subject, text="Hello.", flags=""):
        message = (f"From: Ada Example <ada@example.org>\r\nTo: {user}@example.org\r\nSubject: {subject}\r\n"
                   f"Date: Tue, 14 Nov 2023 22:00:00 +0000\r\nMessage-ID: <{subject.replace(' ', '.')}@example.org>\r\n"
                   f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n")
        link = self.imap(user)
        link.append("INBOX", flags, None, message.encode())
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
