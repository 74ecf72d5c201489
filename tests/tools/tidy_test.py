#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every rule of tidy can fail."""
import pathlib
import subprocess
import tempfile

import tap
import tidy

SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"


def c(text, name="src/json/read.c"):
    errors, _ = tidy.check_c(pathlib.PurePosixPath(name), text)
    return [what for _, what in errors]


def must_pass_clean_code():
    tap.equal(c(SPDX + "int f(int a)\n{\n\treturn a;\n}\n"), [])


def must_find_banned_functions():
    tap.equal(len(c("void f(char *a)\n{\n\tstrcpy(a, \"b\");\n\tsprintf(a, \"x\");\n}\n")), 2)
    tap.equal(len(c("void f(void)\n{\n\tvoid *a = malloc(3);\n}\n")), 1)


def must_not_take_text_members_or_comments_for_calls():
    tap.equal(c("/* strcpy( */\nvoid f(void)\n{\n\ta->free(1);\n\tg(\"system(\");\n\tmy_strcpy(1);\n}\n"), [])


def must_find_a_long_function():
    body = "\tx();\n" * 71
    tap.equal(len(c("void f(void)\n{\n" + body + "}\n")), 1)
    tap.equal(c("void f(void)\n{\n" + "\tx();\n" * 70 + "}\n"), [])


def must_count_parameters():
    _, advice = tidy.check_c(pathlib.PurePosixPath("src/json/read.c"),
                             "void f(int a, int b, int c, int d,\n\tint e, int f)\n{\n}\n")
    tap.equal(len(advice), 1)


def must_find_wide_code_and_wide_comments():
    tap.equal(len(c("int a = " + "1 + " * 30 + "1;\n")), 1)
    tap.equal(len(c("\t\t\t\t\t\t\t\t\t\t\t\t" + "int aaaaaa;\n")), 1)
    tap.equal(c("/* " + "w" * 110 + " */\n"), [])
    tap.equal(len(c("/* " + "w" * 120 + " */\n")), 1)


def must_find_a_wrong_header_guard():
    good = "#ifndef JSON_READ_H\n#define JSON_READ_H\n#endif\n"
    tap.equal(c(good, "src/json/read.h"), [])
    tap.equal(len(c(good.replace("JSON_READ", "READ"), "src/json/read.h")), 1)
    tap.equal(len(c("int a;\n", "src/json/read.h")), 1)


def text(contents, name="src/json/read.c"):
    return [what for _, what in tidy.check_text(pathlib.PurePosixPath(name), contents)[0]]


def must_find_long_files_missing_licence_and_unfinished_work():
    tap.equal(text(SPDX), [])
    tap.equal(len(text("int a;\n")), 1)
    tap.equal(len(text(SPDX + "\n" * 800)), 1)
    tap.equal(len(text(SPDX + "/* TODO */\n")), 1)
    tap.equal(len(text(SPDX + "int a;")), 1)


def must_find_a_source_file_without_a_test():
    files = [pathlib.PurePosixPath(name) for name in
             ("src/json/read.c", "src/json/print.c", "tests/json/read_test.c", "src/main/main.c")]
    tap.equal([str(file) for file in tidy.untested(files)], ["src/json/print.c"])


def must_find_untracked_files_and_fail_the_run():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        (pathlib.Path(folder) / "left.txt").write_text("x\n")
        tap.equal(tidy.untracked(folder), ["left.txt"])
        done = subprocess.run(["python3", str(tap.ROOT / "tools/tidy.py"), "--root", folder],
                              stdout=subprocess.PIPE)
        tap.equal(done.returncode, 1)


tap.run(dict(globals()))
