"""Pictures of the network, trackers, warnings and the way off a list, in the window. The same rules as in cases.py.

The network is a proxy of the tests, which the program finds as it finds any proxy (HTTPS_PROXY), with an authority that
the system trusts (SSL_CERT_FILE): nothing in the program is there for tests. It writes down whatever it is asked.
"""
import os
import socket
import ssl
import struct
import subprocess
import threading
import zlib

from cases import check, profile, rows, setting
from cases_html import imaplib_date
from desk import BIN, pump, wait
from server import Dovecot

NEWS = """<html><body style="font-family:sans-serif"><h2>Spring news</h2>
<p>See <a href="https://click.example/?utm_source=mail">https://bank.example/</a>.</p>
<img src="https://pictures.example/one.png" width="120" height="60">
<img src="http://pictures.example/two.png" width="120" height="60">
<img src="https://pictures.example/gone.png" width="20" height="20">
<img src="https://news.list-manage.com/track/open.php?u=1" width="1" height="1">
<img src="https://pictures.example/pixel.gif?who=alice" width="1" height="1">
<script>x</script><form action="https://evil.example/"><input></form></body></html>"""

HEAD = ("From: Shop News <news@shop.example>\r\nTo: alice@localhost\r\nSubject: {subject}\r\n"
        "Date: Tue, 14 Nov 2023 22:00:00 +0000\r\nMessage-ID: <{number}@shop.example>\r\nMIME-Version: 1.0\r\n"
        "List-Id: Spring <spring.shop.example>\r\nList-Unsubscribe: <https://lists.example/off?id=7>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nContent-Type: text/html; charset=utf-8\r\n\r\n")

FRAUD = ("From: \"service@paypal.com\" <x@evil.example>\r\nTo: alice@localhost\r\nSubject: Your account\r\n"
         "Date: Tue, 14 Nov 2023 22:00:00 +0000\r\nMessage-ID: <fraud@evil.example>\r\n\r\nPay at once: http://1.2.3.4/\r\n")


def png(red, green, blue):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    row = b"\0" + bytes((red, green, blue)) * 120
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 120, 60, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(row * 60)) + chunk(b"IEND", b""))


class Network:
    """A proxy behind which every host of the tests lies."""

    HOSTS = ("pictures.example", "lists.example", "news.list-manage.com")

    def __init__(self, folder, server):
        at = lambda name: os.path.join(folder, name)  # noqa: E731
        with open(at("network.ext"), "w", encoding="utf-8") as out:
            out.write("subjectAltName=" + ",".join(f"DNS:{host}" for host in self.HOSTS) + "\nbasicConstraints=CA:FALSE\n")
        authority = server.ca
        key = os.path.join(os.path.dirname(authority), "ca.key")
        for words in (["req", "-newkey", "rsa:2048", "-nodes", "-keyout", at("network.key"), "-out", at("network.req"),
                       "-subj", "/CN=network"],
                      ["x509", "-req", "-in", at("network.req"), "-CA", authority, "-CAkey", key, "-CAcreateserial",
                       "-out", at("network.pem"), "-days", "2", "-extfile", at("network.ext")]):
            subprocess.run(["openssl", *words], check=True, capture_output=True)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(at("network.pem"), at("network.key"))
        self.asked = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                link, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(link,), daemon=True).start()

    @staticmethod
    def _read(link):
        text = b""
        while b"\r\n\r\n" not in text:
            piece = link.recv(4096)
            if not piece:
                break
            text += piece
        return text

    def _answer(self, link):
        try:
            place = self._read(link).split(b" ")[1].decode()
            self.asked.append(f"CONNECT {place}")
            link.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with self.tls.wrap_socket(link, server_side=True) as inner:
                while True:
                    request = self._read(inner)
                    if not request:
                        return
                    line, _, head = request.decode().partition("\r\n")
                    method, path, _ = line.split(" ")
                    self.asked.append(f"{method} {place.split(':')[0]}{path}\n{head}")
                    known = {"/one.png": png(200, 30, 30), "/two.png": png(30, 160, 60)}
                    body, status = known.get(path, b""), "200 OK" if path in known or method == "POST" else "404 Not Found"
                    inner.sendall((f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nSet-Cookie: who=alice\r\n\r\n").encode() + body)
        except (OSError, IndexError, ValueError):
            pass

    def requests(self):
        return [line for line in self.asked if not line.startswith("CONNECT")]

    def close(self):
        self.socket.close()


class Stage:
    def __init__(self, folder):
        os.environ.pop("https_proxy", None)
        self.server = Dovecot(folder)
        try:
            self.network = Network(folder, self.server)
            link = self.server.imap("alice")
            letters = [HEAD.format(subject="Spring news", number=1) + NEWS, HEAD.format(subject="More news", number=2) + NEWS,
                       FRAUD]
            for number, letter in enumerate(letters):
                link.append("INBOX", "", imaplib_date(number), letter.encode())
            link.logout()
            subprocess.run(
                [BIN, "--profile", os.path.join(folder, "profile"), "account", "add", "--email", "alice@localhost",
                 "--imap", f"localhost:{self.server.port}", "--security", "tls", "--user", "alice",
                 "--ca", self.server.ca, "--password-command", "echo secret-alice"],
                check=True, capture_output=True, timeout=60)
        except Exception:
            self.close()
            raise

    def close(self):
        if hasattr(self, "network"):
            self.network.close()
        self.server.close()


def environment(_folder, stage):
    return {"HTTPS_PROXY": f"http://127.0.0.1:{stage.network.port}", "SSL_CERT_FILE": stage.server.ca}


def open_mail(app, subject):
    row = wait(f"the mail {subject}", lambda: next((r for r in rows(app) if subject in r.get_name()), None))
    app.mouse(row)
    app.find("heading", subject)


@setting(prepare=Stage, environment=environment)
@profile
def case_pictures_are_loaded_only_when_wanted(app, stage):
    open_mail(app, "Spring news")
    bar = app.find(None, "pictures on the network were not loaded")
    check("2 trackers blocked" in bar.get_name() and "Mailchimp" in bar.get_name(), bar.get_name())
    app.find(None, "leads to click.example")
    pump(1.0)
    check(not stage.network.asked, f"asked without consent: {stage.network.asked}")
    app.shot("remote-blocked")
    app.click("push button", "Load pictures")
    app.find(None, "2 pictures loaded from the network")
    asked = stage.network.requests()
    paths = sorted(line.split("\n")[0] for line in asked)
    check(paths == ["GET pictures.example/gone.png", "GET pictures.example/one.png", "GET pictures.example/two.png"], str(paths))
    for line in asked:
        for word in ("cookie:", "referer:", "authorization:", "accept-language:", "alice"):
            check(word not in line.lower(), line)
    app.shot("remote-loaded")
    # The second mail of the same sender asks again, and is loaded for good after the consent.
    open_mail(app, "More news")
    app.find(None, "pictures on the network were not loaded")
    check(len(stage.network.requests()) == 3, "asked for another mail")
    app.click("push button", "Always for news@shop.example")
    app.find(None, "2 pictures loaded from the network")
    check(len(stage.network.requests()) == 6, str(stage.network.requests()))
    open_mail(app, "Spring news")
    app.find(None, "2 pictures loaded from the network")
    pump(1.0)
    check(len(stage.network.requests()) == 6, "a second view asked again")
    app.click("push button", "No longer for news@shop.example")
    app.gone("push button", "No longer for")


@setting(prepare=Stage, environment=environment)
@profile
def case_frauds_are_told_and_lists_left(app, stage):
    open_mail(app, "Your account")
    app.find(None, "The name says service@paypal.com")
    app.shot("trust-warning")
    app.keys("shift+t")
    sheet = app.find("dialog", "What this message tried to do")
    names = [node.get_name() for node in app.all(under=sheet)]
    check(any("service@paypal.com" in name for name in names), str(names))
    check(any("number instead of a name" in name for name in names), str(names))
    app.shot("trust-sheet-fraud")
    app.keys("Escape")
    app.gone("dialog", "What this message tried to do")
    open_mail(app, "Spring news")
    app.find(None, "Mailing list: spring.shop.example")
    app.click("push button", "Details")
    app.find(None, "One script")
    app.shot("trust-sheet")
    app.keys("Escape")
    app.keys("ctrl+shift+l")
    app.shot("trust-other-theme")
    check(not stage.network.asked, f"asked without a click: {stage.network.asked}")
    app.click("push button", "Unsubscribe")
    app.find(None, "Ask spring.shop.example to send no more?")
    check(not stage.network.asked, f"asked before the answer: {stage.network.asked}")
    app.click("push button", "Yes, unsubscribe")
    app.find(None, "The list confirmed")
    asked = stage.network.requests()
    check(len(asked) == 1 and asked[0].startswith("POST lists.example/off?id=7\n"), str(asked))
    check("cookie" not in asked[0].lower(), asked[0])
    app.shot("list-left")
    subprocess.run(["xdotool", "windowsize", "--sync", app.window(), "620", "800"], check=True)
    app.shot("trust-narrow")
