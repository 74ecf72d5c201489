/* SPDX-License-Identifier: Apache-2.0
 * Until the store's search is in: every search is refused as not offered, never answered wrongly. Weak, so that the
 * store's own functions take its place. */
#include "store/search.h"

__attribute__((weak)) enum error
search_parse(struct arena *arena, uint16_t type, const struct search_argument *arguments,
	     size_t argument_count, const struct search_parse_options *options,
	     struct issues *issues, struct search_request **ret_request)
{
	(void)arena;
	(void)type;
	(void)arguments;
	(void)argument_count;
	(void)options;
	(void)ret_request;
	return issue_add(issues, ERROR_NOT_SUPPORTED, STR(""), "search is not in this build yet");
}

__attribute__((weak)) enum error search_run(struct store_reader *reader, struct arena *arena,
					    const struct search_request *request,
					    struct issues *issues, struct search_result *ret_result)
{
	(void)reader;
	(void)arena;
	(void)request;
	(void)ret_result;
	return issue_add(issues, ERROR_NOT_SUPPORTED, STR(""), "search is not in this build yet");
}
