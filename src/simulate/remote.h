/* SPDX-License-Identifier: Apache-2.0
 * The server as the homes, the nurse and the judge see it: its public API and nothing else. Every
 * function says on stderr what went wrong. */
#ifndef SIMULATE_REMOTE_H
#define SIMULATE_REMOTE_H

#include "client/client.h"
#include "simulate/plan.h"
#include "json/json.h"

#define REMOTE_HOMEWARD "https://fhir.homeward.example/"

struct remote {
	struct client *client;
	struct arena arena; /* of one exchange at a time */
	char prefix[24];    /* of every id: "sim-7" */
	/* The server's clock as last heard. */
	bool dev;
	int64_t heard_us, heard_at_us; /* its time, and clock_monotonic_us then */
	double rate;
	double rate_wished; /* set last; a server that started again has forgotten it */
};

/* --- requests ---------------------------------------------------------------------------------- */
/* The answer's tree in remote->arena (which is reset first), or NULL with a message unless the status is one
 * of 2xx or `also_status`; *ret_status may be NULL. */
struct json *remote_send(struct remote *remote, const struct client_request *request,
			 unsigned also_status, unsigned *ret_status);
/* A text in the arena for building bodies and paths. Start each request with remote_begin. */
void remote_begin(struct remote *remote);
struct text remote_text(struct remote *remote);

/* --- clock --------------------------------------------------------------------------------------- */
/* Reads GET /dev/clock; without it the server is taken to live in real time. False when unreachable. */
MUST_CHECK bool remote_clock_read(struct remote *remote);
/* The server's time now, by the last answer and its rate. */
int64_t remote_now_us(const struct remote *remote);
/* rate >= 0; advance_us >= 0 first. False when it is no --dev server. */
MUST_CHECK bool remote_clock_set(struct remote *remote, double rate, int64_t advance_us);
/* Waits, in the server's time, until `at_us`; reads the clock again now and then. */
MUST_CHECK bool remote_wait_until(struct remote *remote, int64_t at_us);

/* --- ward ---------------------------------------------------------------------------------------- */
/* Ward, staff with rota from start to end, children with devices and contacts, admissions. */
MUST_CHECK bool remote_set_up(struct remote *remote, struct plan *plan, const char *ward_name);
/* Sends a set as its home does and notes when it arrived. */
MUST_CHECK bool remote_send_set(struct remote *remote, const struct plan *plan,
				struct home_set *set);
/* Time of an instant's text; false when it is none. */
bool remote_instant(struct str text, int64_t *ret_us);

#endif
