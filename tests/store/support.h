/* SPDX-License-Identifier: Apache-2.0
 * For the tests and benchmarks of the store: a folder of its own, and resources with index values
 * made by hand. */
#ifndef TESTS_STORE_SUPPORT_H
#define TESTS_STORE_SUPPORT_H

#include "base/limits.h"
#include "base/text.h"
#include "store/store.h"

struct support {
	char folder[64];
	struct clock *clock;
	struct store *store;
	struct arena arena; /* reset by the test where it likes */
	struct issues issues;
};

/* Start of the simulated clock: 2026-01-01T00:00:00Z. */
#define SUPPORT_START_US INT64_C(1767225600000000)

void support_init(struct support *support);
void support_done(struct support *support); /* closes the store and removes the folder */
void support_open(struct support *support); /* fails the test when it cannot */
void support_close(struct support *support);
struct store_options support_options(struct support *support);

/* A vital sign. Any text may be empty. */
struct support_vital {
	struct str id, patient, code, device, identifier;
	int64_t at_us;
	double value;
};
#define SUPPORT_LOINC STR("http://loinc.org")
#define SUPPORT_UCUM STR("http://unitsofmeasure.org")
struct store_write support_vital(struct arena *arena, enum store_method method,
				 const struct support_vital *vital);
/* A Patient: family name, one identifier, birth date. */
struct store_write support_patient(struct arena *arena, enum store_method method, struct str id,
				   struct str family, int64_t born_us);
/* Adds a value to an index that has room for 64. */
struct fhir_index_value *support_value(struct fhir_index *index, uint16_t type, struct str code);
struct fhir_index *support_index(struct arena *arena);

/* One write in one commit, by origin "test"; the commit's error. */
enum error support_commit(struct support *support, struct store_write *write);
struct store_commit support_commit_of(struct store_write *writes, size_t count);
/* Parses, prints and extracts a whole resource: an update of any version. */
struct store_write support_resource(struct arena *arena, struct issues *issues, struct str json);
/* And commits it. */
struct store_write support_put(struct support *support, const char *json);
struct str support_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
