/* SPDX-License-Identifier: Apache-2.0
 * What of the senders is pure: encodings, tokens, encryption, addresses, and how a page's state may move. */
#include "unit.h"

#include "base/base64.h"
#include "notify/gateway.h"
#include "notify/mail.h"
#include "notify/push.h"
#include "notify/record.h"

#include <stdio.h>

static struct arena arena;

static int open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 4 * 1024 * 1024);
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void read_all(const char *text, uint8_t *bytes, size_t length)
{
	size_t found = 0;
	assert_true(base64url_read(str_from_c(text), bytes, length, &found));
	assert_int_equal(found, length);
}

/* RFC 8291 section 5 and appendix A. */
static void a_message_is_encrypted_as_rfc_8291_shows(void **state)
{
	struct push_subscription subscription;
	uint8_t scalar[CRYPTO_SCALAR_BYTES], salt[PUSH_SALT_BYTES], point[CRYPTO_POINT_BYTES];
	struct text body, coded, public;
	(void)state;
	read_all("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", scalar, sizeof(scalar));
	read_all("DGv6ra1nlYgDCS1FRnbzlw", salt, sizeof(salt));
	read_all("BTBZMqHH6r4Tts7J_aSIgg", subscription.auth, sizeof(subscription.auth));
	read_all("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkN"
		 "toIAiw4",
		 subscription.point, sizeof(subscription.point));
	struct crypto_key *once = crypto_key_load(scalar);
	assert_non_null(once);
	crypto_key_public(once, point);
	text_init(&public, &arena, 200);
	base64url_put(&public, point, sizeof(point));
	assert_string_equal(
		text_view(&public).ptr,
		"BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w"
		"EqKK6PBru3jl7A8");
	text_init(&body, &arena, 1000);
	assert_true(push_encrypt(&body, once, salt, &subscription,
				 STR("When I grow up, I want to be a watermelon")));
	text_init(&coded, &arena, 1000);
	base64url_put(&coded, text_view(&body).ptr, text_view(&body).len);
	assert_string_equal(
		text_view(&coded).ptr,
		"DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg"
		"Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVB"
		"St2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
	subscription.point[10] ^= 1; /* not on the curve: refused, not guessed */
	assert_false(push_encrypt(&body, once, salt, &subscription, STR("x")));
	crypto_key_destroy(once);
}

static void only_hosts_of_the_list_are_called(void **state)
{
	struct str hosts = STR("push.services.mozilla.com, fcm.googleapis.com");
	(void)state;
	assert_true(push_address_is_allowed(STR("https://fcm.googleapis.com/fcm/send/x"), hosts,
					    false));
	assert_true(push_address_is_allowed(
		STR("https://updates.push.services.mozilla.com:443/wpush/v2/x"), hosts, false));
	static const char *const bad[] = {
		"http://fcm.googleapis.com/x",
		"https://evil.example/fcm.googleapis.com",
		"https://evilfcm.googleapis.com.example/x",
		"https://notfcm.googleapis.com/x",
		"https://fcm.googleapis.com@evil.example/",
		"https://evil.example#fcm.googleapis.com",
		"https://FCM.googleapis.com/x",
		"file:///etc/passwd",
		"https://",
		"",
		"https://[::1]/",
		"https://fcm.googleapis.com\\@evil.example/",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(push_address_is_allowed(str_from_c(bad[i]), hosts, false));
	assert_true(
		push_address_is_allowed(STR("http://127.0.0.1:8080/x"), STR("127.0.0.1"), true));
	assert_false(push_address_is_allowed(STR("https://x.example/"), STR(""), false));
	assert_true(str_equal(push_origin(STR("https://a.example:8443/b/c")),
			      STR("https://a.example:8443")));
}

/* The token of the example in RFC 7515 appendix A.1 is made another way; this one is checked part by part. */
static void a_gateway_token_holds_service_and_time(void **state)
{
	struct text text;
	uint8_t claims[200] = { 0 };
	size_t length;
	(void)state;
	text_init(&text, &arena, 1000);
	gateway_token(&text, STR("26785a09"), STR("secret"), INT64_C(1700000000) * 1000000);
	struct str rest = text_view(&text);
	assert_true(str_equal(str_cut(&rest, '.'), STR("eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9")));
	assert_true(base64url_read(str_cut(&rest, '.'), claims, sizeof(claims) - 1, &length));
	assert_string_equal((const char *)claims, "{\"iss\":\"26785a09\",\"iat\":1700000000}");
	assert_int_equal(rest.len, 43);
}

static void telephone_numbers_are_digits(void **state)
{
	static const struct {
		const char *written, *read;
	} rows[] = {
		{ "07700 900123", "07700900123" },
		{ "+44 (0)7700-900.123", "+4407700900123" },
		{ "18001 01632 960001", "1800101632960001" },
		{ "", NULL },
		{ "nurse", NULL },
		{ "07700 900123 ext 4", NULL },
		{ "44+7700900123", NULL },
		{ "+-+7700900123", NULL },
		{ "12", NULL },
		{ "123456789012345678901", NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text text;
		text_init(&text, &arena, 100);
		bool fine = gateway_number(&text, str_from_c(rows[i].written));
		assert_int_equal(fine, rows[i].read != NULL);
		if (fine)
			assert_string_equal(text_view(&text).ptr, rows[i].read);
	}
}

static void only_delivered_is_proof(void **state)
{
	(void)state;
	assert_int_equal(gateway_status(STR("delivered")), COURIER_DELIVERED);
	assert_int_equal(gateway_status(STR("permanent-failure")), COURIER_FAILED);
	assert_int_equal(gateway_status(STR("temporary-failure")), COURIER_FAILED);
	assert_int_equal(gateway_status(STR("technical-failure")), COURIER_FAILED);
	static const char *const others[] = { "created", "sending", "pending",
					      "sent",    "",        "Delivered" };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(gateway_status(str_from_c(others[i])), COURIER_LATER);
}

static void no_address_ends_a_line_of_the_mail(void **state)
{
	static const char *const bad[] = { "",        "nora",     "@ward.example",
					   "nora@",   "a@b@c",    "nora@ward.example\r\nBcc: eve@x",
					   "<n@w.e>", "n o@w.e",  "n@w.e,eve@x.e",
					   "n@w.e\n", "\"n\"@w.e" };
	(void)state;
	assert_true(mail_address_is_valid(STR("nora.nurse+night@ward-1.example")));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(mail_address_is_valid(str_from_c(bad[i])));
}

/* --- states --------------------------------------------------------------------------------- */

static struct json *page_in(const char *status)
{
	char source[200];
	struct json *page = NULL;
	snprintf(source, sizeof(source), "{\"resourceType\":\"Communication\",\"status\":\"%s\"}",
		 status);
	assert_int_equal(
		json_parse(&arena, arena_copy(&arena, str_from_c(source)), NULL, NULL, &page),
		ERROR_OK);
	return page;
}

static const char *after(struct json *page, enum record_event event)
{
	const struct record_change change = { .event = event,
					      .at_us = INT64_C(1700000000000000),
					      .proof = event == RECORD_FAILED ? STR("failed")
									      : STR("fine") };
	(void)record_apply(&arena, page, &change);
	assert_int_equal(fhir_validate(&arena, json_copy(&arena, page), NULL) == ERROR_MALFORMED,
			 0);
	return json_get_text(page, STR("status")).ptr;
}

static void states_only_go_forward_in_whatever_order_receipts_come(void **state)
{
	(void)state;
	struct json *page = page_in("preparation");
	assert_string_equal(after(page, RECORD_TAKEN), "in-progress");
	assert_string_equal(after(page, RECORD_DELIVERED), "completed");
	assert_string_equal(after(page, RECORD_FAILED), "completed");
	assert_string_equal(after(page, RECORD_TAKEN), "completed");
	/* the receipt is quicker than the answer */
	page = page_in("preparation");
	assert_string_equal(after(page, RECORD_DELIVERED), "completed");
	assert_string_equal(after(page, RECORD_TAKEN), "completed");
	/* a failure is not undone by the answer that comes after it, but by proof */
	page = page_in("preparation");
	assert_string_equal(after(page, RECORD_FAILED), "stopped");
	assert_string_equal(after(page, RECORD_TAKEN), "stopped");
	assert_string_equal(
		json_get_text(record_extension(page, STR("delivery-proof")), STR("valueString"))
			.ptr,
		"failed");
	assert_string_equal(after(page, RECORD_DELIVERED), "completed");
	/* what was seen was delivered */
	page = page_in("in-progress");
	assert_string_equal(after(page, RECORD_SEEN), "completed");
	assert_non_null(json_get(page, STR("received")));
}

static void the_same_receipt_twice_changes_nothing(void **state)
{
	const enum record_event events[] = { RECORD_TAKEN, RECORD_DELIVERED, RECORD_SEEN,
					     RECORD_FAILED };
	(void)state;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		struct json *page = page_in("preparation");
		const struct record_change change = {
			.event = events[i], .at_us = 1, .proof = STR("x"), .provider = STR("y")
		};
		const struct record_change again = {
			.event = events[i], .at_us = 99, .proof = STR("x"), .provider = STR("y")
		};
		assert_true(record_apply(&arena, page, &change));
		assert_false(record_apply(&arena, page, &again));
	}
}

#define TEST_IN_ARENA(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_ARENA(a_message_is_encrypted_as_rfc_8291_shows),
		TEST_IN_ARENA(only_hosts_of_the_list_are_called),
		TEST_IN_ARENA(a_gateway_token_holds_service_and_time),
		TEST_IN_ARENA(telephone_numbers_are_digits),
		TEST_IN_ARENA(only_delivered_is_proof),
		TEST_IN_ARENA(no_address_ends_a_line_of_the_mail),
		TEST_IN_ARENA(states_only_go_forward_in_whatever_order_receipts_come),
		TEST_IN_ARENA(the_same_receipt_twice_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
