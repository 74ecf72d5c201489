/* SPDX-License-Identifier: Apache-2.0
 * `homeward serve`: the record process. Opens the store, starts the rooms, answers until SIGTERM or
 * SIGINT, then drains within five seconds. */
#include "access/audit.h"
#include "api/http.h"
#include "base/date.h"
#include "flow/flow.h"
#include "flow/weekly.h"
#include "main/command.h"
#include "main/config.h"
#include "main/secret.h"
#include "main/senders.h"
#include "main/settings.h"
#include "main/web_file.h"
#include "notify/notify.h"
#include "os/file.h"
#include "os/log.h"
#include "os/socket.h"
#include "os/thread.h"
#include "ward/operation.h"
#include "ward/operation_people.h"
#include "ward/ward.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define SETTINGS_ARENA_BYTES ((size_t)4 * 1024 * 1024)
#define DRAIN_MS 4000
#define WARD_WAIT_MS 2000

/* Every room's routes: the whole surface. */
static const struct route_table *const tables[] = {
	&fhir_routes, &service_routes, &ward_operation_routes, &ward_people_routes,
	&ward_routes, &flow_routes,    &notify_routes,
};
#define TABLE_COUNT (sizeof(tables) / sizeof(tables[0]))

static metrics_room *const metrics[] = { ward_metrics };

struct serve {
	struct arena arena;
	struct issues issues;
	struct config config;
	struct clock *clock;
	struct store *store;
	struct ward *ward;
	struct notify_options senders;
	struct notify *notify;
	struct audit *audit;
	struct server *server;
};

static int complain(const struct serve *serve, int code)
{
	if (serve->config.problem.len > 0)
		fprintf(stderr, "homeward serve: %.*s\n", STR_ARG(serve->config.problem));
	for (const struct issue *i = serve->issues.first; i != NULL; i = i->next)
		fprintf(stderr, "homeward serve: %.*s\n", STR_ARG(i->diagnostics));
	return code;
}

static enum error refuse(struct serve *serve, const char *reason)
{
	return issue_add(&serve->issues, ERROR_BAD_REQUEST, STR(""), "%s", reason);
}

static enum error check(struct serve *serve)
{
	enum log_level level = LOG_LEVEL_INFO;
	if (settings_check(&serve->config, &serve->arena, &serve->issues) != ERROR_OK)
		return ERROR_BAD_REQUEST;
	if (log_level_from_name(config_text(&serve->config, SETTING_LOG_LEVEL), &level))
		log_set_level(level);
	if (!config_switch(&serve->config, SETTING_DEV))
		return refuse(
			serve,
			"access control (login, roles, audit) is not in this version yet, so it "
			"does not start open to a network: add --dev to try it on this "
			"machine only");
	return ERROR_OK;
}

static enum error make_clock(struct serve *serve)
{
	struct str start = config_text(&serve->config, SETTING_CLOCK_START);
	struct date date;
	if (start.len == 0) {
		serve->clock = clock_create_real();
		return serve->clock == NULL ? ERROR_INTERNAL : ERROR_OK;
	}
	if (date_parse(start, DATE_KIND_INSTANT, &date) != ERROR_OK)
		return ERROR_INTERNAL; /* settings_check has read it */
	serve->clock = clock_create_simulated(date.low_us);
	if (serve->clock == NULL)
		return ERROR_INTERNAL;
	clock_set_rate(serve->clock, 1);
	return ERROR_OK;
}

static enum error open_store(struct serve *serve)
{
	const struct config *config = &serve->config;
	const struct store_options options = {
		.path = config_text(config, SETTING_DATA),
		.clock = serve->clock,
		.reader_count = (size_t)config_number(config, SETTING_STORE_READERS),
		.queue_max = (size_t)config_number(config, SETTING_STORE_QUEUE_MAX),
	};
	return store_open(&options, &serve->issues, &serve->store);
}

static enum error open_audit(struct serve *serve)
{
	serve->audit = audit_start(serve->store, serve->clock);
	return serve->audit != NULL
		       ? ERROR_OK
		       : refuse(serve, "the access log could not start: no thread to be had");
}

static enum error open_ward(struct serve *serve)
{
	struct str secret;
	enum error error =
		senders_read(&serve->config, &serve->arena, &serve->issues, &serve->senders);
	if (error != ERROR_OK)
		return error;
	serve->senders.store = serve->store;
	serve->senders.clock = serve->clock;
	error = secret_read(&serve->config, &serve->arena, &serve->issues,
			    SETTING_WATCH_SECRET_FILE, &secret);
	if (error != ERROR_OK)
		return error;
	const struct ward_options options = {
		.store = serve->store,
		.clock = serve->clock,
		.watch_secret = secret,
		.downtime_folder = config_text(&serve->config, SETTING_WARD_DOWNTIME_FOLDER),
		.folder = config_text(&serve->config, SETTING_DATA),
		.dev = config_switch(&serve->config, SETTING_DEV),
		.trial_memory_mib = config_number(&serve->config, SETTING_WARD_TRIAL_MEMORY_MIB),
		.channels = notify_channels(&serve->senders),
	};
	serve->ward = ward_start(&options);
	if (serve->ward == NULL)
		return refuse(serve, "the ward engine could not start: no thread to be had, or "
				     "ward.downtime_folder "
				     "cannot be opened");
	return ERROR_OK;
}

static enum error open_notify(struct serve *serve)
{
	serve->notify = notify_start(&serve->senders, &serve->issues);
	return serve->notify != NULL ? ERROR_OK : refuse(serve, "pages could not be sent");
}

static struct asset *web_assets(struct serve *serve)
{
	struct asset *assets = ARENA_NEW(&serve->arena, struct asset, web_file_count + 1);
	for (size_t i = 0; i < web_file_count && assets != NULL; i++) {
		assets[i] = (struct asset){ .path = str_from_c(web_files[i].path),
					    .content_type = str_from_c(web_files[i].content_type),
					    .etag = str_from_c(web_files[i].etag),
					    .bytes = web_files[i].bytes };
	}
	return assets;
}

static enum error open_server(struct serve *serve)
{
	const struct config *config = &serve->config;
	static struct route_table all[TABLE_COUNT];
	for (size_t i = 0; i < TABLE_COUNT; i++)
		all[i] = *tables[i];
	const struct server_options options = {
		.store = serve->store,
		.clock = serve->clock,
		.listen = config_text(config, SETTING_LISTEN),
		.base_url = config_text(config, SETTING_HTTP_BASE_URL),
		.cors_origins = config_text(config, SETTING_HTTP_CORS_ORIGINS),
		.tables = all,
		.table_count = TABLE_COUNT,
		.guards = ward_guards,
		.guard_count = WARD_GUARD_COUNT,
		.metrics = metrics,
		.metrics_count = sizeof(metrics) / sizeof(metrics[0]),
		.resource_bytes_max = ward_bytes_max,
		.assets = web_assets(serve),
		.asset_count = web_file_count,
		.dev = config_switch(config, SETTING_DEV),
		.thread_count = (unsigned)config_number(config, SETTING_HTTP_THREADS),
		.connections_max = (unsigned)config_number(config, SETTING_HTTP_CONNECTIONS_MAX),
		.connections_per_address_max =
			(unsigned)config_number(config, SETTING_HTTP_CONNECTIONS_PER_ADDRESS_MAX),
		.request_timeout_s =
			(unsigned)config_number(config, SETTING_HTTP_REQUEST_TIMEOUT_S),
		.idle_timeout_s = (unsigned)config_number(config, SETTING_HTTP_IDLE_TIMEOUT_S),
		.answer_timeout_s = (unsigned)config_number(config, SETTING_HTTP_ANSWER_TIMEOUT_S),
		.header_bytes_max = (size_t)config_number(config, SETTING_HTTP_HEADER_BYTES_MAX),
		.body_bytes_max = (size_t)config_number(config, SETTING_HTTP_BODY_BYTES_MAX),
		.bodies_bytes_max = (size_t)config_number(config, SETTING_HTTP_BODIES_BYTES_MAX),
	};
	return server_start(&options, &serve->issues, &serve->server);
}

static void announce(const struct serve *serve)
{
	struct str address = server_address(serve->server);
	printf("Homeward " HOMEWARD_VERSION " is at %.*s/ (FHIR at %.*s/fhir, record in %.*s)\n",
	       STR_ARG(address), STR_ARG(address),
	       STR_ARG(config_text(&serve->config, SETTING_DATA)));
	if (config_switch(&serve->config, SETTING_DEV))
		puts("Development mode: open without login, on this machine only. Ctrl-C stops "
		     "it.");
	for (size_t i = 0; i < serve->config.unknown_count && i < CONFIG_UNKNOWN_MAX; i++)
		printf("Warning: %.*s\n", STR_ARG(serve->config.unknown[i]));
	(void)fflush(stdout);
}

static int run(struct serve *serve, const sigset_t *signals)
{
	int got = 0;
	server_room_set(serve->server, "ward", serve->ward);
	server_room_set(serve->server, "audit", serve->audit);
	if (flow_start(serve->store) != ERROR_OK)
		LOG(EVENT_FLOW_MEASURES_NOT_STORED);
	server_room_set(serve->server, "notify", serve->notify);
	ward_connect(serve->ward, serve->server);
	/* With a checkpoint this takes no time; without one the record is open before the board is. */
	(void)ward_wait(serve->ward, 1, WARD_WAIT_MS);
	server_open(serve->server);
	LOG(EVENT_SERVER_READY);
	struct str week = config_text(&serve->config, SETTING_FLOW_WEEKLY_REPORT);
	struct flow_weekly *weekly =
		str_equal(week, STR("none")) ? NULL : flow_weekly_start(serve->server, week);
	if (config_switch(&serve->config, SETTING_DEV))
		LOG(EVENT_SERVER_DEV_MODE);
	if (serve->config.unknown_count > 0)
		LOG_WITH(EVENT_CONFIG_UNKNOWN, LOG_COUNT("variables", serve->config.unknown_count));
	announce(serve);
	while (sigwait(signals, &got) != 0)
		continue;
	LOG(EVENT_SERVER_STOPPING);
	flow_weekly_stop(weekly);
	ward_halt(serve->ward);
	/* The writer did not come back in time: everything acknowledged is on disk, so leave. */
	if (!server_stop(serve->server, DRAIN_MS))
		_exit(1);
	serve->server = NULL;
	return 0;
}

static int serve_run(struct serve *serve, const sigset_t *signals)
{
	LOG(EVENT_SERVER_STARTING);
	(void)descriptors_raise();
	memory_return_large();
	if (make_clock(serve) != ERROR_OK)
		return complain(serve, 2);
	int code = 1;
	if (open_store(serve) != ERROR_OK) {
		complain(serve, 1);
	} else {
		if (open_audit(serve) == ERROR_OK && open_ward(serve) == ERROR_OK &&
		    open_notify(serve) == ERROR_OK && open_server(serve) == ERROR_OK)
			code = run(serve, signals);
		else
			complain(serve, 1);
		notify_stop(serve->notify);
		ward_stop(serve->ward);
		audit_stop(serve->audit);
		store_close(serve->store);
		LOG(EVENT_SERVER_STOPPED);
	}
	clock_destroy(serve->clock);
	return code;
}

static void print_help(void)
{
	puts("usage: homeward serve --dev [OPTIONS]\n\n"
	     "Answers FHIR R4 at /fhir and shows the ward at /. SIGTERM or Ctrl-C stops it.\n");
	config_print_flags();
	puts("\nEach option may stand in the config file and in the environment too; "
	     "`homeward config check` explains.");
}

int command_serve(int argument_count, char **arguments)
{
	struct serve serve = { 0 };
	sigset_t signals;
	int code = 2;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	/* Before any thread starts, so that all inherit it and only sigwait sees them. */
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigaction(SIGXFSZ, &ignore, NULL); /* a limit on a file's size is a full disk */
	arena_init(&serve.arena, SETTINGS_ARENA_BYTES);
	issues_init(&serve.issues, &serve.arena);
	enum error error = config_load(&serve.config, &serve.arena, argument_count, arguments);
	if (error == ERROR_OK && serve.config.help) {
		print_help();
		code = 0;
	} else if (error != ERROR_OK || check(&serve) != ERROR_OK) {
		complain(&serve, 2);
	} else {
		code = serve_run(&serve, &signals);
	}
	arena_done(&serve.arena);
	return code;
}
