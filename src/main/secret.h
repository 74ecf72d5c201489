/* SPDX-License-Identifier: Apache-2.0
 * Secrets stand in files of their own, never in settings, which are printed. */
#ifndef MAIN_SECRET_H
#define MAIN_SECRET_H

#include "base/issue.h"
#include "main/config.h"

/* The first line of the file that a setting names, trimmed, in the arena; empty when the setting is. An issue says
 * what is wrong with it. */
MUST_CHECK enum error secret_read(const struct config *config, struct arena *arena,
				  struct issues *issues, enum setting setting,
				  struct str *ret_secret);

#endif
