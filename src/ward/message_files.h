/* SPDX-License-Identifier: Apache-2.0
 * The texts that come with the program: data/message as JSON text. */
#ifndef WARD_MESSAGE_FILES_H
#define WARD_MESSAGE_FILES_H

#include "base/str.h"

extern const struct str message_files[];
extern const size_t message_file_count;

#endif
