/* SPDX-License-Identifier: Apache-2.0
 * Where on the body a temperature was taken: it belongs to the value (SPOT specification V2.0, C15.2), for an axilla
 * reads lower than an ear. */
#ifndef WARD_SITE_H
#define WARD_SITE_H

#include "json/json.h"

/* The words to show, at most `size` - 1 bytes: of the Observation's bodySite and of the code of `element` (the
 * Observation or one of its components), where that names a site. A site that is not known is shown as it was sent; two
 * that contradict each other are both shown. Empty: nobody said where. */
void site_words(const struct json *observation, const struct json *element, char *ret_words,
		size_t size);

#endif
