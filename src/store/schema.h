/* SPDX-License-Identifier: Apache-2.0
 * The store's tables and how older stores come to have them: numbered migrations, forward only, each
 * with the checksum of its text, applied in one transaction each. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/database.h"

/* Brings the store up to this build. A newer store, or one whose past is not ours, is refused with an
 * issue that says what to do and left as it was. */
MUST_CHECK enum error schema_migrate(struct database *database, int64_t now_us,
				     struct issues *issues);
/* The same without changing anything: the store must be exactly of this build's version. */
MUST_CHECK enum error schema_check(struct database *database, struct issues *issues);
int schema_version(void);

#endif
