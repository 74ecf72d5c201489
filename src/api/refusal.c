/* SPDX-License-Identifier: Apache-2.0
 * Answers that do not pass through libmicrohttpd's ordinary path, so that they too are
 * OperationOutcomes and never HTML. */
#include "api/server.h"

#include "os/socket.h"

#include <stdio.h>

#define OUTCOME_HEAD \
	"{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\""

static const char *reason_of(unsigned status)
{
	if (status == 408)
		return "Request Timeout";
	return status == 413 ? "Content Too Large" : "Bad Request";
}

void refusal_send(int socket, enum error error)
{
	const struct error_row *row = error_row(error);
	char body[512];
	char head[512];
	int body_length =
		snprintf(body, sizeof(body), OUTCOME_HEAD "%.*s\",\"diagnostics\":\"%.*s\"}]}",
			 STR_ARG(row->issue_type), STR_ARG(row->meaning));
	int head_length = snprintf(head, sizeof(head),
				   "HTTP/1.1 %u %s\r\nConnection: close\r\n"
				   "Content-Type: application/fhir+json; charset=utf-8\r\n"
				   "X-Content-Type-Options: nosniff\r\nContent-Length: %d\r\n\r\n",
				   row->http_status, reason_of(row->http_status), body_length);
	ASSERT(body_length > 0 && (size_t)body_length < sizeof(body));
	ASSERT(head_length > 0 && (size_t)head_length < sizeof(head));
	/* A client that does not take these few bytes at once is not waited for. */
	socket_send_now(socket, (struct str){ head, (size_t)head_length });
	socket_send_now(socket, (struct str){ body, (size_t)body_length });
}

static void keep(void *context)
{
	(void)context;
}

/* libmicrohttpd answers what it cannot read as HTTP (a broken Content-Length, a header over the
 * limit) by itself, with a page of HTML made through this exported function of its own. Nothing
 * else in this program calls it, so defining it here makes those answers OperationOutcomes as well;
 * were the library ever to stop calling it through its symbol, only the body would be HTML again
 * (tests/api/hostile.test.mjs would say so). */
struct MHD_Response *MHD_create_response_from_buffer(size_t size, void *buffer,
						     enum MHD_ResponseMemoryMode mode)
{
	static char body[] = OUTCOME_HEAD "structure\",\"diagnostics\":\"The request is not "
					  "well-formed HTTP/1.1, or its header is "
					  "larger than the limit.\"}]}";
	(void)size;
	if (mode == MHD_RESPMEM_MUST_FREE)
		MHD_free(buffer);
	struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
		sizeof(body) - 1, body, keep, NULL);
	if (response == NULL)
		return NULL;
	MHD_add_response_header(response, "Content-Type", "application/fhir+json; charset=utf-8");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	return response;
}
