/* SPDX-License-Identifier: Apache-2.0
 * People who say who they are (X-Homeward-User: PractitionerRole/ID, only with --dev until people log in): what
 * they may ask, and the log of what they saw. Rules: docs/decisions/0011-who-may-see-what.md. Requests without the
 * header pass untouched. */
#ifndef API_NAMED_H
#define API_NAMED_H

#include "access/audit.h"
#include "api/route.h"

struct named {
	struct person person;
	struct str reason;           /* X-Homeward-Break-Glass */
	struct patient_list allowed; /* whose records this request may show */
	struct patient_list opened;  /* of these, the ones that a reason opened */
	struct str ward;
	bool free; /* nothing of a patient can come of it */
	bool writes;
	bool logged; /* a refusal stands in the log already */
};

/* Before the handler. False: the call has been answered with why not. */
bool named_enter(struct call *call, const struct str *segments, size_t count);
/* When the answer is there: nobody else's record is in it, and it is logged. */
void named_leave(struct call *call);

/* --- named_rule.c: what a request is about, by its address and body alone --- */
enum named_kind {
	NAMED_FREE,    /* nothing of a patient */
	NAMED_THING,   /* one resource: segments 1 and 2 */
	NAMED_SEARCH,  /* a search that names its patients in `patients` */
	NAMED_OWN,     /* a search within the person's own ward: what it finds decides */
	NAMED_WARD,    /* a page of the ward in `ward` */
	NAMED_BODY,    /* a write: the body decides */
	NAMED_REFUSED, /* not for named people; `why` says what to do instead */
};
struct named_request {
	enum named_kind kind;
	struct str ward;
	struct patient_list patients;
	const char *why;
};
MUST_CHECK enum error named_rule(struct call *call, const struct person *person,
				 const struct str *segments, size_t count,
				 struct named_request *ret_request);
/* Types that say nothing of a patient. */
bool named_type_is_free(struct str type);

#endif
