/* SPDX-License-Identifier: Apache-2.0
 * A draft is signed on a trial of exactly what it says, of the last days in which there were patients, that nobody
 * but the trial itself has written. Each of these that is lacking is said with what to do. */
#include "ward/trial_proof.h"

#include "ward/trial_report.h"

#define PROOF_AGE_US (TRIAL_DAYS * DATE_US_PER_DAY)
#define PROOF_LOOKED_AT 20 /* the newest trials of a draft; an older one is tried anew */
#define LEFT_OUT_MIN 0.001 /* as days are printed */

/* --- what a report says ---------------------------------------------------------------------- */

static const struct json *part_of(const struct json *report, struct str name)
{
	return model_part(model_extension(report, STR("policy-trial")), name);
}

static bool instant_of(const struct json *object, struct str name, int64_t *ret_us)
{
	struct date date;
	if (date_parse(json_get_text(object, name), DATE_KIND_DATETIME, &date) != ERROR_OK)
		return false;
	*ret_us = date.low_us;
	return true;
}

struct said {
	int64_t at_us, from_us, to_us, last_from_us, last_to_us;
	double left_out;
};

static bool read_report(const struct json *report, struct said *said)
{
	const struct json *period = json_get(report, STR("period"));
	const struct json *last = json_get(part_of(report, STR("last-days")), STR("valuePeriod"));
	struct decimal left_out;
	if (decimal_parse(json_get_text(part_of(report, STR("left-out")), STR("valueDecimal")),
			  &left_out) != ERROR_OK)
		return false;
	said->left_out = decimal_to_double(left_out);
	return instant_of(report, STR("date"), &said->at_us) &&
	       instant_of(period, STR("start"), &said->from_us) &&
	       instant_of(period, STR("end"), &said->to_us) &&
	       instant_of(last, STR("start"), &said->last_from_us) &&
	       instant_of(last, STR("end"), &said->last_to_us);
}

/* NULL when a draft may be signed on this trial, else why not. */
static const char *objection(const struct said *said, int64_t now_us)
{
	if (now_us - said->at_us > PROOF_AGE_US)
		return "The newest trial of this draft is more than 28 days old: try it again "
		       "(PlanDefinition/{id}/$try), look at the result, and sign then.";
	if (said->from_us > said->last_from_us || said->to_us < said->last_to_us)
		return "The trial does not cover the last 28 days in which there were patients: "
		       "try the draft again without `from` and `to` (PlanDefinition/{id}/$try), "
		       "look at the result, and sign then.";
	if (said->left_out >= LEFT_OUT_MIN)
		return "The trial leaves out patients who are under this policy on other wards: "
		       "try the draft again without `ward` (PlanDefinition/{id}/$try), look at "
		       "the result, and sign then.";
	return NULL;
}

/* --- which report ---------------------------------------------------------------------------- */

static bool find_reports(struct call *call, const struct json *plan, const char *digest,
			 struct search_result *ret_result)
{
	char draft[MODEL_ID_BYTES + 20], identifier[TRIAL_DIGEST_BYTES + 80];
	model_format(draft, sizeof(draft), "PlanDefinition/%.*s",
		     STR_ARG(json_get_text(plan, STR("id"))));
	model_format(identifier, sizeof(identifier), TRIAL_DIGEST_SYSTEM "|%s", digest);
	const struct search_argument arguments[] = {
		{ STR("evaluated-resource"), arena_copy(&call->arena, str_from_c(draft)) },
		{ STR("measure"), STR(TRIAL_MEASURE "|1") },
		{ STR("_sort"), STR("-date") },
		{ STR("identifier"), arena_copy(&call->arena, str_from_c(identifier)) },
	};
	const struct search_parse_options options = {
		.base_url = server_base_url(call->server),
		.now_us = clock_now_us(server_clock(call->server)),
	};
	struct search_request *request = NULL;
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	enum error error = reader == NULL ? ERROR_BUSY : ERROR_OK;
	if (error == ERROR_OK)
		error = search_parse(&call->arena, fhir_resource_find(STR("MeasureReport")),
				     arguments, digest[0] == '\0' ? 3 : 4, &options, &call->issues,
				     &request);
	if (error == ERROR_OK) {
		request->count = PROOF_LOOKED_AT;
		request->total = SEARCH_TOTAL_NONE;
		error = search_run(reader, &call->arena, request, &call->issues, ret_result);
	}
	if (reader != NULL)
		store_reader_return(reader);
	if (error != ERROR_OK)
		call_fail(call, error);
	return error == ERROR_OK;
}

static bool is_genuine(const struct store_version *version)
{
	return version->version == 1 && str_equal(version->origin, STR(TRIAL_ORIGIN));
}

/* The newest that can be signed on; else the reason against the newest at all. */
static void choose(struct call *call, const struct search_result *found, struct str wanted,
		   struct trial_proof *proof)
{
	int64_t now_us = clock_now_us(server_clock(call->server));
	for (size_t i = 0; i < found->match_count; i++) {
		struct text reference;
		struct json *report = NULL;
		struct said said = { 0 };
		text_init(&reference, &call->arena, MODEL_REFERENCE_BYTES);
		text_put_format(&reference, "MeasureReport/%.*s", STR_ARG(found->matches[i].id));
		if (!is_genuine(&found->matches[i]) ||
		    (wanted.len > 0 && !str_equal(wanted, text_view(&reference))) ||
		    json_parse(&call->arena, found->matches[i].body, NULL, NULL, &report) !=
			    ERROR_OK ||
		    !read_report(report, &said))
			continue;
		const char *why = objection(&said, now_us);
		if (why == NULL) {
			proof->reference = text_view(&reference);
			proof->report = report;
			proof->at_us = said.at_us;
			return;
		}
		if (proof->why[0] == '\0')
			MODEL_PUT(proof->why, str_from_c(why));
	}
}

static bool explain(struct call *call, const struct json *plan, struct str wanted,
		    struct trial_proof *proof)
{
	struct search_result any = { 0 };
	const char *why = "This draft has not been tried: try it on stored history first "
			  "(PlanDefinition/{id}/$try), look at the result, and sign then.";
	if (wanted.len > 0)
		why = "The report that is named is no trial of this draft as it stands: look at "
		      "its newest trial, and sign on that one.";
	else if (!find_reports(call, plan, "", &any))
		return false;
	else if (any.match_count > 0)
		why = "The draft has been changed since it was tried: try it again "
		      "(PlanDefinition/{id}/$try), look at the result, and sign then.";
	MODEL_PUT(proof->why, str_from_c(why));
	return true;
}

bool trial_proof_find(struct call *call, const struct json *plan, struct str wanted,
		      struct trial_proof *ret_proof)
{
	struct trial_proof proof = { 0 };
	struct search_result found = { 0 };
	char digest[TRIAL_DIGEST_BYTES];
	policy_digest(&call->arena, plan, digest);
	if (digest[0] == '\0') {
		call_fail(call, ERROR_LIMIT);
		return false;
	}
	if (!find_reports(call, plan, digest, &found))
		return false;
	choose(call, &found, wanted, &proof);
	if (proof.reference.len == 0 && proof.why[0] == '\0' &&
	    !explain(call, plan, wanted, &proof))
		return false;
	*ret_proof = proof;
	return true;
}
