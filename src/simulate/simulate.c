/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/simulate.h"
#include "os/clock.h"
#include "simulate/demo.h"
#include "simulate/judge.h"
#include "simulate/proof.h"

#include <stdio.h>

#define DOUBT_US (2 * DATE_US_PER_S) /* of the server's stamps */
#define PLAN_BYTES_MAX ((size_t)1024 * 1024 * 1024)
#define EXCHANGE_BYTES_MAX ((size_t)512 * 1024 * 1024)
enum {
	PURPOSE_CHILD = 1,
	HOURS_MAX = 24 * 14,
	SPEED_MAX = 100000,
	DEMO_SPEED = 14400, /* two days in about ten seconds */
	DEMO_SEED = 20,
	DEMO_LATER_HOURS = 24 * 30,
	SETTLE_S = 2,
};

struct simulation {
	struct arena arena;
	struct remote remote;
	struct plan plan;
	struct nurse nurse;
	struct play play;
	/* options */
	struct str url;
	int64_t patients, hours, seed;
	double speed;
	bool once, details;
};

static void usage(FILE *out)
{
	fputs("usage: homeward simulate ward [--patients N] [--seed S] [--speed X] [--hours H] "
	      "[--url URL] [--details]\n"
	      "       homeward simulate demo [--url URL] [--hours H] [--once]\n"
	      "       homeward simulate wards [--wards N] [--days N] [--patients N] [--seed S] "
	      "[--store] …\n"
	      "ward: sets up a children's ward, plays its homes and a nurse, and compares the "
	      "alerts with those of a\n"
	      "      perfect ward. Exit code 1 when one is missing or doubled.\n"
	      "  --patients N  default 12        --hours H  of play, default 24\n"
	      "  --seed S      default 1; the same seed plays the same homes\n"
	      "  --speed X     clock of the server, which must run with --dev unless X is 1; "
	      "default 600\n"
	      "  --details     one line for each missing, extra, late or doubled alert\n"
	      "demo: fills a fresh --dev server whose clock was started H hours ago (default 48), "
	      "then goes on in real\n"
	      "      time until stopped; --once ends when the present is reached\n"
	      "  --url URL     default http://127.0.0.1:8080\n"
	      "wards: whole wards for simulated weeks in this process, without a server; "
	      "`homeward simulate wards --help`\n",
	      out);
}

static bool read_number(struct str text, int64_t low, int64_t high, int64_t *ret_number)
{
	int64_t number = 0;
	if (!str_to_i64(text, &number) || number < low || number > high)
		return false;
	*ret_number = number;
	return true;
}

static bool read_option(struct simulation *simulation, struct str name, struct str value)
{
	int64_t speed = 0;
	if (str_equal(name, STR("--url"))) {
		simulation->url = value;
		return true;
	}
	if (str_equal(name, STR("--patients")))
		return read_number(value, 1, HOME_CHILDREN_MAX, &simulation->patients);
	if (str_equal(name, STR("--hours")))
		return read_number(value, 1, HOURS_MAX, &simulation->hours);
	if (str_equal(name, STR("--seed")))
		return read_number(value, 0, INT32_MAX, &simulation->seed);
	if (!str_equal(name, STR("--speed")) || !read_number(value, 1, SPEED_MAX, &speed))
		return false;
	simulation->speed = (double)speed;
	return true;
}

static bool read_options(struct simulation *simulation, int argument_count, char **arguments)
{
	for (int i = 2; i < argument_count; i++) {
		struct str name = str_from_c(arguments[i]);
		if (str_equal(name, STR("--once"))) {
			simulation->once = true;
		} else if (str_equal(name, STR("--details"))) {
			simulation->details = true;
		} else {
			i++;
			if (i >= argument_count ||
			    !read_option(simulation, name, str_from_c(arguments[i])))
				return false;
		}
	}
	return true;
}

static bool connect(struct simulation *simulation)
{
	struct issues issues;
	/* Tries are repeated here, where the clock can be put right in between. */
	struct client_options options = { .url = simulation->url, .retry_ms_max = 1 };
	arena_init(&simulation->arena, PLAN_BYTES_MAX);
	arena_init(&simulation->remote.arena, EXCHANGE_BYTES_MAX);
	issues_init(&issues, &simulation->arena);
	simulation->plan.arena = &simulation->arena;
	if (client_open(&options, &issues, &simulation->remote.client) != ERROR_OK) {
		fprintf(stderr, "homeward simulate: %.*s\n", STR_ARG(issues.first->diagnostics));
		return false;
	}
	return remote_clock_read(&simulation->remote);
}

static void make_children(struct simulation *simulation)
{
	static const int ages[] = { 3, 0, 7, 14, 2, 11, 4, 16, 1, 9, 5, 12 };
	struct plan *plan = &simulation->plan;
	plan->child_count = (size_t)simulation->patients;
	plan->children = ARENA_NEW(plan->arena, struct home_child, plan->child_count);
	for (size_t i = 0; plan->children != NULL && i < plan->child_count; i++) {
		struct dice dice = dice_for((uint64_t)simulation->seed, PURPOSE_CHILD, i);
		struct home_child *child = &plan->children[i];
		home_child_make(child, &dice, ages[i % (sizeof(ages) / sizeof(ages[0]))],
				plan->start_us);
		snprintf(child->id, sizeof(child->id), "%s-c%zu", simulation->remote.prefix, i);
		snprintf(child->family, sizeof(child->family), "Example-%03zu", i + 1);
		child->litres_tenths = i % 11 == 10 ? 5 : 0;
	}
	plan->failed = plan->children == NULL;
}

/* The engine works on what it has read a moment ago: give it time before it is judged. */
static bool settle(struct remote *remote)
{
	if (remote->dev && !remote_clock_set(remote, 1.0, 0))
		return false;
	return remote_wait_until(remote, remote_now_us(remote) + SETTLE_S * DATE_US_PER_S);
}

static int judge_ward(struct simulation *simulation)
{
	struct plan *plan = &simulation->plan;
	struct alarm_list alarms = { NULL, 0 };
	struct expectation_list expected = { NULL, 0 };
	double rate = simulation->play.rate_max;
	int64_t second_us =
		(int64_t)(rate * (double)DATE_US_PER_S); /* of real time, on the server's clock */
	static struct judge judge;
	judge = (struct judge){
		.late_us = second_us + 2 * DATE_US_PER_S,
		.search_us =
			5 * second_us < 45 * DATE_US_PER_MIN ? 5 * second_us : 45 * DATE_US_PER_MIN,
		.until_us = plan->end_us,
		.details = simulation->details ? stderr : NULL,
	};
	judge.search_us = judge.search_us > DATE_US_PER_MIN ? judge.search_us : DATE_US_PER_MIN;
	if (!alarm_fetch(&simulation->remote, plan, &alarms) ||
	    !oracle_expect(plan, plan->end_us, DOUBT_US, &expected)) {
		fputs("homeward simulate: the alerts could not be read\n", stderr);
		return 1;
	}
	judge_compare(&judge, plan, &expected, &alarms);
	printf("%zu children, %lld h, seed %lld: %zu sendings, %zu alerts, %lld acknowledged, %lld "
	       "resolved by the nurse\n",
	       plan->child_count, (long long)simulation->hours, (long long)simulation->seed,
	       simulation->play.sent, alarms.count, (long long)simulation->nurse.acknowledged,
	       (long long)simulation->nurse.resolved);
	judge_print(&judge, stdout);
	return judge_is_good(&judge) ? 0 : 1;
}

static int run_ward(struct simulation *simulation)
{
	struct remote *remote = &simulation->remote;
	struct plan *plan = &simulation->plan;
	snprintf(remote->prefix, sizeof(remote->prefix), "sim-%lld", (long long)simulation->seed);
	if (!remote->dev && simulation->speed > 1.0) {
		fputs("homeward simulate: --speed other than 1 needs a server started with --dev, "
		      "whose clock may be moved\n",
		      stderr);
		return 1;
	}
	plan->start_us = remote_now_us(remote);
	plan->end_us = plan->start_us + simulation->hours * DATE_US_PER_HOUR;
	make_children(simulation);
	if (plan->failed || !remote_set_up(remote, plan, "Simulated children's ward"))
		return 1;
	plan->start_us = remote_now_us(remote);
	plan->end_us = plan->start_us + simulation->hours * DATE_US_PER_HOUR;
	plan_ward(plan, (uint64_t)simulation->seed);
	if (plan->failed) {
		fputs("homeward simulate: no memory for so many readings\n", stderr);
		return 1;
	}
	nurse_init(&simulation->nurse, (uint64_t)simulation->seed, plan->start_us, plan->end_us,
		   false);
	play_init(&simulation->play, remote, plan, &simulation->nurse, simulation->speed);
	bool played = play_until(&simulation->play, plan->end_us);
	play_progress_clear(&simulation->play);
	if (!played || !settle(remote))
		return 1;
	return judge_ward(simulation);
}

static int run_demo(struct simulation *simulation)
{
	struct remote *remote = &simulation->remote;
	struct plan *plan = &simulation->plan;
	struct clock *real = clock_create_real();
	int64_t present_us = real != NULL ? clock_now_us(real) : 0;
	clock_destroy(real);
	int64_t ago_us = present_us - remote_now_us(remote);
	snprintf(remote->prefix, sizeof(remote->prefix), "demo");
	if (!remote->dev || ago_us < simulation->hours * DATE_US_PER_HOUR - DATE_US_PER_HOUR) {
		fprintf(stderr,
			"homeward simulate: demo needs a fresh server: homeward serve --dev "
			"--clock-start, %lld hours ago\n",
			(long long)simulation->hours);
		return 1;
	}
	plan->start_us = remote_now_us(remote);
	present_us += 20 * DATE_US_PER_S; /* so long it takes to get there */
	plan->end_us = present_us + DEMO_LATER_HOURS * DATE_US_PER_HOUR;
	demo_plan(plan, DEMO_SEED, present_us, remote->prefix);
	if (plan->failed || !remote_set_up(remote, plan, "Children's cancer virtual ward"))
		return 1;
	int64_t end_us = plan->end_us;
	plan->end_us = present_us; /* for the progress that is shown */
	nurse_init(&simulation->nurse, DEMO_SEED, plan->start_us, demo_hands_off_us(present_us),
		   true);
	play_init(&simulation->play, remote, plan, &simulation->nurse, DEMO_SPEED);
	if (!play_until(&simulation->play, demo_acknowledge_us(present_us)) ||
	    !demo_acknowledge(&simulation->play) ||
	    !play_until(&simulation->play, present_us - 2 * DATE_US_PER_MIN))
		return 1;
	simulation->play.speed = 1.0;
	simulation->play.rate = 1.0;
	int64_t left_us = present_us - remote_now_us(remote);
	if (!remote_clock_set(remote, 1.0, left_us > 0 ? left_us : 0))
		return 1;
	play_progress_clear(&simulation->play);
	printf("the demonstration ward has reached the present: %zu sendings of %zu children\n",
	       simulation->play.sent, plan->child_count);
	fflush(stdout);
	plan->end_us = end_us;
	simulation->play.quiet = true; /* it goes on for as long as the ward is looked at */
	return simulation->once || play_until(&simulation->play, end_us) ? 0 : 1;
}

int simulate_command(int argument_count, char **arguments)
{
	static struct simulation simulation = {
		.url = STR_INIT("http://127.0.0.1:8080"),
		.patients = 12,
		.hours = 24,
		.seed = 1,
		.speed = 600.0,
	};
	struct str word = argument_count > 1 ? str_from_c(arguments[1]) : STR("");
	bool demo = str_equal(word, STR("demo"));
	if (str_equal(word, STR("--help"))) {
		usage(stdout);
		return 0;
	}
	if (str_equal(word, STR("wards")))
		return proof_command(argument_count, arguments);
	simulation.hours = demo ? 48 : 24;
	if ((!demo && !str_equal(word, STR("ward"))) ||
	    !read_options(&simulation, argument_count, arguments)) {
		usage(stderr);
		return 2;
	}
	int code = 1;
	if (connect(&simulation))
		code = demo ? run_demo(&simulation) : run_ward(&simulation);
	client_close(simulation.remote.client);
	arena_done(&simulation.remote.arena);
	arena_done(&simulation.arena);
	return code;
}
