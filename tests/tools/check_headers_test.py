#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A header that leans on others is found; so is a file that clang-format would change."""
import subprocess
import sys

import tap


def tool(name, *arguments):
    done = subprocess.run([sys.executable, str(tap.ROOT / "tools" / name)] + [str(a) for a in arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode()


def folder_with(name, text):
    folder = tap.folder()
    file = folder / name
    file.parent.mkdir(parents=True)
    file.write_text(text)
    (folder / ".clang-format").write_text((tap.ROOT / ".clang-format").read_text())
    return folder


def must_pass_a_header_that_stands_alone():
    folder = folder_with("src/a/a.h", "#ifndef A\n#define A\n#include <stdint.h>\nint32_t f(void);\n#endif\n")
    tap.equal(tool("check_headers.py", "--root", folder)[0], 0)


def must_find_a_header_that_needs_another_first():
    code, text = tool("check_headers.py", "--root", folder_with("src/a/a.h", "#pragma once\nint32_t f(void);\n"))
    tap.equal(code, 1)
    tap.holds(text, "a/a.h does not compile alone")


def must_find_a_header_without_a_working_guard():
    tap.equal(tool("check_headers.py", "--root", folder_with("src/a/a.h", "struct a { int b; };\n"))[0], 1)


def must_fail_when_there_is_no_header_at_all():
    tap.equal(tool("check_headers.py", "--root", folder_with("src/a/a.c", "int a;\n"))[0], 1)


def must_find_and_mend_a_badly_formatted_file():
    folder = folder_with("src/a/a.c", "int  f( void )\n{\n  return 1;}\n")
    tap.equal(tool("check_format.py", "--root", folder)[0], 1)
    tap.equal(tool("check_format.py", "--root", folder, "--fix")[0], 0)
    tap.equal(tool("check_format.py", "--root", folder)[0], 0)
    tap.equal((folder / "src/a/a.c").read_text(), "int f(void)\n{\n\treturn 1;\n}\n")


tap.run(dict(globals()))
