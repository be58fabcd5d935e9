"""The screen reader Orca beside the program, and what it said.

Orca writes each sentence into its debug file before it hands it to a synthesizer, so no sound is needed.
"""
import os
import re
import shutil
import signal
import subprocess

from desk import PATIENCE, SHOTS, Fault, pump, wait

SPOKEN = re.compile(r"SPEECH OUTPUT: '(.*?)' ?(?:\{|$|<|[A-Z]{2})")


# Orca's own --debug-file is buffered: what was said would be seen much later.
START = """
import runpy, sys
from orca import debug
debug.debugLevel, debug.eventDebugLevel = debug.LEVEL_INFO, debug.LEVEL_OFF
debug.debugFile = open(sys.argv[1], "w", buffering=1, encoding="utf-8")
program, sys.argv = sys.argv[2], ["orca"]
runpy.run_path(program, run_name="__main__")
"""


class Orca:
    """A running Orca."""

    @staticmethod
    def missing():
        """Why there can be no Orca here, if so. There can be only one for a user, and it may be his own."""
        if shutil.which("orca") is None:
            return "Orca is not installed"
        if subprocess.run(["pgrep", "-u", str(os.getuid()), "-x", "orca"], capture_output=True).returncode == 0:
            return "another Orca is running"
        return None

    def __init__(self, folder):
        self.file = os.path.join(folder, "orca.log")
        self.out = open(os.path.join(folder, "orca.out"), "ab")
        # No synthesizer: nobody wants to hear a test.
        environment = {**os.environ, "SPEECHD_CMD": "/bin/false", "GSETTINGS_BACKEND": "memory"}
        self.process = subprocess.Popen(["/usr/bin/python3", "-c", START, self.file, shutil.which("orca")],
                                        env=environment, stdout=self.out, stderr=self.out)
        self.read = 0
        wait("Orca to start", lambda: any("Screen reader on" in text for text in self.all()), 2 * PATIENCE)

    def all(self):
        """Everything said so far."""
        if self.process.poll() is not None:
            raise Fault(f"Orca ended with {self.process.returncode}")
        if not os.path.exists(self.file):
            return []
        with open(self.file, encoding="utf-8", errors="replace") as log:
            return [found.group(1) for found in map(SPOKEN.search, log) if found]

    def news(self):
        """What was said since the last call of `forget` or `hear`."""
        return self.all()[self.read:]

    def forget(self):
        self.read = len(self.all())

    def hear(self, *words):
        """Waits until all words were said since the last time, in whatever order; gives what was said."""
        def look():
            said = " | ".join(self.news())
            return said if all(re.search(word, said) for word in words) else None
        try:
            said = wait(f"Orca to say {words}", look)
        except Fault as fault:
            raise Fault(f"{fault}; it said {self.news()}") from None
        # What belongs to the same key is said at once.
        pump(0.2)
        self.forget()
        return said

    def close(self):
        """Ends it; what it said is kept beside the pictures, to be looked at after a change."""
        with open(os.path.join(SHOTS, "orca.txt"), "w", encoding="utf-8") as file:
            file.writelines(text + "\n" for text in self.all())
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.out.close()
