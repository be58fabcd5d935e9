"""HTML mails in the window: read, followed, selected, searched, zoomed; with a render process that dies or hangs. The
same rules as in cases.py. The mails are made here; links are opened by a program of the tests.
"""
import base64
import imaplib
import os
import signal
import struct
import subprocess
import sys
import time
import zlib

from cases import check, chosen, rows, wait_for_rows
from desk import BIN, Atspi, pump, states, wait
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


def mail(subject, html, text=None, user="alice", answers=None):
    """A message as its sender's program would have written it."""
    name = subject.replace(" ", ".").replace(":", "")
    head = (f"From: Ada Example <ada@example.org>\r\nTo: {user}@example.org\r\nSubject: {subject}\r\n"
            f"Date: Tue, 14 Nov 2023 22:00:00 +0000\r\nMessage-ID: <{name}@example.org>\r\n"
            "MIME-Version: 1.0\r\n")
    if answers:
        head += f"In-Reply-To: <{answers}@example.org>\r\nReferences: <{answers}@example.org>\r\n"
    if text is None:
        return head + f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n"
    return (head + "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8"
            f"\r\n\r\n{text}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n")


def png(width, height):
    """A red picture."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\xd0\x30\x30" * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def with_picture(subject):
    """A text with a picture attached."""
    picture = base64.encodebytes(png(320, 200)).decode().replace("\n", "\r\n")
    return (f"From: Ada Example <ada@example.org>\r\nTo: alice@example.org\r\nSubject: {subject}\r\n"
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\nThis is the harbour.\r\n--b\r\n"
            "Content-Type: image/png\r\nContent-Disposition: attachment; filename=harbour.png\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{picture}--b--\r\n")


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
                mail("Chat about maps", LETTER.format(title="Chat about maps", number=7, more="")),
                mail("Re: Chat about maps", LETTER.format(title="The answer", number=8, more=""), answers="Chat.about.maps"),
                mail("Long letter", LETTER.format(title="Long letter", number=3, more=more + "<p>The needle is here.</p>")),
                mail("Second letter", LETTER.format(title="Second letter", number=2, more=""), "Plain words of the second."),
                mail("First letter", LETTER.format(title="First letter", number=1, more=""), "Plain words of the first."),
            ]
            for number, letter in enumerate(self.letters() or letters):
                link.append("INBOX", "", imaplib_date(number), letter.encode())
            odd = "From: Ada <ada@example.org>\r\nSubject: Odd letters\r\n\r\n\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440\r\n"
            link.append("INBOX", "", imaplib_date(-5), odd.encode("koi8-r"))
            # New mail is kept with all that is attached.
            link.append("INBOX", "", imaplib.Time2Internaldate(time.time()), with_picture("Picture letter").encode())
            link.logout()
            subprocess.run(
                [BIN, "--profile", self.profile, "account", "add", "--email", "alice@localhost",
                 "--imap", f"localhost:{self.server.port}", "--security", "tls", "--user", "alice",
                 "--ca", self.server.ca, "--password-command", "echo secret-alice"],
                check=True, capture_output=True, timeout=60)
        except Exception:
            self.close()
            raise

    def letters(self):
        """Other letters instead."""
        return []

    def close(self):
        path = os.environ["PATH"].split(os.pathsep)
        os.environ["PATH"] = os.pathsep.join(p for p in path if p != self.bin)
        self.server.close()

    def followed(self):
        try:
            with open(self.opened, encoding="utf-8") as opened:
                return opened.read().splitlines()
        except FileNotFoundError:
            return []


def imaplib_date(number):
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


PASTE = """
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk
print(Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).wait_for_text() or "", end="")
"""


def clipboard():
    """What another program would paste."""
    return subprocess.run([sys.executable, "-c", PASTE], capture_output=True, text=True, timeout=20).stdout


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


@demo
def case_html_in_a_narrow_window(app, _folder):
    wait_for_rows(app)
    row = wait("a newsletter", lambda: next((r for r in rows(app) if "The Slow Map" in r.get_name()), None))
    row.do_action(0)
    document = page(app, "Leave with one click")
    before = place(document)
    wide = place(app.find("link", "Read on")).width
    subprocess.run(["xdotool", "windowsize", app.window(), "900", "700"], check=True)
    wait("the page to follow the window", lambda: place(document).width < before.width - 100)
    app.shot("html-narrow")
    # The newsletter was made for a wider pane: it is shrunk to fit, and scrolled sideways once it is zoomed.
    link = app.find("link", "Read on")
    check(place(link).x + place(link).width <= place(document).x + place(document).width, "the page does not fit")
    small = place(link).width
    app.move(*app.point(link))
    wheel(app, "ctrl", "4", 6)
    wait("larger letters", lambda: place(app.find("link", "Read on")).width > small * 1.3)
    left = place(app.find("link", "Read on")).x
    wheel(app, "shift", "5", 1)
    wait("the page to move", lambda: place(app.find("link", "Read on")).x < left - 20)
    wheel(app, "ctrl", "5", 6)
    wait("small letters again", lambda: abs(place(app.find("link", "Read on")).width - small) < 3)
    subprocess.run(["xdotool", "windowsize", app.window(), "1280", "800"], check=True)
    wait("the old layout", lambda: place(document).width == before.width)
    wait("the old size", lambda: place(app.find("link", "Read on")).width >= wide - 3)


def wheel(app, key, button, times):
    """Turns the wheel with a key held."""
    app.hold_key(key, True)
    subprocess.run(["xdotool", "click", "--repeat", str(times), button], check=True)
    app.hold_key(key, False)


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
    app.mouse(app.find("link", "our shop"), dx=-0.2)
    app.keys("ctrl+a", "ctrl+c")
    copied = wait("the clipboard", lambda: clipboard() if "Bye, Ada" in clipboard() else None)
    lines = copied.split("\n")
    check("First letter" in lines[0] and "Left cell\tRight cell" in copied, f"copied: {copied!r}")
    app.shot("html-selected")


def fills(app, post, subject="First letter", words="Dear reader"):
    open_mail(app, subject)
    return page(app, words)


def place(node):
    return node.get_extents(Atspi.CoordType.SCREEN)


def search(app):
    """Opens the bar; what is typed before it has the keyboard goes elsewhere."""
    app.keys("ctrl+f")
    wait("the field to have the keyboard",
         lambda: any("focused" in states(n) for n in app.all(None, "Find in message")))


@post
def case_html_is_searched(app, post):
    document = fills(app, post, "Long letter")
    search(app)
    app.type("needle")
    app.find(None, "1 of 1", exact=True)
    # The only place is far below: the page was scrolled to it.
    wait("the page to scroll", lambda: place(document).y < 0)
    app.shot("html-found")
    app.keys("ctrl+a")
    app.type("paragraph")
    app.find(None, "1 of 121", exact=True)
    app.keys("Return")
    app.find(None, "2 of 121", exact=True)
    app.keys("shift+Return", "shift+Return")
    app.find(None, "121 of 121", exact=True)
    app.keys("F3")
    app.find(None, "1 of 121", exact=True)
    app.keys("Escape")
    wait("the bar to go", lambda: not app.all(None, "1 of 121"))


@post
def case_html_zooms(app, post):
    document = fills(app, post, "Long letter")
    before = place(document).height
    app.mouse(app.find("link", "our shop"), dx=-0.2)
    app.keys("ctrl+plus", "ctrl+plus", "ctrl+plus")
    wait("the page to grow", lambda: place(document).height > before * 1.15)
    app.shot("html-zoomed")
    app.keys("ctrl+0")
    wait("the page to shrink", lambda: abs(place(document).height - before) < 3)
    check(before > 2000, f"the long letter is only {before} high")


def brightness(app, node, name):
    """How bright the lower left corner of a page is, from 0 to 255."""
    app.shot(name)
    where = place(node)
    from desk import RENDERER, SHOTS
    picture = os.path.join(SHOTS, f"{RENDERER}-{name}.png")
    at = f"1x1+{int(where.x) + 3}+{int(where.y) + 3}"
    out = subprocess.run(["convert", picture, "-crop", at, "-colorspace", "gray", "-depth", "8", "gray:-"],
                         capture_output=True, check=True).stdout
    return out[0]


@post
def case_html_colors_are_flipped_and_remembered(app, post):
    document = fills(app, post)
    check(brightness(app, document, "html-light") > 200, "the page is not light")
    app.keys("shift+d")
    wait("the dark page", lambda: brightness(app, document, "html-dark") < 90)
    # Of the same sender, so it is dark as well.
    document = fills(app, post, "Second letter", "Second letter")
    wait("the other dark page", lambda: brightness(app, document, "html-dark-2") < 90)
    app.keys("shift+d")
    wait("the light page", lambda: brightness(app, document, "html-light-2") > 200)


@post
def case_html_process_hangs(app, post):
    fills(app, post)
    stopped = wait("two render processes", lambda: workers(app) if len(workers(app)) == 2 else None)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    open_mail(app, "Long letter")
    began = time.monotonic()
    app.find(None, "takes a while", patience=10)
    check("Paragraph 7" in app.reader_text(), "no text while the page takes long")
    # The window itself is free all the while.
    app.find(None, "too complex", patience=30)
    check(time.monotonic() - began > 5, "given up too early")
    check("Paragraph 7" in app.reader_text(), "no text instead of the page")
    app.shot("html-fallback")
    fills(app, post)
    app.click("link", "our shop")
    wait("the link to be followed", lambda: "https://shop.example/1" in post.followed())
    fills(app, post, "Long letter")
    check(not set(stopped) & set(workers(app)), "what hangs is still there")


@post
def case_html_process_dies(app, post):
    fills(app, post, "Long letter")
    killed = workers(app)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    # What is shown stays, and what is missing of it comes from a new process.
    search(app)
    app.type("needle")
    app.find(None, "1 of 1", exact=True)
    app.keys("Escape")
    wait("a new process", lambda: set(workers(app)) - set(killed))
    check("Paragraph 7" in app.reader_text(), "the page is gone")
    fills(app, post, "Second letter", "Second letter")


@post
def case_html_costs_nothing_when_idle(app, post):
    fills(app, post, "Long letter")
    pump(3)
    pids = [app.process.pid, *workers(app)]
    before = [ticks(pid) for pid in pids]
    time.sleep(4)
    spent = sum(ticks(pid) for pid in pids) - sum(before)
    check(spent <= 1, f"{spent} ticks in four idle seconds")


@post
def case_html_source_and_pdf(app, post):
    fills(app, post)
    app.keys("ctrl+u")
    dialog = app.find("dialog", "Message source")
    wait("the source", lambda: any("multipart/alternative" in app.text(n) for n in app.all(under=dialog)
                                   if n.get_text_iface()))
    app.shot("html-source")
    app.keys("Escape")
    app.gone("dialog", "Message source")
    app.keys("ctrl+p")
    name = wait("the PDF", lambda: next((p for p in post.followed() if p.endswith(".pdf")), None), 60)
    with open(name.removeprefix("file://"), "rb") as file:
        check(file.read(8).startswith(b"%PDF-1."), "that is no PDF")
    if subprocess.run(["which", "pdftotext"], capture_output=True).returncode == 0:
        text = subprocess.run(["pdftotext", name, "-"], capture_output=True, text=True, check=True).stdout
        check("Dear reader" in text and "ada@example.org" in text, f"the PDF says {text!r}")


@post
def case_html_link_that_lies_is_asked_about(app, post):
    fills(app, post)
    app.click("link", "https://bank.example/")
    app.find("dialog", "This link is not what it seems")
    app.find(None, "evil.example")
    app.shot("html-link-asked")
    app.click("push button", "Cancel")
    app.gone("dialog", "This link is not what it seems")
    check(not post.followed(), f"followed without a yes: {post.followed()}")
    app.click("link", "https://bank.example/")
    app.click("push button", "Open it anyway")
    wait("the link to be followed", lambda: "https://evil.example/" in post.followed())


@post
def case_html_conversation(app, post):
    wait("the rows", lambda: any("Chat about maps" in r.get_name() for r in rows(app)))
    app.keys("t")
    row = wait("the conversation", lambda: next((r for r in rows(app) if "Chat about maps" in r.get_name()
                                                 and "messages" in r.get_name()), None))
    row.do_action(0)
    # Both are new, so both are open.
    page(app, "first paragraph of Chat about maps")
    page(app, "first paragraph of The answer")
    app.shot("html-conversation")
    search(app)
    app.type("first paragraph")
    app.find(None, "1 of 2", exact=True)
    app.keys("Return")
    app.find(None, "2 of 2", exact=True)


@post
def case_html_attached_picture_is_previewed(app, post):
    open_mail(app, "Picture letter")
    document = page(app, "harbour.png")
    check("This is the harbour." in app.text(document), "the text is not above the picture")
    wait("room for the picture", lambda: place(document).height > 250)
    app.shot("html-picture")


@post
def case_html_charset_is_chosen(app, post):
    open_mail(app, "Odd letters")
    wait("a text", lambda: len(app.reader_text()) > 20)
    app.click("push button", "Menu", exact=True)
    app.click(None, "Text encoding")
    app.shot("html-charsets")
    app.click(None, "Cyrillic (KOI8-R)")
    wait("the letters", lambda: "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440" in app.reader_text())
    app.click("push button", "Menu", exact=True)
    app.click(None, "Text encoding")
    app.click(None, "Greek (windows-1253)")
    wait("other letters", lambda: "\u041f\u0440\u0438\u0432\u0435\u0442" not in app.reader_text())
