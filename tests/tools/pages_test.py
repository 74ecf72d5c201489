#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stale reference pages and unexplained dependencies are found; the package list is read rightly."""
import shutil
import subprocess
import sys

import tap
import check_dependencies
import check_includes


def copy(*names):
    folder = tap.folder()
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (tap.ROOT / name).is_dir():
            shutil.copytree(tap.ROOT / name, target)
        else:
            shutil.copy(tap.ROOT / name, target)
    return folder


def reference(folder, *arguments):
    return subprocess.run([sys.executable, str(tap.ROOT / "tools/reference.py"), "--root", str(folder)] +
                          list(arguments), stdout=subprocess.PIPE).returncode


def must_find_a_reference_page_that_is_not_current():
    folder = copy("src", "docs/reference", "rooms.txt")
    tap.equal(reference(folder, "--check"), 0)
    table = folder / "src/base/error.def"
    table.write_text(table.read_text() + 'ERROR(NEW, 418, "exception", NO, "A new one.")\n')
    tap.equal(reference(folder, "--check"), 1)
    tap.equal(reference(folder), 0)
    tap.equal(reference(folder, "--check"), 0)
    tap.holds((folder / "docs/reference/errors.md").read_text(), "A new one.")


def must_find_a_table_that_is_gone():
    folder = copy("src", "docs/reference", "rooms.txt")
    (folder / "src/base/error.def").write_text("/* empty */\n")
    tap.equal(reference(folder, "--check"), 1)


def must_find_packages_without_a_row_and_rows_without_a_package():
    table = check_dependencies.rows("| `gcc` | a | b | c | d |\n| `old` | a | b | c | d |\n")
    tap.equal(len(check_dependencies.check({"gcc", "meson"}, table)), 2)
    tap.equal(check_dependencies.check({"gcc", "old"}, table), [])


def must_find_an_empty_cell():
    table = check_dependencies.rows("| `gcc` | a |  | c | d |\n")
    tap.equal(len(check_dependencies.check({"gcc"}, table)), 1)


def must_read_the_package_list_as_the_shell_does():
    text = (tap.ROOT / "tools/packages.txt").read_text()
    names = subprocess.run(["bash", "-c", ". tools/setup.sh; package_names all"], cwd=tap.ROOT, check=True,
                           stdout=subprocess.PIPE).stdout.decode().split()
    tap.equal(set(names), check_dependencies.debian_names(text))
    build = subprocess.run(["bash", "-c", ". tools/setup.sh; package_names build"], cwd=tap.ROOT, check=True,
                           stdout=subprocess.PIPE).stdout.decode().split()
    tap.equal(("gcc" in build, "chromium" in build), (True, False))


def must_keep_the_room_table_of_ARCHITECTURE_equal_to_rooms_txt():
    rooms, _ = check_includes.read_rules((tap.ROOT / "rooms.txt").read_text())
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in (tap.ROOT / "ARCHITECTURE.md").read_text().splitlines() if line.startswith("| `")]
    told = {cells[0].strip("`"): cells[2].replace("libc", "").split() for cells in rows}
    told.pop("web/")
    rooms.pop("gen")
    tap.equal(told, rooms)


tap.run(dict(globals()))
