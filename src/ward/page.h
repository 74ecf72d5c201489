/* SPDX-License-Identifier: Apache-2.0
 * Making a page; for the files of the core that page people. */
#ifndef WARD_PAGE_H
#define WARD_PAGE_H

#include "ward/model.h"

/* Proof that a family was told is waited for this long before its next channel is tried. */
#define PAGE_FAMILY_US (15 * DATE_US_PER_MIN)

/* Who is told what, and by when it must be proved. */
struct addressee {
	struct stay *stay;
	struct alert *alert; /* NULL: a page to a family outside an alert */
	bool family;
	char reference[MODEL_REFERENCE_BYTES];
	struct str name;
	const char *language;
	struct str text; /* empty: printed from the alert */
	uint32_t reach;
	int64_t deadline_us;
};
/* A page on one channel, for the rung on which the alert stands; CHANNEL_NONE: nobody can be told, and the record says
 * so. Result: the page. */
struct page *page_send(struct ward_core *core, const struct addressee *to, enum channel channel);
/* Without a deadline. */
void page_to_role(struct ward_core *core, struct alert *alert, const struct role *role,
		  struct addressee *ret_to);
/* `contact` NULL: the patient. */
void page_to_contact(const struct ward_core *core, const struct stay *stay,
		     const struct contact *contact, struct addressee *to);

#endif
