/* SPDX-License-Identifier: Apache-2.0
 * A bounded queue of pointers between threads, first in, first out. Pushing hands over what the
 * pointer owns; who pops owns it. Any number of threads at both ends. */
#ifndef OS_QUEUE_H
#define OS_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

/* `capacity` > 0; NULL when there is no memory. */
struct queue *queue_create(size_t capacity);
/* No thread may use it any more, and it must be empty: what is in it belongs to nobody else. */
void queue_destroy(struct queue *queue);
/* False, at once, when the queue is full or closed: the caller keeps the item. */
bool queue_push(struct queue *queue, void *item);
/* Waits for room instead, up to `wait_us_max` of real time. */
bool queue_push_wait(struct queue *queue, void *item, int64_t wait_us_max);
/* The oldest item; NULL when none came within `wait_us_max` of real time (0: does not wait), or when
 * the queue is closed and empty. */
void *queue_pop(struct queue *queue, int64_t wait_us_max);
/* Waits as queue_pop for the first item, then takes all that are there, up to `items_max`. */
size_t queue_pop_many(struct queue *queue, void **ret_items, size_t items_max, int64_t wait_us_max);
/* Refuses pushes from now on and wakes everyone; items in it can still be popped. */
void queue_close(struct queue *queue);
bool queue_is_closed(struct queue *queue);
size_t queue_count(struct queue *queue);

#endif
