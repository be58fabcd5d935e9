"""What a person with a screen reader hears: the real Orca speaks, key by key. The same rules as in cases.py."""
import re

from cases import check, demo, rows, wait_for_rows
from desk import RENDERER, pump
from orca import Orca


def needs_orca(case):
    # What is said does not depend on how it is drawn: once is enough.
    case.skip = lambda: f"not with {RENDERER}" if RENDERER != "tiny-skia" else Orca.missing()
    return demo(case)


@needs_orca
def case_orca_speaks_window_folders_and_rows(app, folder):
    wait_for_rows(app)
    orca = Orca(folder)
    try:
        orca.hear("Inbox – Postrider frame")
        # The tree: each key says the folder and its counts, and that the window is about another one now.
        app.keys("F6")
        orca.hear("Folders tree", r"Inbox\.", r"\d+ unread of \d+")
        for name in ("Drafts", "Sent", "Archive"):
            app.keys("Down")
            orca.hear(rf"{name}\.", r"\d+ unread of \d+", f"{name} – Postrider")
        for _ in range(3):
            app.keys("Up")
            orca.hear(r"\d+ unread of \d+")
        # The list: each key says sender, subject and date, and what marks the row has.
        app.keys("F6")
        orca.hear("Messages", "List with")
        names = [row.get_name() for row in rows(app)[:4]]
        for name in names:
            app.keys("Down")
            orca.hear(re.escape(name))
        check(any("Unread" in name for name in names), f"no unread row among {names}")
        app.keys("End")
        last = orca.hear(r", \d+ \w+|, \d\d:\d\d|Yesterday")
        check(last not in names, f"End went nowhere: {last}")
        # Buttons and dialogs.
        app.keys("question")
        orca.hear("Keyboard shortcuts dialog")
        app.keys("Escape")
        orca.hear(r"\w+")
        app.keys("Home")
        orca.hear(r"\w+")
        for _ in range(18):
            app.keys("Tab")
            pump(0.3)
        said = " | ".join(orca.news())
        for name in ("Main toolbar tool bar", "Get new mail push button", "Flag"):
            check(name in said, f"no {name} in {said}")
    finally:
        orca.close()
