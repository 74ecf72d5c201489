/* SPDX-License-Identifier: Apache-2.0 */
#include "client/smtp.h"

#include <curl/curl.h>
#include <stdio.h>

static size_t give(char *bytes, size_t size, size_t count, void *context)
{
	struct str *left = context;
	size_t length = size * count < left->len ? size * count : left->len;
	if (length > 0)
		memcpy(bytes, left->ptr, length);
	*left = str_slice(*left, length, left->len);
	return length;
}

static void set_options(CURL *curl, const struct smtp *smtp)
{
	curl_easy_setopt(curl, CURLOPT_URL, smtp->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)smtp->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_USE_SSL,
			 (long)(smtp->plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (smtp->authorities[0] != '\0')
		curl_easy_setopt(curl, CURLOPT_CAINFO, smtp->authorities);
	if (smtp->user[0] != '\0') {
		curl_easy_setopt(curl, CURLOPT_USERNAME, smtp->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, smtp->password);
	}
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, smtp->from);
}

struct smtp_answer smtp_send(const struct smtp *smtp)
{
	struct smtp_answer answer = { 0 };
	struct str left = smtp->message;
	CURL *curl = curl_easy_init();
	struct curl_slist *to = curl_slist_append(NULL, smtp->to);
	if (curl != NULL && to != NULL) {
		long status = 0;
		set_options(curl, smtp);
		curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
		curl_easy_setopt(curl, CURLOPT_READDATA, &left);
		curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
		CURLcode code = curl_easy_perform(curl);
		(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		answer.status = (unsigned)status;
		answer.accepted = code == CURLE_OK;
		/* A login that is refused is the hospital's to mend, not the person's address. */
		answer.refused = code != CURLE_OK && code != CURLE_LOGIN_DENIED &&
				 code != CURLE_USE_SSL_FAILED && status >= 550 && status <= 559;
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(to);
	return answer;
}
