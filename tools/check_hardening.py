#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the program's ELF file and says which hardening it lacks.

usage: check_hardening.py PROGRAM

Wanted: position-independent executable, full RELRO (RELRO and BIND_NOW), a stack that cannot run code, no
segment both writable and runnable, no text relocation, no run path, stack canary and fortify.
"""
import struct
import sys

ET_DYN = 3
PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
PT_GNU_STACK, PT_GNU_RELRO = 0x6474E551, 0x6474E552
PF_X, PF_W = 1, 2
DT_NULL, DT_STRTAB, DT_SYMTAB, DT_RPATH, DT_TEXTREL, DT_BIND_NOW, DT_RUNPATH = 0, 5, 6, 15, 22, 24, 29
DT_STRSZ, DT_FLAGS, DT_FLAGS_1 = 10, 30, 0x6FFFFFFB
DF_TEXTREL, DF_BIND_NOW, DF_1_NOW, DF_1_PIE = 4, 8, 1, 0x08000000


class Elf:
    def __init__(self, data):
        if data[:4] != b"\x7fELF" or data[4] != 2 or data[5] != 1:
            raise ValueError("not a 64-bit little-endian ELF file")
        self.data = data
        (self.type,) = struct.unpack_from("<H", data, 16)
        (offset,) = struct.unpack_from("<Q", data, 32)
        size, count = struct.unpack_from("<HH", data, 54)
        self.segments = []
        for i in range(count):
            kind, flags, start, address, _, length, _, _ = struct.unpack_from("<IIQQQQQQ", data, offset + i * size)
            self.segments.append((kind, flags, start, address, length))
        self.dynamic = {}
        for kind, _, start, _, length in self.segments:
            if kind == PT_DYNAMIC:
                for at in range(start, start + length, 16):
                    tag, value = struct.unpack_from("<QQ", data, at)
                    if tag == DT_NULL:
                        break
                    self.dynamic.setdefault(tag, value)

    def names(self):
        """Everything in the dynamic string table: names of functions taken from libraries among them."""
        address, size = self.dynamic.get(DT_STRTAB), self.dynamic.get(DT_STRSZ)
        if address is None or size is None:
            return set()
        for kind, _, start, base, length in self.segments:
            if kind == PT_LOAD and base <= address < base + length:
                at = start + address - base
                return set(self.data[at:at + size].split(b"\0"))
        return set()


def lacking(data):
    """What hardening a program lacks, as sentences; empty when it has all."""
    elf = Elf(data)
    kinds = {segment[0]: segment for segment in elf.segments}
    flags = elf.dynamic.get(DT_FLAGS, 0)
    flags_1 = elf.dynamic.get(DT_FLAGS_1, 0)
    names = elf.names()
    missing = []
    if elf.type != ET_DYN or PT_INTERP not in kinds or not flags_1 & DF_1_PIE:
        missing.append("it is not position-independent (-fPIE -pie)")
    if PT_GNU_RELRO not in kinds:
        missing.append("no RELRO (-z relro)")
    if not (flags & DF_BIND_NOW or flags_1 & DF_1_NOW or DT_BIND_NOW in elf.dynamic):
        missing.append("no BIND_NOW (-z now)")
    if PT_GNU_STACK not in kinds or kinds[PT_GNU_STACK][1] & PF_X:
        missing.append("the stack can run code (-z noexecstack)")
    if any(kind == PT_LOAD and flag & PF_W and flag & PF_X for kind, flag, *_ in elf.segments):
        missing.append("a segment is both writable and runnable (-z separate-code)")
    if DT_TEXTREL in elf.dynamic or flags & DF_TEXTREL:
        missing.append("text relocations")
    if DT_RPATH in elf.dynamic or DT_RUNPATH in elf.dynamic:
        missing.append("a run path")
    if b"__stack_chk_fail" not in names:
        missing.append("no stack canary (-fstack-protector-strong)")
    if not any(name.startswith(b"__") and name.endswith(b"_chk") for name in names):
        missing.append("no fortified function (-D_FORTIFY_SOURCE)")
    return missing


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], "rb") as file:
        missing = lacking(file.read())
    for what in missing:
        print("%s: %s" % (sys.argv[1], what))
    print("%d problems" % len(missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
