/* SPDX-License-Identifier: Apache-2.0
 * The power fails: at any moment of a run with several clients, and again while the store recovers, and after a kill.
 * Whatever of the writes since the last sync the disk then holds, the store opens by itself, has every commit that was
 * acknowledged, whole, and no other in part, and goes on from there.
 *	HOMEWARD_SEED repeats the load and the choices (not the order in which threads meet)
 *	HOMEWARD_POWER_POINTS=N failures in all, in the first case
 *	HOMEWARD_POWER_LARGE=1 with a log as large as in service, too (tests/store/power runs all for minutes) */
#include "power_check.h"

#include "os/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef __SANITIZE_ADDRESS__
#define POINTS 40
#else
#define POINTS 400
#endif
#define POINTS_OF_RUN 50
#define POINTS_WEAK 40

static struct chance chance;

/* A run with its record, and a disk on which it happens again as far as the failure. */
struct run {
	struct support live, image, second;
	struct ledger *ledger;
	struct record record;
	struct disk disk;
	int64_t acknowledged; /* on the disk's moment */
};

static void *made(size_t bytes)
{
	void *memory = calloc(1, bytes);

	if (memory == NULL)
		abort();
	return memory;
}

/* Images are many and small: in memory where there is such a folder. */
static void init_in_memory(struct support *support)
{
	char folder[] = "/dev/shm/homeward-store-XXXXXX";

	support_init(support);
	if (mkdtemp(folder) == NULL)
		return;
	(void)rmdir(support->folder);
	memcpy(support->folder, folder, sizeof(folder));
}

static struct run *run_with(const struct record_weakness *weakness, int steps, bool own_log)
{
	bool fails = weakness != NULL && weakness->log_sync_failing > 0;
	struct run *run = made(sizeof(*run));
	struct load load = { .support = &run->live,
			     .record = &run->record,
			     .seed = chance_next(&chance),
			     .rounds = 8,
			     .steps = steps,
			     .own_log = own_log,
			     .may_fail = fails };

	support_init(&run->live);
	init_in_memory(&run->image);
	init_in_memory(&run->second);
	load.ledger = run->ledger = made(sizeof(*run->ledger));
	mutex_init(&run->ledger->mutex);
	record_weaken(weakness);
	record_start(&run->record, run->live.folder);
	load_run(&load);
	record_stop();
	record_weaken(&(struct record_weakness){ .no_sync = true });
	disk_init(&run->disk, &run->record);
	return run;
}

static struct run *run_make(const struct record_weakness *weakness)
{
	return run_with(weakness, 5, false);
}

static void run_free(struct run *run)
{
	disk_free(&run->disk);
	record_free(&run->record);
	support_done(&run->live);
	support_done(&run->image);
	support_done(&run->second);
	free(run->ledger);
	free(run);
}

/* What was acknowledged, or seen, up to an event; `otherwise` when nothing was. */
static int64_t notes_until(const struct record *record, size_t until, int64_t otherwise)
{
	int64_t last = otherwise;

	for (size_t i = 0; i < until; i++) {
		if (record->events[i].kind == RECORD_NOTE && record->events[i].offset > last)
			last = record->events[i].offset;
	}
	return last;
}

static int compare_sizes(const void *a, const void *b)
{
	size_t first = *(const size_t *)a, second = *(const size_t *)b;

	return first < second ? -1 : first > second;
}

static bool is_log_sync(const struct record *record, size_t at)
{
	const struct record_event *event = &record->events[at];

	return event->kind == RECORD_SYNC &&
	       strcmp(record->names[event->file], "store.sqlite-wal") == 0;
}

/* Any, just after an acknowledgement, and just before or after a sync. */
static size_t choose_point(const struct record *record)
{
	size_t at = chance_next(&chance) % (record->count + 1);
	int kind = chance_below(&chance, 3);

	while (kind == 1 && at < record->count && record->events[at].kind != RECORD_NOTE)
		at++;
	while (kind == 2 && at < record->count && record->events[at].kind != RECORD_SYNC)
		at++;
	if (at < record->count && (kind == 1 || (kind == 2 && chance_below(&chance, 2) == 0)))
		at++;
	return at;
}

/* While the log is being moved into the file. */
static size_t choose_move(const struct record *record)
{
	size_t at = chance_next(&chance) % record->count;

	while (at < record->count &&
	       (record->events[at].kind != RECORD_WRITE ||
		strcmp(record->names[record->events[at].file], "store.sqlite") != 0))
		at++;
	return at < record->count ? at + 1 : at;
}

/* A commit is in the log as a whole, and not yet synced. */
static size_t choose_kill(const struct record *record)
{
	size_t at = chance_next(&chance) % record->count;

	while (at < record->count && !is_log_sync(record, at))
		at++;
	return at;
}

/* In order. */
static void choose_points(const struct record *record, size_t *points, size_t count,
			  size_t (*choose)(const struct record *))
{
	for (size_t i = 0; i < count; i++)
		points[i] = choose(record);
	qsort(points, count, sizeof(*points), compare_sizes);
}

/* Where the first thing is noted, and anywhere. */
static void choose_two(const struct record *record, size_t points[2])
{
	points[0] = 0;
	while (points[0] < record->count && record->events[points[0]].kind != RECORD_NOTE)
		points[0]++;
	points[0] += points[0] < record->count ? 1 : 0;
	points[1] = choose_point(record);
	qsort(points, 2, sizeof(*points), compare_sizes);
}

static void tell(const struct run *run, size_t point, const struct check *check)
{
	fail_msg("event %zu of %zu: %s", point, run->record.count, check->fault);
}

/* --- the power fails ------------------------------------------------------------------------ */

struct tally {
	int failures, again, kept_open, log_restarts, truncates;
	int64_t commits;
};

/* The newest version once more, as a client sends what it had no answer to. It is there: nothing is written, and the
 * answer says so. */
static bool send_again(struct check *check)
{
	struct support *image = check->support;
	struct store_reader *reader = store_reader_borrow(image->store);
	struct store_version *versions;
	struct store_write write;
	size_t count = 0;
	bool fine = true;

	if (store_feed(reader, &image->arena, check->feed_last - 1, 1, &versions, &count) !=
	    ERROR_OK)
		abort();
	store_reader_return(reader);
	if (count == 1 && versions[0].method != STORE_DELETE) {
		write = support_resource(&image->arena, &image->issues, versions[0].body);
		fine = support_commit(image, &write) == ERROR_OK && write.unchanged;
	}
	if (!fine)
		snprintf(check->fault, sizeof(check->fault), "what is sent again is not the same");
	return fine;
}

/* The power fails once more while the store comes back, or in the commits after it. `first` is the disk of the first
 * failure: with its open writes when the process was killed and the machine went on. */
static void fail_again(struct run *run, struct check *check, bool killed)
{
	struct support *image = &run->image;
	struct ledger *ledger = made(sizeof(*ledger));
	struct record record;
	struct disk disk;
	size_t points[2];
	bool fine;

	record_weaken(NULL);
	record_start(&record, image->folder);
	disk_continue(&disk, &run->disk, &record, killed);
	fine = check_open(check) && send_again(check);
	if (fine) {
		/* What readers see now must not be gone after the next failure. */
		record_note(&record, check->feed_last);
		ledger_copy(ledger, check->ledger, check->feed_last);
		fine = check_goes_on(check, ledger, &record, chance_next(&chance));
	}
	support_close(image);
	record_stop();
	record_weaken(&(struct record_weakness){ .no_sync = true });
	if (fine) {
		choose_two(&record, points);
		for (size_t i = 0; i < 2 && fine; i++) {
			struct check second = { .support = &run->second, .ledger = ledger };

			disk_advance(&disk, points[i]);
			second.feed_min = notes_until(&record, points[i], -1);
			if (second.feed_min < 0) { /* before it was seen, it may be there or not */
				second.feed_min = run->acknowledged;
				second.ledger = run->ledger;
			}
			disk_write_image(&disk, &chance, run->second.folder);
			fine = check_open(&second);
			support_close(&run->second);
			if (!fine)
				snprintf(check->fault, sizeof(check->fault),
					 "again at %zu of %zu: %.150s", points[i], record.count,
					 second.fault);
		}
	}
	disk_free(&disk);
	record_free(&record);
	free(ledger);
}

static void fail_at(struct run *run, size_t point, struct tally *tally)
{
	struct check check = { .support = &run->image, .ledger = run->ledger };

	disk_advance(&run->disk, point);
	check.feed_min = run->acknowledged = notes_until(&run->record, point, 0);
	tally->failures++;
	tally->kept_open += disk_has_open_writes(&run->disk, "store.sqlite") ? 1 : 0;
	disk_write_image(&run->disk, &chance, run->image.folder);
	if (chance_below(&chance, 3) == 0) {
		tally->again += 2;
		fail_again(run, &check, false);
	} else {
		(void)check_open(&check);
		support_close(&run->image);
	}
	if (check.fault[0] != '\0')
		tell(run, point, &check);
}

/* The moments that the load is there to make, or the test looks at less than it says. */
static void count_moments(const struct record *record, struct tally *tally)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct record_event *event = &record->events[i];
		bool log = event->file >= 0 && strstr(record->names[event->file], "-wal") != NULL;

		tally->log_restarts +=
			event->kind == RECORD_WRITE && log && event->offset == 0 ? 1 : 0;
		tally->truncates += event->kind == RECORD_TRUNCATE && log ? 1 : 0;
	}
}

static void print_tally(const struct tally *tally)
{
	printf("# %lld commits; %d failures of the power, %d more in what came after; "
	       "%d while the file had open writes; the log began %d times, was cut %d times\n",
	       (long long)tally->commits, tally->failures, tally->again, tally->kept_open,
	       tally->log_restarts, tally->truncates);
}

static int points_in_all(void)
{
	const char *text = getenv("HOMEWARD_POWER_POINTS");
	uint64_t points = POINTS;

	if (text != NULL && !str_to_u64(str_from_c(text), &points))
		abort();
	return (int)points;
}

static void what_was_acknowledged_survives_a_power_loss(void **state)
{
	static const struct record_weakness small_log = { .journal_size_limit = "65536" };
	struct tally tally = { .failures = 0 };

	(void)state;
	for (int left = points_in_all(); left > 0; left -= POINTS_OF_RUN) {
		struct run *run = run_make(&small_log);
		size_t points[POINTS_OF_RUN];

		count_moments(&run->record, &tally);
		choose_points(&run->record, points, POINTS_OF_RUN, choose_point);
		for (size_t i = 0; i < POINTS_OF_RUN; i++)
			fail_at(run, points[i], &tally);
		tally.commits += run->ledger->deed_count;
		assert_true(run->ledger->refused > 0);
		run_free(run);
	}
	print_tally(&tally);
	assert_true(tally.kept_open > 0);
	assert_true(tally.log_restarts > 3);
	assert_true(tally.truncates > 0);
}

/* A log of 48 MiB and more, which the store's own threads move. Too long for every day. */
static void and_so_it_does_when_the_log_is_large(void **state)
{
	struct tally tally = { .failures = 0 };
	struct run *run;
	size_t points[40];

	(void)state;
	if (getenv("HOMEWARD_POWER_LARGE") == NULL) {
		print_message("# HOMEWARD_POWER_LARGE is not set\n");
		skip();
	}
	run = run_with(NULL, 75, true);
	count_moments(&run->record, &tally);
	choose_points(&run->record, points, 20, choose_point);
	choose_points(&run->record, points + 20, 20, choose_move);
	qsort(points, 40, sizeof(*points), compare_sizes);
	for (size_t i = 0; i < 40; i++)
		fail_at(run, points[i], &tally);
	tally.commits += run->ledger->deed_count;
	print_tally(&tally);
	assert_true(tally.kept_open > 0);
	assert_true(tally.log_restarts > 1);
	run_free(run);
}

static void kill_at(struct run *run, size_t point)
{
	struct check check = { .support = &run->image, .ledger = run->ledger };

	disk_advance(&run->disk, point);
	check.feed_min = run->acknowledged = notes_until(&run->record, point, 0);
	disk_write_all(&run->disk, run->image.folder);
	fail_again(run, &check, true);
	if (check.fault[0] != '\0')
		tell(run, point, &check);
}

/* A process that is killed leaves what it had not synced yet to the system, which still has it for the next one. What
 * that one shows to readers, or calls unchanged, must not go with the power. */
static void what_a_restart_has_shown_survives_a_power_loss(void **state)
{
	(void)state;
	for (int left = points_in_all() / 4; left > 0; left -= POINTS_OF_RUN) {
		struct run *run = run_make(NULL);
		size_t points[POINTS_OF_RUN];

		choose_points(&run->record, points, POINTS_OF_RUN, choose_kill);
		for (size_t i = 0; i < POINTS_OF_RUN; i++)
			kill_at(run, points[i]);
		run_free(run);
	}
}

/* After a sync that failed the store takes nothing until it is opened anew. What it then finds in the log it reads from
 * the system; the disk does not have it, and no later sync brings it there. */
static void a_failed_sync_loses_nothing_that_is_acknowledged_later(void **state)
{
	(void)state;
	for (int left = points_in_all() / 8; left > 0; left -= 10) {
		struct record_weakness weakness = { .log_sync_failing =
							    1 + chance_below(&chance, 40) };
		struct run *run = run_make(&weakness);
		struct tally tally = { .failures = 0 };
		size_t failed = 0;

		while (failed < run->record.count &&
		       run->record.events[failed].kind != RECORD_SYNC_FAILED)
			failed++;
		assert_true(failed < run->record.count);
		for (size_t i = 0; i < 5; i++)
			kill_at(run, failed + 1);
		for (size_t i = 0; i < 5; i++) /* what follows is the closing of the store */
			fail_at(run, failed + 1 + i * (run->record.count - failed - 1) / 4, &tally);
		run_free(run);
	}
}

/* --- that this test can fail ---------------------------------------------------------------- */

/* In a process of its own: what a weak store leaves behind may be anything. */
static bool is_lost(struct run *run, size_t point)
{
	struct check check = { .support = &run->image, .ledger = run->ledger };
	int status = 0;
	pid_t child;

	disk_advance(&run->disk, point);
	check.feed_min = notes_until(&run->record, point, 0);
	disk_write_image(&run->disk, &chance, run->image.folder);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		bool fine = check_open(&check);

		support_close(&run->image);
		_exit(fine ? 0 : 1);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static int losses(struct run *run)
{
	size_t points[POINTS_WEAK];
	int lost = 0;

	choose_points(&run->record, points, POINTS_WEAK, choose_point);
	for (size_t i = 0; i < POINTS_WEAK; i++)
		lost += is_lost(run, points[i]) ? 1 : 0;
	run_free(run);
	return lost;
}

static void a_disk_that_lies_about_syncs_is_found_out(void **state)
{
	struct run *run = run_make(NULL);
	int lost;

	(void)state;
	run->disk.lies_about_log = true;
	lost = losses(run);
	printf("# the log: %d of %d\n", lost, POINTS_WEAK);
	assert_true(lost > 0);
	run = run_make(NULL);
	run->disk.lies_about_file = true;
	lost = losses(run);
	printf("# the file: %d of %d\n", lost, POINTS_WEAK);
	assert_true(lost > 0);
	run = run_make(NULL);
	run->disk.lies_about_folder = true;
	lost = losses(run);
	printf("# the folder: %d of %d\n", lost, POINTS_WEAK);
	assert_true(lost > 0);
}

static void a_store_that_syncs_less_is_found_out(void **state)
{
	static const struct record_weakness never = { .synchronous = "0" };
	static const struct record_weakness sometimes = { .synchronous = "1" };
	int lost;

	(void)state;
	lost = losses(run_make(&never));
	printf("# synchronous=OFF: %d of %d\n", lost, POINTS_WEAK);
	assert_true(lost > 0);
	lost = losses(run_make(&sometimes));
	printf("# synchronous=NORMAL: %d of %d\n", lost, POINTS_WEAK);
	assert_true(lost > 0);
}

static int setup(void **state)
{
	const char *seed = getenv("HOMEWARD_SEED");
	struct support first;

	(void)state;
	chance.state = seed == NULL ? (uint64_t)clock_monotonic_us() : strtoull(seed, NULL, 10);
	printf("# HOMEWARD_SEED=%llu\n", (unsigned long long)chance.state);
	support_init(
		&first); /* the store sets SQLite up as it wants it, before the layer goes below it */
	support_open(&first);
	support_done(&first);
	record_install();
	log_set_level(LOG_LEVEL_NONE); /* disks fail here */
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_acknowledged_survives_a_power_loss),
		cmocka_unit_test(and_so_it_does_when_the_log_is_large),
		cmocka_unit_test(what_a_restart_has_shown_survives_a_power_loss),
		cmocka_unit_test(a_failed_sync_loses_nothing_that_is_acknowledged_later),
		cmocka_unit_test(a_disk_that_lies_about_syncs_is_found_out),
		cmocka_unit_test(a_store_that_syncs_less_is_found_out),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
