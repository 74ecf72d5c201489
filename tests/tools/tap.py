# SPDX-License-Identifier: Apache-2.0
"""A few lines of TAP for the tests of the tools: each function named must_… of a module is one case."""
import atexit
import pathlib
import shutil
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))


def folder():
    """A temporary folder, gone when the tests end."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="homeward-tools-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def run(names):
    cases = [(name, function) for name, function in names.items() if name.startswith("must_")]
    print("1..%d" % len(cases))
    failed = 0
    for number, (name, function) in enumerate(cases, 1):
        try:
            function()
            print("ok %d - %s" % (number, name.replace("_", " ")))
        except Exception:  # every fault of a case is its failure, whatever it is
            failed += 1
            print("not ok %d - %s" % (number, name.replace("_", " ")))
            print("".join("# " + line + "\n" for line in traceback.format_exc().splitlines()), end="")
    sys.exit(1 if failed else 0)


def equal(got, wanted):
    if got != wanted:
        raise AssertionError("got %r, wanted %r" % (got, wanted))


def holds(text, part):
    if part not in text:
        raise AssertionError("%r does not hold %r" % (text, part))
