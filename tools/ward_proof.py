#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/ward-proof.md: the scenarios S1 to S55 with their tests, the simulated ward-days, the load and the hazards.

usage: ward_proof.py [--root DIR] [--check]
The scenarios are read from the titles of the tests; ward-days and load from docs/proof/*.json, which the long run
(tests/simulate) and bench/run write. --check fails when the page is not current or a scenario has no test of its number,
and names each scenario whose tests were skipped in the last run (build/test-logs): a skipped test proves nothing.
"""
import argparse
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import check_hazards
import run_tests

SCENARIOS = 55
TITLE = re.compile(r"""(?:^|[\s(])(?:test|onBoard|scenario)\(\s*(['"`])((?:\\.|(?!\1).)*)\1""", re.MULTILINE)
NUMBERS = re.compile(r"S(\d{1,2})(?:-S?(\d{1,2}))?(?![\d.])")
C_TITLE = re.compile(r"\b(?:cmocka_unit_test(?:_setup_teardown)?|TEST)\(\s*(s(\d\d)_\w+)")
# What a test needs of the machine that not every machine has: (in the whole file or in the test, what shows it, its name).
NEEDS = [("file", re.compile(r"\bhaveChromium\b"), "Chromium"),
         ("test", re.compile(r"\bmount(?:Image)?\("), "the right to mount")]
LEAD = re.compile(r"^(?:S\d+(?:-S?\d+)?(?:,| and|/)? ?)+")


def numbers_of(title):
    """The scenarios that a title begins with: "S33 and S34 …", "S1-S3 …"."""
    lead = LEAD.match(title)
    found = []
    for first, last in NUMBERS.findall(lead.group(0)) if lead else []:
        found += range(int(first), int(last or first) + 1)
    return [number for number in found if 1 <= number <= SCENARIOS]


def tests_of(root):
    """{number: [(title, file)]}; those over HTTP first."""
    found = {number: [] for number in range(1, SCENARIOS + 1)}
    for file in sorted((root / "tests").rglob("*.test.mjs")):
        for _, title in TITLE.findall(file.read_text(encoding="utf-8")):
            for number in numbers_of(title):
                found[number].append((title.replace("\\'", "'"), file.relative_to(root).as_posix()))
    for file in sorted((root / "tests").rglob("*_test.c")):
        for name, number in C_TITLE.findall(file.read_text(encoding="utf-8")):
            if 1 <= int(number) <= SCENARIOS:
                found[int(number)].append((name.replace("_", " ").replace("s%s" % number, "S%d" % int(number), 1),
                                           file.relative_to(root).as_posix()))
    return found


def needs_of_tests(root):
    """{(title, file): what that test needs}; a test without a need is absent."""
    needs = {}
    for file in sorted((root / "tests").rglob("*.test.mjs")):
        text = file.read_text(encoding="utf-8")
        titles = list(TITLE.finditer(text))
        for at, title in enumerate(titles):
            body = text[title.end():titles[at + 1].start() if at + 1 < len(titles) else len(text)]
            found = [name for scope, shows, name in NEEDS if shows.search(text if scope == "file" else body)]
            if found:
                needs[(title.group(2).replace("\\'", "'"), file.relative_to(root).as_posix())] = " and ".join(found)
    return needs


def skipped_in_logs(root):
    """{(title, file): why it was skipped in the last run}."""
    skipped = {}
    for log in sorted((root / "build" / "test-logs").rglob("*.test.mjs.log")):
        cases, _ = run_tests.read_tap(log.read_text(encoding="utf-8", errors="replace"))
        for _, _, name, directive in cases:
            if directive == "SKIP":
                title, _, why = name.rpartition("# SKIP")
                skipped[(title.strip(), log.name[:-len(".log")])] = why.strip() or "no reason given"
    return skipped


def not_proved(found, skipped):
    """What the last run leaves unproved, one line a scenario."""
    lines = []
    for number, tests in found.items():
        over_http = [one for one in tests if one[1].endswith(".mjs")]
        # A log has the name of its file with each "/" made "_".
        reasons = [skipped[(title, file.replace("/", "_"))] for title, file in over_http
                   if (title, file.replace("/", "_")) in skipped]
        if reasons and len(reasons) == len(over_http):
            lines.append("S%d NOT PROVED HERE: %s" % (number, "; ".join(dict.fromkeys(reasons))))
        elif reasons:
            lines.append("S%d not proved here in %d of its %d tests: %s" % (
                number, len(reasons), len(over_http), "; ".join(dict.fromkeys(reasons))))
    return lines


def needs_cell(over_http, needs):
    names = list(dict.fromkeys(needs[one] for one in over_http if one in needs))
    if not names:
        return ""
    every = all(one in needs for one in over_http)
    return ("" if every else "for a part: ") + ", ".join(names)


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


# What a reader must know beside the test.
REMARKS = {54: "who asks is what the caller says (`--dev`) until people log in: decisions/0011"}


def scenario_rows(found, needs):
    rows = []
    for number, tests in found.items():
        over_http = [one for one in tests if one[1].endswith(".mjs")]
        shown = over_http or tests
        rows.append(["S%d" % number, "<br>".join(LEAD.sub("", title) for title, _ in shown) or "**no test**",
                     "<br>".join("`%s`" % file for file in dict.fromkeys(file for _, file in tests)),
                     "yes" if over_http else "core only" if tests else "no", "; ".join(filter(None, [needs_cell(over_http, needs), REMARKS.get(number)]))])
    return rows


def proof_of(root, name):
    file = root / "docs" / "proof" / name
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def facts(proof):
    return table(["what", "how much"], [[name, value if not isinstance(value, (dict, list)) else json.dumps(value)]
                                        for name, value in proof.items()])


def page(root):
    found = tests_of(root)
    hazards = check_hazards.read_hazards((root / "docs/safety/hazards.md").read_text(encoding="utf-8"))
    controlled = sum(fields.get("Status", "").startswith("controlled") for _, _, _, fields in hazards)
    days, load = proof_of(root, "ward-days.json"), proof_of(root, "load.json")
    text = "<!-- Written by tools/ward_proof.py from the titles of the tests and docs/proof/*.json; do not edit. -->\n"
    text += "# The ward's proof\n\nEvery test named here runs in `./test.sh`; a red one stops the run. "
    text += "%d of %d scenarios have a test of their number through the public API. " % (
        sum(any(file.endswith(".mjs") for _, file in tests) for tests in found.values()), SCENARIOS)
    text += "A test that was skipped proves nothing: the end of a run names every scenario that it left unproved, and why. "
    text += "\"Needs\" is what a machine must have for it; without that the part is skipped.\n\n"
    text += "## Scenarios\n\n"
    text += table(["scenario", "what must be true", "test", "over HTTP", "needs"], scenario_rows(found, needs_of_tests(root)))
    text += "\n## Simulated ward-days\n\n" + (facts(days) if days else "No long run has been recorded.\n")
    text += "\n## Load\n\n"
    if load:
        text += "%s\n\n" % load.get("about", "")
        text += table(["work", "asked", "measured", "met"],
                      [[row["work"], row["asked"], row["measured"], row["met"]] for row in load["rows"]])
    else:
        text += "No load run has been recorded.\n"
    text += "\n## Hazards\n\n%d hazards, %d controlled and tied to code and test by `tools/check_hazards.py`: " % (
        len(hazards), controlled)
    text += "[hazards.md](safety/hazards.md).\n"
    return text, [number for number, tests in found.items() if not tests]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    text, missing = page(options.root)
    file = options.root / "docs" / "ward-proof.md"
    problems = ["S%d has no test of its number" % number for number in missing]
    if options.check:
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            problems.append("docs/ward-proof.md is not current: run tools/ward_proof.py")
    else:
        file.write_text(text, encoding="utf-8")
    for problem in problems:
        print(problem)
    unproved = not_proved(tests_of(options.root), skipped_in_logs(options.root))
    for line in unproved:
        print("advice: " + line)  # shown at the end of ./test.sh
    print("%d scenarios, %d problems, %d with a skipped test in the last run" % (SCENARIOS, len(problems), len(unproved)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
