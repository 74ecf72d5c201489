/* SPDX-License-Identifier: Apache-2.0
 * Threads for what takes long. A loop serves many connections, and while it counts the figures of a month or searches a
 * large record, readings on its other connections would wait, and the alert that one of them makes. */
#include "api/server.h"

#include "base/date.h"

/* A queue wakes who waits; this is how often one looks all the same. */
#define LOOK_US (3600 * DATE_US_PER_S)

static void work_on(struct request *request)
{
	struct MHD_Connection *handle = request->handle;
	call_work *work = request->work;
	request->work = NULL;
	work(&request->call);
	MHD_resume_connection(handle); /* from here on the request is its loop's again */
}

static void run(void *context)
{
	struct queue *queue = context;
	struct request *request;
	do {
		request = queue_pop(queue, LOOK_US);
		if (request != NULL)
			work_on(request);
	} while (request != NULL || !queue_is_closed(queue));
}

enum error apart_start(struct server *server, unsigned threads, struct issues *issues)
{
	server->apart = queue_create(server->options.connections_max);
	bool started = server->apart != NULL;
	for (unsigned i = 0; i < threads && i < SERVER_APART_MAX && started; i++)
		started = thread_start(&server->apart_threads[i], "api-apart", run, server->apart);
	return started ? ERROR_OK
		       : issue_add(issues, ERROR_INTERNAL, STR(""),
				   "the server's threads cannot start: lower http.threads");
}

void apart_stop(struct server *server)
{
	if (server->apart == NULL)
		return;
	queue_close(server->apart);
	for (unsigned i = 0; i < SERVER_APART_MAX; i++)
		thread_join(&server->apart_threads[i]);
}

void apart_submit(struct request *request)
{
	struct server *server = request->connection->server;
	connection_phase(request->connection, PHASE_WORKING, 0);
	request->stage = STAGE_WAITING_WORK;
	atomic_fetch_add(&server->works_waiting, 1);
	MHD_suspend_connection(request->handle);
	if (!queue_push(server->apart, request))
		work_on(request); /* the server stops */
}
