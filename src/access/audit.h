/* SPDX-License-Identifier: Apache-2.0
 * The log of who saw whose record: AuditEvents (hl7.org/fhir/R4/auditevent.html) in the record itself, one chain
 * (chain.h); a changed, removed or inserted event breaks it, and `homeward verify` finds it. Within a minute, and at an
 * orderly end, what was written into the record is sealed in the same chain (seal.h): acts, changes and corrections as
 * well as looks. One thread writes, many at once, so that who reads does not wait; what must be in the log before an
 * answer (breaking the glass) waits for it. At a power cut the reads of the last moments that nobody waited for are
 * lost. */
#ifndef ACCESS_AUDIT_H
#define ACCESS_AUDIT_H

#include "access/chain.h"
#include "access/patient_list.h"
#include "access/person.h"

struct audit;

/* NULL: no memory or thread. Both outlive it. */
struct audit *audit_start(struct store *store, struct clock *clock);
/* Writes what waits, then ends. */
void audit_stop(struct audit *audit);

/* The number and the hash of the last event that is durable; false while they are not known. Thread: any. */
bool audit_head(struct audit *audit, int64_t *ret_number, char ret_hash[CHAIN_HASH_BYTES]);

struct audit_event {
	const struct person *person;
	struct str interaction; /* "read", "search-type", "operation" … */
	char action;            /* R, C, U, D, E */
	bool refused;
	struct str reason; /* break-glass: why; else empty */
	struct str about;  /* "GET /fhir/Observation/1": no personal data but ids */
	const struct patient_list *patients;
	struct str ward; /* a whole ward was looked at; else empty */
};
/* Takes the event down. `wait`: returns when it is durable. False: it is not in the log (the queue is full, or the
 * record cannot be written), and then nothing may be shown. Thread: any. */
MUST_CHECK bool audit_record(struct audit *audit, const struct audit_event *event, bool wait);

/* What somebody outside has kept of the chain: the hash of one of its events. */
struct audit_anchor {
	int64_t number;
	char hash[CHAIN_HASH_BYTES];
};
struct audit_anchors {
	const struct audit_anchor *list; /* by number */
	size_t count;
};
struct audit_figures {
	int64_t events; /* of the chain */
	int64_t sealed; /* the last feed number that a seal of it covers */
};
/* `homeward verify`: every event of the chain is there, once, unchanged, and so is every version that it seals; it goes
 * through every anchor. Each fault is an issue, and so is what could not be read. ERROR_CONFLICT: something is not as
 * it was written; any other error: nothing like that was found, and not everything could be read. */
MUST_CHECK enum error audit_verify(struct store *store, struct audit_anchors anchors,
				   struct issues *issues, struct audit_figures *ret_figures);

#endif
