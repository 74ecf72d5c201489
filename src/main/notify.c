/* SPDX-License-Identifier: Apache-2.0
 * `homeward notify test --ward ID [--to PractitionerRole/ID]… [--wait SECONDS] [--url URL]`: sends a test page to every
 * telephone, address and browser of those on shift (or of those named), waits, and prints what was proved. To be run
 * every week. Exit code 1 when anything was not proved. */
#include "client/client.h"
#include "main/command.h"
#include "os/clock.h"
#include "os/stop.h"
#include "ward/core.h"
#include "json/json.h"

#include <stdio.h>

#define ARENA_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define BODY_BYTES_MAX ((size_t)64 * 1024)
#define PEOPLE_MAX 50
#define WAIT_S_DEFAULT 60
#define ASK_US 500000
#define TASKS HOMEWARD_URL "CodeSystem/ward-task"

struct test {
	struct str url, ward;
	struct str people[PEOPLE_MAX];
	size_t people_count;
	uint64_t wait_s;
	struct client *client;
	struct arena arena;
	char start[25]; /* the server's time of the request */
};

static int usage(FILE *out, int code)
{
	fputs("usage: homeward notify test --ward ID [--to PractitionerRole/ID]... [--wait "
	      "SECONDS] "
	      "[--url URL]\n\n"
	      "Sends a test page to every telephone, address and browser of the people on shift, "
	      "or of\n"
	      "those named, and says for each whether it was proved to arrive. Run it every "
	      "week.\n",
	      out);
	return code;
}

static bool read_arguments(struct test *test, int count, char **arguments)
{
	*test = (struct test){ .url = STR("http://127.0.0.1:8080"), .wait_s = WAIT_S_DEFAULT };
	for (int i = 2; i + 1 < count; i += 2) {
		struct str name = str_from_c(arguments[i]), value = str_from_c(arguments[i + 1]);
		if (str_equal(name, STR("--url")))
			test->url = value;
		else if (str_equal(name, STR("--ward")))
			test->ward = value;
		else if (str_equal(name, STR("--to")) && test->people_count < PEOPLE_MAX)
			test->people[test->people_count++] = value;
		else if (!str_equal(name, STR("--wait")) || !str_to_u64(value, &test->wait_s))
			return false;
	}
	return count >= 4 && count % 2 == 0 && str_equal(str_from_c(arguments[1]), STR("test")) &&
	       test->ward.len > 0;
}

static struct str request_body(struct test *test)
{
	struct text text, reference;
	text_init(&reference, &test->arena, BODY_BYTES_MAX);
	text_put_c(&reference, "Organization/");
	text_put(&reference, test->ward);
	text_init(&text, &test->arena, BODY_BYTES_MAX);
	text_put_c(&text, "{\"resourceType\":\"CommunicationRequest\",\"status\":\"active\","
			  "\"category\":[{\"coding\":[{\"system\":\"" TASKS
			  "\",\"code\":\"channel-test\"}]}],\"about\":[{\"reference\":");
	json_print_string(&text, text_view(&reference));
	text_put_c(&text, "}]");
	for (size_t i = 0; i < test->people_count; i++) {
		text_put_c(&text, i == 0 ? ",\"recipient\":[{\"reference\":" : ",{\"reference\":");
		json_print_string(&text, test->people[i]);
		text_put_byte(&text, '}');
	}
	text_put_c(&text, test->people_count > 0 ? "]}" : "}");
	return text_view(&text);
}

static struct json *ask(struct test *test, const struct client_request *request)
{
	struct client_answer answer;
	struct json *tree = NULL;
	if (client_send(test->client, &test->arena, request, &answer) != CLIENT_ANSWERED) {
		fprintf(stderr, "homeward notify: no answer from %.*s\n", STR_ARG(test->url));
		return NULL;
	}
	if (answer.status > 299 ||
	    json_parse(&test->arena, answer.body, NULL, NULL, &tree) != ERROR_OK) {
		fprintf(stderr, "homeward notify: the server answered %u\n", answer.status);
		return NULL;
	}
	return tree;
}

/* The newest test pages of the ward's people since the request. */
static struct json *ask_pages(struct test *test)
{
	struct text path;
	text_init(&path, &test->arena, BODY_BYTES_MAX);
	text_put_c(&path, "/Communication?_count=1000&category=" TASKS "%7Cchannel-test&sent=ge");
	client_encode(&path, str_from_c(test->start));
	return ask(test,
		   &(struct client_request){ .method = CLIENT_GET, .path = text_view(&path) });
}

static bool is_of_ward(const struct test *test, const struct json *page)
{
	const struct json *list = json_get(page, STR("extension"));
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		struct str reference =
			json_get_text(json_get(one, STR("valueReference")), STR("reference"));
		if (str_equal(json_get_text(one, STR("url")),
			      STR(HOMEWARD_URL "StructureDefinition/ward")))
			return str_ends_with(reference, test->ward);
	}
	return false;
}

/* Calls for each page of the ward: whether it still waits, and what is printed at the end. */
static void look(const struct test *test, const struct json *bundle, bool print, size_t counts[3])
{
	const struct json *entries = json_get(bundle, STR("entry"));
	for (const struct json *entry = entries == NULL ? NULL : entries->child; entry != NULL;
	     entry = entry->next) {
		const struct json *page = json_get(entry, STR("resource"));
		struct str status = json_get_text(page, STR("status"));
		bool proved = str_equal(status, STR("completed"));
		bool waits = str_equal(status, STR("preparation")) ||
			     str_equal(status, STR("in-progress"));
		const struct json *to = json_at(json_get(page, STR("recipient")), 0);
		const struct json *medium = json_at(json_get(page, STR("medium")), 0);
		struct str code =
			json_get_text(json_at(json_get(medium, STR("coding")), 0), STR("code"));
		if (!is_of_ward(test, page))
			continue;
		counts[proved ? 0 : waits ? 1 : 2]++;
		if (print)
			printf("%-10s %-10.*s %.*s\n",
			       proved  ? "proved"
			       : waits ? "no proof"
				       : "failed",
			       STR_ARG(code), STR_ARG(json_get_text(to, STR("reference"))));
	}
}

static int follow(struct test *test)
{
	int64_t end_us = clock_monotonic_us() + (int64_t)test->wait_s * 1000000;
	for (;;) {
		size_t counts[3] = { 0 };
		bool over = clock_monotonic_us() >= end_us;
		arena_reset(&test->arena);
		const struct json *pages = ask_pages(test);
		if (pages == NULL)
			return 1;
		look(test, pages, false, counts);
		size_t all = counts[0] + counts[1] + counts[2];
		if (!over && (all == 0 || counts[1] > 0)) {
			if (stop_wait(ASK_US))
				return 1;
			continue;
		}
		size_t again[3] = { 0 };
		look(test, pages, true, again);
		printf("%zu pages, %zu proved, %zu without proof, %zu failed\n", all, counts[0],
		       counts[1], counts[2]);
		return all > 0 && counts[0] == all ? 0 : 1;
	}
}

static int run(struct test *test)
{
	const struct json *made =
		ask(test, &(struct client_request){ .method = CLIENT_POST,
						    .path = STR("/CommunicationRequest"),
						    .body = request_body(test) });
	struct str at = json_get_text(json_get(made, STR("meta")), STR("lastUpdated"));
	if (made == NULL)
		return 1;
	(void)snprintf(test->start, sizeof(test->start), "%.*s", STR_ARG(at));
	return follow(test);
}

int command_notify(int argument_count, char **arguments)
{
	struct test test;
	struct issues issues;
	int code = 1;
	if (argument_count == 2 && str_equal(str_from_c(arguments[1]), STR("--help")))
		return usage(stdout, 0);
	if (!read_arguments(&test, argument_count, arguments))
		return usage(stderr, 2);
	stop_hold();
	arena_init(&test.arena, ARENA_BYTES_MAX);
	issues_init(&issues, &test.arena);
	const struct client_options options = { .url = test.url, .retry_ms_max = 5000 };
	if (client_open(&options, &issues, &test.client) == ERROR_OK) {
		code = run(&test);
		client_close(test.client);
	} else {
		fputs("homeward notify: --url must start with http:// or https://\n", stderr);
		code = 2;
	}
	arena_done(&test.arena);
	return code;
}
