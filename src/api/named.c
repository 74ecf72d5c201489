/* SPDX-License-Identifier: Apache-2.0 */
#include "api/named.h"

#include "api/server.h"
#include "base/limits.h"
#include "base/utf8.h"

#define REASON_BYTES_MIN 4
#define REASON_BYTES_MAX 500

bool server_log_head(struct server *server, int64_t *ret_number, char ret_hash[65])
{
	struct audit *audit = server_room(server, "audit");
	return audit != NULL && audit_head(audit, ret_number, ret_hash);
}

static struct str interaction_of(const struct call *call)
{
	switch (call->method) {
	case HTTP_POST:
		return str_find_byte(call->path, '$', 0) < call->path.len ? STR("operation")
									  : STR("create");
	case HTTP_PUT:
	case HTTP_PATCH:
		return STR("update");
	case HTTP_DELETE:
		return STR("delete");
	case HTTP_GET:
	case HTTP_HEAD:
	case HTTP_OPTIONS:
	default:
		return call->argument_count > 0 ? STR("search-type") : STR("read");
	}
}

static char action_of(const struct call *call)
{
	switch (call->method) {
	case HTTP_POST:
		return 'E';
	case HTTP_PUT:
	case HTTP_PATCH:
		return 'U';
	case HTTP_DELETE:
		return 'D';
	case HTTP_GET:
	case HTTP_HEAD:
	case HTTP_OPTIONS:
	default:
		return 'R';
	}
}

/* "GET /fhir/Observation?patient=…": as it was asked. */
static struct str about(struct call *call)
{
	static const char *const methods[] = { "GET",   "HEAD",   "POST",   "PUT",
					       "PATCH", "DELETE", "OPTIONS" };
	struct text text;
	text_init(&text, &call->arena, LIMIT_URL_BYTES_MAX + 64);
	text_put_format(&text, "%s %.*s", methods[call->method], STR_ARG(call->path));
	if (call->argument_count > 0) {
		text_put_byte(&text, '?');
		url_query_print(&text, call->arguments, call->argument_count);
	}
	return text.failed ? STR("an address that is too long to note") : text_view(&text);
}

static bool record(struct call *call, const struct patient_list *patients, bool refused,
		   struct str reason)
{
	struct named *named = call->named;
	struct audit *audit = server_room(call->server, "audit");
	const struct audit_event event = { .person = &named->person,
					   .interaction = interaction_of(call),
					   .action = action_of(call),
					   .refused = refused,
					   .reason = reason,
					   .about = about(call),
					   .patients = patients,
					   .ward = named->ward };
	return audit != NULL && audit_record(audit, &event, reason.len > 0);
}

static bool busy(struct call *call)
{
	call_fail(call, issue_add(&call->issues, ERROR_BUSY, STR(""),
				  "the access log cannot be written, and without it nothing is "
				  "shown"));
	return false;
}

static bool refuse(struct call *call, const struct patient_list *patients, const char *why)
{
	if (!record(call, patients, true, (struct str){ NULL, 0 }))
		return busy(call);
	call->named->logged = true;
	call_fail(call, issue_add(&call->issues, ERROR_FORBIDDEN, STR(""), "%s", why));
	return false;
}

/* --- patients ------------------------------------------------------------------------------- */

static bool is_in(const struct patient_list *list, struct str id)
{
	for (size_t i = 0; i < list->count; i++) {
		if (str_equal(list->ids[i], id))
			return true;
	}
	return false;
}

/* Sorts the patients into those of the person's ward and the others. */
static enum error sort_out(struct call *call, const struct patient_list *patients,
			   struct patient_list *others)
{
	struct named *named = call->named;
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	enum error error = reader == NULL ? ERROR_BUSY : ERROR_OK;
	int64_t now_us = clock_now_us(server_clock(call->server));
	for (size_t i = 0; i < patients->count && error == ERROR_OK; i++) {
		bool sees = false;
		if (is_in(&named->allowed, patients->ids[i]))
			continue;
		error = person_sees(reader, &call->arena, &named->person, patients->ids[i], now_us,
				    &sees);
		if (error == ERROR_OK && !patient_list_add(sees ? &named->allowed : others,
							   &call->arena, patients->ids[i]))
			error = ERROR_LIMIT;
	}
	if (reader != NULL)
		store_reader_return(reader);
	return error;
}

/* The glass is broken: in the log, durable, before anything is shown. */
static bool open_up(struct call *call, const struct patient_list *others)
{
	struct named *named = call->named;
	if (!record(call, others, false, named->reason))
		return busy(call);
	for (size_t i = 0; i < others->count; i++) {
		if (!patient_list_add(&named->allowed, &call->arena, others->ids[i]) ||
		    !patient_list_add(&named->opened, &call->arena, others->ids[i])) {
			call_fail(call, ERROR_LIMIT);
			return false;
		}
	}
	return true;
}

static bool admit(struct call *call, const struct patient_list *patients)
{
	struct patient_list others = { 0 };
	enum error error = sort_out(call, patients, &others);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	if (patients->cut)
		return refuse(call, patients, "too many patients at once: ask for fewer");
	if (others.count == 0)
		return true;
	if (call->named->reason.len > 0)
		return open_up(call, &others);
	return refuse(call, &others,
		      "this record belongs to a patient of another ward. If you must see it now, "
		      "send the header X-Homeward-Break-Glass with the reason: it is logged, and "
		      "the nurse in charge of the patient's ward is told");
}

/* --- before the handler --------------------------------------------------------------------- */

static enum error stored_patients(struct call *call, struct str type, struct str id,
				  struct patient_list *patients, bool *ret_found)
{
	struct store_version version = { 0 };
	uint16_t number = fhir_resource_find(type);
	*ret_found = false;
	if (number == FHIR_TYPE_NONE || !fhir_id_is_valid(id))
		return ERROR_OK; /* the handler says so */
	if (str_equal(type, STR("Patient")) && !patient_list_add(patients, &call->arena, id))
		return ERROR_LIMIT;
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	if (reader == NULL)
		return ERROR_BUSY;
	enum error error = store_read(reader, &call->arena, number, id, &version);
	store_reader_return(reader);
	if (error == ERROR_NOT_FOUND || error == ERROR_GONE)
		return ERROR_OK;
	if (error != ERROR_OK)
		return error;
	*ret_found = true;
	return patient_list_scan(patients, &call->arena, version.body) ? ERROR_OK : ERROR_LIMIT;
}

/* Patients of a body as a client writes it: read and printed anew, so that no escape hides one. */
static enum error body_patients(struct call *call, struct patient_list *patients,
				struct json **ret_tree)
{
	struct text text;
	*ret_tree = NULL;
	if (call->body.len == 0 ||
	    json_parse(&call->arena, call->body, NULL, NULL, ret_tree) != ERROR_OK)
		return ERROR_OK; /* the handler says so */
	text_init(&text, &call->arena, LIMIT_BODY_BYTES_MAX * 2);
	json_print(&text, *ret_tree);
	struct str view = text_view(&text);
	if (text.failed || !patient_list_scan(patients, &call->arena, view))
		return ERROR_LIMIT;
	return ERROR_OK;
}

/* An admission to one's own ward is how a patient comes to it. */
static bool is_own_admission(const struct call *call, const struct json *body)
{
	const struct json *list = json_get(body, STR("parameter"));
	struct str reference = { NULL, 0 };
	for (const struct json *at = list == NULL ? NULL : list->child; at != NULL; at = at->next) {
		if (str_equal(json_get_text(at, STR("name")), STR("ward")))
			reference = json_get_text(json_get(at, STR("valueReference")),
						  STR("reference"));
	}
	struct str type = str_cut(&reference, '/');
	return str_equal(call->path, STR("/fhir/EpisodeOfCare/$admit")) &&
	       str_equal(type, STR("Organization")) &&
	       str_equal(reference, call->named->person.ward);
}

/* Entries that read would need a rule each; entries that write by criteria have no patient to check. */
static const char *bundle_fault(struct call *call, const struct json *body,
				struct patient_list *patients, enum error *error)
{
	const struct json *entries = json_get(body, STR("entry"));
	if (!str_equal(json_get_text(body, STR("resourceType")), STR("Bundle")))
		return NULL;
	for (const struct json *at = entries == NULL ? NULL : entries->child; at != NULL;
	     at = at->next) {
		const struct json *request = json_get(at, STR("request"));
		struct str method = json_get_text(request, STR("method"));
		struct str rest = json_get_text(request, STR("url"));
		bool found;
		if (str_equal(method, STR("POST")))
			continue;
		struct str type = str_cut(&rest, '/');
		if ((!str_equal(method, STR("PUT")) && !str_equal(method, STR("DELETE"))) ||
		    !fhir_id_is_valid(rest))
			return "a named person's Bundle only creates, or writes by id";
		*error = stored_patients(call, type, rest, patients, &found);
		if (*error != ERROR_OK)
			return NULL;
	}
	return NULL;
}

static bool enter_body(struct call *call, struct patient_list *patients)
{
	struct json *body = NULL;
	enum error error = body_patients(call, patients, &body);
	const char *fault = error == ERROR_OK ? bundle_fault(call, body, patients, &error) : NULL;
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	if (fault != NULL)
		return refuse(call, patients, fault);
	if (is_own_admission(call, body)) {
		call->named->allowed = *patients;
		return true;
	}
	return admit(call, patients);
}

static bool enter_thing(struct call *call, const struct str *segments, size_t count,
			struct patient_list *patients)
{
	struct json *body = NULL;
	bool found = false;
	enum error error = stored_patients(call, segments[1], segments[2], patients, &found);
	if (error == ERROR_OK)
		error = body_patients(call, patients, &body);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	/* What names no patient may still tell of one (a photograph in a Binary). */
	if (str_equal(segments[1], STR("Organization")) && count > 3 &&
	    !str_equal(segments[2], call->named->person.ward))
		return refuse(call, patients, "this is done by people of that ward");
	bool of_ward = str_equal(segments[1], STR("Task")) ||
		       str_equal(segments[1], STR("Communication")) ||
		       str_equal(segments[1], STR("Device"));
	if (found && patients->count == 0 && !of_ward && !named_type_is_free(segments[1]))
		return refuse(call, patients,
			      "this resource does not say whose it is, so it cannot be shown to a "
			      "named person");
	return admit(call, patients);
}

static bool enter(struct call *call, const struct str *segments, size_t count)
{
	struct named *named = call->named;
	struct named_request request;
	enum error error = named_rule(call, &named->person, segments, count, &request);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	switch (request.kind) {
	case NAMED_FREE:
		named->free = true;
		return true;
	case NAMED_THING:
		return enter_thing(call, segments, count, &request.patients);
	case NAMED_SEARCH:
		return admit(call, &request.patients);
	case NAMED_OWN:
		return true;
	case NAMED_BODY:
		return enter_body(call, &request.patients);
	case NAMED_WARD:
		named->ward = request.ward;
		if (!str_equal(request.ward, named->person.ward))
			return refuse(call, NULL, "the board of another ward is not shown to you");
		/* Now, because a stream of events has no end at which it could be noted. */
		if (!record(call, NULL, false, (struct str){ NULL, 0 }))
			return busy(call);
		named->logged = true;
		return true;
	case NAMED_REFUSED:
	default:
		return refuse(call, &request.patients, request.why);
	}
}

bool named_enter(struct call *call, const struct str *segments, size_t count)
{
	struct str user = str_trim(call_header(call, "X-Homeward-User"));
	call->named = NULL; /* a connection's next request may be somebody else's */
	if (user.len == 0 || !server_is_dev(call->server))
		return true;
	struct named *named = ARENA_NEW(&call->arena, struct named, 1);
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	enum error error = reader == NULL || named == NULL ? ERROR_BUSY : ERROR_OK;
	if (error == ERROR_OK) {
		*named = (struct named){ 0 };
		error = person_find(reader, &call->arena, user, &call->issues, &named->person);
	}
	if (reader != NULL)
		store_reader_return(reader);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return false;
	}
	struct str reason = str_trim(call_header(call, "X-Homeward-Break-Glass"));
	if (reason.len >= REASON_BYTES_MIN && reason.len <= REASON_BYTES_MAX &&
	    utf8_is_valid(reason))
		named->reason = arena_copy(&call->arena, reason);
	/* The answer of an operation is looked at like that of a read. */
	named->writes = call->method != HTTP_GET && call->method != HTTP_HEAD &&
			str_find(call->path, STR("/_search")) >= call->path.len &&
			str_find_byte(call->path, '$', 0) >= call->path.len;
	call->named = named;
	return enter(call, segments, count);
}

/* --- the answer ----------------------------------------------------------------------------- */

static void take_back(struct call *call)
{
	call->status = 0;
	call->answer = (struct str){ NULL, 0 };
}

void named_leave(struct call *call)
{
	struct named *named = call->named;
	struct patient_list shown = { 0 };
	if (named == NULL || named->logged || (named->free && call->answer.len == 0))
		return;
	if (call->status >= 400)
		return; /* nothing was shown */
	if (!patient_list_scan(&shown, &call->arena, call->answer)) {
		take_back(call);
		call_fail(call, ERROR_LIMIT);
		return;
	}
	/* What was written is written; what is read is not shown until it is known to be theirs. */
	if (!named->writes) {
		struct str answer = call->answer;
		unsigned status = call->status;
		take_back(call);
		if (!admit(call, &shown))
			return;
		call->answer = answer;
		call->status = status;
	}
	if (named->free && shown.count == 0)
		return;
	bool whole = true;
	for (size_t i = 0; i < named->allowed.count; i++)
		whole = patient_list_add(&shown, &call->arena, named->allowed.ids[i]) && whole;
	if (shown.count > 0 && (!whole || !record(call, &shown, false, (struct str){ NULL, 0 })) &&
	    !named->writes) {
		take_back(call);
		(void)busy(call);
	}
}
