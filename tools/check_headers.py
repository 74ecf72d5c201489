#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each header of src/ compiles alone, twice in a row (its guard works), with gcc.

usage: check_headers.py [--root DIR] [--build DIR] [HEADER...]
"""
import argparse
import concurrent.futures
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import source


def compile_alone(root, build, header):
    """The compiler's complaints about one header, empty when there is none."""
    text = '#include "%s"\n#include "%s"\nextern int alone;\n' % (header, header)
    command = ["gcc", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
               "-I", str(root / "src"), "-I", str(root)]
    if build:
        command += ["-I", str(root / build), "-I", str(root / build / "src")]
    done = subprocess.run(command + ["-x", "c", "-"], input=text.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.stdout.decode() if done.returncode else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=source.ROOT)
    parser.add_argument("--build", type=pathlib.Path)
    parser.add_argument("headers", nargs="*")
    arguments = parser.parse_args()
    headers = arguments.headers or [str(file.relative_to("src")) for file in source.tracked(arguments.root, ".h")
                                    if file.parts[0] == "src"]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        work = pool.map(lambda header: compile_alone(arguments.root, arguments.build, header), headers)
        for header, complaint in zip(headers, work):
            if complaint:
                failed += 1
                print("%s does not compile alone:\n%s" % (header, complaint))
    print("%d headers, %d problems" % (len(headers), failed))
    return 1 if failed or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
