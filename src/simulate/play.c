/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/play.h"
#include "os/clock.h"
#include "os/path.h"

#include <stdio.h>

#define BEHIND_US (3 * DATE_US_PER_MIN) /* sending may lag so much before the clock is slowed */
#define CAUGHT_UP_US (40 * DATE_US_PER_S)
enum { BAR_WIDTH = 30 };

void play_init(struct play *play, struct remote *remote, struct plan *plan, struct nurse *nurse,
	       double speed)
{
	*play = (struct play){ .remote = remote,
			       .plan = plan,
			       .nurse = nurse,
			       .speed = speed,
			       .rate = 1.0,
			       .rate_max = 1.0,
			       .terminal = path_stderr_is_terminal() };
}

void play_progress_clear(struct play *play)
{
	if (play->terminal)
		fputs("\r\033[K", stderr);
}

static void show_progress(struct play *play)
{
	const struct plan *plan = play->plan;
	int64_t real_us = clock_monotonic_us();
	int64_t pause_us = play->terminal ? DATE_US_PER_S / 5 : 10 * DATE_US_PER_S;
	if (play->quiet || real_us - play->shown_us < pause_us)
		return;
	play->shown_us = real_us;
	int64_t passed_us = remote_now_us(play->remote) - plan->start_us,
		all_us = plan->end_us - plan->start_us;
	passed_us = passed_us < 0 ? 0 : passed_us > all_us ? all_us : passed_us;
	int filled = all_us > 0 ? (int)(passed_us * BAR_WIDTH / all_us) : BAR_WIDTH;
	fprintf(stderr,
		"%s[%.*s%.*s] %lld:%02lld of %lld h, %zu sendings, %lld acknowledged, speed %.0f%s",
		play->terminal ? "\r\033[K" : "", filled, "##############################",
		BAR_WIDTH - filled, "..............................",
		(long long)(passed_us / DATE_US_PER_HOUR),
		(long long)(passed_us / DATE_US_PER_MIN % 60),
		(long long)(all_us / DATE_US_PER_HOUR), play->sent,
		(long long)play->nurse->acknowledged, play->rate, play->terminal ? "" : "\n");
	fflush(stderr);
}

static bool set_rate(struct play *play, double rate)
{
	play->rate = rate;
	play->rate_max = rate > play->rate_max ? rate : play->rate_max;
	return play->remote->dev ? remote_clock_set(play->remote, rate, 0) : rate == 1.0;
}

/* A machine that cannot keep up gets a slower clock instead of a distorted ward. */
static bool keep_pace(struct play *play, int64_t planned_us)
{
	int64_t behind_us = remote_now_us(play->remote) - planned_us;
	if (play->speed <= 1.0)
		return true;
	if (behind_us > BEHIND_US && play->rate > 8.0)
		return set_rate(play, play->rate / 2.0);
	if (behind_us < CAUGHT_UP_US && play->rate < play->speed)
		return set_rate(play,
				play->rate * 1.25 < play->speed ? play->rate * 1.25 : play->speed);
	return true;
}

static bool send_next(struct play *play)
{
	struct home_set *set = &play->plan->sets[play->next];
	if (!remote_wait_until(play->remote, set->send_us) ||
	    !remote_send_set(play->remote, play->plan, set))
		return false;
	play->next++;
	play->sent++;
	return keep_pace(play, set->send_us);
}

bool play_until(struct play *play, int64_t until_us)
{
	const struct plan *plan = play->plan;
	if (play->rate < play->speed && !set_rate(play, play->speed))
		return false;
	for (;;) {
		int64_t send_us =
			play->next < plan->set_count ? plan->sets[play->next].send_us : INT64_MAX;
		int64_t round_us = play->nurse->next_us < play->nurse->until_us
					   ? play->nurse->next_us
					   : INT64_MAX;
		int64_t next_us = send_us < round_us ? send_us : round_us;
		show_progress(play);
		if (next_us >=
		    until_us) /* far off at the rate of real time: in steps, so that progress moves */
			return remote_wait_until(play->remote, until_us);
		bool done = send_us <= round_us
				    ? send_next(play)
				    : remote_wait_until(play->remote, round_us) &&
					      nurse_round(play->nurse, play->remote, plan) &&
					      keep_pace(play, round_us);
		if (!done)
			return false;
	}
}
