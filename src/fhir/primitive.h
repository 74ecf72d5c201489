/* SPDX-License-Identifier: Apache-2.0
 * Grammars of FHIR's primitive types (source: hl7.org/fhir/R4/datatypes.html#primitive). */
#ifndef FHIR_PRIMITIVE_H
#define FHIR_PRIMITIVE_H

#include "fhir/tables.h"

/* NULL when `value` is a valid primitive of this shape, else what is wrong with it, as the end of a
 * sentence; *ret_error says whether FHIR's JSON form (MALFORMED) or a rule (INVALID) is broken. */
const char *primitive_check(uint16_t shape, const struct json *value, enum error *ret_error);

#endif
