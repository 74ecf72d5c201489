/* SPDX-License-Identifier: Apache-2.0
 * The check of `homeward verify`, for other commands. */
#ifndef MAIN_VERIFY_H
#define MAIN_VERIFY_H

#include "base/str.h"

/* Reads the whole record of the folder again and says what it found, faults on standard error with the name of the
 * command before them. Result: 0 sound, 1 not. */
int verify_folder(const char *command, struct str folder);

#endif
