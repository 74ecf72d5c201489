/* SPDX-License-Identifier: Apache-2.0
 * FHIR R4 as data: one generic engine over read-only tables that gen/gen_fhir.c makes from the
 * official definitions (npm hl7.fhir.r4.examples). No code here knows a resource by name.
 * A resource is its JSON tree (json/json.h). All functions are pure and may run on any thread. */
#ifndef FHIR_FHIR_H
#define FHIR_FHIR_H

#include "base/date.h"
#include "base/issue.h"
#include "json/json.h"

/* Resource types: 1..fhir_resource_count(), in alphabetical order; 0 is "no such type". */
#define FHIR_TYPE_NONE 0
uint16_t fhir_resource_find(struct str name);
struct str fhir_resource_name(uint16_t type);
uint16_t
fhir_resource_count(void); /* 146 in R4: 148 less the abstract Resource and DomainResource */
/* The type of a resource tree by its resourceType, or FHIR_TYPE_NONE. */
uint16_t fhir_resource_type_of(const struct json *resource);

bool fhir_id_is_valid(struct str id); /* [A-Za-z0-9\-\.]{1,64} */

/* Checks a whole resource (contained ones and Bundle entries too) against the tables: known
 * elements, JSON shape and primitive grammar, cardinality, one choice type, `_name` siblings, no
 * empty object or array, required bindings, reference targets, contained rules, XHTML subset of
 * narrative. ERROR_MALFORMED when FHIR's JSON form is broken or an element is unknown,
 * ERROR_INVALID when a rule is; every finding is an issue with a FHIRPath expression. */
MUST_CHECK enum error fhir_validate(struct arena *arena, struct json *resource,
				    struct issues *issues);

/* --- references ----------------------------------------------------------------------------- */
struct fhir_reference {
	struct str base; /* "https://host/fhir" when absolute, else empty */
	uint16_t type;   /* FHIR_TYPE_NONE for urn:, #contained, other URLs */
	struct str id;
	struct str version; /* after _history, or empty */
};
/* Reads "Type/id", "Type/id/_history/v", absolute forms; false for anything else. */
bool fhir_reference_parse(struct str text, struct fhir_reference *ret_reference);
/* Calls `visit` for each Reference.reference, uri, url, canonical, oid and uuid value of the
 * resource and each href and src of its narrative (`is_reference` true for Reference.reference). `visit`
 * may return a new text (in the arena) that replaces the old; an empty view keeps it. */
typedef struct str fhir_link_visit(void *context, struct str text, bool is_reference);
MUST_CHECK enum error fhir_links_visit(struct arena *arena, struct json *resource,
				       fhir_link_visit *visit, void *context);

/* --- search parameters ---------------------------------------------------------------------- */
enum fhir_search_kind {
	FHIR_SEARCH_NUMBER,
	FHIR_SEARCH_DATE,
	FHIR_SEARCH_STRING,
	FHIR_SEARCH_TOKEN,
	FHIR_SEARCH_REFERENCE,
	FHIR_SEARCH_COMPOSITE,
	FHIR_SEARCH_QUANTITY,
	FHIR_SEARCH_URI,
	FHIR_SEARCH_SPECIAL,
};
struct fhir_search_parameter {
	struct str code;       /* as in the URL: "patient" */
	struct str definition; /* canonical URL of the SearchParameter */
	struct str expression; /* for the CapabilityStatement's documentation only */
	uint16_t number;       /* 0.., unique over all types; stable only within one build */
	uint16_t type; /* the resource type; parameters of Resource (_id …) repeat per type */
	enum fhir_search_kind kind;
	const uint16_t *targets; /* reference: allowed target types */
	uint16_t target_count;
	const uint16_t *components; /* composite: numbers of the component parameters */
	uint16_t component_count;
};
/* Parameters of one type, sorted by code, the Resource-level ones (_id, _lastUpdated, _tag, _profile,
 * _security, _source) included. */
const struct fhir_search_parameter *fhir_search_parameters(uint16_t type, size_t *ret_count);
const struct fhir_search_parameter *fhir_search_parameter_find(uint16_t type, struct str code);
const struct fhir_search_parameter *fhir_search_parameter_at(uint16_t number);
uint16_t fhir_search_parameter_count(void);

/* One value to index. Which fields are set depends on kind:
 * TOKEN      system (ptr NULL: none), code, text (display or text, for :text); a text that belongs to
 *            no coding is a value with an empty code. The system of a `code` element is that of its
 *            value set; that of a ContactPoint its `use`. An Identifier has its type's codings as
 *            components (for :of-type).
 * STRING     text (as written; HumanName and Address give one value a part)
 * URI        text
 * REFERENCE  reference (parsed; type NONE for canonical, urn: and #contained), text (as written);
 *            system and code of Reference.identifier
 * DATE       low_us, high_us (Period and Timing: outer bounds; open ends INT64_MIN/MAX)
 * NUMBER     low, high (implicit range), number
 * QUANTITY   the same and system, code, text (unit); open sides of a comparator or Range are
 *            -INFINITY, INFINITY. Where fhir_unit_canonical knows the unit, canonical_code is set (a
 *            literal) and canonical_low, canonical_high hold the range in it.
 * SPECIAL    Location.position: low latitude, high longitude, in degrees (WGS84)
 * COMPOSITE  components[0..component_count), each a value of its own that stood in the same repeat */
struct fhir_index_value {
	const struct fhir_search_parameter *parameter;
	enum fhir_search_kind kind;
	struct str system;
	struct str code;
	struct str text;
	struct fhir_reference reference;
	int64_t low_us, high_us;
	double low, high, number;
	struct str canonical_code;
	double canonical_low, canonical_high;
	const struct fhir_index_value *components;
	size_t component_count;
};
struct fhir_index {
	struct fhir_index_value *values;
	size_t count;
};
/* Values of all standard parameters of a valid resource; _id and _lastUpdated are left to the store.
 * ERROR_LIMIT when the arena is full or composites would give more than 10,000 values. */
MUST_CHECK enum error fhir_index_extract(struct arena *arena, const struct json *resource,
					 struct fhir_index *ret_index);

/* The canonical unit of a common clinical UCUM unit: canonical = value * factor + offset (1 g and 1000 mg
 * are equal then, and 98.6 [degF] and 37 Cel). False for other systems and unknown units.
 * Source of the factors: ucum.org/ucum, tables 3 to 6. */
bool fhir_unit_canonical(struct str system, struct str code, double *ret_factor, double *ret_offset,
			 struct str *ret_code);

/* --- compartments --------------------------------------------------------------------------- */
/* Reference parameters that put a resource of `type` into the compartment of `compartment`
 * (Patient, Encounter, RelatedPerson, Practitioner, Device); count 0 when it never is. */
const uint16_t *fhir_compartment_parameters(uint16_t compartment, uint16_t type, size_t *ret_count);

/* --- subsets -------------------------------------------------------------------------------- */
enum fhir_summary { FHIR_SUMMARY_FALSE, FHIR_SUMMARY_TRUE, FHIR_SUMMARY_TEXT, FHIR_SUMMARY_DATA };
/* Removes what the summary or the list of top-level elements leaves out (mandatory and modifier
 * elements stay) and adds the SUBSETTED tag. Edits the tree. */
MUST_CHECK enum error fhir_subset(struct arena *arena, struct json *resource,
				  enum fhir_summary summary, const struct str *elements,
				  size_t element_count);

/* An OperationOutcome of a list of issues (at least one entry: `error`'s meaning). */
struct json *fhir_outcome(struct arena *arena, enum error error, const struct issues *issues);

#endif
