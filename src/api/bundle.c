/* SPDX-License-Identifier: Apache-2.0 */
#include "api/bundle.h"

#include "api/identity.h"
#include "base/date.h"
#include "base/limits.h"

void bundle_instant(struct text *text, const char *name, int64_t at_us)
{
	char instant[25];
	date_write_instant(at_us, instant);
	text_put_byte(text, '"');
	text_put_c(text, name);
	text_put(text, STR("\":\""));
	text_put_c(text, instant);
	text_put_byte(text, '"');
}

void bundle_begin(struct bundle *bundle, struct call *call, const char *type, int64_t total)
{
	*bundle = (struct bundle){ .call = call };
	text_init(&bundle->text, &call->arena, EXCHANGE_BYTES_MAX);
	text_put(&bundle->text, STR("{\"resourceType\":\"Bundle\",\"id\":\""));
	text_put(&bundle->text, identity_new(&call->arena, server_clock(call->server)));
	text_put(&bundle->text, STR("\",\"meta\":{"));
	bundle_instant(&bundle->text, "lastUpdated", clock_now_us(server_clock(call->server)));
	text_put_format(&bundle->text, "},\"type\":\"%s\"", type);
	if (total >= 0) {
		text_put(&bundle->text, STR(",\"total\":"));
		text_put_i64(&bundle->text, total);
	}
}

void bundle_link(struct bundle *bundle, const char *relation, struct str url)
{
	struct text *text = &bundle->text;
	ASSERT(bundle->entry_count == 0);
	text_put(text, bundle->link_count++ == 0 ? STR(",\"link\":[") : STR(","));
	text_put_format(text, "{\"relation\":\"%s\",\"url\":", relation);
	json_print_string(text, url);
	text_put_byte(text, '}');
}

void bundle_entry_begin(struct bundle *bundle)
{
	struct text *text = &bundle->text;
	if (bundle->entry_count == 0 && bundle->link_count > 0)
		text_put_byte(text, ']');
	text_put(text, bundle->entry_count++ == 0 ? STR(",\"entry\":[{") : STR(",{"));
}

void bundle_full_url(struct bundle *bundle, uint16_t type, struct str id)
{
	struct text *text = &bundle->text;
	text_put(text, STR("\"fullUrl\":\""));
	text_put(text, server_base_url(bundle->call->server));
	text_put_byte(text, '/');
	text_put(text, fhir_resource_name(type));
	text_put_byte(text, '/');
	text_put(text, id);
	text_put_byte(text, '"');
}

struct str bundle_end(struct bundle *bundle)
{
	struct text *text = &bundle->text;
	if (bundle->entry_count > 0 || bundle->link_count > 0)
		text_put_byte(text, ']');
	text_put_byte(text, '}');
	return text->failed ? (struct str){ NULL, 0 } : text_view(text);
}

struct str bundle_url(struct call *call, struct str path, const struct search_argument *arguments,
		      size_t count)
{
	struct text text;
	text_init(&text, &call->arena, (size_t)16 * LIMIT_URL_BYTES_MAX);
	text_put(&text, server_base_url(call->server));
	if (path.len > 0) {
		text_put_byte(&text, '/');
		text_put(&text, path);
	}
	if (count > 0)
		text_put_byte(&text, '?');
	url_query_print(&text, arguments, count);
	return text_view(&text);
}

struct str bundle_path(struct arena *arena, const struct str *segments, size_t count)
{
	struct text text;
	text_init(&text, arena, LIMIT_URL_BYTES_MAX * 3);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			text_put_byte(&text, '/');
		url_encode(&text, segments[i]);
	}
	return text_view(&text);
}
