/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/proof.h"

#include "base/hash.h"
#include "os/clock.h"
#include "os/thread.h"
#include "simulate/trial.h"

#include <stdio.h>
#include <stdlib.h>

enum { PROOF_TOLD_MAX = 10, WARDS_MAX = 10000, DAYS_MAX = 366, THREADS_MAX = 64 };

struct proof {
	struct trial_options options;
	int64_t wards, threads, first;
	struct str result, commit;
	struct mutex mutex; /* the rest */
	int64_t next, done;
	struct trial_figures sum;
	uint64_t *digests;
	int64_t told; /* wards with violations, in full */
	bool quiet;
};

static void usage(FILE *out)
{
	fputs("usage: homeward simulate wards [--wards N] [--days N] [--patients N] [--seed S] "
	      "[--threads N]\n"
	      "                               [--store] [--folder DIR] [--sabotage DEFECT] "
	      "[--result FILE] [--commit ID]\n"
	      "Plays whole wards for simulated weeks, without a server and without waiting, and "
	      "checks the ward's\n"
	      "invariants all the time. Exit code 1 when one is broken. The same seed plays the "
	      "same wards, byte for byte.\n"
	      "  --wards N       default 4            --days N       of each, default 25\n"
	      "  --patients N    beds, default 10     --seed S       default 1\n"
	      "  --first N       number of the first ward, default 0: with --wards 1 one ward of "
	      "a run again\n"
	      "  --threads N     default: processors\n"
	      "  --store         over the real store and the server's own ward runner, in a "
	      "temporary folder below --folder (default /dev/shm)\n"
	      "  --unbroken 0    without the second core that never restarts (faster)\n"
	      "  --sabotage D    with a defect put in on purpose: drop-event, forget-timer, "
	      "double-alert, lose-page,\n"
	      "                  skip-tail, missing-as-normal, close-early, cursor-first, "
	      "deaf-to-nurses, wall-time, snooze-past-shift,\n"
	      "                  deaf-to-acceptance, any-device, deaf-to-heartbeats, "
	      "blind-to-batteries,\n"
	      "                  no-next-way, night-desk, deaf-to-moves, deaf-to-death,\n"
	      "                  deaf-to-merges\n"
	      "  --result FILE   the figures as JSON; --commit ID goes into it\n",
	      out);
}

static bool read_number(struct str text, int64_t low, int64_t high, int64_t *ret_number)
{
	int64_t number;
	if (!str_to_i64(text, &number) || number < low || number > high)
		return false;
	*ret_number = number;
	return true;
}

static bool read_sabotage(struct str text, enum sabotage *ret_sabotage)
{
	for (unsigned i = 0; i < SABOTAGE_COUNT; i++) {
		if (str_equal(str_from_c(sabotage_name((enum sabotage)i)), text)) {
			*ret_sabotage = (enum sabotage)i;
			return true;
		}
	}
	return false;
}

static bool read_option(struct proof *proof, struct str name, struct str value)
{
	int64_t number = 0;
	if (str_equal(name, STR("--wards")))
		return read_number(value, 1, WARDS_MAX, &proof->wards);
	if (str_equal(name, STR("--first")))
		return read_number(value, 0, WARDS_MAX, &proof->first);
	if (str_equal(name, STR("--days")))
		return read_number(value, 1, DAYS_MAX, &proof->options.days);
	if (str_equal(name, STR("--patients")))
		return read_number(value, 1, TRIAL_BEDS_MAX, &proof->options.beds);
	if (str_equal(name, STR("--threads")))
		return read_number(value, 1, THREADS_MAX, &proof->threads);
	if (str_equal(name, STR("--sabotage")))
		return read_sabotage(value, &proof->options.sabotage);
	if (str_equal(name, STR("--seed")) && read_number(value, 0, INT32_MAX, &number)) {
		proof->options.seed = (uint64_t)number;
		return true;
	}
	if (str_equal(name, STR("--unbroken")) && read_number(value, 0, 1, &number)) {
		proof->options.unbroken = number != 0;
		return true;
	}
	if (str_equal(name, STR("--folder")))
		proof->options.folder = value;
	else if (str_equal(name, STR("--result")))
		proof->result = value;
	else if (str_equal(name, STR("--commit")))
		proof->commit = value;
	else
		return false;
	return true;
}

static bool read_options(struct proof *proof, int argument_count, char **arguments)
{
	for (int i = 2; i < argument_count; i++) {
		struct str name = str_from_c(arguments[i]);
		if (str_equal(name, STR("--store"))) {
			proof->options.stored = true;
			continue;
		}
		if (++i >= argument_count || !read_option(proof, name, str_from_c(arguments[i])))
			return false;
	}
	return true;
}

/* --- figures -------------------------------------------------------------------------------- */

static void add(struct trial_figures *sum, const struct trial_figures *one)
{
	sum->readings += one->readings;
	sum->stays += one->stays;
	sum->alerts += one->alerts;
	sum->pages += one->pages;
	sum->corrections += one->corrections;
	sum->asides += one->asides;
	sum->demands += one->demands;
	sum->climbs += one->climbs;
	sum->deaths += one->deaths;
	sum->rebuilt += one->rebuilt;
	sum->lags += one->lags;
	sum->jumps += one->jumps;
	sum->compared += one->compared;
	sum->answers += one->answers;
	sum->refused += one->refused;
	sum->versions += one->versions;
	sum->violations += one->violations;
	sum->stored_alerts += one->stored_alerts;
	sum->scores += one->scores;
	for (unsigned i = 0; i < CAUSE_COUNT; i++)
		sum->by_cause[i] += one->by_cause[i];
	for (unsigned i = 0; i < TALLY_COUNT; i++)
		sum->tally[i] += one->tally[i];
	for (unsigned i = 0; i < POINT_COUNT; i++)
		sum->by_point[i] += one->by_point[i];
}

static uint64_t digest_of(const struct proof *proof)
{
	return hash_bytes(proof->digests, (size_t)proof->wards * sizeof(proof->digests[0]), 5);
}

static void print_tallies(const struct trial_figures *sum)
{
	const char *row = "";
	for (unsigned i = 0; i < TALLY_COUNT; i++) {
		enum tally tally = (enum tally)i;
		bool same = strcmp(row, tally_row(tally)) == 0;
		row = tally_row(tally);
		printf("%s%s%s%s %lld", same ? "" : "\n", same ? "" : row, same ? ", " : ": ",
		       tally_name(tally), (long long)sum->tally[i]);
	}
}

static void print(const struct proof *proof, double seconds)
{
	const struct trial_figures *sum = &proof->sum;
	long long ward_days = (long long)(proof->wards * proof->options.days);
	printf("%lld ward-days (%lld wards of %lld beds, %lld days), seed %llu, %s: %.1f s, %.0f "
	       "ward-days a minute\n",
	       ward_days, (long long)proof->wards, (long long)proof->options.beds,
	       (long long)proof->options.days, (unsigned long long)proof->options.seed,
	       proof->options.stored ? "real store" : "record in memory", seconds,
	       (double)ward_days * 60.0 / seconds);
	printf("readings corrected or withdrawn %lld, set aside with a reason %lld\n",
	       (long long)sum->corrections, (long long)sum->asides);
	printf("stays %lld, readings %lld, scores %lld, alerts %lld, pages %lld, climbs %lld, "
	       "answers %lld (%lld on a stale page)\n",
	       (long long)sum->stays, (long long)sum->readings, (long long)sum->scores,
	       (long long)sum->alerts, (long long)sum->pages, (long long)sum->climbs,
	       (long long)sum->answers, (long long)sum->refused);
	printf("crashes %lld (%lld rebuilt from the whole feed), times behind %lld, clock jumps "
	       "%lld, states compared %lld\n",
	       (long long)sum->deaths, (long long)sum->rebuilt, (long long)sum->lags,
	       (long long)sum->jumps, (long long)sum->compared);
	for (unsigned cause = 0; cause < CAUSE_COUNT; cause++)
		printf("%s%s %lld", cause == 0 ? "alerts by cause: " : ", ",
		       cause_name((enum cause)cause), (long long)sum->by_cause[cause]);
	print_tallies(sum);
	printf("\ndemands checked %lld, stored alerts verified %lld\nviolations: %lld\ndigest: "
	       "%016llx\n",
	       (long long)sum->demands, (long long)sum->stored_alerts, (long long)sum->violations,
	       (unsigned long long)digest_of(proof));
}

static void put_member(FILE *out, const char *name, int64_t value)
{
	fprintf(out, "\t\"%s\": %lld,\n", name, (long long)value);
}

static bool write_result(const struct proof *proof, double seconds)
{
	const struct trial_figures *sum = &proof->sum;
	char path[1000], at[25];
	struct clock *clock = clock_create_real();
	snprintf(path, sizeof(path), "%.*s", STR_ARG(proof->result));
	date_write_instant(clock == NULL ? 0 : clock_now_us(clock), at);
	clock_destroy(clock);
	FILE *out = fopen(path, "w");
	if (out == NULL)
		return false;
	fprintf(out, "{\n\t\"date\": \"%s\",\n\t\"commit\": \"%.*s\",\n\t\"record\": \"%s\",\n", at,
		STR_ARG(proof->commit), proof->options.stored ? "store" : "memory");
	put_member(out, "seed", (int64_t)proof->options.seed);
	put_member(out, "wards", proof->wards);
	put_member(out, "days", proof->options.days);
	put_member(out, "beds", proof->options.beds);
	put_member(out, "wardDays", proof->wards * proof->options.days);
	put_member(out, "stays", sum->stays);
	put_member(out, "readings", sum->readings);
	put_member(out, "corrections", sum->corrections);
	put_member(out, "readingsSetAside", sum->asides);
	put_member(out, "scores", sum->scores);
	put_member(out, "alerts", sum->alerts);
	put_member(out, "pages", sum->pages);
	put_member(out, "climbs", sum->climbs);
	put_member(out, "answers", sum->answers);
	put_member(out, "demands", sum->demands);
	put_member(out, "crashes", sum->deaths);
	put_member(out, "rebuiltFromFeed", sum->rebuilt);
	put_member(out, "timesBehind", sum->lags);
	put_member(out, "clockJumps", sum->jumps);
	put_member(out, "statesCompared", sum->compared);
	put_member(out, "storedAlertsVerified", sum->stored_alerts);
	put_member(out, "violations", sum->violations);
	fputs("\t\"alertsByCause\": {", out);
	for (unsigned cause = 0; cause < CAUSE_COUNT; cause++)
		fprintf(out, "%s\"%s\": %lld", cause == 0 ? "" : ", ",
			cause_name((enum cause)cause), (long long)sum->by_cause[cause]);
	fputs("},\n\t\"happened\": {", out);
	for (unsigned i = 0; i < TALLY_COUNT; i++)
		fprintf(out, "%s\"%s: %s\": %lld", i == 0 ? "" : ", ", tally_row((enum tally)i),
			tally_name((enum tally)i), (long long)sum->tally[i]);
	fprintf(out, "},\n\t\"seconds\": %.1f,\n\t\"digest\": \"%016llx\"\n}\n", seconds,
		(unsigned long long)digest_of(proof));
	return fclose(out) == 0;
}

/* --- threads -------------------------------------------------------------------------------- */

static void finish_one(struct proof *proof, struct trial *trial, size_t number)
{
	struct str told = text_view(&trial->story.told);
	add(&proof->sum, &trial->figures);
	proof->digests[number - (size_t)proof->first] = trial->figures.digest;
	proof->done++;
	if (trial->figures.violations > 0 && proof->told++ < PROOF_TOLD_MAX)
		printf("seed %llu, ward %zu: violation (repeat: --seed %llu --first %zu --wards 1 "
		       "--days %lld --patients %lld)\n%.*s",
		       (unsigned long long)proof->options.seed, number,
		       (unsigned long long)proof->options.seed, number,
		       (long long)proof->options.days, (long long)proof->options.beds,
		       STR_ARG(told));
	if (!proof->quiet)
		fprintf(stderr, "\r%lld of %lld wards", (long long)proof->done,
			(long long)proof->wards);
}

static void work(void *argument)
{
	struct proof *proof = argument;
	struct trial *trial = calloc(1, sizeof(*trial));
	ASSERT(trial != NULL);
	for (;;) {
		mutex_lock(&proof->mutex);
		int64_t number = proof->next++;
		mutex_unlock(&proof->mutex);
		if (number >= proof->first + proof->wards)
			break;
		trial_run(trial, &proof->options, (size_t)number);
		mutex_lock(&proof->mutex);
		finish_one(proof, trial, (size_t)number);
		mutex_unlock(&proof->mutex);
		trial_done(trial);
	}
	free(trial);
}

static int run(struct proof *proof)
{
	struct thread threads[THREADS_MAX] = { 0 };
	int64_t start_us = clock_monotonic_us();
	proof->next = proof->first;
	for (int64_t i = 1; i < proof->threads; i++)
		(void)!thread_start(&threads[i], "ward", work, proof);
	work(proof);
	for (int64_t i = 1; i < proof->threads; i++)
		thread_join(&threads[i]);
	if (!proof->quiet)
		fputs("\r                    \r", stderr);
	double seconds = (double)(clock_monotonic_us() - start_us + 1) / 1e6;
	print(proof, seconds);
	if (proof->result.len > 0 && !write_result(proof, seconds)) {
		fputs("homeward simulate: the result file cannot be written\n", stderr);
		return 1;
	}
	return proof->sum.violations == 0 ? 0 : 1;
}

int proof_command(int argument_count, char **arguments)
{
	static struct proof proof;
	proof = (struct proof){
		.options = { .seed = 1,
			     .days = 25,
			     .beds = 10,
			     .unbroken = true,
			     .folder = STR_INIT("/dev/shm") }, /* no disk is worn */
		.wards = 4,
		.threads = (int64_t)thread_processors(),
		.commit = STR_INIT("unknown"),
		.quiet = true,
	};
	if (argument_count > 2 && str_equal(str_from_c(arguments[2]), STR("--help"))) {
		usage(stdout);
		return 0;
	}
	if (!read_options(&proof, argument_count, arguments)) {
		usage(stderr);
		return 2;
	}
	proof.digests = calloc((size_t)proof.wards, sizeof(proof.digests[0]));
	if (proof.digests == NULL)
		return 1;
	mutex_init(&proof.mutex);
	int code = run(&proof);
	mutex_destroy(&proof.mutex);
	free(proof.digests);
	return code;
}
