#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A scenario counts as proved only by a test of its own number."""
import pathlib
import tempfile

import tap
import ward_proof


def numbers_in_the_lead_of_a_title_count_and_no_others():
    tap.equal(ward_proof.numbers_of("S4 a fever of 38.0"), [4])
    tap.equal(ward_proof.numbers_of("S33 and S34 the same burst"), [33, 34])
    tap.equal(ward_proof.numbers_of("S1-S3 whole sets"), [1, 2, 3])
    tap.equal(ward_proof.numbers_of("a reading as in S4"), [])
    tap.equal(ward_proof.numbers_of("S99 there is no such scenario"), [])


def must_find_tests_in_both_languages():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "tests/ward").mkdir(parents=True)
        (root / "tests/ward/a.test.mjs").write_text("test('S7 adults', () => {});\nconst x = 'S8 no test';\n")
        (root / "tests/ward/b_test.c").write_text("TEST(s09_gaps_score),\n")
        found = ward_proof.tests_of(root)
        tap.equal(found[7], [("S7 adults", "tests/ward/a.test.mjs")])
        tap.equal(found[8], [])
        tap.equal(found[9][0][1], "tests/ward/b_test.c")


def root_with(folder, files):
    root = pathlib.Path(folder)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


SOURCES = {
    "tests/ward/disk.test.mjs": "test('S41 a full disk', () => { mount(24); });\ntest('S41 a limit', () => {});\n",
    "tests/web/page.test.mjs": "import { haveChromium } from './browser.mjs';\ntest('S30 both', { skip }, () => {});\n",
    "tests/ward/flow.test.mjs": "test('S30 two', () => {});\n",
}


def must_say_what_a_scenario_needs():
    with tempfile.TemporaryDirectory() as folder:
        root = root_with(folder, SOURCES)
        rows = {row[0]: row[4] for row in ward_proof.scenario_rows(ward_proof.tests_of(root), ward_proof.needs_of_tests(root))}
        tap.equal(rows["S41"], "for a part: the right to mount")
        tap.equal(rows["S30"], "for a part: Chromium")
        tap.equal(rows["S1"], "")


def must_name_what_the_last_run_skipped():
    logs = {
        "build/test-logs/ward/tests_ward_disk.test.mjs.log":
            "TAP version 13\nok 1 - S41 a full disk # SKIP no right to mount\nok 2 - S41 a limit\n1..2\n",
        "build/test-logs/web/tests_web_page.test.mjs.log": "ok 1 - S30 both # SKIP Chromium is not installed\n1..1\n",
        "build/test-logs/ward/tests_ward_flow.test.mjs.log": "ok 1 - S30 two # SKIP\n1..1\n",
    }
    with tempfile.TemporaryDirectory() as folder:
        root = root_with(folder, {**SOURCES, **logs})
        tap.equal(ward_proof.not_proved(ward_proof.tests_of(root), ward_proof.skipped_in_logs(root)),
                  ["S30 NOT PROVED HERE: no reason given; Chromium is not installed",
                   "S41 not proved here in 1 of its 2 tests: no right to mount"])


def must_be_silent_where_all_ran():
    with tempfile.TemporaryDirectory() as folder:
        root = root_with(folder, {**SOURCES, "build/test-logs/ward/tests_ward_disk.test.mjs.log": "ok 1 - S41 a full disk\n1..1\n"})
        tap.equal(ward_proof.not_proved(ward_proof.tests_of(root), ward_proof.skipped_in_logs(root)), [])


tap.run({name.replace("numbers_in", "must_count_numbers_in"): one for name, one in globals().items()})
