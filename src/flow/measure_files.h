/* SPDX-License-Identifier: Apache-2.0
 * The Measures that come with the program: data/measure as JSON text. */
#ifndef FLOW_MEASURE_FILES_H
#define FLOW_MEASURE_FILES_H

#include "base/str.h"

extern const struct str measure_files[];
extern const size_t measure_file_count;

#endif
