/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/setup.h"

#include "os/log.h"
#include "ward/channel.h"
#include "ward/runner.h"

#define SETUP_EVERY_US (60 * INT64_C(1000000))

bool setup_is_due(struct setup *setup, bool wanted, bool writable, int64_t now_us)
{
	bool came_back = writable && !setup->writable;
	setup->writable = writable;
	if (!setup->tried)
		return true;
	return wanted && writable && (came_back || now_us - setup->tried_us >= SETUP_EVERY_US);
}

void setup_tried(struct setup *setup, enum error error, int64_t now_us)
{
	setup->tried = true;
	setup->tried_us = now_us;
	setup->error = error;
	if (error == ERROR_STORAGE || error == ERROR_STORAGE_FULL)
		setup->writable = false;
}

bool setup_fails(const struct setup *setup)
{
	return runner_is_serious(setup->error);
}

/* Before the feed has been read the core knows of no channel yet. */
static bool is_wanted(const struct ward *ward)
{
	return ward->setup.error != ERROR_OK || (ward->ready && runner_missing_channels(ward) != 0);
}

void setup_turn(struct ward *ward)
{
	struct setup *setup = &ward->setup;
	bool failed = setup_fails(setup);
	bool writable = store_state(ward->options.store) == STORE_READY;
	if (!setup_is_due(setup, is_wanted(ward), writable, clock_monotonic_us()))
		return;
	enum error before = setup->error;
	enum error error = runner_policies(ward);
	enum error channels_error = runner_channels(ward);
	setup_tried(setup, error != ERROR_OK ? error : channels_error, clock_monotonic_us());
	if (setup_fails(setup) && setup->error != before)
		LOG_WITH(EVENT_WARD_SETUP_FAILED, LOG_ERROR("error", setup->error));
	else if (failed && setup->error == ERROR_OK)
		LOG(EVENT_WARD_SETUP_DONE);
}
