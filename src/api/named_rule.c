/* SPDX-License-Identifier: Apache-2.0
 * One table of types and one rule for each shape of address; what is not named here is refused. */
#include "api/named.h"

#include "api/url.h"

static const struct str free_types[] = {
	STR_INIT("ActivityDefinition"),
	STR_INIT("CapabilityStatement"),
	STR_INIT("CodeSystem"),
	STR_INIT("Endpoint"),
	STR_INIT("HealthcareService"),
	STR_INIT("Library"),
	STR_INIT("Location"),
	STR_INIT("Measure"),
	STR_INIT("Medication"),
	STR_INIT("Organization"),
	STR_INIT("PlanDefinition"),
	STR_INIT("Practitioner"),
	STR_INIT("PractitionerRole"),
	STR_INIT("Questionnaire"),
	STR_INIT("Schedule"),
	STR_INIT("SearchParameter"),
	STR_INIT("Slot"),
	STR_INIT("StructureDefinition"),
	STR_INIT("Substance"),
	STR_INIT("ValueSet"),
};

bool named_type_is_free(struct str type)
{
	for (size_t i = 0; i < sizeof(free_types) / sizeof(free_types[0]); i++) {
		if (str_equal(free_types[i], type))
			return true;
	}
	return false;
}

/* --- searches ------------------------------------------------------------------------------- */

static bool is_plain_id(struct str value, const char *type, struct str *ret_id)
{
	struct str rest = value;
	size_t slash = str_find_byte(value, '/', 0);
	if (slash < value.len) {
		if (!str_equal(str_slice(value, 0, slash), str_from_c(type)))
			return false;
		rest = str_slice(value, slash + 1, value.len);
	}
	*ret_id = rest;
	return fhir_id_is_valid(rest);
}

/* "Patient/a,Patient/b": every one of them, or none. */
static bool take_patients(struct call *call, struct str value, struct patient_list *list)
{
	while (value.len > 0) {
		struct str id;
		if (!is_plain_id(str_cut(&value, ','), "Patient", &id) ||
		    !patient_list_add(list, &call->arena, id))
			return false;
	}
	return list->count > 0;
}

/* What could show more than the search is about, or less than shows about whom it is. */
static bool reaches_out(struct str name)
{
	return str_starts_with(name, STR("_has")) || str_starts_with(name, STR("_include")) ||
	       str_starts_with(name, STR("_revinclude")) || str_equal(name, STR("_elements")) ||
	       str_equal(name, STR("_filter")) || str_find_byte(name, '.', 0) < name.len;
}

static bool is_of_patients(struct str type, struct str name)
{
	return str_equal(name, STR("patient")) || str_equal(name, STR("patient:Patient")) ||
	       str_equal(name, STR("subject")) || str_equal(name, STR("subject:Patient")) ||
	       (str_equal(type, STR("Patient")) && str_equal(name, STR("_id")));
}

static bool is_own_ward(const struct person *person, struct str type,
			const struct search_argument *argument)
{
	struct str id;
	return str_equal(type, STR("EpisodeOfCare")) &&
	       str_equal(argument->name, STR("organization")) &&
	       is_plain_id(argument->value, "Organization", &id) && str_equal(id, person->ward);
}

static void refuse(struct named_request *request, const char *why)
{
	request->kind = NAMED_REFUSED;
	request->why = why;
}

static enum error search_rule(struct call *call, const struct person *person, struct str type,
			      struct named_request *request)
{
	bool reaches = false, own = false;
	struct search_argument *arguments = call->arguments;
	size_t count = call->argument_count;
	if (call->method == HTTP_POST &&
	    url_query_parse(&call->arena, call->body, &arguments, &count) != ERROR_OK) {
		refuse(request, "the form cannot be read");
		return ERROR_OK;
	}
	for (size_t i = 0; i < count; i++) {
		reaches = reaches || reaches_out(arguments[i].name);
		own = own || is_own_ward(person, type, &arguments[i]);
		if (request->patients.count == 0 && is_of_patients(type, arguments[i].name) &&
		    !take_patients(call, arguments[i].value, &request->patients))
			request->patients.count = 0;
	}
	if (reaches)
		refuse(request, "a named person's search takes no _include, _revinclude, _has, "
				"_elements, _filter and no chains");
	else if (named_type_is_free(type))
		request->kind = NAMED_FREE;
	else if (request->patients.count > 0)
		request->kind = NAMED_SEARCH;
	else if (own)
		request->kind = NAMED_OWN;
	else
		refuse(request, "a named person's search must name its patient (patient=ID or "
				"subject=Patient/ID), or be EpisodeOfCare?organization= of their "
				"own ward");
	return call->arena.failed ? ERROR_LIMIT : ERROR_OK;
}

/* --- addresses ------------------------------------------------------------------------------ */

static bool is_operation(struct str segment)
{
	return segment.len > 0 && segment.ptr[0] == '$';
}

static enum error type_rule(struct call *call, const struct person *person, struct str type,
			    struct named_request *request)
{
	if (call->method == HTTP_GET || call->method == HTTP_HEAD)
		return search_rule(call, person, type, request);
	if (call->method == HTTP_POST)
		request->kind = NAMED_BODY;
	else if (named_type_is_free(type))
		request->kind = NAMED_FREE;
	else
		refuse(request, "a named person changes a resource by its id, not by criteria");
	return ERROR_OK;
}

static enum error fhir_rule(struct call *call, const struct person *person, const struct str *parts,
			    size_t count, struct named_request *request)
{
	if (count == 0) {
		if (call->method == HTTP_POST)
			request->kind = NAMED_BODY;
		else
			refuse(request, "a named person searches one type and names the patient");
		return ERROR_OK;
	}
	if (str_equal(parts[0], STR("metadata"))) {
		request->kind = NAMED_FREE;
		return ERROR_OK;
	}
	if (count == 1)
		return type_rule(call, person, parts[0], request);
	if (str_equal(parts[1], STR("_search")))
		return search_rule(call, person, parts[0], request);
	if (is_operation(parts[1])) {
		request->kind = NAMED_BODY;
		return ERROR_OK;
	}
	if (str_starts_with(parts[0], STR("_")) || str_starts_with(parts[1], STR("_"))) {
		refuse(request, "a named person reads the history of one resource by its id");
		return ERROR_OK;
	}
	request->kind = NAMED_THING;
	return ERROR_OK;
}

static void ward_rule(struct call *call, const struct str *segments, size_t count,
		      struct named_request *request)
{
	request->ward = call_argument(call, STR("ward"));
	if (count == 2 && str_equal(segments[1], STR("list")))
		request->kind = NAMED_FREE;
	else if (request->ward.len > 0)
		request->kind = NAMED_WARD;
	else
		refuse(request, "name the ward: ?ward=ID");
}

/* Lists and figures of a ward name stays and alerts, which no scan of the answer would take for patients. */
static void flow_rule(struct call *call, const struct str *segments, size_t count,
		      struct named_request *request)
{
	if (count == 3 && str_equal(segments[1], STR("summary")))
		refuse(request, "read the Composition of the stay instead of this page");
	else
		ward_rule(call, segments, count, request);
}

/* Measure/ID/$evaluate-measure?subject=Organization/WARD */
static bool is_figure(const struct str *parts, size_t count)
{
	return count > 1 && str_equal(parts[0], STR("Measure")) && is_operation(parts[count - 1]);
}

static void figure_rule(struct call *call, struct named_request *request)
{
	struct str subject = call_argument(call, STR("subject"));
	struct str type = STR("Organization/");
	if (!str_starts_with(subject, type)) {
		refuse(request, "name the ward: ?subject=Organization/ID");
		return;
	}
	request->ward = str_slice(subject, type.len, subject.len);
	request->kind = NAMED_WARD;
}

enum error named_rule(struct call *call, const struct person *person, const struct str *segments,
		      size_t count, struct named_request *ret_request)
{
	struct named_request request = { .kind = NAMED_FREE };
	enum error error = ERROR_OK;
	if (count > 1 && str_equal(segments[0], STR("fhir")) && is_figure(segments + 1, count - 1))
		figure_rule(call, &request);
	else if (count > 0 && str_equal(segments[0], STR("fhir")))
		error = fhir_rule(call, person, segments + 1, count - 1, &request);
	else if (count > 0 && str_equal(segments[0], STR("ward")))
		ward_rule(call, segments, count, &request);
	else if (count > 0 && str_equal(segments[0], STR("flow")))
		flow_rule(call, segments, count, &request);
	*ret_request = request;
	return error;
}
