#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every package that tools/packages.txt and package.json name has a row in docs/dependencies.md, and no row is stale.

usage: check_dependencies.py [--root DIR]

A row is "| `name` | why | where | licence | what replaces it |", with no cell empty.
"""
import argparse
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import source

ALWAYS = {"nodejs", "npm"}  # installed by tools/setup.sh where no Node is
CELLS = 5


def debian_names(text):
    return {line.split()[0] for line in text.splitlines() if line.strip() and line[0] not in "#["}


def npm_names(text):
    package = json.loads(text)
    return {name for field in ("dependencies", "devDependencies") for name in package.get(field, {})}


def rows(text):
    """{name: [cells]} of the tables."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        match = re.match(r"^`([^`]+)`$", cells[0]) if line.startswith("|") else None
        if match:
            found[match.group(1)] = cells
    return found


def check(names, table):
    problems = ["%s has no row" % name for name in sorted(names - set(table))]
    problems += ["%s has a row and is not used" % name for name in sorted(set(table) - names)]
    for name, cells in sorted(table.items()):
        if len(cells) != CELLS or not all(cells):
            problems.append("the row of %s must have %d cells, none empty" % (name, CELLS))
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=source.ROOT)
    root = parser.parse_args().root
    names = (debian_names((root / "tools/packages.txt").read_text()) | ALWAYS |
             npm_names((root / "package.json").read_text()))
    problems = check(names, rows((root / "docs/dependencies.md").read_text()))
    for line in problems:
        print("docs/dependencies.md: " + line)
    print("%d packages, %d problems" % (len(names), len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
