/* SPDX-License-Identifier: Apache-2.0
 * Operations of people on people's work (docs/decisions/0006): who takes over, who is on the rota, who may set a
 * limit.
 *   POST /fhir/EpisodeOfCare/{id}/$hand-over  POST /fhir/Organization/{id}/$hand-over
 *   POST /fhir/Task/{id}/$accept              POST /fhir/Slot/{id}/$close
 *   POST /fhir/Organization/{id}/$publish-rota
 *   POST /fhir/EpisodeOfCare/{id}/$limit       POST /fhir/EpisodeOfCare/{id}/$pews-chart */
#ifndef WARD_OPERATION_PEOPLE_H
#define WARD_OPERATION_PEOPLE_H

#include "ward/model.h"
#include "ward/operation.h"

extern const struct route_table ward_people_routes;

route_handler operation_hand_over;
route_handler operation_hand_over_all;
route_handler operation_accept;
route_handler operation_close_shift;
route_handler operation_publish_rota;
route_handler operation_limit;
route_handler operation_pews_chart;

/* --- shared by these files ------------------------------------------------------------------ */

struct staff {
	struct str reference;    /* PractitionerRole/id */
	struct str practitioner; /* Practitioner/id, or empty */
	struct str name;
	struct str ward; /* id of the Organization */
	uint32_t roles;  /* bits per enum ward_role */
};
/* A parameter that must name an active PractitionerRole of `ward`, for which a caller answers 403 or 422 else. */
bool operation_staff(struct call *call, const struct json *parameters, struct str name,
		     struct staff *ret_staff);
/* Reads a PractitionerRole as staff. False: answered. */
bool operation_staff_read(struct call *call, struct str id, struct staff *ret_staff);
/* The stay of the path, open; its ward's id. False: answered. */
bool operation_open_stay(struct call *call, struct json **ret_episode, int64_t *ret_version,
			 struct str *ret_ward);
/* A code of CodeSystem ward-task. */
bool operation_is_ward_task(const struct json *task, struct str code);

/* What the one who comes must know of a patient, from the row of the board: situation, background, assessment,
 * recommendation. */
void hand_over_words(const struct json *row, struct text *text);

#endif
