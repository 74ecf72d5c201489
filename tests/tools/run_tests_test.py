#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The runner counts every case, and cannot be deceived into passing."""
import pathlib
import subprocess
import sys
import tempfile

import tap
import run_tests

CMOCKA = """[==========] Running 3 test(s).
1..3
ok 1 - a
not ok 2 # SKIP b
ok 3 - c
# ok - group
"""
CHILD_AND_PARENT = """TAP version 13
# Subtest: parent
    # Subtest: child
    ok 1 - child
      ---
      duration_ms: 1
      text: |
        not ok 7 - this is only a diagnostic
      ...
    not ok 2 - other child
      ---
      error: 'x'
      ...
    1..2
not ok 1 - parent
  ---
  type: 'suite'
  ...
1..1
# tests 3
"""


def judge(text, code=0, tap_protocol=True, plan=True, file_name="", timed_out=False):
    outcome = run_tests.judge("x", text, code, timed_out, 1.0, tap_protocol, plan, file_name)
    return (outcome.passed, outcome.failed, outcome.skipped)


def must_count_each_case_of_cmocka():
    tap.equal(judge(CMOCKA), (2, 0, 1))


def must_count_leaves_of_node_and_not_their_parents():
    tap.equal(judge(CHILD_AND_PARENT, 1, plan=False), (1, 1, 0))


def must_count_a_parent_that_failed_by_itself():
    text = CHILD_AND_PARENT.replace("not ok 2 - other child", "ok 2 - other child")
    tap.equal(judge(text, 1, plan=False), (2, 1, 0))


def must_fail_a_program_that_dies_after_passing_cases():
    tap.equal(judge("1..2\nok 1 - a\nok 2 - b\n", -11), (2, 1, 0))


def must_fail_a_program_that_stops_before_its_plan():
    tap.equal(judge("1..3\nok 1 - a\n", 0), (1, 1, 0))


def must_fail_a_program_that_reports_nothing():
    tap.equal(judge("hello\n", 0), (0, 1, 0))


def must_fail_a_program_that_ran_out_of_time():
    tap.equal(judge("1..1\nok 1 - a\n", -9, timed_out=True), (1, 1, 0))


def must_fail_a_node_file_without_a_test():
    tap.equal(judge("ok 1 - /x/tests/web/a.test.mjs\n1..1\n", 0, plan=False, file_name="a.test.mjs"), (0, 1, 0))


def must_take_the_exit_code_of_a_plain_program():
    tap.equal(judge("", 0, tap_protocol=False), (1, 0, 0))
    tap.equal(judge("", 3, tap_protocol=False), (0, 1, 0))
    tap.equal(judge("", 77, tap_protocol=False), (0, 0, 1))


def must_count_what_the_real_node_prints():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "sample.test.mjs"
        file.write_text("""import test from 'node:test';
import assert from 'node:assert';
test('passes', () => {});
test('fails', () => { assert.equal(1, 2); });
test('is left out', { skip: 'no data' }, () => {});
test('has parts', async (t) => { await t.test('one', () => {}); await t.test('two', () => {}); });
""")
        done = subprocess.run(run_tests.node_command(file), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        outcome = run_tests.judge("x", done.stdout.decode(), done.returncode, False, 1.0, True, False, file.name)
        tap.equal((outcome.passed, outcome.failed, outcome.skipped), (3, 1, 1))


def must_count_a_real_node_file_that_throws_at_once():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "sample.test.mjs"
        file.write_text("throw new Error('broken');\n")
        done = subprocess.run(run_tests.node_command(file), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        outcome = run_tests.judge("x", done.stdout.decode(), done.returncode, False, 1.0, True, False, file.name)
        tap.equal((outcome.passed, outcome.failed > 0), (0, True))


def must_kill_what_runs_too_long():
    text, _, timed_out, seconds = run_tests.run([sys.executable, "-c", "import time; time.sleep(60)"], 1)
    tap.equal((text, timed_out, seconds < 30), ("", True, True))


tap.run(dict(globals()))
