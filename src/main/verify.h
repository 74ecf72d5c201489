/* SPDX-License-Identifier: Apache-2.0
 * The check of `homeward verify`, for other commands. */
#ifndef MAIN_VERIFY_H
#define MAIN_VERIFY_H

#include "base/str.h"

/* Reads the whole record of the folder again and says what it found, faults on standard error with the name of the
 * command before them. Result: 0 sound, or one of these; 1 too when the record cannot be opened. */
#define VERIFY_FAULTS 1
#define VERIFY_UNREAD 3 /* none was found, but not everything could be read */
int verify_folder(const char *command, struct str folder);

#endif
