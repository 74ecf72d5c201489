/* SPDX-License-Identifier: Apache-2.0 */
#include "access/sealer.h"

#include "os/clock.h"
#include "os/log.h"

#define SEAL_US (60 * INT64_C(1000000)) /* what is written is sealed so soon */
#define SEAL_AT_ONCE 500

/* What the log has not sealed yet, some of it at a time. A chain that was cut between an event and this number seals
 * some versions twice, which harms nothing. */
static bool read_unsealed(struct sealer *sealer, struct chain *chain, size_t *ret_count)
{
	struct store_version *versions = NULL;
	size_t count = 0;
	struct store_reader *reader = store_reader_borrow(chain->store);
	if (reader == NULL)
		return false;
	if (!sealer->known)
		seal_begin(&sealer->seal, store_cursor(reader, STR(SEAL_CURSOR)));
	sealer->known = true;
	arena_reset(&chain->arena);
	enum error error =
		store_feed(reader, &chain->arena, sealer->seal.to, SEAL_AT_ONCE, &versions, &count);
	store_reader_return(reader);
	for (size_t i = 0; i < count && error == ERROR_OK; i++) {
		if (!seal_add(&sealer->seal, &chain->arena, &versions[i]))
			error = ERROR_LIMIT;
		/* A seal is a version too: for the log alone none is made, or they would never end. */
		if (sealer->since_us == 0 && !str_equal(versions[i].origin, STR(CHAIN_ORIGIN)))
			sealer->since_us = clock_monotonic_us();
	}
	*ret_count = count;
	return error == ERROR_OK;
}

static bool write_seal(struct sealer *sealer, struct chain *chain)
{
	struct text extension, rest;
	arena_reset(&chain->arena);
	text_init(&extension, &chain->arena, 1024);
	text_init(&rest, &chain->arena, 1024);
	seal_put_extension(&extension, &sealer->seal);
	seal_put_event(&rest, &sealer->seal, clock_now_us(sealer->clock));
	const struct chain_link link = { text_view(&extension), text_view(&rest) };
	if (extension.failed || rest.failed || !chain_append(chain, &link, 1))
		return false;
	struct store_commit commit = { .origin = STR(CHAIN_ORIGIN),
				       .cursor_name = STR(SEAL_CURSOR),
				       .cursor = sealer->seal.to,
				       .feed_expected = -1 };
	return store_commit_wait(chain->store, &commit) == ERROR_OK;
}

bool sealer_step(struct sealer *sealer, struct chain *chain, bool ending)
{
	size_t count = 0;
	bool read = read_unsealed(sealer, chain, &count);
	bool due = sealer->seal.count >= SEAL_VERSIONS_MAX ||
		   (sealer->since_us != 0 &&
		    (ending || clock_monotonic_us() - sealer->since_us >= SEAL_US));
	bool written = true;
	if (read && due && (sealer->seal.count >= SEAL_VERSIONS_MAX || count < SEAL_AT_ONCE)) {
		written = write_seal(sealer, chain);
		seal_begin(&sealer->seal, sealer->seal.to);
		sealer->since_us = 0;
	}
	bool failed = !read || !written;
	if (failed) {
		sealer->known = chain->known = false;
		sealer->since_us = 0;
	}
	if (failed && !sealer->failed)
		LOG(EVENT_SEAL_FAILED);
	sealer->failed = failed;
	return !failed && (count == SEAL_AT_ONCE || (ending && count > 0));
}
