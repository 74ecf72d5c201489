/* SPDX-License-Identifier: Apache-2.0
 * The limit that reading by id is compared with: the same HTTP library answering one constant body.
 * usage: http_constant PORT THREADS BODY_BYTES */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char body[65536];
static size_t body_size;

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	static int seen;
	(void)context, (void)url, (void)method, (void)version, (void)upload, (void)upload_size;
	if (*state == NULL) {
		*state = &seen;
		return MHD_YES;
	}
	struct MHD_Response *response =
		MHD_create_response_from_buffer(body_size, body, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, "Content-Type", "application/fhir+json; charset=utf-8");
	enum MHD_Result result = MHD_queue_response(connection, 200, response);
	MHD_destroy_response(response);
	return result;
}

int main(int argument_count, char **arguments)
{
	if (argument_count != 4)
		return 2;
	body_size = strtoul(arguments[3], NULL, 10) % sizeof(body);
	for (size_t i = 0; i < body_size; i++)
		body[i] = 'x';
	struct MHD_Daemon *daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME |
			MHD_USE_TURBO,
		(uint16_t)strtoul(arguments[1], NULL, 10), NULL, NULL, answer, NULL,
		MHD_OPTION_THREAD_POOL_SIZE, (unsigned)strtoul(arguments[2], NULL, 10),
		MHD_OPTION_CONNECTION_LIMIT, 4096U, MHD_OPTION_END);
	if (daemon == NULL)
		return 1;
	puts("ready");
	(void)fflush(stdout);
	(void)pause();
	return 0;
}
