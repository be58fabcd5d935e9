"""A desk to test on: X server, window manager, accessibility bus, the program, and ways to find and touch things.

Places come from AT-SPI extents, never from guesses; waiting is polling with a limit, never a bare sleep.
"""
import os
import select
import signal
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

BIN = os.environ["POSTRIDER_BIN"]
SHOTS = os.environ["POSTRIDER_SHOTS"]
RENDERER = os.environ.get("ICED_BACKEND", "tiny-skia")
# Software rendering of a debug build on a busy machine is slow; a real fault takes for ever.
PATIENCE = 30.0
POLL = 0.03


class Fault(Exception):
    """Something on the screen is not as it should be."""


def pump(seconds):
    context = GLib.MainContext.default()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        while context.pending():
            context.iteration(False)
        time.sleep(0.005)


def wait(what, look, patience=PATIENCE):
    """Returns the first true answer of `look`; AT-SPI objects may vanish while they are read."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            answer = look()
            if answer:
                return answer
        except GLib.Error:
            pass
        pump(POLL)
    raise Fault(f"waited {patience:.0f} s for {what}")


class Display:
    """Own X server with a window manager and the accessibility bus of this session."""

    def __init__(self, width=1400, height=900):
        self.server = self._serve(width, height)
        self.manager = subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        # The session bus starts the accessibility bus when it is first spoken to; then it is told that somebody
        # listens, which is what a screen reader does.
        listen = ["dbus-send", "--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus",
                  "org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status", "string:IsEnabled",
                  "variant:boolean:true"]
        if subprocess.run(listen, capture_output=True, timeout=PATIENCE).returncode != 0:
            raise Fault("no accessibility bus")
        Atspi.init()

    @staticmethod
    def _serve(width, height):
        """The server takes a free number by itself and tells it once it answers: other servers may be on the machine."""
        told, tell = os.pipe()
        server = subprocess.Popen(["Xvfb", "-displayfd", str(tell), "-screen", "0", f"{width}x{height}x24",
                                   "-nolisten", "tcp"], stderr=subprocess.DEVNULL, pass_fds=[tell])
        os.close(tell)
        with os.fdopen(told) as answer:
            number = answer.readline().strip() if select.select([told], [], [], PATIENCE)[0] else ""
        if not number:
            server.kill()
            raise Fault("no X server")
        os.environ["DISPLAY"] = f":{number}"
        return server

    def close(self):
        for process in (self.manager, self.server):
            process.terminate()
            process.wait()


class App:
    """The running program."""

    def __init__(self, *arguments, env=None):
        self.arguments, self.env = arguments, {**os.environ, **(env or {})}
        self.start()

    def start(self):
        self.log = open(os.path.join(SHOTS, f"{RENDERER}-program.log"), "ab")
        self.process = subprocess.Popen([BIN, *self.arguments], env=self.env, stdout=self.log, stderr=self.log)
        self.root = wait("the program on the accessibility bus", self._find_root)

    def restart(self):
        self.close()
        self.start()

    def _find_root(self):
        if self.process.poll() is not None:
            raise Fault(f"the program ended with {self.process.returncode}")
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child and child.get_process_id() == self.process.pid and child.get_child_count() > 0:
                return child
        return None

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def window(self):
        """X id of the window."""
        def look():
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
                                   capture_output=True, text=True).stdout.split()
            return found[-1] if found else None
        return wait("a visible window", look)

    def all(self, role=None, name=None, exact=False, under=None):
        """Every node with this role and (part of) name, in reading order."""
        found, open_nodes = [], [under or self.root]
        while open_nodes:
            node = open_nodes.pop(0)
            try:
                label = node.get_name() or ""
                fits = (label == name if exact else name in label) if name is not None else True
                if (role is None or node.get_role_name() == role) and fits and node is not self.root:
                    found.append(node)
                children = [node.get_child_at_index(i) for i in range(node.get_child_count())]
            except GLib.Error:
                # The window has changed since its parent told of it.
                continue
            open_nodes[0:0] = [child for child in children if child]
        return found

    def find(self, role=None, name=None, exact=False, under=None, patience=PATIENCE):
        return wait(f"{role or 'anything'} “{name or ''}”",
                    lambda: next(iter(self.all(role, name, exact, under)), None), patience)

    def gone(self, role, name):
        wait(f"{role} “{name}” to go", lambda: not self.all(role, name))

    def click(self, role, name, exact=False):
        """Acts as a screen reader does, without the pointer."""
        def ready():
            node = next(iter(self.all(role, name, exact)), None)
            if not node:
                return None
            # What is disabled offers no action; when that changes, nobody tells the client's cache.
            node.clear_cache()
            return node if node.get_action_iface() else None

        node = wait(f"{role} “{name}” that can be clicked", ready)
        if not node.do_action(0):
            raise Fault(f"{role} “{name}” cannot be clicked")
        return node

    def set_text(self, name, value, role=None):
        # The label beside the field has the same name, but nothing to write in.
        node = wait(f"a field “{name}”", lambda: next(
            (n for n in self.all(role, name) if n.get_editable_text_iface()), None))
        Atspi.EditableText.set_text_contents(node, value)
        if node.get_role_name() == "password text":
            return node
        # A wish that meets a tree in the middle of a change is lost: ask once more then.
        try:
            wait(f"“{value}” in “{name}”", lambda: self.text(node) == value, 3.0)
        except Fault:
            Atspi.EditableText.set_text_contents(node, value)
        return node

    def text(self, node):
        return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))

    def reader_text(self):
        """Everything that the reading pane lets a screen reader read."""
        document = self.find("document frame", "Message")
        pieces = []
        for node in [document, *self.all(under=document)]:
            if node.get_text_iface():
                pieces.append(self.text(node))
            pieces.append(node.get_name() or "")
        return "\n".join(pieces)

    # Pointer and keys, where only the real ones will do.
    def point(self, node, dx=0.5, dy=0.5):
        place = node.get_extents(Atspi.CoordType.SCREEN)
        if place.width <= 0 or place.height <= 0:
            raise Fault(f"“{node.get_name()}” has no place on the screen")
        return int(place.x + place.width * dx), int(place.y + place.height * dy)

    def mouse(self, node, button=1, dx=0.5, dy=0.5):
        x, y = self.point(node, dx, dy)
        subprocess.run(["xdotool", "mousemove", "--sync", str(x), str(y), "click", str(button)], check=True)

    def move(self, x, y):
        subprocess.run(["xdotool", "mousemove", "--sync", str(int(x)), str(int(y))], check=True)
        pump(POLL)

    def grab(self, node, dx=0.5, dy=0.5):
        """Presses the button on a node and pulls a little, so that a drag begins."""
        x, y = self.point(node, dx, dy)
        self.move(x, y)
        subprocess.run(["xdotool", "mousedown", "1"], check=True)
        self.move(x + 5, y + 2)
        self.move(x + 16, y + 6)

    def hold_over(self, node, dx=0.5, dy=0.5):
        """Moves what is held onto a node."""
        x, y = self.point(node, dx, dy)
        self.move(x - 3, y - 1)
        self.move(x, y)

    @staticmethod
    def press(key):
        """A key while the button is held down; clearing modifiers would let it go."""
        subprocess.run(["xdotool", "key", key], check=True)
        pump(POLL)

    @staticmethod
    def let_go():
        subprocess.run(["xdotool", "mouseup", "1"], check=True)
        pump(POLL)

    @staticmethod
    def hold_key(key, down):
        subprocess.run(["xdotool", "keydown" if down else "keyup", key], check=True)
        pump(POLL)

    def keys(self, *keys):
        subprocess.run(["xdotool", "windowfocus", "--sync", self.window()], check=False)
        for key in keys:
            subprocess.run(["xdotool", "key", "--clearmodifiers", key], check=True)
            pump(POLL)

    def type(self, text):
        subprocess.run(["xdotool", "type", "--delay", "15", text], check=True)

    def shot(self, name):
        # Two frames' time: what was asked for last may still be on its way to the screen.
        pump(0.4)
        subprocess.run(["import", "-window", "root", os.path.join(SHOTS, f"{RENDERER}-{name}.png")], check=True)


def states(node):
    return {state.value_nick for state in node.get_state_set().get_states()}
