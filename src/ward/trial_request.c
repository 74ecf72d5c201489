/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/trial_request.h"

bool trial_request_keep(struct arena *arena, const struct trial_request *request,
			struct trial_request *ret_request)
{
	struct trial_request kept = *request;
	struct trial_subject *subject = &kept.subject;
	subject->plan_id = arena_copy(arena, subject->plan_id);
	subject->canonical = arena_copy(arena, subject->canonical);
	subject->digest = arena_copy(arena, subject->digest);
	subject->by_reference = arena_copy(arena, subject->by_reference);
	subject->by_name = arena_copy(arena, subject->by_name);
	kept.policy = arena_copy(arena, request->policy);
	for (size_t i = 0; i < request->ward_count; i++)
		kept.wards[i] = arena_copy(arena, request->wards[i]);
	if (!arena->failed)
		*ret_request = kept;
	return !arena->failed;
}

bool trial_request_same(const struct trial_request *a, const struct trial_request *b)
{
	bool same = str_equal(a->subject.plan_id, b->subject.plan_id) &&
		    str_equal(a->subject.digest, b->subject.digest) && a->from_us == b->from_us &&
		    a->to_us == b->to_us && a->ward_count == b->ward_count;
	for (size_t i = 0; same && i < a->ward_count; i++)
		same = str_equal(a->wards[i], b->wards[i]);
	return same;
}

/* --- text ------------------------------------------------------------------------------------ */

static void put_text(struct arena *arena, struct json *object, const char *name, struct str text)
{
	(void)json_add(object, str_from_c(name), json_new_string(arena, text));
}

static void put_number(struct arena *arena, struct json *object, const char *name, int64_t value)
{
	(void)json_add(object, str_from_c(name), json_new_i64(arena, value));
}

void trial_request_print(struct text *text, struct arena *arena,
			 const struct trial_request *request, const char *id)
{
	const struct trial_subject *subject = &request->subject;
	struct json *object = json_new(arena, JSON_OBJECT);
	struct json *wards = json_new(arena, JSON_ARRAY);
	if (object == NULL || wards == NULL) {
		text->failed = true;
		return;
	}
	put_text(arena, object, "id", str_from_c(id));
	put_text(arena, object, "plan", subject->plan_id);
	put_number(arena, object, "planVersion", subject->plan_version);
	put_text(arena, object, "canonical", subject->canonical);
	put_text(arena, object, "digest", subject->digest);
	put_text(arena, object, "by", subject->by_reference);
	put_text(arena, object, "byName", subject->by_name);
	put_number(arena, object, "at", subject->at_us);
	/* Without bounds they are left out. */
	if (request->from_us != INT64_MIN)
		put_number(arena, object, "from", request->from_us < 0 ? 0 : request->from_us);
	if (request->to_us != INT64_MAX)
		put_number(arena, object, "to", request->to_us);
	for (size_t i = 0; i < request->ward_count; i++)
		(void)json_append(wards, json_new_string(arena, request->wards[i]));
	(void)json_add(object, STR("wards"), wards);
	put_text(arena, object, "policy", request->policy);
	json_print(text, object);
	text->failed = text->failed || arena->failed;
}

static bool read_number(const struct json *object, const char *name, int64_t *ret_value)
{
	return str_to_i64(json_get_text(object, str_from_c(name)), ret_value);
}

bool trial_request_read(struct arena *arena, struct str text, struct trial_request *ret_request,
			char ret_id[MODEL_ID_BYTES])
{
	struct trial_request request = { .from_us = INT64_MIN, .to_us = INT64_MAX };
	struct trial_subject *subject = &request.subject;
	struct json *object = NULL;
	if (json_parse(arena, text, NULL, NULL, &object) != ERROR_OK)
		return false;
	const struct json *wards = json_get(object, STR("wards"));
	subject->plan_id = json_get_text(object, STR("plan"));
	subject->canonical = json_get_text(object, STR("canonical"));
	subject->digest = json_get_text(object, STR("digest"));
	subject->by_reference = json_get_text(object, STR("by"));
	subject->by_name = json_get_text(object, STR("byName"));
	request.policy = json_get_text(object, STR("policy"));
	bool whole = read_number(object, "planVersion", &subject->plan_version) &&
		     read_number(object, "at", &subject->at_us);
	(void)read_number(object, "from", &request.from_us);
	(void)read_number(object, "to", &request.to_us);
	for (const struct json *ward = wards == NULL ? NULL : wards->child;
	     ward != NULL && request.ward_count < TRIAL_WARDS_MAX; ward = ward->next)
		request.wards[request.ward_count++] = json_text(ward);
	model_put(ret_id, MODEL_ID_BYTES, json_get_text(object, STR("id")));
	if (!whole || request.policy.len == 0 || ret_id[0] == '\0')
		return false;
	*ret_request = request;
	return true;
}

struct trial_options trial_request_options(const struct trial_request *request)
{
	return (struct trial_options){ .policy = request->policy,
				       .wards = request->wards,
				       .ward_count = request->ward_count,
				       .from_us = request->from_us,
				       .to_us = request->to_us,
				       .last_days = true,
				       .within_us = TRIAL_WITHIN_US,
				       .lacking_max = TRIAL_NAMED_MAX,
				       .now_us = request->subject.at_us };
}

bool trial_request_answered(const struct trial_request *request, const char *id,
			    const struct json *report)
{
	const struct trial_subject *subject = &request->subject;
	const struct json *identifier = json_at(json_get(report, STR("identifier")), 0);
	const struct json *plan = json_at(json_get(report, STR("evaluatedResource")), 0);
	return str_equal(json_get_text(report, STR("resourceType")), STR("MeasureReport")) &&
	       str_equal(json_get_text(report, STR("id")), str_from_c(id)) &&
	       str_equal(json_get_text(report, STR("measure")), STR(TRIAL_MEASURE "|1")) &&
	       str_equal(json_get_text(report, STR("status")), STR("complete")) &&
	       str_equal(json_get_text(identifier, STR("value")), subject->digest) &&
	       str_equal(model_reference_id(plan, STR("PlanDefinition")), subject->plan_id);
}
