#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs what a commit must pass, room by room, and counts every case.

Called by ./test.sh after the build. Unit tests in C are the tests that Meson knows (TAP); system tests are
tests/ROOM/**/*.test.mjs, run by Node's own runner (TAP); rooms "tools" and "house" are the checks of the house.
A passing test is silent and leaves its output in build/test-logs; a failing one is shown in full.
The last line is "N passed, N failed", with ", N skipped" where something was skipped.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "test-logs"
ROOMS = ["base", "os", "json", "fhir", "score", "store", "api", "ward", "flow", "client", "simulate", "watch", "gateway",
         "web", "kill", "tools", "house"]
NODE_SECONDS_MAX = 900
CHECK_SECONDS_MAX = 1800
WORKERS = 2


class Outcome:
    """What one program said: its cases, and its output."""

    def __init__(self, name, passed=0, failed=0, skipped=0, output="", seconds=0.0, problems=()):
        self.name = name
        self.passed = passed
        self.failed = failed
        self.skipped = skipped
        self.output = output
        self.seconds = seconds
        self.problems = list(problems)
        self.skips = []


RESULT = re.compile(r"^(\s*)(ok|not ok)\b(?:\s+(\d+))?\s*(?:-\s*)?(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)(?:\s*#\s*(?:SKIP|skip)(.*))?\s*$")


def read_tap(text):
    """TAP to (leaf cases, plans). A case is (depth, ok, name, directive); a case that has sub-cases before it,
    deeper indented, is a parent and counts only when it failed without a failing child."""
    cases = []
    plans = []
    yaml = None
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        word = line.strip()
        if yaml is not None:
            if word == "..." and indent <= yaml:
                yaml = None
            continue
        if word == "---":
            yaml = indent
            continue
        plan = PLAN.match(line)
        if plan:
            plans.append(int(plan.group(1)))
            continue
        result = RESULT.match(line)
        if not result:
            continue
        name = result.group(4)
        directive = ""
        mark = re.search(r"(?:^|[^\\])#\s*(SKIP|TODO)\b(.*)$", name, re.IGNORECASE)
        if mark:
            directive = mark.group(1).upper()
        cases.append([len(result.group(1)), result.group(2) == "ok", name.strip(), directive])
    leaves = []
    for i, case in enumerate(cases):
        first_child = i
        while first_child > 0 and cases[first_child - 1][0] > case[0]:
            first_child -= 1
        children = cases[first_child:i]
        if not children:
            leaves.append(case)
        elif not case[1] and not case[3] and all(c[1] or c[3] for c in children):
            leaves.append(case)
    return leaves, plans


def judge(name, text, returncode, timed_out, seconds, tap, per_case_plan, file_name=""):
    """Counts the cases of one program's output and adds what its exit says."""
    outcome = Outcome(name, output=text, seconds=seconds)
    if tap:
        leaves, plans = read_tap(text)
        for _, ok, case, directive in leaves:
            if directive == "SKIP":
                outcome.skipped += 1
                outcome.skips.append(case)
            elif ok and file_name and case.endswith(file_name):
                outcome.failed += 1
                outcome.problems.append("the file holds no test")
            elif ok:
                outcome.passed += 1
            else:
                outcome.failed += 1
                outcome.problems.append("not ok: " + case)
        if per_case_plan and plans and sum(plans) > len(leaves):
            outcome.failed += 1
            outcome.problems.append("%d cases planned, %d reported" % (sum(plans), len(leaves)))
        if not leaves and not (plans and plans[0] == 0):
            outcome.failed += 1
            outcome.problems.append("reported no case")
    elif returncode == 77:
        outcome.skipped = 1
        outcome.skips.append(name)
    elif returncode == 0:
        outcome.passed = 1
    if timed_out:
        outcome.failed += 1
        outcome.problems.append("ran out of time after %d s" % seconds)
    elif returncode != 0 and outcome.failed == 0 and not (returncode == 77 and not tap):
        outcome.failed += 1
        outcome.problems.append("killed by signal %d" % -returncode if returncode < 0
                                else "exit code %d" % returncode)
    return outcome


def run(command, seconds_max, environment=None, folder=ROOT):
    """Runs one command in a process group of its own. Returns (output, exit code, timed out, seconds)."""
    start = time.monotonic()
    try:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   start_new_session=True)
    except OSError as problem:
        return "%s\n" % problem, 127, False, 0.0
    timed_out = False
    try:
        output, _ = process.communicate(timeout=seconds_max)
    except subprocess.TimeoutExpired:
        timed_out = True
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
    return output.decode("utf-8", "replace"), process.returncode, timed_out, time.monotonic() - start


def environment():
    env = dict(os.environ)
    env.setdefault("HOMEWARD_BINARY", str(ROOT / "build" / "homeward"))
    env.setdefault("HOMEWARD_SHARED", str(ROOT.parent / "shared"))
    env.setdefault("HOMEWARD_SOURCE", str(ROOT))
    return env


def meson_tests(folder):
    """The tests that Meson knows in a build folder, by room."""
    shown = subprocess.run(["meson", "introspect", "--tests", str(folder)], cwd=ROOT, check=True,
                           stdout=subprocess.PIPE).stdout
    rooms = {}
    for test in json.loads(shown):
        test["workdir"] = test.get("workdir") or str(folder)  # as `meson test` does: some commands are relative
        room = test["suite"][-1].split(":")[-1] if test["suite"] else "base"
        rooms.setdefault(room, []).append(test)
    return rooms


def run_meson_test(test, extra=None):
    env = environment()
    env.update(test.get("env") or {})
    env.update(extra or {})
    command = test["cmd"]
    seconds_max = test.get("timeout") or 30
    seconds_max = 600 if seconds_max <= 0 else max(seconds_max * 2, 120)
    text, code, timed_out, seconds = run(command, seconds_max, env, test["workdir"])
    return judge(test["name"], text, code, timed_out, seconds, test.get("protocol") == "tap", True)


def node_command(file):
    version = subprocess.run(["node", "--version"], stdout=subprocess.PIPE).stdout.decode()
    major, minor = (int(part) for part in version.strip().lstrip("v").split(".")[:2])
    reporter = ["--test-reporter=tap"] if (major, minor) >= (18, 15) else []
    return ["node", "--test"] + reporter + [str(file)]


def run_node_test(file):
    text, code, timed_out, seconds = run(node_command(file), NODE_SECONDS_MAX, environment())
    return judge(str(file.relative_to(ROOT)), text, code, timed_out, seconds, True, False, file.name)


def sanitized(test):
    """A whole test program under ASan and UBSan is one case: it runs clean, or it does not."""
    outcome = run_meson_test(test, {
        "ASAN_OPTIONS": "abort_on_error=0:detect_leaks=1:strict_string_checks=1",
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"})
    clean = outcome.failed == 0
    return Outcome("sanitized: " + test["name"], passed=int(clean), failed=int(not clean),
                   output=outcome.output, seconds=outcome.seconds, problems=outcome.problems)


def check(name, command):
    text, code, timed_out, seconds = run(command, CHECK_SECONDS_MAX, environment())
    outcome = judge(name, text, code, timed_out, seconds, False, False)
    for line in text.splitlines():
        if line.startswith("advice:"):
            outcome.skips.append(line)
    return outcome


def configured(folder, compiler, options):
    """Sets up a further build folder once and builds it. The Outcome says whether that went without a warning."""
    name = "builds without a warning: " + folder
    env = environment()
    env["CC"] = compiler
    text = ""
    if not (ROOT / folder / "build.ninja").exists():
        again = ["--wipe"] if (ROOT / folder / "meson-private").exists() else []
        text, code, _, _ = run(["meson", "setup", folder] + again + ["-Dwerror=true"] + options,
                               CHECK_SECONDS_MAX, env)
        if code != 0:
            return Outcome(name, failed=1, output=text, problems=["meson setup failed"])
    more, code, timed_out, seconds = run(["ninja", "-C", folder], CHECK_SECONDS_MAX, env)
    outcome = judge(name, text + more, code, timed_out, seconds, False, False)
    if "warning:" in more and outcome.failed == 0:
        outcome.passed, outcome.failed = 0, 1
        outcome.problems.append("a warning")
    return outcome


class Report:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []
        self.advice = []

    def take(self, room, outcome):
        self.passed += outcome.passed
        self.failed += outcome.failed
        self.skipped += outcome.skipped
        log = LOGS / room / (re.sub(r"[^A-Za-z0-9._-]+", "_", outcome.name) + ".log")
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(outcome.output)
        if outcome.failed:
            self.failures.append("%s: %s: %s" % (room, outcome.name, "; ".join(outcome.problems[:5])))
            print("---- %s: %s failed: %s" % (room, outcome.name, "; ".join(outcome.problems)))
            print(outcome.output.rstrip())
            print("---- end of %s (also in %s)" % (outcome.name, log.relative_to(ROOT)), flush=True)
        for skip in outcome.skips:
            if not skip.startswith("advice:"):
                print("     skipped: %s: %s" % (outcome.name, skip))
            else:
                self.advice.append(skip)


def in_turn(work, workers):
    """Runs (function, argument) pairs, so many at a time, and yields the outcomes as they come."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        futures = [pool.submit(function, argument) for function, argument in work]
        for future in concurrent.futures.as_completed(futures):
            yield future.result()


def house_outcomes():
    """The checks of the house. Each yields Outcomes."""
    python = sys.executable
    for name, command in [
            ("who includes whom", [python, "tools/check_includes.py", "--build", "build"]),
            ("tidy", [python, "tools/tidy.py"]),
            ("each header compiles alone", [python, "tools/check_headers.py", "--build", "build"]),
            ("format", [python, "tools/check_format.py"]),
            ("hardening of the program", [python, "tools/check_hardening.py", "build/homeward"]),
            ("hazards are tied to code and tests", [python, "tools/check_hazards.py"]),
            ("every scenario has its test", [python, "tools/ward_proof.py", "--check"]),
            ("dependencies are explained", [python, "tools/check_dependencies.py"]),
            ("reference pages are current", [python, "tools/reference.py", "--check"])]:
        yield check(name, command)
    ccache = ["ccache "] if any((pathlib.Path(p) / "ccache").exists()
                                for p in os.environ.get("PATH", "").split(":")) else [""]
    yield configured("build-clang", ccache[0] + "clang", ["-Dprofile=release"])
    outcome = configured("build-asan", ccache[0] + "gcc",
                         ["-Dprofile=sanitize", "-Db_sanitize=address,undefined"])
    yield outcome
    if outcome.failed:
        return
    tests = [test for tests in meson_tests(ROOT / "build-asan").values() for test in tests]
    yield from in_turn([(sanitized, test) for test in tests if test.get("protocol") == "tap"], WORKERS)


def room_outcomes(room, units):
    if room == "house":
        yield from house_outcomes()
    if room in ("tools", "house"):
        for file in sorted((ROOT / "tests" / room).glob("*_test.py")):
            text, code, timed_out, seconds = run([sys.executable, str(file)], CHECK_SECONDS_MAX, environment())
            yield judge(str(file.relative_to(ROOT)), text, code, timed_out, seconds, True, True)
    tests = units.get(room, [])
    parallel = [(run_meson_test, test) for test in tests if test.get("is_parallel", True)]
    yield from in_turn(parallel, WORKERS)
    for test in tests:
        if not test.get("is_parallel", True):
            yield run_meson_test(test)
    for file in sorted((ROOT / "tests" / room).rglob("*.test.mjs")):
        yield run_node_test(file)


def main():
    parser = argparse.ArgumentParser(prog="./test.sh", description="Runs what a commit must pass.")
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help="one of: " + " ".join(ROOMS))
    wanted = parser.parse_args().rooms
    units = meson_tests(ROOT / "build")
    folders = [path.name for path in sorted((ROOT / "tests").iterdir())
               if path.is_dir() and (path.name in units or any(path.rglob("*.test.mjs")))]
    rooms = ROOMS[:-2] + [name for name in folders if name not in ROOMS] + ROOMS[-2:]
    for room in wanted:
        if room not in rooms:
            print("test.sh: no such room: %s. Rooms: %s" % (room, " ".join(rooms)), file=sys.stderr)
            return 2
    report = Report()
    begin = time.monotonic()
    for room in wanted or rooms:
        start = time.monotonic()
        before = (report.passed, report.failed, report.skipped)
        for outcome in room_outcomes(room, units):
            report.take(room, outcome)
            if outcome.seconds > 20:
                print("     %s: %s, %d s" % (room, outcome.name, outcome.seconds), flush=True)
        counts = [now - then for now, then in zip((report.passed, report.failed, report.skipped), before)]
        if sum(counts) == 0:
            print("%-9s no test yet" % room, flush=True)
            continue
        print("%-9s %5d passed, %d failed%s, %.0f s" % (
            room, counts[0], counts[1], ", %d skipped" % counts[2] if counts[2] else "",
            time.monotonic() - start), flush=True)
    for line in report.advice:
        print(line)
    if report.failures:
        print("\nFailed:")
        for line in report.failures:
            print("  " + line)
    print("\n%.0f s; logs in build/test-logs" % (time.monotonic() - begin))
    print("%d passed, %d failed%s" % (report.passed, report.failed,
                                      ", %d skipped" % report.skipped if report.skipped else ""))
    if report.passed + report.failed + report.skipped == 0:
        print("test.sh: no test ran", file=sys.stderr)
        return 1
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
