"""HTML mails in the window, continued: quotes that are folded, panes that are too narrow, links within a mail, pictures
that are saved, screens with small pixels. The same rules as in cases.py.
"""
import base64
import os
import subprocess

from cases import check, rows, setting
from cases_html import Post, clipboard, mail, open_mail, page, place, png, search
from desk import pump, wait

LINES = "".join(f"<p>Line {n} of what Grace wrote before, with some words to fill it.</p>" for n in range(6))
ANSWER = f"""<div dir="ltr">Yes, <b>Saturday</b> is fine. See <a href="https://own.example/">the plan</a>.</div><br>
<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon, 13 Nov 2023 at 10:00, Grace wrote:<br>
</div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">
<p>The <b>needle</b> is <a href="https://quoted.example/">in the quote</a>.</p>{LINES}</blockquote></div>"""
OUTLOOK = f"""<div class=WordSection1><p class=MsoNormal>Agreed.</p><div><div style='border:none;border-top:solid #E1E1E1
1.0pt;padding:3.0pt 0in 0in 0in'><p class=MsoNormal><b>From:</b> Grace &lt;grace@example.org&gt;<br><b>Sent:</b> Monday<br>
<b>To:</b> Ada<br><b>Subject:</b> Maps</p></div></div>{LINES}</div>"""
FIXED = """<body style="margin:0"><table width="600" cellspacing="0" cellpadding="12" bgcolor="#eef4ff"><tr>
<td width="300" bgcolor="#ffe8c0"><p>The left half, which is three hundred pixels wide.</p></td>
<td width="300" bgcolor="#c0e8ff" align="right"><a href="https://right.example/">To the right edge</a></td></tr>
<tr><td colspan="2"><h2>Made for six hundred pixels</h2><p>Whoever made this never thought of a narrow window.</p></td></tr>
</table></body>"""
CHAPTERS = ("<h1>Chapters</h1><p><a href='#last'>The last chapter</a></p>"
            + "".join(f"<p>Paragraph {n} of many, with some words that fill the line.</p>" for n in range(80))
            + "<h2 id='last'>The last chapter</h2><p>It ends <a href='#'>where it began</a>.</p>"
            + "<table><tr><td>One</td><td>Two</td></tr></table><ul><li>First</li><li>Second</li></ul><div>a<br>b</div>"
            + "".join(f"<p>Remark {n}.</p>" for n in range(30)))


def with_cid(subject):
    picture = base64.encodebytes(png(240, 120)).decode().replace("\n", "\r\n")
    return (f"From: Ada Example <ada@example.org>\r\nTo: alice@example.org\r\nSubject: {subject}\r\n"
            "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
            "Content-Type: text/html; charset=utf-8\r\n\r\n<p>The harbour at night.</p><img src='cid:harbour@x' alt='Harbour'>"
            "\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <harbour@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            f"{picture}--b--\r\n")


INNER = ("From: Grace Hopper <grace@example.org>\r\nSubject: {subject}\r\nDate: Mon, 13 Nov 2023 09:00:00 +0000\r\n"
         "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<style>p{{color:#006040}}</style>"
         "<p>{words} <a href='https://inner.example/'>inside</a></p>\r\n")


def digest(subject):
    first = INNER.format(subject="First of the digest", words="The first message")
    second = "From: Ada <ada@example.org>\r\nSubject: Second of the digest\r\n\r\nThe second message is plain.\r\n"
    return (f"From: Ada Example <ada@example.org>\r\nTo: alice@example.org\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: text/plain\r\n\r\nToday's messages.\r\n"
            f"--m\r\nContent-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\n{first}\r\n--d\r\n\r\n{second}\r\n--d--\r\n"
            "--m--\r\n")


BOUNCE = ("From: Mail System <mailer-daemon@example.org>\r\nTo: alice@example.org\r\nSubject: Undelivered mail\r\n"
          "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\n"
          "Content-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n--r\r\n"
          "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
          "Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n"
          "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--r\r\nContent-Type: message/rfc822\r\n\r\n"
          + INNER.format(subject="What was sent", words="Returned words") + "\r\n--r--\r\n")


class Shelf(Post):
    """An account with other letters."""

    def letters(self):
        return [
            mail("Maps", "<p>Shall we meet on Saturday?</p>"),
            mail("Re: Maps", ANSWER, answers="Maps"),
            mail("AW: Plan", OUTLOOK),
            mail("Fixed width", FIXED),
            mail("Book", CHAPTERS),
            with_cid("Harbour"),
            digest("Digest"),
            BOUNCE,
        ]


def shelf(case):
    case.prepare = Shelf
    case.arguments = lambda folder: ["--profile", os.path.join(folder, "profile")]
    return case


def no_text(app, words):
    wait(f"“{words}” to be folded", lambda: words not in app.reader_text())


@shelf
def case_reading_quotes_are_folded(app, post):
    open_mail(app, "Re: Maps")
    document = page(app, "Saturday is fine")
    check("needle" not in app.text(document), "the quote is not folded")
    check("Grace wrote:" in app.text(document), "who is quoted is folded, too")
    app.find("push button", "Show quoted text")
    check(not app.all("link", "in the quote"), "a link in the quote can be reached")
    app.shot("reading-quote-folded")
    low = place(document).height
    # By keyboard: the link before it, then the button.
    app.mouse(document, dx=0.8, dy=0.05)
    app.keys("Tab", "Tab", "Return")
    wait("the quote", lambda: "needle" in app.text(page(app, "Saturday is fine")))
    check(place(document).height > low + 100, "no room for the quote")
    app.find("link", "in the quote")
    button = app.find("push button", "Hide quoted text")
    app.shot("reading-quote-shown")
    # With the pointer.
    app.mouse(button)
    no_text(app, "needle")
    app.find("push button", "Show quoted text")
    # What is searched is found in the quote.
    search(app)
    app.type("needle")
    app.find(None, "1 of 1", exact=True)
    app.find("push button", "Hide quoted text")
    app.keys("Escape")
    app.keys("shift+d")
    pump(1.0)
    app.shot("reading-quote-dark")
    app.keys("shift+d")
    open_mail(app, "AW: Plan")
    document = page(app, "Agreed")
    check("Sent:" not in app.text(document) and "Line 3" not in app.text(document), "Outlook's quote is not folded")
    app.click("push button", "Show quoted text")
    wait("the quote", lambda: "Line 3" in app.text(page(app, "Agreed")))
    app.shot("reading-quote-outlook")
    # Expanding a conversation shows what is quoted, too.
    app.keys("t")
    row = wait("the conversation", lambda: next((r for r in rows(app) if "Maps" in r.get_name()
                                                 and "messages" in r.get_name()), None))
    row.do_action(0)
    page(app, "Saturday is fine")
    no_text(app, "needle")
    app.shot("reading-quote-conversation")
    if app.all("push button", "Close all"):
        app.click("push button", "Close all")
        app.find("push button", "Open all")
    app.click("push button", "Open all")
    wait("the quote", lambda: "needle" in app.reader_text())


def resize(app, width):
    """Makes the window so wide that the page has about this width."""
    window, now = app.window(), 1280
    have = 0
    for _ in range(6):
        documents = app.all("document frame", "Message")
        if not documents:
            # There is room for the list only: the message is opened over it.
            app.keys("Return")
            documents = [app.find("document frame", "Message")]
        have = place(documents[0]).width
        if abs(have - width) <= 12:
            return have
        now = max(360, now + int(width - have))
        subprocess.run(["xdotool", "windowsize", "--sync", window, str(now), "760"], check=False)
        pump(0.8)
    return have


@shelf
def case_reading_wide_mail_in_a_narrow_pane(app, post):
    open_mail(app, "Fixed width")
    page(app, "Made for six hundred")
    for width in (700, 500, 350):
        have = resize(app, width)
        # Where there is room for one thing only, the message is another one than beside the list.
        document = app.find("document frame", "Message")
        link = app.find("link", "To the right edge")
        share = min(1.0, max(0.6, have / 600))
        right = lambda: place(app.find("link", "To the right edge")).x + place(link).width
        wait(f"the page to fit {have}", lambda: abs(right() - place(document).x - (600 - 12) * share) < 14)
        app.shot(f"reading-narrow-{width}")
        if have >= 360:
            check(right() <= place(document).x + have, f"at {have} the link is out of sight")
        before = len(post.followed())
        app.mouse(link)
        wait("the link to be followed", lambda: len(post.followed()) > before)
    # What is selected is what is seen.
    app.keys("ctrl+a", "ctrl+c")
    wait("the clipboard", lambda: "never thought of a narrow window" in clipboard())
    # The zoom makes it larger all the same, and then it is scrolled.
    wide = place(app.find("link", "To the right edge")).width
    app.keys("ctrl+plus", "ctrl+plus", "ctrl+plus", "ctrl+plus", "ctrl+plus")
    wait("larger letters", lambda: place(app.find("link", "To the right edge")).width > wide * 1.2)
    app.shot("reading-narrow-zoomed")
    app.keys("ctrl+0")


def drag(app, start, end):
    app.move(*start)
    subprocess.run(["xdotool", "mousedown", "1"], check=True)
    app.move(start[0] + 8, start[1] + 2)
    app.move(*end)


@shelf
def case_reading_links_within_and_selections_beyond_the_view(app, post):
    open_mail(app, "Book")
    document = page(app, "Chapters")
    top = place(document).y
    app.mouse(app.find("link", "The last chapter"))
    heading = lambda: place(app.find("link", "where it began")).y
    wait("the last chapter to be at the top", lambda: place(document).y < top - 500 and heading() < top + 150)
    check(not post.followed(), "a place in the mail was given to the browser")
    app.shot("reading-anchor")
    pump(0.3)
    here = place(document).y
    # A selection that is pulled below the view scrolls it.
    start = app.point(app.find("link", "where it began"), dx=-0.3)
    drag(app, start, (start[0] + 60, 780 + 60))
    wait("the page to scroll along", lambda: place(document).y < here - 150)
    app.let_go()
    app.keys("ctrl+c")
    copied = wait("the clipboard", lambda: clipboard() if "Remark" in clipboard() else None)
    check("One\tTwo\nFirst\nSecond\na\nb\nRemark 0.\nRemark 1." in copied, f"copied: {copied!r}")
    app.shot("reading-selected-beyond")
    app.mouse(app.find("link", "where it began")) if heading() > top else app.click("link", "where it began")
    wait("the start", lambda: abs(place(document).y - top) < 200)
    # The wheel with Ctrl makes letters larger.
    high = place(document).height
    app.move(*app.point(app.find("link", "The last chapter")))
    app.hold_key("ctrl", True)
    subprocess.run(["xdotool", "click", "4", "click", "4"], check=True)
    app.hold_key("ctrl", False)
    wait("larger letters", lambda: place(document).height > high * 1.05)
    app.keys("ctrl+0")
    wait("letters as before", lambda: abs(place(document).height - high) < 3)
    # A very tall page follows the window.
    wide = place(document).width
    for width in ("1100", "1300", "1180"):
        subprocess.run(["xdotool", "windowsize", app.window(), width, "800"], check=True)
        pump(0.1)
    wait("the page to follow", lambda: abs(place(document).width - wide) > 20)
    app.find("link", "The last chapter")


@shelf
def case_reading_picture_is_saved(app, post):
    open_mail(app, "Harbour")
    document = page(app, "The harbour at night")
    wait("room for the picture", lambda: place(document).height > 120)
    app.mouse(document, button=3, dx=60 / place(document).width, dy=100 / place(document).height)
    app.shot("reading-picture-menu")
    app.click(None, "Save picture")
    app.find(None, "Saved harbour.png")


@shelf
@setting(environment=lambda _folder, _stage: {"WINIT_X11_SCALE_FACTOR": "2"})
def case_reading_on_small_pixels(app, post):
    open_mail(app, "Re: Maps")
    subprocess.run(["xdotool", "windowsize", "--sync", app.window(), "1380", "840"], check=False)
    pump(0.5)
    app.keys("Return")
    page(app, "Saturday is fine")
    app.shot("reading-pixels")
    app.mouse(app.find("push button", "Show quoted text"))
    wait("the quote", lambda: "needle" in app.reader_text())
    app.mouse(app.find("link", "in the quote"))
    wait("the link to be followed", lambda: "https://quoted.example/" in post.followed())
    app.shot("reading-pixels-2")


@shelf
def case_reading_messages_inside(app, post):
    open_mail(app, "Digest")
    document = page(app, "First of the digest")
    text = app.text(document)
    order = [text.find(words) for words in ("Today's messages", "First of the digest", "The first message",
                                            "Second of the digest", "The second message is plain")]
    check(-1 not in order and order == sorted(order), f"the messages are not shown in order: {text!r}")
    check("grace@example.org" in text and "13 Nov 2023" in text, f"the head of a message is missing: {text!r}")
    app.shot("reading-digest")
    app.mouse(app.find("link", "inside"))
    wait("the link to be followed", lambda: "https://inner.example/" in post.followed())
    app.keys("shift+d")
    pump(1.0)
    app.shot("reading-digest-dark")
    app.keys("shift+d")
    open_mail(app, "Undelivered mail")
    document = page(app, "could not be delivered")
    check("Returned words" in app.text(document), "the returned message is not shown")
    app.find(None, "Not delivered to bob@example.net: there is no such address (550 5.1.1 no such user)")
    app.shot("reading-bounce")
