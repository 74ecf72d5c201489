/* SPDX-License-Identifier: Apache-2.0
 * What the table of settings cannot say of their values: `homeward config check` and `homeward serve` ask it alike. */
#ifndef MAIN_SETTINGS_H
#define MAIN_SETTINGS_H

#include "base/issue.h"
#include "main/config.h"

/* Whether every value can be, files of secrets and certificates included; nothing is opened for good. Each fault is an
 * issue that begins with the key. */
MUST_CHECK enum error settings_check(const struct config *config, struct arena *arena,
				     struct issues *issues);

#endif
