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


tap.run({name.replace("numbers_in", "must_count_numbers_in"): one for name, one in globals().items()})
