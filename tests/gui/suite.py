"""End-to-end tests of the window, on one renderer. Started by tests/gui/run."""
import glob
import importlib
import os
import shutil
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(__file__))
from desk import RENDERER, App, Display  # noqa: E402


def all_cases():
    """The cases of every file here that has some, by name."""
    found = {}
    for path in glob.glob(os.path.join(os.path.dirname(__file__), "*.py")):
        name = os.path.basename(path)[:-3]
        if name.startswith("cases") or name == "spoken":
            found.update(vars(importlib.import_module(name)))
    return sorted((name, case) for name, case in found.items() if name.startswith("case_"))


def main():
    wanted = os.environ.get("POSTRIDER_GUI_CASES", "")
    display = Display()
    passed = failed = 0
    for name, case in all_cases():
        if wanted not in name:
            continue
        why_not = getattr(case, "skip", lambda: None)()
        if why_not:
            print(f"skipped {RENDERER} {name[5:]}: {why_not}", flush=True)
            continue
        folder = tempfile.mkdtemp(prefix="postrider-gui-")
        app = stage = None
        try:
            # What has to be there before the program starts; the case gets it instead of the folder.
            stage = case.prepare(folder) if hasattr(case, "prepare") else None
            env = {"POSTRIDER_TEST_FOLDER": folder}
            if hasattr(case, "environment"):
                env.update(case.environment(folder, stage))
            app = App(*case.arguments(folder), env=env)
            case(app, stage or folder)
            print(f"ok      {RENDERER} {name[5:]}", flush=True)
            passed += 1
        except Exception:  # noqa: BLE001: any fault fails the case, the others still run
            failed += 1
            traceback.print_exc()
            if app:
                try:
                    app.shot(f"failed-{name[5:]}")
                except Exception:  # noqa: BLE001: the picture is a help, not the test
                    pass
            print(f"FAILED  {RENDERER} {name[5:]}", flush=True)
        finally:
            if app:
                app.close()
            if stage:
                stage.close()
            shutil.rmtree(folder, ignore_errors=True)
    display.close()
    print(f"gui {RENDERER}: {passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


sys.exit(main())
