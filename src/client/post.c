/* SPDX-License-Identifier: Apache-2.0 */
#include "client/post.h"

#include "base/text.h"

#include <curl/curl.h>
#include <stdio.h>

#define ANSWER_BYTES_MAX ((size_t)64 * 1024)

/* What comes back; a receiver that sends without end is cut off. */
struct taken {
	struct text *kept; /* NULL: of no interest */
	size_t total;
};

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct taken *taken = context;
	taken->total += size * count;
	if (taken->total > ANSWER_BYTES_MAX)
		return 0;
	if (taken->kept != NULL)
		text_put(taken->kept, (struct str){ bytes, size * count });
	return size * count;
}

/* Only plain printable characters: the receipt ends up in the record. */
static size_t take_receipt(char *bytes, size_t size, size_t count, void *context)
{
	struct post_answer *answer = context;
	struct str line = { bytes, size * count };
	struct str name = str_cut(&line, ':');
	if (!str_equal_ignore_ascii_case(name, STR("x-request-id")) &&
	    !str_equal_ignore_ascii_case(name, STR("location")))
		return size * count;
	struct str value = str_trim(line);
	size_t kept = 0;
	for (size_t i = 0; i < value.len && kept + 1 < POST_RECEIPT_BYTES; i++) {
		if (value.ptr[i] > ' ' && value.ptr[i] < 127)
			answer->receipt[kept++] = value.ptr[i];
	}
	answer->receipt[kept] = '\0';
	return size * count;
}

static struct curl_slist *headers_of(const struct post *post)
{
	char type[200];
	(void)snprintf(type, sizeof(type), "Content-Type: %s",
		       post->content_type == NULL ? "application/json" : post->content_type);
	struct curl_slist *headers = curl_slist_append(NULL, type);
	for (size_t i = 0; i < POST_HEADERS_MAX && post->headers[i] != NULL; i++)
		headers = curl_slist_append(headers, post->headers[i]);
	return headers;
}

static void set_options(CURL *curl, const struct post *post)
{
	curl_easy_setopt(curl, CURLOPT_URL, post->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)post->timeout_ms);
	if (post->authorities != NULL && post->authorities[0] != '\0')
		curl_easy_setopt(curl, CURLOPT_CAINFO, post->authorities);
	if (post->get) {
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
		return;
	}
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body.len);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body.len == 0 ? "" : post->body.ptr);
}

void post_send(const struct post *post, struct post_answer *ret_answer)
{
	struct post_answer answer = { 0 };
	struct text kept;
	struct taken taken = { 0 };
	if (post->arena != NULL) {
		text_init(&kept, post->arena, ANSWER_BYTES_MAX);
		taken.kept = &kept;
	}
	struct curl_slist *headers = headers_of(post);
	CURL *curl = curl_easy_init();
	if (curl != NULL && headers != NULL) {
		set_options(curl, post);
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
		curl_easy_setopt(curl, CURLOPT_WRITEDATA, &taken);
		curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_receipt);
		curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
		long status = 0;
		CURLcode code = curl_easy_perform(curl);
		answer.connected = code != CURLE_COULDNT_CONNECT &&
				   code != CURLE_COULDNT_RESOLVE_HOST &&
				   code != CURLE_COULDNT_RESOLVE_PROXY;
		if (code == CURLE_OK &&
		    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK)
			answer.status = (unsigned)status;
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	if (taken.kept != NULL && answer.status != 0)
		answer.body = text_view(&kept);
	*ret_answer = answer;
}
