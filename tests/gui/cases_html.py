"""HTML mails in the window: read, followed, selected, searched, zoomed; with a render process that dies or hangs. The
same rules as in cases.py. The mails are made here; links are opened by a program of the tests.
"""
import os
import signal
import subprocess
import time

from cases import check, chosen, rows, wait_for_rows
from desk import BIN, Atspi, Fault, pump, states, wait
from server import Dovecot

LETTER = """<!DOCTYPE html>
<html><head><style>body {{ font-family: sans-serif }} h1 {{ color: #204080 }}</style></head><body>
<h1>{title}</h1>
<p>Dear reader, the <b>first</b> paragraph of {title}.</p>
<p>See <a href="https://shop.example/{number}">our shop</a> or
<a href="https://evil.example/">https://bank.example/</a>.</p>
<table cellpadding="8" width="100%"><tr><td bgcolor="#ffe8c0">Left cell</td><td bgcolor="#c0e8ff">Right cell</td></tr></table>
{more}
<p>Bye, Ada</p>
</body></html>
"""


def mail(subject, html, text=None, user="alice"):
    """A message as its sender's program would have written it."""
    head = (f"From: Ada Example <ada@example.org>\r\nTo: {user}@example.org\r\nSubject: {subject}\r\n"
            f"Date: Tue, 14 Nov 2023 22:00:00 +0000\r\nMessage-ID: <{subject.replace(' ', '.')}@example.org>\r\n"
            "MIME-Version: 1.0\r\n")
    if text is None:
        return head + f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n"
    return (head + "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8"
            f"\r\n\r\n{text}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n")


class Post:
    """An account whose inbox holds HTML mails, and a browser that only notes what it is given."""

    def __init__(self, folder):
        self.folder = folder
        self.server = Dovecot(folder)
        self.profile = os.path.join(folder, "profile")
        self.opened = os.path.join(folder, "opened")
        self.bin = os.path.join(folder, "bin")
        os.makedirs(self.bin)
        opener = os.path.join(self.bin, "xdg-open")
        with open(opener, "w", encoding="utf-8") as out:
            out.write(f'#!/bin/sh\necho "$1" >> "{self.opened}"\n')
        os.chmod(opener, 0o755)
        os.environ["PATH"] = self.bin + os.pathsep + os.environ["PATH"]
        try:
            more = "".join(f"<p>Paragraph {n} of many, with some words that fill the line.</p>" for n in range(120))
            link = self.server.imap("alice")
            letters = [
                mail("Long letter", LETTER.format(title="Long letter", number=3, more=more + "<p>The needle is here.</p>")),
                mail("Second letter", LETTER.format(title="Second letter", number=2, more=""), "Plain words of the second."),
                mail("First letter", LETTER.format(title="First letter", number=1, more=""), "Plain words of the first."),
            ]
            for number, letter in enumerate(letters):
                link.append("INBOX", "", imaplib_date(number), letter.encode())
            link.logout()
            subprocess.run(
                [BIN, "--profile", self.profile, "account", "add", "--email", "alice@localhost",
                 "--imap", f"localhost:{self.server.port}", "--security", "tls", "--user", "alice",
                 "--ca", self.server.ca, "--password-command", "echo secret-alice"],
                check=True, capture_output=True, timeout=60)
        except Exception:
            self.close()
            raise

    def close(self):
        path = os.environ["PATH"].split(os.pathsep)
        os.environ["PATH"] = os.pathsep.join(p for p in path if p != self.bin)
        self.server.close()

    def followed(self):
        try:
            with open(self.opened, encoding="utf-8") as opened:
                return opened.read().split()
        except FileNotFoundError:
            return []


def imaplib_date(number):
    import imaplib
    return imaplib.Time2Internaldate(1_700_000_000 + number)


def post(case):
    case.prepare = Post
    case.arguments = lambda folder: ["--profile", os.path.join(folder, "profile")]
    return case


def demo(case):
    case.arguments = lambda folder: ["--demo"]
    return case


def workers(app):
    """The render processes of the program."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
            with open(f"/proc/{pid}/cmdline", "rb") as line:
                words = line.read()
        except (OSError, IndexError):
            continue
        if parent == app.process.pid and b"--html-worker" in words:
            found.append(int(pid))
    return found


def ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def open_mail(app, subject):
    row = wait(f"the row {subject}", lambda: next((r for r in rows(app) if subject in r.get_name()), None))
    row.do_action(0)
    wait(f"{subject} to be chosen", lambda: chosen(app) and subject in chosen(app).get_name())


def page(app, words):
    """The document that holds these words, once it is there as a page: with its links."""
    def look():
        for node in app.all("document frame", "Message"):
            if node.get_text_iface() and words in app.text(node):
                return node
        return None
    return wait(f"the page with “{words}”", look)


def clipboard():
    return subprocess.run(["xclip", "-o", "-selection", "clipboard"], capture_output=True, text=True).stdout


@demo
def case_html_newsletter_of_the_demo(app, _folder):
    wait_for_rows(app)
    row = wait("a newsletter", lambda: next((r for r in rows(app) if "The Slow Map" in r.get_name()), None))
    row.do_action(0)
    page(app, "Leave with one click")
    app.find("link", "Read on")
    app.shot("html-newsletter")
    app.keys("ctrl+shift+l")
    pump(1.0)
    app.shot("html-newsletter-theme-2")
    app.keys("ctrl+shift+l")
    pump(1.0)
    app.shot("html-newsletter-theme-3")
    app.keys("ctrl+shift+l")


@post
def case_html_is_read_and_its_link_followed(app, post):
    open_mail(app, "First letter")
    document = page(app, "Dear reader")
    check("Plain words" not in app.text(document), "the text is shown instead of the page")
    link = app.find("link", "our shop")
    check("https://shop.example/1" in (link.get_description() or ""), "the link does not tell where it leads")
    app.shot("html-letter")
    app.mouse(link)
    wait("the link to be followed", lambda: "https://shop.example/1" in post.followed())
    # The status line tells where a link really leads.
    app.move(*app.point(app.find("link", "https://bank.example/")))
    app.find(None, "https://evil.example/")
    app.shot("html-link")


@post
def case_html_is_selected_and_copied(app, post):
    open_mail(app, "First letter")
    page(app, "Dear reader")
    app.find("link", "our shop")
    app.mouse(app.find("link", "our shop"), dx=-0.9)
    app.keys("ctrl+a", "ctrl+c")
    copied = wait("the clipboard", lambda: clipboard() if "Bye, Ada" in clipboard() else None)
    lines = copied.split("\n")
    check("First letter" in lines[0] and "Left cell\tRight cell" in copied, f"copied: {copied!r}")
    app.shot("html-selected")
