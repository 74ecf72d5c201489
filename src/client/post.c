/* SPDX-License-Identifier: Apache-2.0 */
#include "client/post.h"

#include <curl/curl.h>

#define ANSWER_BYTES_MAX ((size_t)64 * 1024)

/* The body is of no interest; a receiver that sends without end is cut off. */
static size_t count_body(char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes;
	size_t *total = context;
	*total += size * count;
	return *total > ANSWER_BYTES_MAX ? 0 : size * count;
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

void post_send(const struct post *post, struct post_answer *ret_answer)
{
	struct post_answer answer = { 0 };
	size_t received = 0;
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	for (size_t i = 0; i < POST_HEADERS_MAX && post->headers[i] != NULL; i++)
		headers = curl_slist_append(headers, post->headers[i]);
	CURL *curl = curl_easy_init();
	if (curl != NULL && headers != NULL) {
		curl_easy_setopt(curl, CURLOPT_URL, post->url);
		curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
		curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
		curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
		curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)post->timeout_ms);
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body.len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body.ptr);
		curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, count_body);
		curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
		curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_receipt);
		curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
		long status = 0;
		if (curl_easy_perform(curl) == CURLE_OK &&
		    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK)
			answer.status = (unsigned)status;
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	*ret_answer = answer;
}
