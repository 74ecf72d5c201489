/* SPDX-License-Identifier: Apache-2.0
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/arena.h"

bool utf8_is_valid(struct str text);
/* Decodes one code point at *at (valid text) and moves *at past it. */
uint32_t utf8_next(struct str text, size_t *at);
/* Writes a code point as 1..4 bytes and returns how many. */
size_t utf8_write(uint32_t code_point, char ret_bytes[4]);
/* For string search: lower case, accents and combining marks removed (Latin, Greek and Cyrillic
 * letters; others are kept), white space runs made one space. */
struct str utf8_fold(struct arena *arena, struct str text);

#endif
