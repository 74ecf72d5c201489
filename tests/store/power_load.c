/* SPDX-License-Identifier: Apache-2.0 */
#include "power_load.h"

#include "base/hash.h"
#include "store/database.h"

#include <stdio.h>
#include <stdlib.h>

#define SHARED 40
#define WRITES_MAX 6
#define BODY_MAX 130000

struct client {
	const struct load *load;
	struct chance chance;
	struct arena arena;
	struct issues issues;
	int number, steps;
	int64_t step; /* for ever, so that names are its own */
	struct thread thread;
	/* the deed at hand */
	struct store_write writes[WRITES_MAX];
	int patients[WRITES_MAX];
	size_t count;
	struct store_timer timer;
	char name[16], timer_name[16];
	struct mutex mutex;
	struct condition answered;
	bool done;
};

struct str load_rest(struct str body)
{
	size_t at = str_find(body, STR("},\"status\""));

	return str_slice(body, at, body.len);
}

struct str load_cursor_name(int client, char bytes[16])
{
	snprintf(bytes, 16, "c%d", client);
	return str_from_c(bytes);
}

/* --- the ledger ----------------------------------------------------------------------------- */

static void enter(struct ledger *ledger, const struct store_write *write, int patient, int deed)
{
	struct entry *entry = &ledger->entries[write->feed - 1];
	struct str rest = load_rest(write->body);

	if (write->feed > LOAD_FEED_MAX || write->feed < 1)
		abort();
	*entry = (struct entry){ .method = write->method,
				 .version = write->version,
				 .at_us = write->at_us,
				 .patient = patient,
				 .rest_length = rest.len,
				 .rest_hash = hash_str(rest),
				 .deed = deed };
	snprintf(entry->id, sizeof(entry->id), "%.*s", STR_ARG(write->id));
	if (write->feed > ledger->feed_last)
		ledger->feed_last = write->feed;
}

/* On the writer's thread: the answer, as the API would send it. */
static void answered(struct store_commit *commit)
{
	struct client *client = commit->context;
	struct ledger *ledger = client->load->ledger;
	struct deed deed = { .client = client->number };
	bool marks = commit->cursor_name.len > 0;
	/* After a disk that failed nobody knows: its versions may be there, or none. */
	bool entered = commit->error == ERROR_OK || commit->error == ERROR_STORAGE;

	mutex_lock(&ledger->mutex);
	for (size_t i = 0; i < commit->write_count && entered; i++) {
		const struct store_write *write = &commit->writes[i];

		if (write->unchanged || write->feed == 0)
			continue;
		enter(ledger, write, client->patients[i], ledger->deed_count);
		if (deed.feed_first == 0)
			deed.feed_first = write->feed;
		deed.feed_last = write->feed;
		deed.mark = marks ? commit->cursor : 0;
	}
	ledger->refused += commit->error == ERROR_OK ? 0 : 1;
	if (ledger->deed_count == LOAD_DEEDS_MAX)
		abort();
	ledger->deeds[ledger->deed_count++] = deed;
	mutex_unlock(&ledger->mutex);
	if (deed.feed_last > 0 && commit->error == ERROR_OK)
		record_note(client->load->record, deed.feed_last);
	mutex_lock(&client->mutex);
	client->done = true;
	condition_signal(&client->answered);
	mutex_unlock(&client->mutex);
}

void ledger_copy(struct ledger *to, const struct ledger *from, int64_t feed_last)
{
	memset(to, 0, sizeof(*to));
	memcpy(to->entries, from->entries, sizeof(to->entries));
	to->feed_last = feed_last;
	for (int i = 0; i < from->deed_count; i++) {
		to->deeds[i] = from->deeds[i];
		if (from->deeds[i].feed_last > feed_last)
			to->deeds[i] = (struct deed){ .client = from->deeds[i].client };
	}
	to->deed_count = from->deed_count;
	mutex_init(&to->mutex);
}

/* --- deeds ---------------------------------------------------------------------------------- */

/* Of one byte or more: an empty note is no FHIR, and the store's verify says so. */
static void text_put_filler(struct text *text, struct chance *chance, size_t length)
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

	for (size_t i = 0; i < length; i += 8) {
		uint64_t number = chance_next(chance);

		for (int j = 0; j < 8; j++, number >>= 6)
			text_put_byte(text, digits[number % 64]);
	}
}

static struct store_write *add(struct client *client, enum store_method method, struct str id,
			       size_t filler)
{
	struct store_write *write = &client->writes[client->count];
	int patient = chance_below(&client->chance, LOAD_PATIENTS);
	struct text text;

	client->patients[client->count++] = patient;
	if (method == STORE_DELETE) {
		*write = (struct store_write){ .method = STORE_DELETE,
					       .type = fhir_resource_find(STR("Observation")),
					       .id = id,
					       .version_expected = STORE_VERSION_ANY };
		return write;
	}
	text_init(&text, &client->arena, BODY_MAX + 1024);
	text_put_format(&text,
			"{\"resourceType\":\"Observation\",\"id\":\"%.*s\",\"status\":\"final\","
			"\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
			"\"code\":\"8867-4\"}]},\"subject\":{\"reference\":\"Patient/p%d\"},"
			"\"effectiveInstant\":\"%.*s\",\"valueQuantity\":{\"value\":%d},"
			"\"note\":[{\"text\":\"",
			STR_ARG(id), patient,
			STR_ARG(date_print_instant(&client->arena,
						   SUPPORT_START_US + client->step * 1000000)),
			chance_below(&client->chance, 200));
	text_put_filler(&text, &client->chance, filler);
	text_put(&text, STR("\"}]}"));
	*write = support_resource(&client->arena, &client->issues, text_view(&text));
	write->method = method;
	return write;
}

static size_t filler_of(struct client *client)
{
	if (client->load->own_log && chance_below(&client->chance, 3) == 0)
		return (size_t)(1 + chance_below(&client->chance, BODY_MAX));
	return (size_t)(20 + chance_below(&client->chance, 300));
}

static void add_own(struct client *client, size_t filler)
{
	add(client, STORE_CREATE,
	    support_format(&client->arena, "u%d-%lld-%zu", client->number, (long long)client->step,
			   client->count),
	    filler);
}

/* Resources that all clients change; `at` differs within a deed. */
static struct str shared_id(struct client *client, int at)
{
	return support_format(&client->arena, "s%d", at % SHARED);
}

static void add_transaction(struct client *client)
{
	int at = chance_below(&client->chance, SHARED);
	int count = 1 + chance_below(&client->chance, WRITES_MAX - 1);

	add_own(client, filler_of(client));
	for (int i = 0; i < count; i++)
		add(client, chance_below(&client->chance, 4) == 0 ? STORE_DELETE : STORE_UPDATE,
		    shared_id(client, at + 7 * i), filler_of(client));
}

static void add_any(struct client *client)
{
	struct str id = shared_id(client, chance_below(&client->chance, SHARED));

	switch (chance_below(&client->chance, 10)) {
	case 0:
		add(client, STORE_DELETE, id, 0);
		break;
	case 1:
	case 2:
		add(client, STORE_UPDATE, id, filler_of(client));
		break;
	case 3:
		add(client, STORE_UPDATE, id,
		    (size_t)(1 + chance_below(&client->chance, BODY_MAX)));
		break;
	case 4:
		add_own(client, (size_t)(1 + chance_below(&client->chance, 20000)));
		break;
	case 5: /* twice the same in one commit */
		add_own(client, filler_of(client));
		add(client, STORE_UPDATE, client->writes[0].id, filler_of(client));
		break;
	case 6: /* refused as a whole */
		add_transaction(client);
		client->writes[client->count - 1].version_expected = 99999;
		break;
	case 7:
	case 8:
		add_transaction(client);
		break;
	default:
		add_own(client, filler_of(client));
		break;
	}
}

/* False when the store takes nothing any more. */
static bool do_one(struct client *client)
{
	struct store_commit commit;
	enum error error;

	arena_reset(&client->arena);
	issues_init(&client->issues, &client->arena);
	client->count = 0;
	client->done = false;
	client->step++;
	add_any(client);
	commit = support_commit_of(client->writes, client->count);
	commit.done = answered;
	commit.context = client;
	if (client->writes[0].method ==
	    STORE_CREATE) { /* which makes a version, if anything is done */
		client->timer = (struct store_timer){ .name = str_from_c(client->timer_name),
						      .due_us = SUPPORT_START_US + client->step };
		commit.timers = &client->timer;
		commit.timer_count = 1;
		commit.cursor_name = str_from_c(client->name);
		commit.cursor = client->step;
	}
	error = store_submit(client->load->support->store, &commit);
	if (error != ERROR_OK)
		return false;
	mutex_lock(&client->mutex);
	while (!client->done)
		condition_wait(&client->answered, &client->mutex);
	mutex_unlock(&client->mutex);
	clock_advance(client->load->support->clock, 1000);
	return true;
}

static void client_main(void *context)
{
	struct client *client = context;

	for (int i = 0; i < client->steps; i++) {
		if (!do_one(client) && !client->load->may_fail)
			abort();
	}
}

static void client_init(struct client *client, const struct load *load, int number)
{
	*client = (struct client){ .load = load, .number = number, .steps = load->steps };
	client->chance.state = load->seed * 1000 + (uint64_t)number;
	arena_init(&client->arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	mutex_init(&client->mutex);
	condition_init(&client->answered);
	(void)load_cursor_name(number, client->name);
	snprintf(client->timer_name, sizeof(client->timer_name), "t%d", number);
}

static void client_done(struct client *client)
{
	arena_done(&client->arena);
	mutex_destroy(&client->mutex);
	condition_destroy(&client->answered);
}

/* --- a run ---------------------------------------------------------------------------------- */

/* As the store's own thread does it, which waits for 48 MiB of log. */
static void move_log(const struct load *load)
{
	struct database database;
	char path[128];

	snprintf(path, sizeof(path), "%s/store.sqlite", load->support->folder);
	if (database_open(&database, path, DATABASE_CHECKPOINT) != SQLITE_OK)
		abort();
	(void)sqlite3_wal_checkpoint_v2(database.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
					NULL);
	database_close(&database);
}

/* The log is moved beside the clients, in odd rounds while somebody reads what was, and once more when all is quiet:
 * what comes next starts the log over. */
static void run_round(const struct load *load, struct client *clients, int round)
{
	struct store_reader *reader = NULL;

	if (round % 2 == 1) {
		reader = store_reader_borrow(load->support->store);
		store_snapshot_begin(reader);
		(void)store_feed_last(reader);
	}
	for (int i = 0; i < LOAD_CLIENTS; i++) {
		if (!thread_start(&clients[i].thread, "client", client_main, &clients[i]))
			abort();
	}
	for (int i = 0; i < 2 && !load->own_log; i++)
		move_log(load);
	for (int i = 0; i < LOAD_CLIENTS; i++)
		thread_join(&clients[i].thread);
	if (reader != NULL) {
		store_snapshot_end(reader);
		store_reader_return(reader);
	}
	if (round % 3 != 2 && !load->own_log)
		move_log(load);
}

void load_run(const struct load *load)
{
	struct client *clients = calloc(LOAD_CLIENTS, sizeof(*clients));

	if (clients == NULL)
		abort();
	for (int i = 0; i < LOAD_CLIENTS; i++)
		client_init(&clients[i], load, i);
	support_open(load->support);
	for (int round = 0; round < load->rounds; round++) {
		run_round(load, clients, round);
		if (round == load->rounds / 2 && !load->may_fail && !load->own_log) {
			support_close(load->support);
			support_open(load->support);
		}
	}
	support_close(load->support);
	for (int i = 0; i < LOAD_CLIENTS; i++)
		client_done(&clients[i]);
	free(clients);
}

void load_more(const struct load *load, int steps)
{
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		abort();
	client_init(client, load, LOAD_CLIENTS);
	client->step = load->ledger->deed_count * 100;
	client->steps = steps;
	client_main(client);
	client_done(client);
	free(client);
}
