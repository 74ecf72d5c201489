/* SPDX-License-Identifier: Apache-2.0
 * A ring under one mutex. */
#include "os/queue.h"

#include "base/assert.h"
#include "os/clock.h"
#include "os/thread.h"

#include <stdlib.h>

struct queue {
	struct mutex mutex;
	struct condition filled;
	struct condition emptied;
	size_t capacity;
	size_t first; /* index of the oldest item */
	size_t count;
	size_t poppers; /* threads that wait for an item, so that a push wakes only when it must */
	size_t pushers;
	bool closed;
	void *items[];
};

struct queue *queue_create(size_t capacity)
{
	ASSERT(capacity > 0 && capacity < SIZE_MAX / sizeof(void *) / 2);
	struct queue *queue = calloc(1, sizeof(*queue) + capacity * sizeof(void *));
	if (queue == NULL)
		return NULL;
	mutex_init(&queue->mutex);
	condition_init(&queue->filled);
	condition_init(&queue->emptied);
	queue->capacity = capacity;
	return queue;
}

void queue_destroy(struct queue *queue)
{
	if (queue == NULL)
		return;
	ASSERT(queue->count == 0);
	condition_destroy(&queue->emptied);
	condition_destroy(&queue->filled);
	mutex_destroy(&queue->mutex);
	free(queue);
}

static int64_t deadline_in(int64_t wait_us_max)
{
	int64_t now_us = clock_monotonic_us();
	return wait_us_max > INT64_MAX - now_us ? INT64_MAX : now_us + wait_us_max;
}

bool queue_push_wait(struct queue *queue, void *item, int64_t wait_us_max)
{
	ASSERT(item != NULL);
	mutex_lock(&queue->mutex);
	if (queue->count == queue->capacity && wait_us_max > 0) {
		int64_t deadline_us = deadline_in(wait_us_max);
		bool waiting = true;
		queue->pushers++;
		while (waiting && queue->count == queue->capacity && !queue->closed)
			waiting = condition_wait_until(&queue->emptied, &queue->mutex, deadline_us);
		queue->pushers--;
	}
	bool pushed = !queue->closed && queue->count < queue->capacity;
	if (pushed) {
		size_t at = queue->first + queue->count;
		queue->items[at < queue->capacity ? at : at - queue->capacity] = item;
		queue->count++;
		if (queue->poppers > 0)
			condition_signal(&queue->filled);
	}
	mutex_unlock(&queue->mutex);
	return pushed;
}

bool queue_push(struct queue *queue, void *item)
{
	return queue_push_wait(queue, item, 0);
}

size_t queue_pop_many(struct queue *queue, void **ret_items, size_t items_max, int64_t wait_us_max)
{
	size_t taken = 0;
	mutex_lock(&queue->mutex);
	if (queue->count == 0 && wait_us_max > 0) {
		int64_t deadline_us = deadline_in(wait_us_max);
		bool waiting = true;
		queue->poppers++;
		while (waiting && queue->count == 0 && !queue->closed)
			waiting = condition_wait_until(&queue->filled, &queue->mutex, deadline_us);
		queue->poppers--;
	}
	for (; taken < items_max && queue->count > 0; taken++) {
		ret_items[taken] = queue->items[queue->first];
		queue->items[queue->first] = NULL;
		queue->first = queue->first + 1 < queue->capacity ? queue->first + 1 : 0;
		queue->count--;
	}
	if (taken > 0 && queue->pushers > 0)
		condition_broadcast(&queue->emptied);
	mutex_unlock(&queue->mutex);
	return taken;
}

void *queue_pop(struct queue *queue, int64_t wait_us_max)
{
	void *item = NULL;
	(void)queue_pop_many(queue, &item, 1, wait_us_max);
	return item;
}

void queue_close(struct queue *queue)
{
	mutex_lock(&queue->mutex);
	queue->closed = true;
	condition_broadcast(&queue->filled);
	condition_broadcast(&queue->emptied);
	mutex_unlock(&queue->mutex);
}

bool queue_is_closed(struct queue *queue)
{
	mutex_lock(&queue->mutex);
	bool closed = queue->closed;
	mutex_unlock(&queue->mutex);
	return closed;
}

size_t queue_count(struct queue *queue)
{
	mutex_lock(&queue->mutex);
	size_t count = queue->count;
	mutex_unlock(&queue->mutex);
	return count;
}
