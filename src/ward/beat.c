/* SPDX-License-Identifier: Apache-2.0
 * GET /health/beat: what the independent watcher asks (client/beat.h). It says that the ward's thread goes round,
 * that it is level with the feed, that the record can be written, and that no page has been owed for long: a
 * process that merely answers HTTP is not alive in this sense. */
#include "client/beat.h"

#include "store/search.h"
#include "ward/model.h"
#include "ward/runner.h"

#define STEP_US_MAX (15 * INT64_C(1000000)) /* a step of the engine takes milliseconds */
#define BEHIND_US_MAX (30 * INT64_C(1000000))
#define OWED_US_MAX (5 * DATE_US_PER_MIN)
#define BEAT_BYTES_MAX 1024
#define WATCHED_US (180 * INT64_C(1000000))

/* The oldest page that no sender has taken yet, by the server's clock; 0: none. */
static int64_t owed_us(struct call *call)
{
	const struct search_argument arguments[] = {
		{ STR("status"), STR("preparation") },
		{ STR("_sort"), STR("_lastUpdated") },
		{ STR("_count"), STR("1") },
	};
	int64_t now_us = clock_now_us(server_clock(call->server));
	struct search_parse_options options = { .now_us = now_us };
	struct search_request *request = NULL;
	struct search_result result = { 0 };
	if (search_parse(&call->arena, fhir_resource_find(STR("Communication")), arguments,
			 sizeof(arguments) / sizeof(arguments[0]), &options, NULL,
			 &request) != ERROR_OK)
		return 0;
	struct store_reader *reader = store_reader_borrow(server_store(call->server));
	if (reader == NULL)
		return 0;
	enum error error = search_run(reader, &call->arena, request, NULL, &result);
	store_reader_return(reader);
	return error == ERROR_OK && result.match_count > 0 ? now_us - result.matches[0].at_us : 0;
}

static void put_word(struct text *words, const char *word)
{
	if (words->len > 0)
		text_put_byte(words, ' ');
	text_put_c(words, word);
}

static void put_failing(struct call *call, struct ward *ward, struct text *words)
{
	int64_t now_us = clock_monotonic_us();
	int64_t stepped_us = atomic_load(&ward->stepped_us);
	int64_t behind_us = atomic_load(&ward->lagging_us);
	enum store_state state = store_state(server_store(call->server));
	if (!atomic_load(&ward->shown))
		put_word(words, "starting");
	else if (now_us - stepped_us > STEP_US_MAX)
		put_word(words, "engine");
	if (behind_us != 0 && now_us - behind_us > BEHIND_US_MAX)
		put_word(words, "behind");
	if (state != STORE_READY)
		put_word(words, "store");
	else if (atomic_load(&ward->troubled))
		put_word(words, "writing");
	if (owed_us(call) > OWED_US_MAX)
		put_word(words, "pages");
}

/* A watcher that knows the secret is looking. */
static void note_watcher(struct call *call, struct ward *ward, struct str nonce)
{
	char expected[BEAT_SIGNATURE_BYTES];
	struct str given = call_argument(call, STR("signature"));
	if (ward->watch_secret[0] == '\0' || given.len == 0)
		return;
	beat_sign_question(str_from_c(ward->watch_secret), nonce, expected);
	if (beat_signature_equal(expected, given))
		atomic_store(&ward->watched_us, clock_monotonic_us());
}

static bool is_nonce(struct str nonce)
{
	for (size_t i = 0; i < nonce.len; i++) {
		char digit = nonce.ptr[i];
		if (!(digit >= '0' && digit <= '9') && !(digit >= 'a' && digit <= 'f'))
			return false;
	}
	return nonce.len >= 16 && nonce.len <= 64;
}

static void put_answer(struct text *text, const struct ward *ward, struct str nonce,
		       struct str time, struct str failing)
{
	char signature[BEAT_SIGNATURE_BYTES];
	struct str rest = failing;
	text_put_format(text, "{\"time\":\"%.*s\",\"nonce\":\"%.*s\",\"ok\":%s,\"failing\":[",
			STR_ARG(time), STR_ARG(nonce), failing.len == 0 ? "true" : "false");
	while (rest.len > 0) {
		struct str word = str_cut(&rest, ' ');
		text_put_format(text, "%s\"%.*s\"", text->ptr[text->len - 1] == '[' ? "" : ",",
				STR_ARG(word));
	}
	text_put_byte(text, ']');
	if (ward->watch_secret[0] != '\0') {
		beat_sign_answer(str_from_c(ward->watch_secret), nonce, time, failing, signature);
		text_put_format(text, ",\"signature\":\"%s\"", signature);
	}
}

/* Where the chain of the access log ends, for the watcher to keep. */
static void put_log(struct call *call, struct text *text, const struct ward *ward, struct str nonce)
{
	char hash[BEAT_SIGNATURE_BYTES], digits[24], signature[BEAT_SIGNATURE_BYTES];
	int64_t number;
	if (!server_log_head(call->server, &number, hash))
		return;
	model_format(digits, sizeof(digits), "%lld", (long long)number);
	text_put_format(text, ",\"log\":{\"number\":\"%s\",\"hash\":\"%s\"", digits, hash);
	if (ward->watch_secret[0] != '\0') {
		beat_sign_log(str_from_c(ward->watch_secret), nonce, str_from_c(digits),
			      str_from_c(hash), signature);
		text_put_format(text, ",\"signature\":\"%s\"", signature);
	}
	text_put_byte(text, '}');
}

void beat_handle(struct call *call)
{
	struct ward *ward = server_room(call->server, "ward");
	struct str nonce = call_argument(call, STR("nonce"));
	struct text words, text;
	char time[25];
	if (ward == NULL || !is_nonce(nonce)) {
		call_fail(call,
			  ward == NULL
				  ? issue_add(&call->issues, ERROR_BUSY, STR(""),
					      "The ward is starting.")
				  : issue_add(&call->issues, ERROR_BAD_REQUEST, STR(""),
					      "Add ?nonce=, 16 to 64 hexadecimal digits in lower "
					      "case, new each time."));
		return;
	}
	note_watcher(call, ward, nonce);
	text_init(&words, &call->arena, BEAT_WORDS_BYTES);
	put_failing(call, ward, &words);
	date_write_instant(clock_now_us(server_clock(call->server)), time);
	text_init(&text, &call->arena, BEAT_BYTES_MAX);
	put_answer(&text, ward, nonce, str_from_c(time), text_view(&words));
	put_log(call, &text, ward, nonce);
	text_put_byte(&text, '}');
	text.failed = text.failed || words.failed;
	call_answer_live(call, &text);
}

bool beat_is_unwatched(const struct ward *ward)
{
	return ward->watch_secret[0] != '\0' &&
	       clock_monotonic_us() - atomic_load(&ward->watched_us) > WATCHED_US;
}
