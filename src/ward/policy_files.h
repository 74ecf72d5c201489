/* SPDX-License-Identifier: Apache-2.0
 * The policies that come with the program: the PlanDefinitions of data/policy as JSON text. */
#ifndef WARD_POLICY_FILES_H
#define WARD_POLICY_FILES_H

#include "base/str.h"

extern const struct str policy_files[];
extern const size_t policy_file_count;

#endif
