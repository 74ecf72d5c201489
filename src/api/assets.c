/* SPDX-License-Identifier: Apache-2.0 */
#include "api/assets.h"

#include "api/server.h"

static const struct asset *find(const struct server *server, struct str path)
{
	const struct server_options *options = &server->options;
	for (size_t i = 0; i < options->asset_count; i++) {
		if (str_equal(options->assets[i].path, path))
			return &options->assets[i];
	}
	return NULL;
}

/* Scripts and styles come from this server only; nobody may frame a page; nothing is sniffed or referred. */
static void add_page_headers(struct call *call)
{
	call_answer_header(call, STR("Content-Security-Policy"),
			   STR("default-src 'self'; img-src 'self' data:; object-src 'none'; "
			       "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"));
	call_answer_header(call, STR("X-Frame-Options"), STR("DENY"));
	call_answer_header(call, STR("Referrer-Policy"), STR("no-referrer"));
	call_answer_header(call, STR("Cache-Control"), STR("no-cache"));
}

static void answer_unbuilt(struct call *call)
{
	add_page_headers(call);
	call->status = 200;
	call->content_type = STR("text/plain; charset=utf-8");
	call->answer =
		STR("Homeward is running, but its web pages were not built into this program.\n"
		    "Build them with: ./run.sh --build\n"
		    "The FHIR API is at /fhir, its description at /fhir/metadata.\n");
}

bool assets_answer(struct call *call)
{
	const struct asset *asset = find(call->server, call->path);
	if (asset == NULL && call->server->options.asset_count == 0 &&
	    str_equal(call->path, STR("/"))) {
		answer_unbuilt(call);
		return true;
	}
	if (asset == NULL)
		return false;
	add_page_headers(call);
	call_answer_header(call, STR("ETag"), asset->etag);
	if (str_equal(str_trim(call_header(call, "If-None-Match")), asset->etag)) {
		call->status = 304;
		return true;
	}
	call->status = 200;
	call->content_type = asset->content_type;
	call->answer = asset->bytes;
	return true;
}
