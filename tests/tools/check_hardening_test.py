#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs built without one piece of hardening each are found out."""
import pathlib
import subprocess
import tempfile

import tap
import check_hardening

PROGRAM = """#include <stdio.h>
#include <string.h>
int main(int count, char **words)
{
	char text[64];
	memcpy(text, words[0], (size_t)count);
	snprintf(text, (size_t)count, "%s", words[0]);
	return text[0];
}
"""
FULL = ["-O2", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3", "-fstack-protector-all", "-fPIE", "-pie",
        "-Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code"]


def lacking(*changes):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "a.c").write_text(PROGRAM)
        subprocess.run(["gcc"] + FULL + list(changes) + ["-o", str(path / "a"), str(path / "a.c")], check=True,
                       stderr=subprocess.DEVNULL)
        return " ".join(check_hardening.lacking((path / "a").read_bytes()))


def must_pass_a_hardened_program():
    tap.equal(lacking(), "")


def must_find_a_program_at_a_fixed_address():
    tap.holds(lacking("-no-pie", "-fno-pie"), "position-independent")


def must_find_missing_relro_and_lazy_binding():
    tap.holds(lacking("-Wl,-z,norelro"), "no RELRO")
    tap.holds(lacking("-Wl,-z,lazy"), "no BIND_NOW")


def must_find_a_runnable_stack():
    tap.holds(lacking("-Wl,-z,execstack"), "stack can run code")


def must_find_a_missing_canary_and_missing_fortify():
    tap.holds(lacking("-fno-stack-protector"), "no stack canary")
    tap.holds(lacking("-U_FORTIFY_SOURCE"), "no fortified function")


def must_find_a_run_path():
    tap.holds(lacking("-Wl,-rpath,/tmp"), "a run path")


def must_refuse_what_is_no_program():
    try:
        check_hardening.lacking(b"#!/bin/sh\n" + bytes(100))
    except ValueError:
        return
    raise AssertionError("a script was taken for a program")


tap.run(dict(globals()))
