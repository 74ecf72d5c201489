/* SPDX-License-Identifier: Apache-2.0
 * Numbers of types and search parameters as this store has them. The tables of room fhir are numbered
 * anew in each build; the store keeps its own, by name. Filled when the store opens, constant after. */
#ifndef STORE_CATALOGUE_H
#define STORE_CATALOGUE_H

#include "fhir/fhir.h"
#include "store/database.h"

enum symbol_kind { SYMBOL_TYPE = 1, SYMBOL_PARAMETER, SYMBOL_ORIGIN, SYMBOL_SYSTEM, SYMBOL_UNIT };

#define CATALOGUE_TYPES_MAX 250        /* a type code is one byte of a key */
#define CATALOGUE_PARAMETERS_MAX 65000 /* a parameter code is two bytes of an entry */
#define KEY_SEQUENCE_BITS 40

/* Stands, with the last key done, while the store has yet to be indexed with new parameters. */
#define CATALOGUE_REINDEX_CURSOR STR("store reindex")

/* Which parameters of a type make its rows in `reference`: 0 when it has none. */
struct catalogue_role {
	uint16_t code; /* parameter codes */
	uint16_t date;
};

struct catalogue {
	uint8_t *type_codes;                                  /* by fhir type number */
	uint16_t types[CATALOGUE_TYPES_MAX + 1];              /* fhir type by code */
	uint16_t *parameter_codes;                            /* by fhir parameter number */
	struct catalogue_role roles[CATALOGUE_TYPES_MAX + 1]; /* by type code */
	uint8_t patient;                                      /* type code of Patient */
};

/* Reads the numbers; with `may_write`, gives numbers to names that are new (in one transaction). */
MUST_CHECK enum error catalogue_open(struct catalogue *catalogue, struct database *database,
				     bool may_write, struct issues *issues);
void catalogue_done(struct catalogue *catalogue);
/* The parameter that is a type's primary date, or NULL. */
const struct fhir_search_parameter *catalogue_date_parameter(uint16_t type);

static inline uint8_t key_type(int64_t key)
{
	return (uint8_t)((uint64_t)key >> KEY_SEQUENCE_BITS);
}
static inline int64_t key_first(uint8_t type_code)
{
	return (int64_t)((uint64_t)type_code << KEY_SEQUENCE_BITS);
}

#endif
