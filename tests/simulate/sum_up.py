#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The result files of several runs of `homeward simulate wards` as one, for docs/ward-proof.md.

usage: sum_up.py TARGET RESULT...
"""
import json
import pathlib
import sys

SUMS = ["wardDays", "stays", "readings", "corrections", "readingsSetAside", "scores", "alerts", "pages", "climbs", "answers", "demands",
        "crashes", "rebuiltFromFeed", "timesBehind", "clockJumps", "statesCompared", "storedAlertsVerified", "violations"]


def line(run):
    return "%d ward-days (%d wards of %d beds, %d days), record: %s, seed %d, %.0f s, digest %s, violations %d" % (
        run["wardDays"], run["wards"], run["beds"], run["days"], run["record"], run["seed"], run["seconds"], run["digest"],
        run["violations"])


def main():
    target, *results = [pathlib.Path(name) for name in sys.argv[1:]]
    runs = [json.loads(result.read_text(encoding="utf-8")) for result in results]
    proof = {"date": max(run["date"] for run in runs), "commit": ", ".join(dict.fromkeys(run["commit"] for run in runs))}
    proof.update({name: sum(run[name] for run in runs) for name in SUMS})
    causes = list(dict.fromkeys(cause for run in runs for cause in run["alertsByCause"]))
    proof["alertsByCause"] = ", ".join("%s %d" % (cause, sum(run["alertsByCause"].get(cause, 0) for run in runs)) for cause in causes)
    rows = list(dict.fromkeys(name for run in runs for name in run.get("happened", {})))
    proof.update({name: sum(run.get("happened", {}).get(name, 0) for run in runs) for name in rows})
    proof.update({"run %d" % number: line(run) for number, run in enumerate(runs, 1)})
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(proof, indent="\t") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
