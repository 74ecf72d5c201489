/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "os/queue.h"

#include "os/clock.h"
#include "os/thread.h"

static void first_in_first_out_and_bounded(void **state)
{
	(void)state;
	int items[4];
	struct queue *queue = queue_create(3);
	for (int round = 0; round < 5; round++) {
		for (size_t i = 0; i < 3; i++)
			assert_true(queue_push(queue, &items[i]));
		assert_false(queue_push(queue, &items[3]));
		assert_int_equal(queue_count(queue), 3);
		assert_ptr_equal(queue_pop(queue, 0), &items[0]);
		assert_true(queue_push(queue, &items[3]));
		void *taken[8];
		assert_int_equal(queue_pop_many(queue, taken, 2, 0), 2);
		assert_ptr_equal(taken[0], &items[1]);
		assert_ptr_equal(taken[1], &items[2]);
		assert_int_equal(queue_pop_many(queue, taken, 8, 0), 1);
		assert_ptr_equal(taken[0], &items[3]);
		assert_null(queue_pop(queue, 0));
	}
	queue_destroy(queue);
}

static void a_wait_ends_at_its_time(void **state)
{
	(void)state;
	int item;
	struct queue *queue = queue_create(1);
	int64_t before_us = clock_monotonic_us();
	assert_null(queue_pop(queue, 3000));
	assert_true(clock_monotonic_us() - before_us >= 3000);
	assert_true(queue_push(queue, &item));
	before_us = clock_monotonic_us();
	assert_false(queue_push_wait(queue, &item, 3000));
	assert_true(clock_monotonic_us() - before_us >= 3000);
	assert_ptr_equal(queue_pop(queue, INT64_MAX), &item);
	queue_destroy(queue);
}

static void closing_refuses_pushes_and_leaves_items(void **state)
{
	(void)state;
	int item;
	struct queue *queue = queue_create(2);
	assert_true(queue_push(queue, &item));
	queue_close(queue);
	assert_true(queue_is_closed(queue));
	assert_false(queue_push(queue, &item));
	assert_ptr_equal(queue_pop(queue, INT64_MAX), &item);
	assert_null(queue_pop(queue, INT64_MAX));
	queue_destroy(queue);
}

static void pop_forever(void *queue)
{
	while (queue_pop(queue, INT64_MAX) != NULL)
		continue;
}

static void closing_wakes_who_waits(void **state)
{
	(void)state;
	struct thread threads[2];
	struct queue *queue = queue_create(2);
	assert_true(thread_start(&threads[0], "popper", pop_forever, queue));
	assert_true(thread_start(&threads[1], "popper", pop_forever, queue));
	queue_close(queue);
	thread_join(&threads[0]);
	thread_join(&threads[1]);
	thread_join(&threads[1]);
	queue_destroy(queue);
}

enum { PRODUCERS = 4, ITEMS = 20000 };

struct producer {
	struct thread thread;
	struct queue *queue;
	unsigned char items[ITEMS];
	size_t pushed;
};

static void produce(void *argument)
{
	struct producer *producer = argument;
	for (size_t i = 0; i < ITEMS; i++) {
		if (queue_push_wait(producer->queue, &producer->items[i], INT64_MAX))
			producer->pushed++;
	}
}

static void many_producers_lose_and_double_nothing(void **state)
{
	(void)state;
	static struct producer producers[PRODUCERS];
	struct queue *queue = queue_create(16);
	for (size_t i = 0; i < PRODUCERS; i++) {
		producers[i].queue = queue;
		assert_true(thread_start(&producers[i].thread, "producer", produce, &producers[i]));
	}
	const unsigned char *last[PRODUCERS] = { NULL };
	for (size_t taken = 0; taken < (size_t)PRODUCERS * ITEMS;) {
		void *items[8];
		size_t count = queue_pop_many(queue, items, 8, INT64_MAX);
		assert_in_range(count, 1, 8);
		for (size_t i = 0; i < count; i++) {
			unsigned char *item = items[i];
			(*item)++;
			for (size_t p = 0; p < PRODUCERS; p++) {
				if (item < producers[p].items || item >= producers[p].items + ITEMS)
					continue;
				/* Each producer's items keep their order. */
				assert_true(last[p] == NULL || item == last[p] + 1);
				last[p] = item;
			}
		}
		taken += count;
	}
	for (size_t p = 0; p < PRODUCERS; p++) {
		thread_join(&producers[p].thread);
		assert_int_equal(producers[p].pushed, ITEMS);
		for (size_t i = 0; i < ITEMS; i++)
			assert_int_equal(producers[p].items[i], 1);
	}
	assert_int_equal(queue_count(queue), 0);
	queue_destroy(queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_in_first_out_and_bounded),
		cmocka_unit_test(a_wait_ends_at_its_time),
		cmocka_unit_test(closing_refuses_pushes_and_leaves_items),
		cmocka_unit_test(closing_wakes_who_waits),
		cmocka_unit_test(many_producers_lose_and_double_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
