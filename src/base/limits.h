/* SPDX-License-Identifier: Apache-2.0
 * Every limit, with its reason. Values that an operator may change are defaults here and settings
 * in the config table. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stddef.h>

/* The largest Synthea bundle in use is 11 MB; national transaction limits elsewhere are 50 MB. */
#define LIMIT_BODY_BYTES_MAX ((size_t)50 * 1024 * 1024)
/* FHIR nests at most about 20 deep; Questionnaire items and extensions may go further. */
#define LIMIT_JSON_DEPTH_MAX 100
/* A value takes 48 bytes of memory and may take two of the text. Synthea's largest bundle has 300,000
 * values in 11 MB; a body of the limit as dense has 1.4 million. */
#define LIMIT_JSON_VALUES_MAX ((size_t)4 * 1000 * 1000)
/* One request: tree, issues and answer of the largest body. */
#define LIMIT_REQUEST_ARENA_BYTES_MAX ((size_t)1024 * 1024 * 1024)
/* Synthea's largest bundle has a few thousand entries. */
#define LIMIT_BUNDLE_ENTRIES_MAX 20000
#define LIMIT_ISSUES_MAX 50
#define LIMIT_STRING_BYTES_MAX ((size_t)1024 * 1024) /* FHIR string: 1 MB */
/* Memory of all answers on their way that are large; a further one is refused until clients have read. */
#define LIMIT_ANSWERS_BYTES_MAX ((size_t)1024 * 1024 * 1024)
#define LIMIT_SEARCH_PARAMETERS_MAX 64
#define LIMIT_SEARCH_VALUES_MAX 200
#define LIMIT_PAGE_COUNT_DEFAULT 20
#define LIMIT_PAGE_COUNT_MAX 1000
#define LIMIT_INCLUDES_MAX 1000 /* resources added to one page */
#define LIMIT_QUERY_MS_MAX 10000
#define LIMIT_URL_BYTES_MAX 8192
/* A Parameters resource with a plan in words. */
#define LIMIT_OPERATION_BODY_BYTES_MAX ((size_t)64 * 1024)

#endif
