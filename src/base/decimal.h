/* SPDX-License-Identifier: Apache-2.0
 * FHIR decimals keep the text they were written with ("1.00" is not "1"); this header only reads
 * meaning out of that text. Grammar: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
 * (source: hl7.org/fhir/R4/datatypes.html#decimal). */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include "base/error.h"

/* value = coefficient * 10^exponent; precise for up to 18 significant digits. */
struct decimal {
	int64_t coefficient;
	int32_t exponent;
};

bool decimal_is_valid(struct str text);
/* ERROR_MALFORMED when the grammar is broken, ERROR_LIMIT past 18 significant digits or an
 * exponent outside -1000..1000. Trailing zeros are kept in the exponent ("1.00" is 100, -2). */
MUST_CHECK enum error decimal_parse(struct str text, struct decimal *ret_value);
/* The value of a decimal of any length, for comparing: of more than 18 significant digits the first 18 are kept such
 * that the order against every decimal of up to 17 is that of the whole text; an exponent outside -1000..1000 counts as
 * the nearest of these. False when the grammar is broken. */
MUST_CHECK bool decimal_read(struct str text, struct decimal *ret_value);
/* Exact order, whatever the exponents: negative, 0, positive. */
int decimal_compare(struct decimal a, struct decimal b);
/* Nearest double; for search index ranges and charts only, never to be stored as the record. */
double decimal_to_double(struct decimal value);
/* The implicit range of a search number: "100" is [99.5, 100.5), "1.0" is [0.95, 1.05),
 * "1e2" is [95, 105) as the standard's example has it. Of so many digits that a double does not tell them apart it
 * is the next double on either side: never empty
 * (source: hl7.org/fhir/R4/search.html#number). */
void decimal_search_range(struct decimal value, double *ret_low, double *ret_high);
/* The value in units of 10^-places, rounded half away from zero (places 0..9); false on overflow. */
bool decimal_to_scaled(struct decimal value, unsigned places, int64_t *ret_scaled);

#endif
