#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/reference/*.md from the tables in the code; --check fails when a page is not current.

usage: reference.py [--root DIR] [--check]
"""
import argparse
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import source

HEAD = "<!-- Written by tools/reference.py from %s; do not edit. -->\n# %s\n\n%s\n\n"


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for row in rows:
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |")
    return "\n".join(lines) + "\n"


def errors_page(root):
    text = (root / "src/base/error.def").read_text(encoding="utf-8")
    rows = re.findall(r'^ERROR\((\w+),\s*(\d+),\s*"([^"]+)",\s*(\w+),\s*"((?:[^"\\]|\\.)*)"\)', text, re.MULTILINE)
    words = {"NO": "no", "YES": "yes", "LATER": "later"}
    return HEAD % ("src/base/error.def", "Errors",
                   "Every error that the server answers. \"Again\" says whether sending the same request again can help. "
                   "The body is an OperationOutcome with the issue type shown.") + table(
        ["error", "HTTP", "issue type", "again", "meaning"],
        [["`%s`" % name, status, kind, words.get(retry, retry), meaning]
         for name, status, kind, retry, meaning in rows]), len(rows)


def limits_page(root):
    rows = []
    comment = ""
    for line in (root / "src/base/limits.h").read_text(encoding="utf-8").split("\n"):
        said = re.match(r"^/\* (.*?) ?(?:\*/)?$", line)
        define = re.match(r"^#define (LIMIT_\w+)\s+(.*?)(?:\s*/\* (.*) \*/)?$", line)
        if define:
            value = re.sub(r"\(size_t\)|[()]", "", define.group(2)).strip()
            rows.append(["`%s`" % define.group(1), value, define.group(3) or comment])
            comment = ""
        elif said:
            comment = said.group(1).strip()
        elif re.match(r"^ \* ", line) and comment:
            comment += " " + line[3:].replace("*/", "").strip()
    return HEAD % ("src/base/limits.h", "Limits", "What the server refuses as too much, and why.") + table(
        ["limit", "value", "why"], rows), len(rows)


def events_page(root):
    text = (root / "src/os/events.def").read_text(encoding="utf-8")
    rows = re.findall(r'^EVENT\((\w+),\s*(\w+),\s*"([^"]+)",\s*"((?:[^"\\]|\\.)*)"\)', text, re.MULTILINE)
    return HEAD % ("src/os/events.def", "Log events",
                   "Every kind of line that the log can hold, as JSON lines on standard error. Lines hold counts, codes, "
                   "durations and words of the program: never anything of a person.") + table(
        ["event", "level", "meaning"], [["`%s`" % name, level.lower(), what] for _, level, name, what in rows]), len(rows)


SETTING = re.compile(r'^SETTING\(\w+,\s*"([^"]+)",\s*(\w+),\s*"([^"]*)",\s*(-?\d+),\s*(-?\d+),\s*"((?:[^"\\]|\\.)*)"\)',
                     re.MULTILINE)


def settings_page(root):
    text = (root / "src/main/settings.def").read_text(encoding="utf-8")
    rows = []
    for key, kind, default, least, most, meaning in SETTING.findall(text):
        word = key.replace("_", "-").replace(".", "-")
        rows.append(["`%s`" % key, "`--%s`" % word, "`HOMEWARD_%s`" % word.replace("-", "_").upper(),
                     "`%s`" % default if default else "", "%s to %s" % (least, most) if kind == "NUMBER" else kind.lower(),
                     meaning])
    return HEAD % ("src/main/settings.def", "Settings",
                   "A flag beats the environment, which beats the config file (INI; a key's part before the dot is its section), "
                   "which beats the default. `homeward config check` shows what holds and where it comes from.") + table(
        ["key", "flag", "variable", "default", "values", "meaning"], rows), len(rows)


NAMED = re.compile(r"\.(?:method|path|handler|body_bytes_max|dev_only|summary)\s*=\s*")
ROUTE = re.compile(r'\{\s*HTTP_(\w+),\s*"([^"]+)",\s*\w+,\s*([^,"]+?),\s*(?:(true|false),\s*)?'
                   r'((?:"(?:[^"\\]|\\.)*"\s*)+),?\s*\}')


def routes_page(root):
    rows = []
    for file in sorted((root / "src").glob("*/*.c")):
        for method, path, body, dev, summary in ROUTE.findall(NAMED.sub("", file.read_text(encoding="utf-8"))):
            words = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', summary))
            rows.append([path, method, "no" if body == "0" else "yes", words + (" (only with `--dev`)" if dev == "true" else ""),
                         file.parent.name])
    rows.sort()
    return HEAD % ("the route tables in src/", "Routes",
                   "Everything that the server answers, besides the pages. HEAD is served wherever GET is.") + table(
        ["path", "method", "body", "what", "room"],
        [["`%s`" % path, method, body, what, room] for path, method, body, what, room in rows]), len(rows)


METRIC = re.compile(r'metrics_(head|figure|time)\(\s*&?text,\s*"([^"]+)",\s*"(\w+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)[,)]')


def metrics_page(root):
    rows = []
    for file in sorted((root / "src").glob("*/*.c")):
        for _, name, kind, help_text in METRIC.findall(file.read_text(encoding="utf-8")):
            words = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', help_text))
            rows.append(["`homeward_%s`" % name, kind, words, file.parent.name])
    rows.sort()
    return HEAD % ("the calls of src/api/metrics.h", "Metrics",
                   "What `GET /metrics` says, in Prometheus' text. Times are Unix seconds, ages seconds, by the server's own clock. Labels are "
                   "words of the program (level, state, channel, status, route): none names a person or a ward. "
                   "`docs/examples/alerts.yml` holds rules to begin with.") + table(
        ["metric", "type", "what", "room"], rows), len(rows)


def search_parameters_page(root):
    kinds, types = {}, {}
    for file in sorted((root / "node_modules/hl7.fhir.r4.examples").glob("**/SearchParameter-*.json")):
        parameter = json.loads(file.read_text(encoding="utf-8"))
        if "example" in file.name or "code" not in parameter or not parameter.get("expression"):
            continue
        kinds[parameter["type"]] = kinds.get(parameter["type"], 0) + 1
        for base in parameter["base"]:
            types.setdefault(base, set()).add("%s (%s)" % (parameter["code"], parameter["type"]))
    total = sum(len(names) for names in types.values())
    return HEAD % ("npm hl7.fhir.r4.examples", "Search parameters",
                   "The standard R4 search parameters that have an expression: %d definitions (%s), %d counted by type. "
                   "What the server offers of them at this moment stands in its CapabilityStatement, `/fhir/metadata`." % (
                       sum(kinds.values()), ", ".join("%d %s" % (count, kind) for kind, count in sorted(kinds.items())),
                       total)) + table(
        ["type", "number", "parameters"],
        [[name, len(names), ", ".join(sorted(names))] for name, names in sorted(types.items())]), total


def setting_words(name, value):
    if name == "at":
        return ", ".join(value)
    if name == "rungs":
        return "; ".join(rung[0] for rung in value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def policies_page(root):
    """One section a policy: each action with its figures, and where they come from."""
    words = ("title", "description", "source", "proposal", "criteria")
    parts, count = [], 0
    files = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in sorted((root / "data/policy").glob("*.json"))}
    for name, policy in files.items():
        rows = []
        for action, members in policy.get("actions", {}).items():
            figures = "; ".join("%s %s" % (key, setting_words(key, value)) for key, value in members.items() if key not in words)
            criteria = "<br>".join(one[0] + (" (checked: %s)" % one[1] if len(one) > 1 else "") for one in members.get("criteria", []))
            origin = [members["source"]] if "source" in members else []
            origin += ["Proposal: " + members["proposal"]] if "proposal" in members else []
            rows.append(["`%s`" % action, members.get("title", ""), figures or criteria, "; ".join(origin)])
        head = "%s, version %s" % (policy["title"], policy["version"]) if "policy" in policy else "Shared by all (%s)" % name
        says = policy.get("description", "Times and people of each level, silence and unusable values.")
        if "like" in policy:
            says += "\n\nEvery action of `%s`, and those of `%s`." % (policy["like"], policy["use"])
        parts.append("## %s\n\n%s\n" % (head, says) + ("\n" + table(["action", "what", "figures", "where they come from"], rows) if rows else ""))
        count += len(rows)
    return HEAD % ("data/policy", "Pathways",
                   "The policies that come with the program, as they are signed by its manufacturer. What is marked as a proposal has no "
                   "national source: the clinical safety officer of the trust confirms or changes it in a version of its own.") + "\n".join(parts), count


# Name of the page: how it is made, and the file or folder without which it cannot be.
PAGES = {
    "errors.md": (errors_page, "src/base/error.def"),
    "limits.md": (limits_page, "src/base/limits.h"),
    "events.md": (events_page, "src/os/events.def"),
    "settings.md": (settings_page, "src/main/settings.def"),
    "routes.md": (routes_page, "src/api/fhir_routes.c"),
    "metrics.md": (metrics_page, "src/api/metrics.h"),
    "policies.md": (policies_page, "data/policy"),
    "search-parameters.md": (search_parameters_page, "node_modules/hl7.fhir.r4.examples"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=source.ROOT)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.root / "docs/reference"
    folder.mkdir(parents=True, exist_ok=True)
    stale = 0
    for name, (make, needed) in PAGES.items():
        if not (arguments.root / needed).exists():
            print("docs/reference/%s: left out, %s is not there" % (name, needed))
            continue
        page, rows = make(arguments.root)
        if rows == 0:
            print("docs/reference/%s: its table was not found" % name)
            stale += 1
            continue
        path = folder / name
        current = path.read_text(encoding="utf-8") if path.exists() else ""
        if current == page:
            continue
        if arguments.check:
            print("docs/reference/%s is not current: python3 tools/reference.py" % name)
            stale += 1
        else:
            path.write_text(page, encoding="utf-8")
            print("docs/reference/%s: written, %d rows" % (name, rows))
    print("%d pages, %d problems" % (len(PAGES), stale))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
