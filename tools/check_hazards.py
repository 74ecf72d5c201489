#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ties the hazard log to the code: docs/safety/hazards.md against the files and tests that it names.

usage: check_hazards.py [--root DIR]

A hazard is a section "## HAZ-nnn title" with one "- Field: text" for each of FIELDS. Control names at least one
`file` followed by `word`, where the word occurs in that file; Test names at least one `file` followed by "name",
where the name occurs in that file. A hazard whose Status is "transferred" is controlled by whoever runs the
system, and names no test.
"""
import argparse
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import source

FIELDS = ["Harm", "Cause", "Before", "Control", "Test", "After", "Status"]
SEVERITIES = ["minor", "significant", "considerable", "major", "catastrophic"]
LIKELIHOODS = ["very low", "low", "medium", "high", "very high"]
# DCB0129's usual matrix: row is likelihood, column severity.
RISKS = [[1, 1, 2, 2, 3], [1, 2, 2, 3, 4], [2, 2, 3, 3, 4], [2, 3, 3, 4, 5], [3, 4, 4, 5, 5]]
STATUSES = ["controlled", "open", "transferred"]
RATED = re.compile(r"^severity ([a-z]+), likelihood ([a-z ]+), risk (\d)$")


def read_hazards(text):
    """[(id, title, line, {field: text})] of the hazard log."""
    hazards = []
    field = None
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"^## (HAZ-\d{3}) (.+)$", line)
        entry = re.match(r"^- (\w+): (.*)$", line)
        if head:
            hazards.append((head.group(1), head.group(2), number, {}))
            field = None
        elif line.startswith("## "):
            field = None
        elif entry and hazards:
            field = entry.group(1)
            hazards[-1][3][field] = entry.group(2)
        elif field and line.startswith("  ") and hazards:
            hazards[-1][3][field] += " " + line.strip()
        elif not line.strip():
            field = None
    return hazards


def rated(what, text):
    match = RATED.match(text)
    if not match or match.group(1) not in SEVERITIES or match.group(2) not in LIKELIHOODS:
        return '%s must be "severity S, likelihood L, risk N"' % what
    risk = RISKS[LIKELIHOODS.index(match.group(2))][SEVERITIES.index(match.group(1))]
    if int(match.group(3)) != risk:
        return "%s: that severity and likelihood make risk %d" % (what, risk)
    return None


def ties(text, opening, closing):
    """Pairs of `file` and what follows it in the given quotes; one file may be followed by several."""
    pairs = []
    file = None
    for match in re.finditer(r'`([^`]+)`|"([^"]+)"', text):
        tick, quoted = match.groups()
        if tick is not None and ("/" in tick and "." in tick.rsplit("/", 1)[1]):
            file = tick
        elif opening == "`" and tick is not None:
            pairs.append((file, tick))
        elif opening == '"' and quoted is not None:
            pairs.append((file, quoted))
    return pairs


def check(hazards, read):
    """Problems of a hazard log; read(file) gives a file's text, or None when there is no such file."""
    problems = []
    seen = set()
    for name, _, line, fields in hazards:
        def problem(sentence):
            problems.append("line %d: %s: %s" % (line, name, sentence))
        if name in seen:
            problem("the id is used twice")
        seen.add(name)
        for field in FIELDS:
            if not fields.get(field, "").strip():
                problem("%s is missing" % field)
        for field in ("Before", "After"):
            wrong = rated(field, fields.get(field, ""))
            if wrong:
                problem(wrong)
        status = fields.get("Status", "").split(" ")[0].rstrip(".,:;")
        if status not in STATUSES:
            problem("Status must begin with one of: " + " ".join(STATUSES))
        for field, quote in (("Control", "`"), ("Test", '"')):
            pairs = ties(fields.get(field, ""), quote, quote)
            if not pairs and status == "controlled":
                problem("%s names no file with %s" % (field, "a `word` in it" if quote == "`" else 'a "test name"'))
            for file, word in pairs:
                text = read(file) if file else None
                if text is None:
                    problem("%s: there is no file %s" % (field, file))
                elif word not in text:
                    problem("%s: %s does not hold %s%s%s" % (field, file, quote, word, quote))
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=source.ROOT)
    arguments = parser.parse_args()
    texts = {}

    def read(file):
        if file not in texts:
            path = arguments.root / file
            texts[file] = path.read_text(encoding="utf-8") if path.is_file() else None
        return texts[file]

    log = read("docs/safety/hazards.md")
    if log is None:
        print("docs/safety/hazards.md is not there")
        return 1
    hazards = read_hazards(log)
    problems = check(hazards, read)
    for line in problems:
        print("docs/safety/hazards.md, " + line)
    left = [name for name, _, _, fields in hazards if fields.get("Status", "").startswith("open")]
    if left:
        print("advice: %d of %d hazards are open: %s" % (len(left), len(hazards), " ".join(left)))
    print("%d hazards, %d problems" % (len(hazards), len(problems)))
    return 1 if problems or not hazards else 0


if __name__ == "__main__":
    sys.exit(main())
