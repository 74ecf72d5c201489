/* SPDX-License-Identifier: Apache-2.0
 * The settings of the senders of pages, checked and with their secrets read. */
#ifndef MAIN_SENDERS_H
#define MAIN_SENDERS_H

#include "main/config.h"
#include "notify/notify.h"

/* Store and clock are left to the caller. An issue says what is wrong. */
MUST_CHECK enum error senders_read(const struct config *config, struct arena *arena,
				   struct issues *issues, struct notify_options *ret_options);

#endif
