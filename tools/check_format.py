#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every C file is as clang-format writes it (.clang-format). --fix rewrites the files that are not.

usage: check_format.py [--root DIR] [--fix] [FILE...]
"""
import argparse
import difflib
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import source

SHOWN_LINES_MAX = 12


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=source.ROOT)
    parser.add_argument("--fix", action="store_true")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    files = arguments.files or [arguments.root / file for file in source.tracked(arguments.root, ".c", ".h")]
    wrong = 0
    for file in files:
        before = file.read_text(encoding="utf-8")
        done = subprocess.run(["clang-format", "--style=file", str(file)], stdout=subprocess.PIPE)
        if done.returncode != 0:
            return 1
        after = done.stdout.decode("utf-8")
        if before == after:
            continue
        if arguments.fix:
            file.write_text(after, encoding="utf-8")
            continue
        wrong += 1
        name = file.relative_to(arguments.root) if file.is_absolute() and arguments.root in file.parents else file
        print("%s is not as clang-format writes it:" % name)
        difference = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))
        print("\n".join("    " + line for line in difference[2:2 + SHOWN_LINES_MAX]))
    print("%d files, %d problems%s" % (len(files), wrong,
                                       ": python3 tools/check_format.py --fix" if wrong else ""))
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
