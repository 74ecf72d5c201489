/* SPDX-License-Identifier: Apache-2.0
 * Runs a path program over a resource: gives the nodes it leads to, one by one, in the order of the
 * text. No memory is taken and nothing is changed. */
#ifndef FHIR_PATH_H
#define FHIR_PATH_H

#include "fhir/contained.h"
#include "fhir/tables.h"

#define PATH_STEPS_MAX 12

struct path_node {
	const struct json *node;
	uint16_t element; /* whose value it is; 0: the start itself */
};
struct path {
	const struct fhir_program *program;
	const struct contained *contained; /* for `resolve() is` of "#id" */
	struct path_node start;
	bool start_given; /* a program of no steps has given its start */
	int level;
	struct path_level {
		const struct json *next;
		uint16_t element;
		bool single; /* do not go on to next->next */
	} levels[PATH_STEPS_MAX];
};

void path_start(struct path *path, const struct fhir_program *program, struct path_node start,
		const struct contained *contained);
bool path_next(struct path *path, struct path_node *ret_node);

#endif
