/* SPDX-License-Identifier: Apache-2.0
 * A slot holds one file from its reading to its end; pointers to slots travel through queues. All
 * decisions are made on one thread, so nothing but the screen is locked. */
#include "client/import_flow.h"
#include "os/queue.h"

#include <stdlib.h>

#define WAIT_US ((int64_t)3600 * 1000 * 1000)
enum { SLOTS_MAX = IMPORT_PARALLEL_MAX + IMPORT_AHEAD };

struct slot {
	struct import_file file;
	size_t at;
	bool used, read, sending, alone;
};
struct sender {
	struct run *run;
	struct client *client;
	struct thread thread;
};
struct run {
	const struct import_flow *flow;
	struct slot *slots;
	size_t slot_count, next, sending, ahead_bytes;
	struct queue *to_read, *to_send, *back;
	struct thread reader;
	struct sender senders[IMPORT_PARALLEL_MAX];
	bool stopped;
};

static void read_ahead(void *argument)
{
	struct run *run = argument;
	while (!queue_is_closed(run->to_read) || queue_count(run->to_read) > 0) {
		struct slot *slot = queue_pop(run->to_read, WAIT_US);
		if (slot == NULL)
			continue;
		import_file_read(&slot->file, run->ahead_bytes);
		ASSERT(queue_push(run->back, slot));
	}
}

static void send_files(void *argument)
{
	struct sender *sender = argument;
	struct run *run = sender->run;
	while (!queue_is_closed(run->to_send) || queue_count(run->to_send) > 0) {
		struct slot *slot = queue_pop(run->to_send, WAIT_US);
		if (slot == NULL)
			continue;
		slot->file.client = sender->client;
		import_file_send(&slot->file);
		ASSERT(queue_push(run->back, slot));
	}
}

/* The one that comes first of those that are not on their way. */
static struct slot *first_waiting(struct run *run)
{
	struct slot *first = NULL;
	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = &run->slots[i];
		if (slot->used && !slot->sending && (first == NULL || slot->at < first->at))
			first = slot;
	}
	return first;
}

static bool may_go(const struct run *run, const struct slot *slot)
{
	if (!slot->read || run->sending == run->flow->parallel)
		return false;
	for (size_t i = 0; i < run->slot_count; i++) {
		const struct slot *other = &run->slots[i];
		if (other->used && other->sending &&
		    (slot->alone || other->alone ||
		     import_marks_clash(&other->file.content.marks, &slot->file.content.marks)))
			return false;
	}
	return true;
}

static void reset_counts(struct import_file *file)
{
	arena_reset(&file->names);
	tally_init(&file->tally, &file->names);
	file->refused = 0;
	file->again = file->stopped = false;
}

static void send_waiting(struct run *run)
{
	for (;;) {
		struct slot *slot = first_waiting(run);
		if (run->stopped || slot == NULL || !may_go(run, slot))
			return;
		import_beside_set(&slot->file, run->sending > 0);
		for (size_t i = 0; i < run->slot_count; i++) {
			if (run->slots[i].used && run->slots[i].sending)
				import_beside_set(&run->slots[i].file, true);
		}
		slot->sending = true;
		run->sending++;
		ASSERT(queue_push(run->to_send, slot));
	}
}

static void read_more(struct run *run)
{
	for (size_t i = 0; i < run->slot_count && !run->stopped; i++) {
		struct slot *slot = &run->slots[i];
		while (!slot->used && run->next < run->flow->count) {
			size_t at = run->next++;
			slot->at = at;
			slot->alone = slot->read = slot->sending = false;
			reset_counts(&slot->file);
			slot->file.shown = 0;
			slot->file.screen = run->flow->screen;
			slot->used =
				run->flow->begin(run->flow->context, at, &slot->file, &slot->alone);
			if (slot->used)
				ASSERT(queue_push(run->to_read, slot));
		}
	}
}

static void take_back(struct run *run, struct slot *slot)
{
	if (!slot->sending) {
		slot->read = true;
		slot->alone = slot->alone || slot->file.content.kind == IMPORT_UNREAD;
		return;
	}
	slot->sending = false;
	run->sending--;
	if (slot->file.again) {
		slot->alone = true;
		reset_counts(&slot->file);
		return;
	}
	import_progress(&slot->file);
	run->stopped = run->stopped || slot->file.stopped;
	if (!slot->file.stopped)
		run->flow->finish(run->flow->context, slot->at, &slot->file);
	slot->used = false;
}

static bool open_run(struct run *run)
{
	run->slot_count = run->flow->parallel + IMPORT_AHEAD;
	run->ahead_bytes = (size_t)IMPORT_AHEAD_ARENA_MB_MAX * 1024 * 1024 / run->slot_count;
	run->slots = calloc(run->slot_count, sizeof(*run->slots));
	run->to_read = queue_create(SLOTS_MAX);
	run->to_send = queue_create(SLOTS_MAX);
	run->back = queue_create(SLOTS_MAX);
	if (run->slots == NULL || run->to_read == NULL || run->to_send == NULL || run->back == NULL)
		return false;
	for (size_t i = 0; i < run->slot_count; i++)
		import_file_init(&run->slots[i].file);
	bool started = thread_start(&run->reader, "import-read", read_ahead, run);
	for (size_t i = 0; i < run->flow->parallel && started; i++) {
		run->senders[i].run = run;
		run->senders[i].client = run->flow->clients[i];
		started = thread_start(&run->senders[i].thread, "import-send", send_files,
				       &run->senders[i]);
	}
	return started;
}

static void close_run(struct run *run)
{
	if (run->to_read != NULL)
		queue_close(run->to_read);
	if (run->to_send != NULL)
		queue_close(run->to_send);
	thread_join(&run->reader);
	for (size_t i = 0; i < IMPORT_PARALLEL_MAX; i++)
		thread_join(&run->senders[i].thread);
	while (run->back != NULL && queue_pop(run->back, 0) != NULL)
		continue;
	for (size_t i = 0; run->slots != NULL && i < run->slot_count; i++)
		import_file_done(&run->slots[i].file);
	queue_destroy(run->to_read);
	queue_destroy(run->to_send);
	queue_destroy(run->back);
	free(run->slots);
}

/* Something is with the reader or a sender, and will come back. */
static bool is_busy(const struct run *run)
{
	for (size_t i = 0; i < run->slot_count; i++) {
		if (run->slots[i].used && (!run->slots[i].read || run->slots[i].sending))
			return true;
	}
	return false;
}

bool import_flow_run(const struct import_flow *flow)
{
	struct run run = { .flow = flow };
	ASSERT(flow->parallel > 0 && flow->parallel <= IMPORT_PARALLEL_MAX);
	bool opened = open_run(&run);
	if (!opened)
		import_say(flow->screen, stderr, "homeward import: no memory or no more threads");
	if (opened)
		read_more(&run);
	while (opened && is_busy(&run)) {
		struct slot *slot = queue_pop(run.back, WAIT_US);
		if (slot == NULL)
			continue;
		take_back(&run, slot);
		read_more(&run);
		send_waiting(&run);
	}
	close_run(&run);
	return opened && !run.stopped;
}
