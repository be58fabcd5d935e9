#!/usr/bin/env python3
"""Sets pictures of `postrider render` beside those of Chromium: heights and similarity (SSIM) of each mail.

    tests/fidelity/compare.py --program target/debug/postrider --out /tmp/fidelity FOLDER_OR_FILE...

Files are .html, or mails, whose HTML part is taken. Chromium loads nothing from the network. Needs chromium,
numpy, Pillow and scikit-image. Pictures stay in --out: NAME.chromium.png, NAME.ours.png and both in NAME.both.png.
`--boxes SELECTOR` prints where Chromium puts the elements of one mail.
"""

import argparse
import base64
import email
import email.policy
import hashlib
import json
import os
import pathlib
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image
from skimage.metrics import structural_similarity

Image.MAX_IMAGE_PIXELS = None
ROWS = 6000


class Chromium:
    """A headless Chromium, spoken to over two pipes (DevTools protocol, each message ends with a zero byte)."""

    def __init__(self, profile, width):
        mine, theirs = os.pipe(), os.pipe()

        def place():
            # By way of high numbers, since 3 and 4 may be taken by the pipes themselves.
            read, write = os.dup2(mine[0], 100), os.dup2(theirs[1], 101)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            ["nice", "-n", "5", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             "--force-device-scale-factor=1", "--disable-lcd-text", "--host-resolver-rules=MAP * ~NOTFOUND",
             f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=place, close_fds=False)
        os.close(mine[0])
        os.close(theirs[1])
        self.to, self.back, self.rest, self.last = mine[1], theirs[0], b"", 0
        self.session, self.width = None, width
        pages = [t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page"]
        found = self.call("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)
        self.session = found["sessionId"]
        self.call("Page.enable")
        self.call("Emulation.setScriptExecutionDisabled", value=True)
        self.window(600)

    def read(self):
        while b"\0" not in self.rest:
            piece = os.read(self.back, 1 << 20)
            if not piece:
                raise EOFError("chromium ended")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.last:
                return answer.get("result", answer)
            if answer.get("method") == "Page.loadEventFired":
                self.loaded = True

    def open(self, path):
        self.loaded = False
        self.call("Page.navigate", url=path.absolute().as_uri())
        deadline = time.monotonic() + 60
        while not self.loaded and time.monotonic() < deadline:
            self.call("Page.getLayoutMetrics")
            time.sleep(0.02)

    def picture(self, path, out):
        self.open(path)
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": self.width, "height": min(int(size["height"]), ROWS), "scale": 1}
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        out.write_bytes(base64.b64decode(shot["data"]))
        height = size["height"]
        if height <= 600:
            # A page is at least as high as the window; a low window tells how high it is by itself.
            self.window(60)
            height = self.call("Page.getLayoutMetrics")["cssContentSize"]["height"]
            self.window(600)
        return {"height": height, "width": size["width"]}

    def window(self, height):
        self.call("Emulation.setDeviceMetricsOverride", width=self.width, height=height, deviceScaleFactor=1, mobile=False)

    def value(self, script):
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def end(self):
        self.process.terminate()
        self.process.wait()


def html_of(path, folder):
    """The HTML of a mail as a file of its own; none if it has none."""
    if path.suffix.lower() in (".html", ".htm"):
        return path
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    try:
        part = message.get_body(("html",)) if hasattr(message, "get_body") else None
        text = part.get_content() if part is not None else None
    except Exception:
        return None
    if not isinstance(text, str) or len(text.strip()) < 20:
        return None
    out = folder / (path.parent.name + "-" + path.stem + ".html")
    out.write_text("\ufeff" + text, encoding="utf-8", errors="replace")
    return out


def similarity(one, other):
    rows = min(max(one.height, other.height), 4000)

    def page(picture):
        page = Image.new("RGB", (one.width, rows), "white")
        page.paste(picture.crop((0, 0, one.width, min(rows, picture.height))), (0, 0))
        return page

    left, right = page(one), page(other)
    score = structural_similarity(np.asarray(left.convert("L")), np.asarray(right.convert("L")))
    both = Image.new("RGB", (one.width * 2 + 20, min(rows, 2400)), "black")
    both.paste(left, (0, 0))
    both.paste(right, (one.width + 20, 0))
    return score, both


BOXES = """[...document.querySelectorAll(%s)].map(e => { const r = e.getBoundingClientRect();
  let d = 0; for (let p = e; p; p = p.parentElement) d++;
  return [d, e.tagName.toLowerCase(), e.id, e.className, r.x, r.y + scrollY, r.width, r.height,
    [...e.childNodes].filter(n => n.nodeType == 3).map(n => n.data.trim()).join(' ').slice(0, 30)] })"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    parser.add_argument("--program", type=pathlib.Path, default=pathlib.Path("target/debug/postrider"))
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--width", type=int, default=800)
    parser.add_argument("--only", default="", help="part of the name")
    parser.add_argument("--boxes", help="selector")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    files = []
    for path in given.paths:
        files += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    mails = [m for m in (html_of(f, given.out) for f in files if given.only in f.name) if m]
    chromium = None

    def browser():
        nonlocal chromium
        chromium = chromium or Chromium(given.out / "profile", given.width)
        return chromium

    if given.boxes:
        for mail in mails:
            browser().open(mail)
            for depth, tag, name, style, x, y, w, h, text in browser().value(BOXES % json.dumps(given.boxes)):
                print(f"{' ' * depth}{tag} {x:.1f},{y:.1f} {w:.1f}x{h:.1f} {name or style} {text}")
        browser().end()
        return
    theirs = {}
    for mail in mails:
        key = hashlib.sha256(mail.read_bytes() + str(given.width).encode()).hexdigest()[:16]
        known, shot = given.out / f"{key}.json", given.out / f"{mail.stem}.chromium.png"
        if not (known.exists() and shot.exists()):
            known.write_text(json.dumps(browser().picture(mail, shot)))
        theirs[mail] = json.loads(known.read_text())
    if chromium:
        chromium.end()

    def ours(mail):
        out = given.out / f"{mail.stem}.ours.png"
        out.unlink(missing_ok=True)
        began = time.monotonic()
        done = subprocess.run([given.program, "render", mail, "--out", out, "--width", str(given.width),
                               "--max-height", str(ROWS)], capture_output=True, text=True)
        return out, time.monotonic() - began, done.stderr.strip()

    scores, near, judged = [], 0, 0
    print(f"{'mail':42} {'theirs':>7} {'ours':>7} {'off':>7} {'SSIM':>6} {'s':>5}")
    with ThreadPoolExecutor(2) as pool:
        for mail, (out, took, said) in zip(mails, pool.map(ours, mails)):
            if not out.exists():
                print(f"{mail.stem:42} {said}")
                continue
            one = Image.open(given.out / f"{mail.stem}.chromium.png").convert("RGB")
            other = Image.open(out).convert("RGB")
            height = min(theirs[mail]["height"], ROWS)
            off = (other.height - height) / max(height, 1)
            near += abs(off) <= 0.1
            judged += 1
            score, both = similarity(one, other)
            both.save(given.out / f"{mail.stem}.both.png")
            scores.append(score)
            print(f"{mail.stem:42} {height:7.0f} {other.height:7} {off:+7.1%} {score:6.3f} {took:5.2f} {said}", flush=True)
    if scores:
        print(f"{near} of {judged} heights within a tenth; SSIM median {np.median(scores):.3f}, "
              f"mean {np.mean(scores):.3f}, {sum(s >= 0.88 for s in scores)} from 0.88 on")


main()
