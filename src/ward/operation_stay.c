/* SPDX-License-Identifier: Apache-2.0
 * $admit and $discharge: a stay begins and ends as one commit. */
#include "ward/operation_pathway.h"

#include "base/decimal.h"
#include "base/limits.h"
#include "os/random.h"
#include "ward/core.h"

#define ADMIT_TRIES 4
/* A start may lie this much ahead of our clock: the clocks of two machines differ. */
#define START_AHEAD_MAX_US (2 * DATE_US_PER_MIN)

struct admission {
	struct store_commit commit; /* first: the finish function finds the admission by it */
	struct store_write writes[2 + OPERATION_PART_WRITES_MAX];
	struct store_condition conditions[2]; /* no open stay; the policy is in force */
	operation_join *join;
	int tries_left;
};

/* Reads `name` as a relative reference to an existing resource of `type`. */
static bool existing(struct call *call, const struct json *parameters, struct str name,
		     const char *type, struct str *ret_text, struct json **ret_resource)
{
	struct str text = operation_parameter_reference(parameters, name);
	struct fhir_reference reference = { 0 };
	int64_t version = 0;
	if (!fhir_reference_parse(text, &reference) || reference.base.len > 0 ||
	    reference.type != fhir_resource_find(str_from_c(type))) {
		issue_add(&call->issues, ERROR_BAD_REQUEST, STR("Parameters.parameter"),
			  "Parameter `%.*s` must have a valueReference such as %s/id.",
			  STR_ARG(name), type);
		call_fail(call, ERROR_BAD_REQUEST);
		return false;
	}
	*ret_text = text;
	return operation_read(call, str_from_c(type), reference.id, ret_resource, &version);
}

static struct search_request *search(struct call *call, const char *type,
				     const struct search_argument *arguments, size_t count)
{
	struct search_parse_options options = {
		.conditional = true,
		.base_url = server_base_url(call->server),
		.now_us = clock_now_us(server_clock(call->server)),
	};
	struct search_request *request = NULL;
	enum error error = search_parse(&call->arena, fhir_resource_find(str_from_c(type)),
					arguments, count, &options, &call->issues, &request);
	if (error == ERROR_OK)
		return request;
	call_fail(call, error);
	return NULL;
}

/* The number of matches, 2 for more than one; -1: answered with an error. */
static int matches(struct call *call, const struct search_request *request,
		   struct search_match ret_matches[2])
{
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	size_t count = 0;
	enum error error = ERROR_BUSY;
	if (reader != NULL) {
		error = search_resolve(reader, &call->arena, request, ret_matches, &count);
		store_reader_return(reader);
	}
	if (error == ERROR_OK)
		return (int)count;
	call_fail(call, error);
	return -1;
}

struct policy_named {
	struct str canonical;
	struct json *definition;
	struct store_condition in_force;
	bool alone; /* in_force can be kept as a condition */
};

/* The policy named by the call, else the ward's own; it must be in the record. Of several PlanDefinitions with its url
 * and version the one in force counts, and must be so still when the admission is written. */
static bool policy_of(struct call *call, const struct json *parameters, const struct json *ward,
		      struct policy_named *ret_named)
{
	int64_t version = 0;
	struct str policy =
		operation_parameter_text(parameters, STR("policy"), STR("valueCanonical"));
	const struct json *extensions = json_get(ward, STR("extension"));
	const struct json *at = extensions == NULL ? NULL : extensions->child;
	for (; policy.len == 0 && at != NULL; at = at->next) {
		if (str_equal(json_get_text(at, STR("url")),
			      STR(HOMEWARD_URL "StructureDefinition/ward-policy")))
			policy = json_get_text(at, STR("valueCanonical"));
	}
	struct str url = policy;
	size_t bar = str_find_byte(policy, '|', 0);
	if (policy.len == 0 || bar == policy.len) {
		operation_refuse(
			call, ERROR_INVALID,
			"Name the policy with its version (policy valueCanonical url|version), or "
			"give the "
			"ward a ward-policy extension.");
		return false;
	}
	url = str_slice(policy, 0, bar);
	struct search_argument arguments[] = {
		{ STR("url"), url },
		{ STR("version"), str_slice(policy, bar + 1, policy.len) },
		{ STR("status"), STR("active") },
	};
	struct search_match found[2];
	struct search_request *request = search(call, "PlanDefinition", arguments, 3);
	int count = request == NULL ? -1 : matches(call, request, found);
	if (count > 0)
		ret_named->in_force = (struct store_condition){
			.search = request, .found = true, .type = found[0].type, .id = found[0].id
		};
	ret_named->alone = count == 1;
	if (count == 0) { /* for the words of the refusal */
		request = search(call, "PlanDefinition", arguments, 2);
		count = request == NULL ? -1 : matches(call, request, found);
	}
	if (count == 0)
		operation_refuse(call, ERROR_INVALID,
				 "There is no PlanDefinition with that url and version.");
	ret_named->canonical = policy;
	return count > 0 && operation_read(call, STR("PlanDefinition"), found[0].id,
					   &ret_named->definition, &version);
}

static bool start_of(struct call *call, const struct json *parameters, struct str *ret_start)
{
	int64_t now_us = clock_now_us(server_clock(call->server));
	struct str given = operation_parameter_text(parameters, STR("start"), STR("valueDateTime"));
	if (given.len == 0) {
		*ret_start = date_print_instant(&call->arena, now_us);
		return true;
	}
	struct date start;
	if (date_parse(given, DATE_KIND_DATETIME, &start) == ERROR_OK &&
	    start.precision >= DATE_SECOND && start.low_us <= now_us + START_AHEAD_MAX_US) {
		*ret_start = given;
		return true;
	}
	operation_refuse(
		call, ERROR_INVALID,
		"Parameter `start` must be a dateTime with time and offset, not in the future.");
	return false;
}

static bool period_of(struct call *call, const struct json *parameters, struct str *ret_hours)
{
	struct str given =
		operation_parameter_text(parameters, STR("periodHours"), STR("valueDecimal"));
	struct decimal hours, least = { 25, -2 }, most = { 168, 0 };
	if (given.len == 0) {
		*ret_hours = STR(""); /* as the policy says */
		return true;
	}
	if (decimal_parse(given, &hours) == ERROR_OK && decimal_compare(hours, least) >= 0 &&
	    decimal_compare(hours, most) <= 0) {
		*ret_hours = given;
		return true;
	}
	operation_refuse(call, ERROR_INVALID,
			 "Parameter `periodHours` must lie between 0.25 and 168.");
	return false;
}

static struct json *parsed(struct call *call, struct text *text)
{
	struct json *root = NULL;
	if (text->failed ||
	    json_parse(&call->arena, text_view(text), NULL, NULL, &root) != ERROR_OK) {
		call_fail(call, ERROR_LIMIT);
		return NULL;
	}
	return root;
}

struct stay {
	struct str patient, ward, start, hours;
	char episode_id[37], plan_id[37];
	struct policy_named policy;
};

static struct json *episode_tree(struct call *call, const struct stay *stay)
{
	struct text text;
	text_init(&text, &call->arena, LIMIT_OPERATION_BODY_BYTES_MAX);
	text_put_format(&text,
			"{\"resourceType\":\"EpisodeOfCare\",\"id\":\"%s\",\"status\":\"active\",",
			stay->episode_id);
	text_put_c(&text,
		   "\"type\":[{\"coding\":[{\"system\":\"" HOMEWARD_URL "CodeSystem/episode-type\","
		   "\"code\":\"virtual-ward\"}]}],\"patient\":{\"reference\":");
	json_print_string(&text, stay->patient);
	text_put_c(&text, "},\"managingOrganization\":{\"reference\":");
	json_print_string(&text, stay->ward);
	text_put_c(&text, "},\"period\":{\"start\":");
	json_print_string(&text, stay->start);
	text_put_c(&text, "}}");
	return parsed(call, &text);
}

static struct json *plan_tree(struct call *call, const struct stay *stay)
{
	struct text text;
	text_init(&text, &call->arena, LIMIT_OPERATION_BODY_BYTES_MAX);
	text_put_format(&text,
			"{\"resourceType\":\"CarePlan\",\"id\":\"%s\",\"instantiatesCanonical\":[",
			stay->plan_id);
	json_print_string(&text, stay->policy.canonical);
	text_put_c(&text,
		   "],\"status\":\"active\",\"intent\":\"plan\",\"subject\":{\"reference\":");
	json_print_string(&text, stay->patient);
	text_put_c(&text, "},\"period\":{\"start\":");
	json_print_string(&text, stay->start);
	text_put_format(&text, "},\"supportingInfo\":[{\"reference\":\"EpisodeOfCare/%s\"}],",
			stay->episode_id);
	text_put_c(&text, "\"activity\":[{\"detail\":{\"code\":{\"coding\":[{\"system\":"
			  "\"http://loinc.org\",\"code\":\"85353-1\"}]},\"status\":\"in-progress\","
			  "\"scheduledTiming\":{\"repeat\":");
	pathway_put_timing(&text, stay->policy.definition, stay->hours);
	text_put_c(&text, "}}}]}");
	return parsed(call, &text);
}

static void admit(struct call *call, operation_join *join, int tries_left);

static void answer_admission(struct call *call, struct store_commit *commit)
{
	struct admission *admission = (struct admission *)commit;
	if (commit->error == ERROR_CONFLICT && admission->tries_left > 0) {
		admit(call, admission->join, admission->tries_left - 1);
		return;
	}
	if (commit->error == ERROR_PRECONDITION) {
		operation_refuse(call, ERROR_CONFLICT,
				 "The referral changed meanwhile; read it and admit again.");
		return;
	}
	if (commit->error != ERROR_OK) {
		call_fail(call, commit->error);
		return;
	}
	struct json *bundle = json_new(&call->arena, JSON_OBJECT);
	json_add(bundle, STR("resourceType"), json_new_string(&call->arena, STR("Bundle")));
	json_add(bundle, STR("type"), json_new_string(&call->arena, STR("collection")));
	struct json *entries = json_add(bundle, STR("entry"), json_new(&call->arena, JSON_ARRAY));
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	for (size_t i = 2; i > 0 && reader != NULL; i--) { /* the stay is what was asked for */
		struct store_version version = { 0 };
		struct json *tree = NULL;
		const struct store_write *write = &commit->writes[i - 1];
		if (store_read_version(reader, &call->arena, write->type, write->id, write->version,
				       &version) != ERROR_OK ||
		    json_parse(&call->arena, version.body, NULL, NULL, &tree) != ERROR_OK)
			continue;
		struct text url;
		text_init(&url, &call->arena, LIMIT_URL_BYTES_MAX);
		text_put(&url, server_base_url(call->server));
		text_put_format(&url, "/%.*s/%.*s", STR_ARG(fhir_resource_name(write->type)),
				STR_ARG(write->id));
		struct json *entry = json_append(entries, json_new(&call->arena, JSON_OBJECT));
		json_add(entry, STR("fullUrl"), json_new_string(&call->arena, text_view(&url)));
		json_add(entry, STR("resource"), tree);
	}
	if (reader != NULL)
		store_reader_return(reader);
	call_answer_json(call, 201, bundle);
}

/* The other room's writes behind our own. */
static bool join_part(struct call *call, operation_join *join, struct operation_part *part,
		      struct store_write *writes)
{
	if (join != NULL && !join(call, part))
		return false;
	ASSERT(part->count <= OPERATION_PART_WRITES_MAX);
	for (size_t i = 0; i < part->count; i++)
		writes[i] = part->writes[i];
	return true;
}

static void commit_admission(struct call *call, const struct stay *stay,
			     const struct json *parameters, struct admission *admission)
{
	const struct search_request *open_stays = admission->conditions[0].search;
	admission->conditions[0] = (struct store_condition){ .search = open_stays, .found = false };
	admission->conditions[1] = stay->policy.in_force;
	struct json *episode = episode_tree(call, stay);
	struct json *plan = episode == NULL ? NULL : plan_tree(call, stay);
	if (plan == NULL)
		return;
	struct operation_part part = { .parameters = parameters, .episode = episode };
	part.episode_id = arena_copy(&call->arena, str_from_c(stay->episode_id));
	/* The plan first: the ward reads them in this order and judges a stay as soon as it is open. */
	if (!join_part(call, admission->join, &part, &admission->writes[2]) ||
	    !operation_write(call, plan, arena_copy(&call->arena, str_from_c(stay->plan_id)),
			     STORE_VERSION_NONE, &admission->writes[0]) ||
	    !operation_write(call, episode, part.episode_id, STORE_VERSION_NONE,
			     &admission->writes[1]))
		return;
	struct store_commit *commit = &admission->commit;
	commit->writes = admission->writes;
	commit->write_count = 2 + part.count;
	commit->conditions = admission->conditions;
	commit->condition_count = stay->policy.alone ? 2 : 1;
	commit->origin = STR("api");
	commit->feed_expected = -1;
	call_commit(call, commit, answer_admission);
}

static void admit(struct call *call, operation_join *join, int tries_left)
{
	struct json *parameters = operation_parameters(call);
	struct json *patient = NULL, *ward = NULL;
	struct stay stay = { 0 };
	if (parameters == NULL ||
	    !existing(call, parameters, STR("patient"), "Patient", &stay.patient, &patient) ||
	    !existing(call, parameters, STR("ward"), "Organization", &stay.ward, &ward) ||
	    !policy_of(call, parameters, ward, &stay.policy) ||
	    !operation_has_terminal_rung(call, stay.ward, stay.policy.canonical) ||
	    !start_of(call, parameters, &stay.start) || !period_of(call, parameters, &stay.hours) ||
	    !pathway_admits(call, stay.policy.definition, stay.patient, patient))
		return;
	/* A programme of the hospital, an EpisodeOfCare too, is no stay. */
	struct search_argument arguments[] = {
		{ STR("patient"), stay.patient },
		{ STR("status"), STR("active,onhold") },
		{ STR("type"), STR(HOMEWARD_URL "CodeSystem/episode-type|virtual-ward") },
	};
	struct search_match found[2];
	struct search_request *open_stays = search(call, "EpisodeOfCare", arguments, 3);
	int count = open_stays == NULL ? -1 : matches(call, open_stays, found);
	if (count > 0)
		operation_refuse(call, ERROR_CONFLICT,
				 "The patient has an open stay already; discharge it first.");
	if (count != 0)
		return;
	int64_t now_us = clock_now_us(server_clock(call->server));
	random_uuid_ordered(now_us, stay.episode_id);
	random_uuid_ordered(now_us, stay.plan_id);
	struct admission *admission = ARENA_NEW(&call->arena, struct admission, 1);
	if (admission == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	admission->conditions[0].search = open_stays;
	admission->join = join;
	admission->tries_left = tries_left;
	commit_admission(call, &stay, parameters, admission);
}

void operation_admit(struct call *call, operation_join *join)
{
	admit(call, join, ADMIT_TRIES);
}

/* --- discharge ------------------------------------------------------------------------------ */

static void answer_discharge(struct call *call, struct store_commit *commit)
{
	if (commit->error != ERROR_OK) {
		if (commit->error == ERROR_PRECONDITION)
			operation_refuse(
				call, ERROR_CONFLICT,
				"The stay changed meanwhile; read it and discharge again.");
		else
			call_fail(call, commit->error);
		return;
	}
	operation_answer(call, &commit->writes[0]);
}

static void end_period(struct arena *arena, struct json *resource, struct str status,
		       struct str end)
{
	json_put(resource, STR("status"), json_new_string(arena, status));
	struct json *period = json_get(resource, STR("period"));
	if (period == NULL)
		period = json_put(resource, STR("period"), json_new(arena, JSON_OBJECT));
	json_put(period, STR("end"), json_new_string(arena, end));
}

/* The stay's plan, by CarePlan.supportingInfo; more plans than one are each ended. */
static bool plans_of_stay(struct call *call, struct str patient, struct str episode_id,
			  struct store_version **ret_plans, size_t *ret_count)
{
	struct search_argument arguments[] = {
		{ STR("subject"), patient },
		{ STR("status"), STR("active,on-hold") },
	};
	struct search_result result = { 0 };
	if (!operation_search(call, "CarePlan", arguments, 2, &result))
		return false;
	size_t kept = 0;
	for (size_t i = 0; i < result.match_count; i++) {
		if (str_find(result.matches[i].body, episode_id) < result.matches[i].body.len)
			result.matches[kept++] = result.matches[i];
	}
	*ret_plans = result.matches;
	*ret_count = kept;
	return true;
}

static bool discharge_writes(struct call *call, struct operation_part *part, operation_join *join,
			     int64_t version, struct store_commit *commit)
{
	struct arena *arena = &call->arena;
	struct json *episode = part->episode;
	struct str end = date_print_instant(arena, clock_now_us(server_clock(call->server)));
	struct str patient = json_get_text(json_get(episode, STR("patient")), STR("reference"));
	struct store_version *plans = NULL;
	size_t plan_count = 0;
	if (!plans_of_stay(call, patient, call->path_parts[0], &plans, &plan_count))
		return false;
	struct store_write *writes =
		ARENA_NEW(arena, struct store_write, plan_count + 1 + OPERATION_PART_WRITES_MAX);
	if (writes == NULL) {
		call_fail(call, ERROR_LIMIT);
		return false;
	}
	end_period(arena, episode, STR("finished"), end);
	if (!join_part(call, join, part, &writes[plan_count + 1]) ||
	    !operation_write(call, episode, call->path_parts[0], version, &writes[0]))
		return false;
	for (size_t i = 0; i < plan_count; i++) {
		struct json *plan = NULL;
		if (json_parse(arena, plans[i].body, NULL, NULL, &plan) != ERROR_OK) {
			call_fail(call, ERROR_INTERNAL);
			return false;
		}
		end_period(arena, plan, STR("completed"), end);
		if (!operation_write(call, plan, plans[i].id, plans[i].version, &writes[i + 1]))
			return false;
	}
	commit->writes = writes;
	commit->write_count = plan_count + 1 + part->count;
	return true;
}

void operation_discharge(struct call *call, operation_join *join)
{
	struct json *parameters = operation_parameters(call);
	if (parameters == NULL)
		return;
	struct str reason =
		str_trim(operation_parameter_text(parameters, STR("reason"), STR("valueString")));
	if (reason.len == 0) {
		operation_refuse(call, ERROR_BAD_REQUEST,
				 "Say why: parameter `reason` with valueString.");
		return;
	}
	struct json *episode = NULL;
	int64_t version = 0;
	if (!operation_read(call, STR("EpisodeOfCare"), call->path_parts[0], &episode, &version))
		return;
	struct str status = json_get_text(episode, STR("status"));
	if (!str_equal(status, STR("active")) && !str_equal(status, STR("onhold"))) {
		operation_refuse(call, ERROR_CONFLICT,
				 "The stay is not open; nothing was changed.");
		return;
	}
	struct json *why = json_new(&call->arena, JSON_OBJECT);
	json_add(why, STR("url"),
		 json_new_string(&call->arena,
				 STR(HOMEWARD_URL "StructureDefinition/discharge-reason")));
	json_add(why, STR("valueString"), json_new_string(&call->arena, reason));
	struct json *extensions = json_get(episode, STR("extension"));
	if (extensions == NULL)
		extensions =
			json_put(episode, STR("extension"), json_new(&call->arena, JSON_ARRAY));
	json_append(extensions, why);
	struct store_commit *commit = ARENA_NEW(&call->arena, struct store_commit, 1);
	if (commit == NULL) {
		call_fail(call, ERROR_LIMIT);
		return;
	}
	struct operation_part part = { .parameters = parameters,
				       .episode = episode,
				       .episode_id = call->path_parts[0] };
	if (!discharge_writes(call, &part, join, version, commit))
		return;
	commit->origin = STR("api");
	commit->feed_expected = -1;
	call_commit(call, commit, answer_discharge);
}
