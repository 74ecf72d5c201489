#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may include whom: rooms.txt against every #include under src/, and against the built libraries.

usage: check_includes.py [--root DIR] [--build DIR]

Room rules: a file of src/ROOM (or gen/, the room of the build-time generators) may include "ROOM/…" and the rooms of its line. A third-party header has one
home. Outside libc's own plain headers, a header of the system belongs to the folders named for it below.
With --build, the undefined symbols of each room's static library must be found in rooms that it may use.
"""
import argparse
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import source

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)
PLAIN = {"complex.h", "ctype.h", "errno.h", "fenv.h", "float.h", "inttypes.h", "iso646.h", "limits.h", "math.h",
         "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "stdnoreturn.h", "string.h",
         "strings.h", "wchar.h"}
BANNED = {"assert.h": "use base/assert.h", "setjmp.h": "errors are values", "alloca.h": "no alloca",
          "locale.h": "no locale calls"}


def read_rules(text):
    """rooms.txt to (rooms that each room may include, home folder of each third-party header prefix)."""
    rooms, homes = {}, {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        if "@" in line:
            prefix, folders = (part.strip() for part in line.split("@", 1))
            homes[prefix] = folders.split()
        elif ":" in line:
            room, may = (part.strip() for part in line.split(":", 1))
            rooms[room] = may.split()
        else:
            raise ValueError("rooms.txt line %d: neither 'room : rooms' nor 'header @ room'" % number)
    return rooms, homes


def may_use(rooms, room, other):
    return other == room or other in rooms.get(room, []) or "any" in rooms.get(room, [])


def check_file(room, text, rooms, homes, generated):
    """Problems of one file's includes."""
    problems = []
    # Comments may speak of includes; the quotes of real ones must survive, so comments alone are blanked.
    for match in INCLUDE.finditer(re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text,
                                         flags=re.DOTALL)):
        quote, name = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        if quote == '"':
            other = name.split("/", 1)[0] if "/" in name else None
            if other is None:
                if name not in generated:
                    problems.append((line, '"%s": write the room first, "ROOM/%s"' % (name, name)))
            elif other not in rooms:
                problems.append((line, '"%s": rooms.txt knows no room "%s"' % (name, other)))
            elif not may_use(rooms, room, other):
                problems.append((line, '"%s": room "%s" may not include room "%s"' % (name, room, other)))
            continue
        if name in BANNED:
            problems.append((line, "<%s> is banned: %s" % (name, BANNED[name])))
            continue
        for prefix, folders in homes.items():
            if name == prefix or (prefix.endswith("/") and name.startswith(prefix)):
                if room not in folders:
                    problems.append((line, "<%s> has its home in %s, not in %s" % (name, folders[0], room)))
                break
        else:
            if name not in PLAIN and not system_header_allowed(name, room):
                problems.append((line, "<%s> is a header of the system: its home is os" % name))
    return problems


# Headers of the system outside os: each with the rooms that may use it and why.
SYSTEM_HOMES = {
    "unistd.h": {"base"},  # the panic line goes straight to the descriptor
    "sanitizer/asan_interface.h": {"base"},  # the arena tells the sanitizer what is not in use
    "pthread.h": {"store", "api", "ward", "main", "simulate", "client"},  # threads until os/thread.h holds all
    "stdatomic.h": {"store", "api", "ward", "flow", "main", "simulate", "client", "watch", "notify", "access"},
    "threads.h": {"store", "api", "ward", "main", "simulate", "client"},
    "time.h": {"store", "api", "ward", "main", "simulate", "client", "watch"},  # struct timespec; never the clock itself
    "x86intrin.h": {"json", "base", "store"},  # measured hot loops
    "immintrin.h": {"json", "base", "store"},
    "emmintrin.h": {"json", "base", "store"},
}


def system_header_allowed(name, room):
    if room in ("os", "main", "gen"):
        return True
    return room in SYSTEM_HOMES.get(name, ())


def library_symbols(archive):
    """(defined, undefined) global symbols of a static library."""
    shown = subprocess.run(["nm", "-g", str(archive)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                           check=True).stdout.decode()
    defined, undefined = set(), set()
    for line in shown.splitlines():
        parts = line.split()
        if len(parts) == 2 and parts[0] == "U":
            undefined.add(parts[1])
        elif len(parts) == 3:
            defined.add(parts[2])
    return defined, undefined - defined


def check_symbols(symbols, rooms):
    """symbols: room -> (defined, undefined). Problems: what is used from a room that may not be used, and two
    rooms that define one name."""
    problems = []
    owner = {}
    for room, (defined, _) in sorted(symbols.items()):
        for name in defined:
            if name in owner:
                problems.append("rooms %s and %s both define %s" % (owner[name], room, name))
            owner[name] = room
    for room, (_, undefined) in sorted(symbols.items()):
        for name in sorted(undefined):
            other = owner.get(name)
            if other and not may_use(rooms, room, other):
                problems.append("library %s uses %s of room %s, which it may not use" % (room, name, other))
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=source.ROOT)
    parser.add_argument("--build", type=pathlib.Path)
    arguments = parser.parse_args()
    rooms, homes = read_rules((arguments.root / "rooms.txt").read_text())
    problems = []
    files = [file for file in source.tracked(arguments.root, ".c", ".h", ".def") if file.parts[0] in ("src", "gen")]
    generated = set()
    if arguments.build:
        generated = {path.name for path in (arguments.root / arguments.build).rglob("*.[ch]")}
    for file in files:
        room = "gen" if file.parts[0] == "gen" else file.parts[1] if len(file.parts) > 2 else ""
        if room not in rooms:
            problems.append("%s: the folder %s is not a room of rooms.txt" % (file, room))
            continue
        text = (arguments.root / file).read_text(encoding="utf-8")
        beside = {other.name for other in files if other.parts[0] == "gen"} if room == "gen" else set()
        for line, problem in check_file(room, text, rooms, homes, generated | beside):
            problems.append("%s:%d: %s" % (file, line, problem))
    libraries = 0
    if arguments.build:
        symbols = {}
        for archive in sorted((arguments.root / arguments.build / "src").glob("*/lib*.a")):
            room = archive.parent.name
            defined, undefined = library_symbols(archive)
            before = symbols.get(room, (set(), set()))
            symbols[room] = (before[0] | defined, before[1] | undefined)
            libraries += 1
        problems += check_symbols(symbols, rooms)
    for problem in problems:
        print(problem)
    print("%d files, %d libraries, %d problems" % (len(files), libraries, len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
