/* SPDX-License-Identifier: Apache-2.0
 * Conditions of a commit are searches; until search lands, a commit with one is refused. */
#include "store/search.h"

enum error search_resolve(struct store_reader *reader, struct arena *arena,
			  const struct search_request *request, struct search_match ret_matches[2],
			  size_t *ret_count)
{
	(void)reader;
	(void)arena;
	(void)request;
	(void)ret_matches;
	(void)ret_count;
	return ERROR_NOT_SUPPORTED;
}
