/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client.h"
#include "base/limits.h"
#include "os/clock.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <time.h>

enum {
	TIMEOUT_MS_DEFAULT = 120000,
	RETRY_MS_DEFAULT = 60000,
	CONNECT_MS_MAX = 10000,
	PAUSE_MS_FIRST = 50,
	PAUSE_MS_MAX = 5000,
	URL_MEMORY = 16384,
	BASE_MEMORY = 1024,
};
#define ANSWER_BYTES_MAX ((size_t)256 * 1024 * 1024)

struct client {
	CURL *curl;
	char origin[BASE_MEMORY];
	char base[BASE_MEMORY];
	int timeout_ms;
	int retry_ms_max;
	unsigned pause_seed;
	char error[CURL_ERROR_SIZE];
};

/* One try. */
struct exchange {
	struct str body;
	size_t sent;
	struct text text;
};

static enum error open_urls(struct client *client, struct str url, struct issues *issues)
{
	bool secure = str_starts_with(url, STR("https://"));
	if (!secure && !str_starts_with(url, STR("http://")))
		return issue_add(issues, ERROR_BAD_REQUEST, STR(""),
				 "the address must start with http:// or https://");
	while (url.len > 0 && url.ptr[url.len - 1] == '/')
		url.len--;
	size_t start = secure ? 8 : 7;
	size_t slash = str_find_byte(url, '/', start);
	if (slash <= start || url.len + sizeof("/fhir") > BASE_MEMORY)
		return issue_add(issues, ERROR_BAD_REQUEST, STR(""),
				 "the address names no host, or is too long");
	memcpy(client->origin, url.ptr, slash);
	memcpy(client->base, url.ptr, url.len);
	if (slash == url.len)
		memcpy(client->base + url.len, "/fhir", sizeof("/fhir"));
	return ERROR_OK;
}

enum error client_open(const struct client_options *options, struct issues *issues,
		       struct client **ret_client)
{
	struct client *client = calloc(1, sizeof(*client));
	if (client == NULL)
		return issue_add(issues, ERROR_INTERNAL, STR(""), "no memory");
	enum error error = open_urls(client, options->url, issues);
	if (error == ERROR_OK) {
		curl_global_init(CURL_GLOBAL_DEFAULT);
		client->curl = curl_easy_init();
		if (client->curl == NULL)
			error = issue_add(issues, ERROR_INTERNAL, STR(""),
					  "no memory for a connection");
	}
	if (error != ERROR_OK) {
		free(client);
		return error;
	}
	client->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS_DEFAULT;
	client->retry_ms_max = options->retry_ms_max > 0 ? options->retry_ms_max : RETRY_MS_DEFAULT;
	*ret_client = client;
	return ERROR_OK;
}

void client_close(struct client *client)
{
	if (client == NULL)
		return;
	curl_easy_cleanup(client->curl);
	free(client);
}

struct str client_base_url(const struct client *client)
{
	return str_from_c(client->base);
}

void client_encode(struct text *text, struct str value)
{
	static const char hex[] = "0123456789ABCDEF";
	for (size_t i = 0; i < value.len; i++) {
		unsigned char byte = (unsigned char)value.ptr[i];
		bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
			     (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' ||
			     byte == '_' || byte == '~';
		if (plain) {
			text_put_byte(text, (char)byte);
			continue;
		}
		text_put_byte(text, '%');
		text_put_byte(text, hex[byte >> 4]);
		text_put_byte(text, hex[byte & 15]);
	}
}

static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
	struct exchange *exchange = context;
	text_put(&exchange->text, (struct str){ bytes, size * count });
	return exchange->text.failed ? 0 : size * count;
}

/* There is no seek function on purpose: libcurl may then not send a body a second time by itself when a kept
 * connection turns out dead (it stops with CURLE_SEND_FAIL_REWIND), which it does otherwise even for a POST. */
static size_t give_body(char *bytes, size_t size, size_t count, void *context)
{
	struct exchange *exchange = context;
	size_t left = exchange->body.len - exchange->sent;
	size_t given = left < size * count ? left : size * count;
	if (given > 0)
		memcpy(bytes, exchange->body.ptr + exchange->sent, given);
	exchange->sent += given;
	return given;
}

static bool set_method(CURL *curl, const struct client_request *request)
{
	curl_off_t length = (curl_off_t)request->body.len;
	CURLcode code = CURLE_OK;
	switch (request->method) {
	case CLIENT_GET:
		code = curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
		break;
	case CLIENT_POST:
		code = curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, length);
		break;
	case CLIENT_PUT:
		code = curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, length);
		break;
	case CLIENT_DELETE:
		code = curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "DELETE");
		break;
	default:
		UNREACHABLE();
	}
	return code == CURLE_OK;
}

static bool add_header(struct curl_slist **headers, struct text *scratch, const char *name,
		       struct str value)
{
	if (value.len == 0)
		return true;
	scratch->len = 0;
	text_put_c(scratch, name);
	text_put(scratch, value);
	struct curl_slist *longer = curl_slist_append(*headers, text_view(scratch).ptr);
	if (longer == NULL)
		return false;
	*headers = longer;
	return true;
}

static bool make_headers(struct arena *arena, const struct client_request *request,
			 struct curl_slist **ret_headers)
{
	struct text scratch;
	struct curl_slist *headers = NULL;
	struct str json =
		request->from_origin ? STR("application/json") : STR("application/fhir+json");
	text_init(&scratch, arena, URL_MEMORY);
	bool made = add_header(&headers, &scratch,
			       "Content-Type: ", request->body.len > 0 ? json : STR("")) &&
		    add_header(&headers, &scratch, "Accept: ", json) &&
		    add_header(&headers, &scratch, "Expect:", STR(" ")) &&
		    add_header(&headers, &scratch, "Prefer: ", request->prefer) &&
		    add_header(&headers, &scratch, "If-None-Exist: ", request->if_none_exist) &&
		    add_header(&headers, &scratch, "Idempotency-Key: ", request->idempotency_key);
	*ret_headers = headers;
	return made && !scratch.failed;
}

static CURLcode perform(struct client *client, struct arena *arena,
			const struct client_request *request, struct exchange *exchange)
{
	CURL *curl = client->curl;
	struct text url;
	struct curl_slist *headers = NULL;
	text_init(&url, arena, URL_MEMORY);
	text_put_c(&url, request->from_origin ? client->origin : client->base);
	text_put(&url, request->path);
	if (!make_headers(arena, request, &headers) || url.failed) {
		curl_slist_free_all(headers);
		return CURLE_OUT_OF_MEMORY;
	}
	curl_easy_reset(curl); /* keeps the connection */
	client->error[0] = '\0';
	curl_easy_setopt(curl, CURLOPT_URL, text_view(&url).ptr);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "homeward");
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->error);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS_MAX);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)client->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
	curl_easy_setopt(curl, CURLOPT_READDATA, exchange);
	CURLcode code = set_method(curl, request) ? curl_easy_perform(curl) : CURLE_OUT_OF_MEMORY;
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	return code;
}

static void pause_ms(int64_t duration_ms)
{
	struct timespec left = { .tv_sec = (time_t)(duration_ms / 1000),
				 .tv_nsec = (long)(duration_ms % 1000) * 1000000L };
	nanosleep(&left, NULL);
}

/* How long to wait before the next try, or -1 when there shall be none. */
static int64_t pause_before_next(struct client *client, unsigned tries, int64_t started_us)
{
	curl_off_t retry_after_s = 0;
	int64_t wait_ms = PAUSE_MS_FIRST << (tries < 8 ? tries : 7);
	int64_t passed_ms = (clock_monotonic_us() - started_us) / 1000;
	wait_ms = wait_ms > PAUSE_MS_MAX ? PAUSE_MS_MAX : wait_ms;
	/* Spread, so that many clients of one server do not come back together. */
	client->pause_seed =
		client->pause_seed * 1103515245U + 12345U + (unsigned)(started_us & 0xffff);
	wait_ms += (int64_t)((client->pause_seed >> 16) % 100) * wait_ms / 400;
	curl_easy_getinfo(client->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
	if (retry_after_s > 0 && retry_after_s * 1000 > wait_ms)
		wait_ms = (int64_t)retry_after_s * 1000;
	return passed_ms + wait_ms > client->retry_ms_max ? -1 : wait_ms;
}

static bool nothing_was_sent(CURLcode code)
{
	return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
	       code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_SSL_CONNECT_ERROR;
}

static void read_answer(struct client *client, struct arena *arena, struct exchange *exchange,
			struct client_answer *answer)
{
	long status = 0;
	struct curl_header *location = NULL;
	curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
	answer->status = (unsigned)status;
	answer->body = text_view(&exchange->text);
	answer->location = (struct str){ NULL, 0 };
	if (curl_easy_header(client->curl, "Location", 0, CURLH_HEADER, -1, &location) == CURLHE_OK)
		answer->location = arena_copy(arena, str_from_c(location->value));
}

enum client_result client_send(struct client *client, struct arena *arena,
			       const struct client_request *request,
			       struct client_answer *ret_answer)
{
	int64_t started_us = clock_monotonic_us();
	bool repeatable = request->repeatable || request->method != CLIENT_POST;
	struct client_answer answer = { 0 };
	for (;;) {
		struct exchange exchange = { .body = request->body };
		text_init(&exchange.text, arena, ANSWER_BYTES_MAX);
		CURLcode code = perform(client, arena, request, &exchange);
		answer.tries++;
		bool unsent = nothing_was_sent(code);
		bool busy = false;
		if (code == CURLE_OK) {
			read_answer(client, arena, &exchange, &answer);
			busy = answer.status == 429 || answer.status == 503;
		}
		int64_t wait_ms = pause_before_next(client, answer.tries, started_us);
		bool again = (unsent || busy || (code != CURLE_OK && repeatable)) && wait_ms >= 0;
		if (again && !exchange.text.failed) {
			pause_ms(wait_ms);
			continue;
		}
		if (code != CURLE_OK) {
			const char *reason =
				client->error[0] != '\0' ? client->error : curl_easy_strerror(code);
			answer.diagnostics = arena_copy(arena, str_from_c(reason));
		}
		*ret_answer = answer;
		return code == CURLE_OK ? CLIENT_ANSWERED
		       : unsent         ? CLIENT_UNREACHABLE
					: CLIENT_BROKEN;
	}
}
