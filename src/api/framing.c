/* SPDX-License-Identifier: Apache-2.0
 * Where a request ends must have one meaning (RFC 9112 sections 5.1, 6.1, 6.3, 3.2). libmicrohttpd takes
 * the first of two lengths, chunks beside a length, and names with a space behind; a proxy in front may
 * take the other, and what is a body to one is a second request to the other. */
#include "api/server.h"

struct headers {
	unsigned lengths;
	unsigned encodings;
	unsigned hosts;
	bool odd_name;
	struct str encoding;
};

/* RFC 9110 section 5.6.2: token. */
static bool is_token(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool plain =
			(c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!plain && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return name.len > 0;
}

static enum MHD_Result note(void *context, enum MHD_ValueKind kind, const char *name,
			    size_t name_length, const char *value, size_t value_length)
{
	struct headers *headers = context;
	struct str key = { name, name_length };
	struct str text = { value, value_length };
	(void)kind;
	if (!is_token(key)) {
		headers->odd_name = true;
	} else if (str_equal_ignore_ascii_case(key, STR("Content-Length"))) {
		headers->lengths++;
	} else if (str_equal_ignore_ascii_case(key, STR("Transfer-Encoding"))) {
		headers->encodings++;
		headers->encoding = str_trim(text);
	} else if (str_equal_ignore_ascii_case(key, STR("Host"))) {
		headers->hosts++;
	}
	return MHD_YES;
}

enum error framing_check(struct request *request)
{
	struct headers headers = { 0 };
	(void)MHD_get_connection_values_n(request->handle, MHD_HEADER_KIND, note, &headers);
	if (headers.odd_name || headers.hosts > 1 || headers.lengths + headers.encodings > 1 ||
	    (headers.encodings == 1 &&
	     !str_equal_ignore_ascii_case(headers.encoding, STR("chunked"))))
		return issue_add(
			&request->call.issues, ERROR_MALFORMED, STR(""),
			"the header is not well-formed: one Host, and either one Content-Length or "
			"Transfer-Encoding: chunked");
	return ERROR_OK;
}

enum error coding_check(struct request *request)
{
	struct str coding = str_trim(call_header(&request->call, "Content-Encoding"));
	if (coding.len == 0 || str_equal_ignore_ascii_case(coding, STR("identity")))
		return ERROR_OK;
	return issue_add(&request->call.issues, ERROR_MEDIA_TYPE, STR(""),
			 "send the body without a Content-Encoding");
}
