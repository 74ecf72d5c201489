/* SPDX-License-Identifier: Apache-2.0
 * What comes back from outside about a page. Answers hold nothing of the record. */
#include "notify/record.h"
#include "notify/room.h"

#include "base/limits.h"

#define SEEN_PAGES_MAX 50

/* One or more pages of a request and what became of them. */
struct receipt {
	struct store_commit commit;
	struct record_change change;
	struct str ids[SEEN_PAGES_MAX];
	size_t count;
	int tries_left;
	/* Checks one page before it is changed; false: it is left alone. May be NULL. */
	bool (*check)(const struct call *call, const struct receipt *receipt,
		      const struct json *page);
	struct str provider; /* for the check */
};

static void answer_done(struct call *call, size_t count)
{
	struct text text;
	text_init(&text, &call->arena, 100);
	text_put_format(&text, "{\"pages\":%zu}", count);
	call_answer_live(call, &text);
}

static void refuse(struct call *call, enum error error, const char *why)
{
	call_fail(call, issue_add(&call->issues, error, STR(""), "%s", why));
}

static void commit_receipt(struct call *call, struct receipt *receipt);

static void receipt_committed(struct call *call, struct store_commit *commit)
{
	struct receipt *receipt = (struct receipt *)commit; /* its first member */
	if (commit->error == ERROR_PRECONDITION && receipt->tries_left > 0) {
		receipt->tries_left--;
		commit_receipt(call, receipt);
	} else if (commit->error != ERROR_OK) {
		call_fail(call, commit->error);
	} else {
		answer_done(call, receipt->count);
	}
}

/* ERROR_OK with no write when the page is as it should be or must be left alone. */
static enum error change_page(struct call *call, struct store_reader *reader,
			      const struct receipt *receipt, struct str id,
			      struct store_write *ret_write, bool *ret_changed)
{
	struct store_version version;
	struct json *page = NULL;
	*ret_changed = false;
	enum error error = store_read(reader, &call->arena,
				      fhir_resource_find(STR("Communication")), id, &version);
	if (error == ERROR_OK)
		error = json_parse(&call->arena, version.body, NULL, NULL, &page);
	if (error != ERROR_OK)
		return error;
	if ((receipt->check != NULL && !receipt->check(call, receipt, page)) ||
	    !record_apply(&call->arena, page, &receipt->change))
		return ERROR_OK;
	*ret_changed = true;
	return record_write(&call->arena, page, id, version.version, ret_write);
}

static void commit_receipt(struct call *call, struct receipt *receipt)
{
	struct store_write *writes = ARENA_NEW(&call->arena, struct store_write, SEEN_PAGES_MAX);
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	enum error error = reader == NULL ? ERROR_BUSY : writes == NULL ? ERROR_LIMIT : ERROR_OK;
	size_t count = 0;
	for (size_t i = 0; i < receipt->count && error == ERROR_OK; i++) {
		bool changed;
		error = change_page(call, reader, receipt, receipt->ids[i], &writes[count],
				    &changed);
		count += changed;
	}
	if (reader != NULL)
		store_reader_return(reader);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return;
	}
	if (count == 0) {
		answer_done(call, receipt->count);
		return;
	}
	receipt->commit = (struct store_commit){ .writes = writes,
						 .write_count = count,
						 .origin = STR(RECORD_ORIGIN),
						 .feed_expected = -1 };
	call_commit(call, &receipt->commit, receipt_committed);
}

static struct receipt *receipt_new(struct call *call, enum record_event event, const char *proof)
{
	struct receipt *receipt = ARENA_NEW(&call->arena, struct receipt, 1);
	if (receipt == NULL) {
		call_fail(call, ERROR_LIMIT);
		return NULL;
	}
	receipt->change = (struct record_change){
		.event = event,
		.at_us = clock_now_us(server_clock(call->server)),
		.proof = str_from_c(proof),
	};
	receipt->tries_left = RECORD_TRIES;
	return receipt;
}

static struct notify *notify_of(struct call *call)
{
	struct notify *notify = server_room(call->server, "notify");
	if (notify == NULL)
		refuse(call, ERROR_BUSY, "The senders are starting.");
	return notify;
}

/* --- POST /notify/receipt ------------------------------------------------------------------- */

static bool is_authentic(const struct call *call, const struct notify *notify)
{
	struct str header = call_header(call, "Authorization");
	struct str scheme = STR("Bearer ");
	uint8_t hash[HASH_SHA256_BYTES];
	if (!notify->has_receipt_token || header.len <= scheme.len ||
	    !str_equal_ignore_ascii_case(str_slice(header, 0, scheme.len), scheme))
		return false;
	struct str token = str_trim(str_slice(header, scheme.len, header.len));
	hash_sha256(token.ptr, token.len, hash);
	return hash_equal(hash, notify->receipt_token);
}

/* A receipt counts for the message that it names. */
static bool is_same_message(const struct call *call, const struct receipt *receipt,
			    const struct json *page)
{
	(void)call;
	struct str known = json_get_text(record_extension(page, STR("provider-reference")),
					 STR("valueString"));
	return known.len == 0 || str_equal(known, receipt->provider);
}

static void gateway_receipt(struct call *call)
{
	struct notify *notify = notify_of(call);
	struct json *body;
	if (notify == NULL)
		return;
	if (!is_authentic(call, notify)) {
		refuse(call, ERROR_UNAUTHENTICATED,
		       "Send the token of notify.receipt_token_file as a bearer.");
		return;
	}
	enum error error = call_body_json(call, &body);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return;
	}
	struct str reference = json_get_text(body, STR("reference"));
	enum courier_result result = gateway_status(json_get_text(body, STR("status")));
	if (!fhir_id_is_valid(reference)) {
		refuse(call, ERROR_BAD_REQUEST,
		       "`reference` is the one the message was sent with.");
		return;
	}
	if (result == COURIER_LATER) { /* on its way: nothing to write down */
		answer_done(call, 0);
		return;
	}
	struct receipt *receipt =
		result == COURIER_DELIVERED
			? receipt_new(call, RECORD_DELIVERED, "gateway receipt: delivered")
			: receipt_new(call, RECORD_FAILED, "gateway receipt: failure");
	if (receipt == NULL)
		return;
	receipt->ids[receipt->count++] = reference;
	receipt->provider = json_get_text(body, STR("id"));
	receipt->check = is_same_message;
	commit_receipt(call, receipt);
}

/* --- Web Push ------------------------------------------------------------------------------- */

static void vapid_key(struct call *call)
{
	struct notify *notify = notify_of(call);
	struct text text;
	if (notify == NULL)
		return;
	if (notify->push == NULL) {
		refuse(call, ERROR_NOT_FOUND, "Web Push is not set up: notify.push_contact.");
		return;
	}
	text_init(&text, &call->arena, LIMIT_URL_BYTES_MAX);
	text_put_c(&text, "{\"publicKey\":\"");
	push_public_key(notify->push, &text);
	text_put_c(&text, "\"}");
	call->status = 200;
	call->answer = text_view(&text);
	call->content_type = STR("application/json; charset=utf-8");
}

/* The service worker of the browser shows that the message reached it by the token that was in it. */
static void push_receipt(struct call *call)
{
	struct notify *notify = notify_of(call);
	struct json *body;
	if (notify == NULL)
		return;
	enum error error = call_body_json(call, &body);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return;
	}
	struct str id = json_get_text(body, STR("communication"));
	bool seen = str_equal(json_get_text(body, STR("event")), STR("seen"));
	if (notify->push == NULL || !fhir_id_is_valid(id) ||
	    !push_token_is_right(notify->push, &call->arena, id,
				 json_get_text(body, STR("token")))) {
		refuse(call, ERROR_UNAUTHENTICATED, "Send the token of the message.");
		return;
	}
	struct receipt *receipt =
		receipt_new(call, seen ? RECORD_SEEN : RECORD_DELIVERED,
			    seen ? "opened in the browser" : "shown by the browser");
	if (receipt == NULL)
		return;
	receipt->ids[receipt->count++] = id;
	commit_receipt(call, receipt);
}

/* --- POST /ward/seen ------------------------------------------------------------------------ */

/* Whom the alert is about: "Patient/id", empty for one of the whole ward. */
static enum error subject_of(struct call *call, struct store_reader *reader, struct str task,
			     struct str *ret_subject)
{
	struct store_version version;
	struct json *tree = NULL;
	enum error error =
		store_read(reader, &call->arena, fhir_resource_find(STR("Task")), task, &version);
	if (error == ERROR_OK)
		error = json_parse(&call->arena, version.body, NULL, NULL, &tree);
	if (error == ERROR_OK)
		*ret_subject = json_get_text(json_get(tree, STR("for")), STR("reference"));
	return error;
}

static enum error find_pages(struct call *call, struct str task, struct str by,
			     struct receipt *receipt)
{
	struct str subject = { NULL, 0 };
	struct text about;
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	if (reader == NULL)
		return ERROR_BUSY;
	enum error error = subject_of(call, reader, task, &subject);
	store_reader_return(reader);
	if (error != ERROR_OK)
		return error;
	text_init(&about, &call->arena, LIMIT_URL_BYTES_MAX);
	text_put_c(&about, "Task/");
	text_put(&about, task);
	const struct search_argument arguments[] = {
		{ STR("recipient"), by },
		{ STR("medium"), STR(CHANNEL_SYSTEM "|board") },
		{ STR("_sort"), STR("-_lastUpdated") },
		{ STR("_count"), STR("1000") },
		{ STR("subject"), subject },
	};
	size_t count = sizeof(arguments) / sizeof(arguments[0]) - (subject.len == 0 ? 1 : 0);
	struct search_parse_options options = { .now_us =
							clock_now_us(server_clock(call->server)) };
	struct search_request *request = NULL;
	struct search_result result = { 0 };
	/* R4 has no search parameter for `about`: the person's pages on the board are looked through. */
	error = search_parse(&call->arena, fhir_resource_find(STR("Communication")), arguments,
			     count, &options, &call->issues, &request);
	if (error != ERROR_OK)
		return error;
	reader = store_reader_borrow(server_store(call->server));
	if (reader == NULL)
		return ERROR_BUSY;
	error = search_run(reader, &call->arena, request, NULL, &result);
	store_reader_return(reader);
	for (size_t i = 0; i < result.match_count && error == ERROR_OK; i++) {
		struct json *page = NULL;
		if (receipt->count == SEEN_PAGES_MAX)
			break;
		error = json_parse(&call->arena, result.matches[i].body, NULL, NULL, &page);
		const struct json *first = json_at(json_get(page, STR("about")), 0);
		if (error == ERROR_OK &&
		    str_equal(json_get_text(first, STR("reference")), text_view(&about)))
			receipt->ids[receipt->count++] = result.matches[i].id;
	}
	return error;
}

static void seen(struct call *call)
{
	struct json *body;
	struct fhir_reference who;
	enum error error = call_body_json(call, &body);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return;
	}
	struct str task = json_get_text(body, STR("task"));
	struct str by = json_get_text(body, STR("by"));
	if (!fhir_id_is_valid(task) || !fhir_reference_parse(by, &who)) {
		refuse(call, ERROR_BAD_REQUEST,
		       "Send {\"task\": id, \"by\": \"PractitionerRole/id\"}.");
		return;
	}
	struct receipt *receipt = receipt_new(call, RECORD_SEEN, "displayed on the board");
	if (receipt == NULL)
		return;
	error = find_pages(call, task, by, receipt);
	if (error != ERROR_OK) {
		call_fail(call, error);
		return;
	}
	commit_receipt(call, receipt);
}

static const struct route routes[] = {
	{ HTTP_POST, "/notify/receipt", gateway_receipt, LIMIT_OPERATION_BODY_BYTES_MAX, false,
	  "A gateway's receipt for a text message or call; bearer token." },
	{ HTTP_GET, "/notify/vapid-key", vapid_key, 0, false,
	  "The public key that a browser subscribes to Web Push with." },
	{ HTTP_POST, "/notify/push-receipt", push_receipt, LIMIT_OPERATION_BODY_BYTES_MAX, false,
	  "A browser's service worker says that a page was shown or opened." },
	{ HTTP_POST, "/ward/seen", seen, LIMIT_OPERATION_BODY_BYTES_MAX, false,
	  "An alert was displayed to a person: its page on the board is delivered and seen." },
};
const struct route_table notify_routes = { routes, sizeof(routes) / sizeof(routes[0]) };
