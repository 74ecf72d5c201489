/* SPDX-License-Identifier: Apache-2.0
 * Meaning out of request headers. Pure and total: bytes in, value out, nothing refused silently.
 * Sources: RFC 9110 (dates, conditional requests, content negotiation), RFC 7240 (Prefer),
 * hl7.org/fhir/R4/http.html#mime-type (fhirVersion, _format). */
#ifndef API_HEADER_H
#define API_HEADER_H

#include "base/error.h"

/* "Sun, 22 Nov 2026 05:12:00 GMT", 30 bytes with the NUL. */
#define HEADER_DATE_SIZE 30
void header_date_write(int64_t at_us, char ret_text[HEADER_DATE_SIZE]);
/* IMF-fixdate only; false for anything else, which RFC 9110 lets a server treat as absent. */
bool header_date_parse(struct str text, int64_t *ret_us);

/* One entity tag W/"7" or "7" that holds a version number; false otherwise. */
bool header_etag_version(struct str text, int64_t *ret_version);
/* Whether a list of entity tags (or *) names the version. */
bool header_etag_matches(struct str list, int64_t version);

/* Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a structured string in quotes, or the same bare, 1 to
 * HEADER_KEY_BYTES_MAX printable ASCII characters. */
#define HEADER_KEY_BYTES_MAX 255
bool header_key(struct str text, char ret_key[HEADER_KEY_BYTES_MAX], size_t *ret_length);

enum header_format { HEADER_FORMAT_JSON, HEADER_FORMAT_NONE };
/* Of a media type with parameters, or the short words _format knows (json, xml). fhirVersion other than 4.0
 * (or 4.0.1) is NONE. */
enum header_format header_format_of(struct str media_type);
/* Of an Accept list; absent or empty means anything. q=0 excludes. */
enum header_format header_accept(struct str list);

enum prefer_return { PREFER_DEFAULT, PREFER_MINIMAL, PREFER_REPRESENTATION, PREFER_OUTCOME };
enum prefer_handling { PREFER_HANDLING_DEFAULT, PREFER_STRICT, PREFER_LENIENT };
struct prefer {
	enum prefer_return answer;
	enum prefer_handling handling;
};
/* Unknown preferences are ignored, as RFC 7240 demands; the first of a kind counts. */
struct prefer header_prefer(struct str text);

#endif
