/* SPDX-License-Identifier: Apache-2.0
 * Which known word somebody may have meant. Pure. */
#ifndef MAIN_NEAREST_H
#define MAIN_NEAREST_H

#include "base/str.h"

#define NEAREST_BYTES_MAX 64 /* of a word; of longer ones nothing is said */

/* How many letters must be put in, taken out or changed to make one of the other; SIZE_MAX when either is too long. */
size_t nearest_distance(struct str a, struct str b);
/* Whether so many slips of the hand are likely in a word of this length. */
bool nearest_is_likely(size_t distance, size_t length);

#endif
