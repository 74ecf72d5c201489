/* SPDX-License-Identifier: Apache-2.0
 * What a policy says, in 64 digits: two versions of a draft that differ in nothing but status, signatures and meta are
 * the same policy. */
#include "base/limits.h"
#include "ward/trial_report.h"

static void drop_signatures(struct arena *arena, struct json *plan)
{
	const struct json *list = json_get(plan, STR("extension"));
	struct json *kept = json_new(arena, JSON_ARRAY);
	if (list == NULL || list->type != JSON_ARRAY)
		return;
	for (const struct json *at = list->child; at != NULL && kept != NULL; at = at->next) {
		if (!policy_is_signature(at))
			(void)json_append(kept, json_copy(arena, at));
	}
	(void)json_remove(plan, STR("extension"));
	/* At the end, where the first signature of a draft without extensions stood as well. */
	if (kept != NULL && kept->count > 0)
		(void)json_add(plan, STR("extension"), kept);
}

void policy_digest(struct arena *arena, const struct json *plan,
		   char ret_digest[TRIAL_DIGEST_BYTES])
{
	uint8_t hash[HASH_SHA256_BYTES];
	struct json *said = json_copy(arena, plan);
	struct text text;
	ret_digest[0] = '\0';
	if (said == NULL)
		return;
	(void)json_remove(said, STR("meta"));
	(void)json_remove(said, STR("status"));
	drop_signatures(arena, said);
	text_init(&text, arena, LIMIT_BODY_BYTES_MAX);
	json_print(&text, said);
	struct str view = text_view(&text);
	if (text.failed || arena->failed)
		return;
	hash_sha256(view.ptr, view.len, hash);
	hash_write_hex(hash, ret_digest);
}
