/* SPDX-License-Identifier: Apache-2.0
 * The equipment lists of the wards as finished texts, one a kit or single device. The ward's thread writes, handlers
 * read; one lock, held for copying only. */
#ifndef WARD_STOCK_H
#define WARD_STOCK_H

#include "base/text.h"

struct stock;

struct stock *stock_create(void);
void stock_destroy(struct stock *stock);
/* It stands on one ward's list only. */
void stock_put(struct stock *stock, struct str ward, struct str device, struct str text);
void stock_remove(struct stock *stock, struct str device);
/* The lines of a ward in the order of their ids, with commas between them. */
void stock_print(struct stock *stock, struct str ward, struct arena *arena, struct text *text);

#endif
