/* SPDX-License-Identifier: Apache-2.0
 * Which channels leave the house stands in the record (Endpoint/channel-*), and the server alone writes it, from its
 * settings: a client that switched one off would stop every page by it, unseen. */
#include "ward/channel.h"
#include "ward/guard.h"

enum error guard_channel(const struct guarded *guarded)
{
	struct str prefix = STR(CHANNEL_ENDPOINT_PREFIX);
	struct str off = STR("off");
	enum channel channel;
	if (!str_starts_with(guarded->id, prefix) ||
	    !channel_find(str_slice(guarded->id, prefix.len, guarded->id.len), &channel))
		return ERROR_OK;
	struct str before =
		guarded->current == NULL ? off : json_get_text(guarded->current, STR("status"));
	struct str after =
		guarded->next == NULL ? off : json_get_text(guarded->next, STR("status"));
	if (str_equal(before, after) || (guarded->current == NULL && guarded->next == NULL))
		return ERROR_OK;
	return issue_add(guarded->issues, ERROR_CONFLICT, STR("Endpoint.status"),
			 "The server writes which channels there are from its settings (notify.*): "
			 "change those and start it again. What one person is reached by stands in "
			 "`telecom`.");
}
