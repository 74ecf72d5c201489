#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes utf8_fold_table.h from the Unicode Character Database that comes with Python: each letter's
lower case without its marks. Run by hand when the rules change: python3 utf8_fold_table.py > utf8_fold_table.h,
then clang-format -i utf8_fold_table.h."""
import unicodedata

RANGES = [("latin", 0xC0, 0x24F), ("greek_cyrillic", 0x370, 0x52F), ("additional", 0x1E00, 0x1FFF)]
# Letters that are written with a stroke, a hook or joined, which Unicode does not take apart.
PLAIN = {
    "ß": "ss", "ẞ": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h",
    "ı": "i", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ſ": "s", "ƀ": "b", "ɓ": "b", "ƈ": "c", "ɖ": "d", "ɗ": "d",
    "ƒ": "f", "ɠ": "g", "ɨ": "i", "ƙ": "k", "ƚ": "l", "ɲ": "n", "ƞ": "n", "ɵ": "o", "ƥ": "p", "ƫ": "t",
    "ƭ": "t", "ʈ": "t", "ʋ": "v", "ƴ": "y", "ƶ": "z", "ǥ": "g", "ȡ": "d", "ȴ": "l", "ȵ": "n", "ȶ": "t",
    "ȥ": "z", "ȼ": "c", "ⱥ": "a", "ⱦ": "t", "ȿ": "s", "ɀ": "z", "ʉ": "u", "ɇ": "e", "ɉ": "j", "ɋ": "q",
    "ɍ": "r", "ɏ": "y", "ẜ": "s", "ẝ": "s", "ς": "σ", "ȷ": "j",
}


def fold(letter):
    out = ""
    for part in unicodedata.normalize("NFKD", letter):
        for low in unicodedata.normalize("NFKD", part.lower()):
            if not unicodedata.combining(low):
                out += PLAIN.get(low, low)
    return out.lower()


def entry(code):
    letter = chr(code)
    if not unicodedata.category(letter).startswith("L"):
        return code
    out = fold(letter)
    if not all(unicodedata.category(part).startswith("L") for part in out):
        return code  # U+037A would become a space
    if len(out) == 1 and ord(out) < 0x8000:
        return ord(out)
    if len(out) == 2 and all("a" <= c <= "z" for c in out):
        return 0x8000 | (ord(out[0]) - 96) << 5 | (ord(out[1]) - 96)
    return code


print("/* SPDX-License-Identifier: Apache-2.0")
print(" * Written by utf8_fold_table.py; do not edit. An entry is a code point, or 0x8000 and two letters a..z")
print(" * (1..26) of five bits each. */")
print("#ifndef BASE_UTF8_FOLD_TABLE_H\n#define BASE_UTF8_FOLD_TABLE_H\n\n#include <stdint.h>")
for name, first, last in RANGES:
    print(f"\n#define FOLD_{name.upper()}_FIRST 0x{first:04x}u")
    print(f"static const uint16_t fold_{name}[{last - first + 1}] = {{")
    entries = [f"0x{entry(c):04x}" for c in range(first, last + 1)]
    for i in range(0, len(entries), 10):
        print("\t" + ", ".join(entries[i:i + 10]) + ",")
    print("};")
print("\n#endif")
