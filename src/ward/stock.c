/* SPDX-License-Identifier: Apache-2.0 */
#include "ward/stock.h"

#include "os/thread.h"
#include "ward/map.h"
#include "ward/model.h"

#include <stdlib.h>

struct stock_line {
	char device[MODEL_ID_BYTES];
	char ward[MODEL_ID_BYTES];
	char *text;
	size_t length;
};
struct stock {
	struct mutex mutex;
	struct map line_by_device;
};

struct stock *stock_create(void)
{
	struct stock *stock = MODEL_NEW(struct stock);
	mutex_init(&stock->mutex);
	return stock;
}

static void free_line(struct stock_line *line)
{
	model_give(line->text);
	model_give(line);
}

void stock_destroy(struct stock *stock)
{
	size_t at = 0;
	void *line;
	if (stock == NULL)
		return;
	while (map_next(&stock->line_by_device, &at, &line))
		free_line(line);
	map_done(&stock->line_by_device);
	mutex_destroy(&stock->mutex);
	model_give(stock);
}

void stock_put(struct stock *stock, struct str ward, struct str device, struct str text)
{
	mutex_lock(&stock->mutex);
	struct stock_line *line = map_get(&stock->line_by_device, device);
	if (line == NULL) {
		line = MODEL_NEW(struct stock_line);
		MODEL_PUT(line->device, device);
		map_put(&stock->line_by_device, str_from_c(line->device), line);
	}
	MODEL_PUT(line->ward, ward);
	if (line->length < text.len || line->text == NULL) {
		model_give(line->text);
		line->text = model_take(text.len + 1);
	}
	memcpy(line->text, text.ptr, text.len);
	line->length = text.len;
	mutex_unlock(&stock->mutex);
}

void stock_remove(struct stock *stock, struct str device)
{
	mutex_lock(&stock->mutex);
	struct stock_line *line = map_get(&stock->line_by_device, device);
	if (line != NULL) {
		map_remove(&stock->line_by_device, device);
		free_line(line);
	}
	mutex_unlock(&stock->mutex);
}

static int by_device(const void *a, const void *b)
{
	return strcmp((*(const struct stock_line *const *)a)->device,
		      (*(const struct stock_line *const *)b)->device);
}

void stock_print(struct stock *stock, struct str ward, struct arena *arena, struct text *text)
{
	size_t at = 0, count = 0;
	void *thing;
	mutex_lock(&stock->mutex);
	const struct stock_line **lines =
		ARENA_NEW(arena, const struct stock_line *, stock->line_by_device.count + 1);
	while (lines != NULL && map_next(&stock->line_by_device, &at, &thing)) {
		const struct stock_line *line = thing;
		if (str_equal(str_from_c(line->ward), ward))
			lines[count++] = line;
	}
	text->failed = text->failed || lines == NULL;
	if (count > 1)
		qsort(lines, count, sizeof(*lines), by_device);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			text_put_byte(text, ',');
		text_put(text, (struct str){ lines[i]->text, lines[i]->length });
	}
	mutex_unlock(&stock->mutex);
}
