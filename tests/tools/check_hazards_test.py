#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hazard without its control or its test fails the check."""
import tap
import check_hazards

LOG = """# Hazard log
## HAZ-001 An alert is lost
- Harm: a child deteriorates unseen
- Cause: a crash between reading and alert
- Before: severity catastrophic, likelihood medium, risk 4
- Control: cursor and writes are one commit: `src/ward/engine.c` `ward_commit`
- Test: `tests/kill/kill.test.mjs` "no alert is lost"
- After: severity catastrophic, likelihood very low, risk 3
- Status: controlled
"""
FILES = {"src/ward/engine.c": "int ward_commit(void);\n", "tests/kill/kill.test.mjs": "test('no alert is lost'"}


def problems(log, files=None):
    return check_hazards.check(check_hazards.read_hazards(log), (FILES if files is None else files).get)


def must_pass_a_hazard_that_is_tied():
    tap.equal(problems(LOG), [])


def must_find_a_control_that_is_not_in_the_code():
    tap.holds(problems(LOG.replace("`ward_commit`", "`ward_gone`"))[0], "does not hold")
    tap.holds(problems(LOG, {"tests/kill/kill.test.mjs": FILES["tests/kill/kill.test.mjs"]})[0], "no file")


def must_find_a_test_that_does_not_exist():
    tap.holds(problems(LOG.replace('"no alert is lost"', '"no such test"'))[0], "does not hold")


def must_find_a_controlled_hazard_that_names_no_test():
    tap.equal(len(problems(LOG.replace('`tests/kill/kill.test.mjs` "no alert is lost"', "by hand"))), 1)


def must_find_missing_fields_wrong_ratings_and_twice_used_ids():
    tap.equal(len(problems(LOG.replace("- Harm: a child deteriorates unseen\n", ""))), 1)
    tap.equal(len(problems(LOG.replace("likelihood medium, risk 4", "likelihood medium, risk 1"))), 1)
    tap.equal(len(problems(LOG.replace("catastrophic, likelihood medium", "bad, likelihood medium"))), 1)
    tap.equal(len(problems(LOG + LOG)), 1)


def must_let_a_transferred_hazard_go_without_a_test():
    log = LOG.replace("Status: controlled", "Status: transferred to the deployer")
    log = log.replace('`tests/kill/kill.test.mjs` "no alert is lost"', "the deployer's own")
    tap.equal(problems(log), [])


tap.run(dict(globals()))
