/* SPDX-License-Identifier: Apache-2.0
 * The XHTML subset of narratives. */
#include "unit.h"

#include "base/limits.h"
#include "fhir/narrative.h"

#include <stdio.h>
#include <stdlib.h>

#define DIV(inner) "<div xmlns=\"http://www.w3.org/1999/xhtml\">" inner "</div>"

struct row {
	const char *div;
	const char *reason; /* part of it, or NULL: allowed */
};

static void check_rows(const struct row *rows, size_t count)
{
	struct arena arena;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	for (size_t i = 0; i < count; i++) {
		const char *reason = narrative_check(&arena, str_from_c(rows[i].div));
		if ((reason == NULL) != (rows[i].reason == NULL) ||
		    (reason != NULL && strstr(reason, rows[i].reason) == NULL))
			fail_msg("%s: %s", rows[i].div, reason == NULL ? "allowed" : reason);
	}
	arena_done(&arena);
}
#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void plain_formatting_is_allowed(void **state)
{
	static const struct row rows[] = {
		{ DIV("text"), NULL },
		{ DIV("<p class='a' style='color: red; width:10%'>a<br/>b</p>"), NULL },
		{ DIV("<table border=\"1\"><tr><td colspan='2'>a</td><td/></tr></table>"), NULL },
		{ DIV("<a href='Patient/1'>a</a><a name=\"x\">b</a><a href=\"#x\">c</a>"), NULL },
		{ DIV("<a href=\"https://h/a?b=c&amp;d=e:f\">a</a>"), NULL },
		{ DIV("<a href=\"a-long-relative-name.html#part:one\">a</a>"), NULL },
		{ DIV("<img src='data:image/png;base64,AAAA' alt=''/>"), NULL },
		{ DIV("<img src=\"#photo\"/>"), NULL },
		{ DIV("<!-- note -->a &amp; b &#160;&#x2014; \xc3\xa9"), NULL },
		{ " \n" DIV("a") "\n ", NULL },
		{ "<div xmlns='http://www.w3.org/1999/xhtml' lang='en' xml:lang='en'>a</div>",
		  NULL },
		{ DIV("<td style=\"background: white url('data: image/png;base64,AA')\">a</td>"),
		  NULL },
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void what_could_run_or_load_is_refused(void **state)
{
	static const struct row rows[] = {
		{ DIV("<script>alert(1)</script>"), "element that" },
		{ DIV("<SCRIPT>a</SCRIPT>"), "element that" },
		{ DIV("<style>p {}</style>"), "element that" },
		{ DIV("<iframe src='http://a'/>"), "element that" },
		{ DIV("<object data='a'/>a"), "element that" },
		{ DIV("<form><input/></form>"), "element that" },
		{ DIV("<svg><circle/></svg>"), "element that" },
		{ DIV("<link rel='a' href='b'/>a"), "element that" },
		{ DIV("<base href='http://a/'/>a"), "element that" },
		{ DIV("<p onclick='a()'>a</p>"), "attribute that" },
		{ DIV("<p ONCLICK='a()'>a</p>"), "attribute that" },
		{ DIV("<img src='a' onerror='b'/>"), "attribute that" },
		{ DIV("<a href='javascript:a()'>a</a>"), "scheme" },
		{ DIV("<a href='JaVa&#10;script:a()'>a</a>"), "scheme" },
		{ DIV("<a href=' java\tscript:a()'>a</a>"), "scheme" },
		{ DIV("<a href='&#x6a;avascript:a()'>a</a>"), "scheme" },
		{ DIV("<a href='vbscript:a'>a</a>"), "scheme" },
		{ DIV("<a href='data:text/html,a'>a</a>"), "scheme" },
		{ DIV("<a href='a-scheme-of-many-letters:b'>a</a>"), "scheme" },
		{ DIV("<a href='file:///etc/passwd'>a</a>"), "scheme" },
		{ DIV("<p style='background:url(http://a/b)'>a</p>"), "style" },
		{ DIV("<p style='background:u\\72l(x)'>a</p>"), "style" },
		{ DIV("<p style='background:u/**/rl(x)'>a</p>"), "style" },
		{ DIV("<p style='width:EXPRESSION(a)'>a</p>"), "style" },
		{ DIV("<p style='b: URL (&quot;//a&quot;)'>a</p>"), "style" },
		{ DIV("<p xmlns='http://other'>a</p>"), "namespace" },
		{ DIV("<p xmlns:x='http://other'>a</p>"), "attribute that" },
		{ DIV("<x:p>a</x:p>"), "element that" },
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void what_is_not_well_formed_is_refused(void **state)
{
	static const struct row rows[] = {
		{ "", "not closed" },
		{ "text", "one div" },
		{ "<p xmlns='http://www.w3.org/1999/xhtml'>a</p>", "one div" },
		{ "<div>a</div>", "namespace" },
		{ "<div/>", "namespace" },
		{ "<div xmlns='http://other'>a</div>", "namespace" },
		{ DIV("a") DIV("b"), "one div" },
		{ DIV("a") "b", "one div" },
		{ DIV("<p>a"), "closed" },
		{ DIV("<b><i>a</b></i>"), "closed" },
		{ DIV("a</p>"), "closed" },
		{ "<div xmlns='http://www.w3.org/1999/xhtml'>a", "not closed" },
		{ DIV("<br>a"), "closed" },
		{ DIV("<p class=a>a</p>"), "well formed" },
		{ DIV("<p class>a</p>"), "well formed" },
		{ DIV("<p class='a'id='b'>a</p>"), "well formed" },
		{ DIV("<p class='a<b'>a</p>"), "well formed" },
		{ DIV("<p class='a' class='b'>a</p>"), "twice" },
		{ DIV("<!-- a -- b -->c"), "well formed" },
		{ DIV("<!DOCTYPE a>b"), "well formed" },
		{ DIV("<?php a ?>b"), "well formed" },
		{ DIV("<![CDATA[a]]>"), "well formed" },
		{ DIV("a < b"), "well formed" },
		{ DIV("a & b"), "entity" },
		{ DIV("&nbsp;"), "entity" },
		{ DIV("&#0;"), "entity" },
		{ DIV("&#xD800;"), "entity" },
		{ DIV("&#x110000;"), "entity" },
		{ DIV("&#99999999999;"), "entity" },
		{ DIV("a\x01"), "character" },
		{ DIV("a\xef\xbf\xbf"), "character" },
		{ DIV("<p title='&copy;'>a</p>"), "entity" },
		{ DIV(" \n<p> &#32; </p>"), "neither text nor" },
		{ DIV("<!-- text -->"), "neither text nor" },
		{ DIV("<img alt='a'/>"), "neither text nor" },
		{ "<div", "well formed" },
		{ "<", "well formed" },
		{ "<!--", "well formed" },
	};
	(void)state;
	CHECK_ROWS(rows);
}

static void nesting_has_a_limit(void **state)
{
	struct arena arena;
	struct text text;
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	text_init(&text, &arena, 1 << 20);
	text_put(&text, STR("<div xmlns='http://www.w3.org/1999/xhtml'>"));
	for (unsigned i = 0; i < LIMIT_JSON_DEPTH_MAX; i++)
		text_put(&text, STR("<b>"));
	assert_string_equal(narrative_check(&arena, text_view(&text)), "is nested too deep");
	arena_done(&arena);
}

static void attributes_have_a_limit(void **state)
{
	static const char *const names[] = {
		"abbr",    "accesskey",  "align",       "alt",         "axis",       "bgcolor",
		"border",  "cellhalign", "cellpadding", "cellspacing", "cellvalign", "char",
		"charoff", "charset",    "class",       "colspan",     "compact",    "coords",
		"dir",     "frame",      "headers",     "height",      "hreflang",   "hspace",
		"id",      "lang",       "name",        "nowrap",      "rel",        "rev",
		"rowspan", "rules",      "scope",
	};
	struct arena arena;
	struct text text;
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	for (size_t count = 32; count <= 33; count++) {
		text_init(&text, &arena, 1 << 20);
		text_put(&text, STR("<div xmlns='http://www.w3.org/1999/xhtml'><p"));
		for (size_t i = 0; i < count; i++)
			text_put_format(&text, " %s='1'", names[i]);
		text_put(&text, STR(">a</p></div>"));
		const char *reason = narrative_check(&arena, text_view(&text));
		if (count == 32)
			assert_null(reason);
		else
			assert_string_equal(reason, "has too many attributes");
	}
	arena_done(&arena);
}

/* The files that FHIR's own validators are tried with. */
static void shared_cases_are_judged_as_expected(void **state)
{
	static const struct {
		const char *file;
		const char *reason;
	} rows[] = {
		{ "bad-chars.html", "character" },
		{ "bad-link.html", "entity" },
		{ "entities.html", "entity" },
		{ "namespaced-non-root-svg.html", "attribute" },
		{ "non-root-svg.html", "element" },
		{ "svg.html", "well formed" },
		{ "svg-comment.svg", "one div" },
		{ "page1.html", "well formed" },
		{ "page2.html", "well formed" },
		{ "page3.html", "well formed" },
		{ "xhtml-empty-elements.xml", "one div" },
	};
	const char *shared = getenv("HOMEWARD_SHARED");
	struct arena arena;
	char path[1024];
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_ARENA_BYTES_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int length = snprintf(path, sizeof(path), "%s/data/fhir-test-cases/xhtml/%s",
				      shared == NULL ? "../shared" : shared, rows[i].file);
		assert_true(length > 0 && (size_t)length < sizeof(path));
		FILE *file = fopen(path, "rb");
		if (file == NULL && i == 0) {
			print_message("# skipped: %zu shared cases are not there\n",
				      sizeof(rows) / sizeof(rows[0]));
			arena_done(&arena);
			skip();
		}
		assert_non_null(file);
		char *bytes = arena_take(&arena, 1 << 20, 1);
		assert_non_null(bytes);
		size_t size = fread(bytes, 1, 1 << 20, file);
		fclose(file);
		const char *reason = narrative_check(&arena, (struct str){ bytes, size });
		if (reason == NULL || strstr(reason, rows[i].reason) == NULL)
			fail_msg("%s: %s", rows[i].file, reason == NULL ? "allowed" : reason);
	}
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_formatting_is_allowed),
		cmocka_unit_test(what_could_run_or_load_is_refused),
		cmocka_unit_test(what_is_not_well_formed_is_refused),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(attributes_have_a_limit),
		cmocka_unit_test(shared_cases_are_judged_as_expected),
	};
	return cmocka_run_group_tests_name("fhir/narrative", tests, NULL, NULL);
}
