#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules of the source that no compiler checks (CONTRIBUTING.md lists them).

usage: tidy.py [--root DIR] [--advice]

Errors fail the run; advice is counted, and listed with --advice.
"""
import argparse
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import source

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 800
FILE_LINES_ADVISED = 400
COLUMNS_MAX = 100
COMMENT_COLUMNS_MAX = 120  # a contract's table may be wider than code
PARAMETERS_MAX = 5

# name: (what to use instead, folders where it may stand)
BANNED = {
    "strcpy": ("struct str and text_append", ()),
    "strcat": ("text_append", ()),
    "strncpy": ("struct str", ()),
    "strncat": ("text_append", ()),
    "sprintf": ("text_format of base/text.h", ()),
    "vsprintf": ("text_format of base/text.h", ()),
    "gets": ("files of os", ()),
    "strtok": ("str_split", ()),
    "atoi": ("checked parsing in base", ()),
    "atol": ("checked parsing in base", ()),
    "atof": ("checked parsing in base", ()),
    "strtol": ("checked parsing in base", ("bench",)),
    "sscanf": ("checked parsing in base", ()),
    "localtime": ("base/date.h", ("tests",)),
    "localtime_r": ("base/date.h", ("tests",)),
    "gmtime": ("base/date.h", ("tests",)),
    "mktime": ("base/date.h", ("tests",)),
    "rand": ("os random, or a seeded generator", ()),
    "srand": ("os random, or a seeded generator", ()),
    "random": ("os random, or a seeded generator", ()),
    "getenv": ("the settings of main", ("src/main", "tests", "bench", "gen")),
    "printf": ("the log, or a subcommand of main", ("src/main", "src/simulate", "src/client", "gen", "tests", "bench")),
    "system": ("nothing: no shell is run", ()),
    "popen": ("nothing: no shell is run", ()),
    "setjmp": ("errors are values", ("tests",)),
    "longjmp": ("errors are values", ("tests",)),
    "alloca": ("the arena", ()),
    "signal": ("signalfd or sigaction in main", ("tests", "bench")),
    "assert": ("ASSERT of base/assert.h", ("tests",)),
    "malloc": ("the arena, or calloc with an owner", ("src/base", "src/os", "gen", "tests", "bench")),
}
CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
SPDX = "SPDX-License-Identifier: Apache-2.0"
SOURCES = (".c", ".h", ".def", ".py", ".sh", ".mjs", ".js", ".ts", ".tsx", ".css")


def functions(text):
    """(name, line of the brace, lines of the body, number of parameters) of each function definition: a brace
    alone in column 0 opens the body and a brace in column 0 closes it."""
    lines = source.blank(text).split("\n")
    found = []
    i = 0
    while i < len(lines):
        if lines[i].rstrip() != "{":
            i += 1
            continue
        head = []
        k = i - 1
        while k >= 0 and lines[k].strip() and not re.match(r"^[};#]", lines[k]) and not lines[k].rstrip().endswith(";"):
            head.insert(0, lines[k].strip())
            k -= 1
        head = " ".join(head)
        end = i + 1
        while end < len(lines) and not lines[end].startswith("}"):
            end += 1
        match = re.search(r"(\w+)\s*\((.*)\)[^()]*$", head)
        if match:
            depth = 0
            count = 0 if match.group(2).strip() in ("", "void") else 1
            for c in match.group(2):
                depth += (c == "(") - (c == ")")
                count += c == "," and depth == 0
            found.append((match.group(1), i + 1, end - i - 1, count))
        i = end + 1
    return found


def guard_name(file):
    parts = file.parts[1:] if file.parts[0] == "src" else file.parts
    return re.sub(r"\W", "_", "_".join(parts)).upper()


def in_folder(file, folders):
    return any(str(file).startswith(folder + "/") for folder in folders)


def check_c(file, text):
    """(errors, advice) of one C file; each a (line, sentence)."""
    errors, advice = [], []
    blanked = source.blank(text)
    for match in CALL.finditer(blanked):
        name = match.group(1)
        instead, folders = BANNED[name]
        if not in_folder(file, folders):
            errors.append((blanked.count("\n", 0, match.start()) + 1, "%s is banned here: use %s" % (name, instead)))
    for name, line, length, parameters in functions(text):
        if length > FUNCTION_LINES_MAX:
            errors.append((line, "%s has %d lines, at most %d" % (name, length, FUNCTION_LINES_MAX)))
        if parameters > PARAMETERS_MAX:
            advice.append((line, "%s has %d parameters, at most %d" % (name, parameters, PARAMETERS_MAX)))
    for number, (line, code) in enumerate(zip(text.split("\n"), blanked.split("\n")), 1):
        for width, most in ((source.columns(code.rstrip()), COLUMNS_MAX),
                            (source.columns(line), COMMENT_COLUMNS_MAX)):
            if width > most:
                # A row of a data table may be wider.
                (advice if file.suffix == ".def" else errors).append(
                    (number, "%d columns, at most %d" % (width, most)))
                break
    if file.suffix == ".h":
        want = guard_name(file)
        match = re.search(r"^#ifndef (\w+)\n#define (\w+)", text, re.MULTILINE)
        if not match or match.group(1) != want or match.group(2) != want:
            errors.append((1, "the header guard must be %s" % want))
    return errors, advice


def check_text(file, text):
    """(errors, advice) that hold for every source file."""
    errors, advice = [], []
    lines = text.split("\n")
    count = len(lines) - (1 if lines and lines[-1] == "" else 0)
    if count > FILE_LINES_MAX:
        errors.append((1, "%d lines, at most %d" % (count, FILE_LINES_MAX)))
    elif count > FILE_LINES_ADVISED:
        advice.append((1, "%d lines, better at most %d" % (count, FILE_LINES_ADVISED)))
    if SPDX not in "\n".join(lines[:3]):
        (advice if file.suffix == ".def" else errors).append((1, "the first lines must hold '%s'" % SPDX))
    if file.parts[0] != "tools" and file.parts[:2] != ("tests", "tools"):
        for number, line in enumerate(lines, 1):
            match = UNFINISHED.search(line)
            if match:
                errors.append((number, "%s: finish it, or write an issue" % match.group(1)))
    if text and not text.endswith("\n"):
        errors.append((count, "the last line does not end"))
    return errors, advice


def untested(files):
    """Source files of rooms with no tests/ROOM/<file>_test.c."""
    names = {str(file) for file in files}
    missing = []
    for file in files:
        if file.parts[0] == "src" and file.suffix == ".c" and len(file.parts) == 3 and file.parts[1] != "main":
            if "tests/%s/%s_test.c" % (file.parts[1], file.stem) not in names:
                missing.append(file)
    return missing


def untracked(root):
    shown = subprocess.run(["git", "status", "--porcelain", "--untracked-files=all"], cwd=root,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if shown.returncode != 0:
        return []
    return [line[3:] for line in shown.stdout.decode().splitlines() if line.startswith("??")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=source.ROOT)
    parser.add_argument("--advice", action="store_true", help="list the advice too")
    arguments = parser.parse_args()
    errors, advice = [], []
    files = source.tracked(arguments.root, *SOURCES)
    for file in files:
        text = (arguments.root / file).read_text(encoding="utf-8")
        found = [check_text(file, text)]
        if file.suffix in (".c", ".h", ".def"):
            found.append(check_c(file, text))
        for more_errors, more_advice in found:
            errors += ["%s:%d: %s" % (file, line, what) for line, what in more_errors]
            advice += ["%s:%d: %s" % (file, line, what) for line, what in more_advice]
    for file in untested(files):
        advice.append("%s:1: no test file of its own" % file)
    for name in untracked(arguments.root):
        errors.append("%s: neither tracked nor ignored" % name)
    for line in errors:
        print(line)
    if arguments.advice:
        for line in advice:
            print("advice: " + line)
    print("%d files, %d errors" % (len(files), len(errors)))
    if advice and not arguments.advice:
        print("advice: tidy has %d pieces of advice: python3 tools/tidy.py --advice" % len(advice))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
