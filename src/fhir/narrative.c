/* SPDX-License-Identifier: Apache-2.0
 * The checks stand on top of the scanner of fhir/xhtml.h. */
#include "fhir/narrative.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "fhir/xhtml.h"

#define ATTRIBUTES_MAX 32

static const struct str element_names[] = {
	STR_INIT("a"),    STR_INIT("abbr"),       STR_INIT("acronym"), STR_INIT("b"),
	STR_INIT("big"),  STR_INIT("blockquote"), STR_INIT("br"),      STR_INIT("caption"),
	STR_INIT("cite"), STR_INIT("code"),       STR_INIT("col"),     STR_INIT("colgroup"),
	STR_INIT("dd"),   STR_INIT("dfn"),        STR_INIT("div"),     STR_INIT("dl"),
	STR_INIT("dt"),   STR_INIT("em"),         STR_INIT("h1"),      STR_INIT("h2"),
	STR_INIT("h3"),   STR_INIT("h4"),         STR_INIT("h5"),      STR_INIT("h6"),
	STR_INIT("hr"),   STR_INIT("i"),          STR_INIT("img"),     STR_INIT("li"),
	STR_INIT("ol"),   STR_INIT("p"),          STR_INIT("pre"),     STR_INIT("q"),
	STR_INIT("samp"), STR_INIT("small"),      STR_INIT("span"),    STR_INIT("strong"),
	STR_INIT("sub"),  STR_INIT("sup"),        STR_INIT("table"),   STR_INIT("tbody"),
	STR_INIT("td"),   STR_INIT("tfoot"),      STR_INIT("th"),      STR_INIT("thead"),
	STR_INIT("tr"),   STR_INIT("tt"),         STR_INIT("ul"),      STR_INIT("var"),
};
static const struct str attribute_names[] = {
	STR_INIT("abbr"),        STR_INIT("accesskey"),  STR_INIT("align"),
	STR_INIT("alt"),         STR_INIT("axis"),       STR_INIT("bgcolor"),
	STR_INIT("border"),      STR_INIT("cellhalign"), STR_INIT("cellpadding"),
	STR_INIT("cellspacing"), STR_INIT("cellvalign"), STR_INIT("char"),
	STR_INIT("charoff"),     STR_INIT("charset"),    STR_INIT("cite"),
	STR_INIT("class"),       STR_INIT("colspan"),    STR_INIT("compact"),
	STR_INIT("coords"),      STR_INIT("dir"),        STR_INIT("frame"),
	STR_INIT("headers"),     STR_INIT("height"),     STR_INIT("href"),
	STR_INIT("hreflang"),    STR_INIT("hspace"),     STR_INIT("id"),
	STR_INIT("lang"),        STR_INIT("longdesc"),   STR_INIT("name"),
	STR_INIT("nowrap"),      STR_INIT("rel"),        STR_INIT("rev"),
	STR_INIT("rowspan"),     STR_INIT("rules"),      STR_INIT("scope"),
	STR_INIT("shape"),       STR_INIT("span"),       STR_INIT("src"),
	STR_INIT("start"),       STR_INIT("style"),      STR_INIT("summary"),
	STR_INIT("tabindex"),    STR_INIT("title"),      STR_INIT("type"),
	STR_INIT("valign"),      STR_INIT("value"),      STR_INIT("vspace"),
	STR_INIT("width"),       STR_INIT("xml:lang"),   STR_INIT("xml:space"),
};

static bool is_listed(struct str name, const struct str *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal(name, list[i]))
			return true;
	return false;
}

static bool text_is_valid(struct str text, bool *has_content)
{
	size_t at = 0;
	uint32_t character;

	while (at < text.len) {
		if (!xhtml_character(text, &at, &character))
			return false;
		if (character > ' ')
			*has_content = true;
	}
	return true;
}

static char lower_case(uint32_t character)
{
	return (char)(character >= 'A' && character <= 'Z' ? character + 32 : character);
}

/* The scheme of a link in lower case, without the blanks and controls that browsers pass over.
 * Empty for a relative link. */
static struct str link_scheme(struct str value, char buffer[16])
{
	size_t at = 0;
	size_t len = 0;
	uint32_t character;

	while (at < value.len && xhtml_character(value, &at, &character)) {
		if (character <= ' ')
			continue;
		if (character == ':')
			return len > 15 ? STR("unknown") : (struct str){ buffer, len };
		if (character == '/' || character == '?' || character == '#')
			break;
		if (character > '~')
			len = 16;
		else if (len < 15)
			buffer[len++] = lower_case(character);
		else
			len = 16;
	}
	return (struct str){ NULL, 0 };
}

static const char *check_link(struct str name, struct str value)
{
	static const struct str schemes[] = { STR_INIT("http"),   STR_INIT("https"),
					      STR_INIT("mailto"), STR_INIT("tel"),
					      STR_INIT("urn"),    STR_INIT("ftp"),
					      STR_INIT("cid") };
	char buffer[16];
	struct str scheme = link_scheme(value, buffer);

	if (scheme.len == 0 || is_listed(scheme, schemes, sizeof schemes / sizeof schemes[0]))
		return NULL;
	if (str_equal(name, STR("src")) && str_equal(scheme, STR("data")))
		return NULL;
	return "has a link whose scheme is not allowed";
}

/* A style may colour and align, and show an image that it carries with it; it may not load or run
 * anything. Read without blanks and in lower case; a backslash could hide a word. */
static bool style_is_harmless(struct arena *arena, struct str value)
{
	static const struct str refused[] = { STR_INIT("expression("),  STR_INIT("javascript:"),
					      STR_INIT("@import"),      STR_INIT("behavior:"),
					      STR_INIT("-moz-binding"), STR_INIT("/*") };
	char *lower = arena_take(arena, value.len + 1, 1);
	struct str text = { lower, 0 };
	size_t at = 0;
	uint32_t character;

	while (lower != NULL && at < value.len && xhtml_character(value, &at, &character)) {
		if (character == '\\')
			return false;
		if (character > ' ' && character < 0x7f)
			lower[text.len++] = lower_case(character);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (str_find(text, refused[i]) < text.len)
			return false;
	for (;;) {
		size_t found = str_find(text, STR("url("));

		if (found == text.len)
			return lower != NULL;
		text = str_slice(text, found + 4, text.len);
		if (!str_starts_with(text, STR("data:image/")) &&
		    !str_starts_with(text, STR("'data:image/")) &&
		    !str_starts_with(text, STR("\"data:image/")))
			return false;
	}
}

static const char *check_attribute(struct arena *arena, const struct token *token)
{
	bool ignored = false;

	if (!text_is_valid(token->value, &ignored))
		return "has an attribute with a character or entity that XML does not have";
	if (str_equal(token->name, STR("xmlns")))
		return str_equal(token->value, STR("http://www.w3.org/1999/xhtml"))
			       ? NULL
			       : "has an element of another namespace";
	if (!is_listed(token->name, attribute_names,
		       sizeof attribute_names / sizeof attribute_names[0]))
		return "has an attribute that narrative does not allow";
	if (str_equal(token->name, STR("href")) || str_equal(token->name, STR("src")) ||
	    str_equal(token->name, STR("cite")) || str_equal(token->name, STR("longdesc")))
		return check_link(token->name, token->value);
	if (str_equal(token->name, STR("style")) && !style_is_harmless(arena, token->value))
		return "has a style that loads or runs something";
	return NULL;
}

struct checker {
	struct arena *arena;
	struct scanner scanner;
	struct str open[LIMIT_JSON_DEPTH_MAX];
	size_t depth;
	struct str attributes[ATTRIBUTES_MAX];
	size_t attribute_count;
	bool has_content;
	bool has_namespace;
	bool is_image;
	bool ended; /* the root was closed */
};

static const char *on_open(struct checker *checker, const struct token *token)
{
	if (checker->ended || (checker->depth == 0 && !str_equal(token->name, STR("div"))))
		return "must be one div element";
	if (!is_listed(token->name, element_names, sizeof element_names / sizeof element_names[0]))
		return "has an element that narrative does not allow";
	if (checker->depth == LIMIT_JSON_DEPTH_MAX)
		return "is nested too deep";
	checker->open[checker->depth++] = token->name;
	checker->attribute_count = 0;
	checker->is_image = str_equal(token->name, STR("img"));
	return NULL;
}

static const char *on_attribute(struct checker *checker, const struct token *token)
{
	if (is_listed(token->name, checker->attributes, checker->attribute_count))
		return "has an attribute twice";
	if (checker->attribute_count == ATTRIBUTES_MAX)
		return "has too many attributes";
	checker->attributes[checker->attribute_count++] = token->name;
	if (checker->depth == 1 && str_equal(token->name, STR("xmlns")))
		checker->has_namespace = true;
	if (checker->is_image && str_equal(token->name, STR("src")))
		checker->has_content = true;
	return check_attribute(checker->arena, token);
}

static const char *on_close(struct checker *checker)
{
	checker->depth--;
	checker->ended = checker->depth == 0;
	return NULL;
}

static const char *on_token(struct checker *checker, const struct token *token)
{
	bool ignored = false;

	switch (token->kind) {
	case TOKEN_TEXT:
		if (!text_is_valid(token->value,
				   checker->depth > 0 ? &checker->has_content : &ignored))
			return "has a character or entity that XML does not have";
		if (checker->depth == 0 && str_trim(token->value).len > 0)
			return "must be one div element";
		return NULL;
	case TOKEN_OPEN:
		return on_open(checker, token);
	case TOKEN_ATTRIBUTE:
		return on_attribute(checker, token);
	case TOKEN_OPEN_END:
		return checker->has_namespace ? NULL : "must name the XHTML namespace";
	case TOKEN_EMPTY_END:
		return checker->has_namespace ? on_close(checker) : "must name the XHTML namespace";
	case TOKEN_CLOSE:
		if (checker->depth == 0 ||
		    !str_equal(checker->open[checker->depth - 1], token->name))
			return "is not well formed: a tag is closed that was not open";
		return on_close(checker);
	case TOKEN_END:
	case TOKEN_BAD:
	default:
		return "is not well formed";
	}
}

const char *narrative_check(struct arena *arena, struct str div)
{
	struct checker checker = { .arena = arena, .scanner = { .text = div } };

	for (;;) {
		struct token token = xhtml_next(&checker.scanner);

		if (token.kind == TOKEN_END)
			break;
		const char *reason = on_token(&checker, &token);
		if (reason != NULL)
			return reason;
	}
	if (!checker.ended)
		return "is not well formed: a tag is not closed";
	return checker.has_content ? NULL : "has neither text nor an image";
}

static void put_encoded(struct text *text, struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		switch (value.ptr[i]) {
		case '&':
			text_put(text, STR("&amp;"));
			break;
		case '<':
			text_put(text, STR("&lt;"));
			break;
		case '"':
			text_put(text, STR("&quot;"));
			break;
		case '\'':
			text_put(text, STR("&#39;"));
			break;
		default:
			text_put_byte(text, value.ptr[i]);
		}
	}
}

static struct str decode(struct arena *arena, struct str value)
{
	struct text text;
	size_t at = 0;
	uint32_t character;
	char bytes[4];

	if (str_find_byte(value, '&', 0) == value.len)
		return value;
	text_init(&text, arena, value.len * 4 + 4);
	while (at < value.len && xhtml_character(value, &at, &character))
		text_put(&text, (struct str){ bytes, utf8_write(character, bytes) });
	return text_view(&text);
}

enum error narrative_visit(struct arena *arena, struct str div, fhir_link_visit *visit,
			   void *context, struct str *ret_div)
{
	struct scanner scanner = { .text = div };
	struct text text = { 0 };
	size_t copied = 0;

	for (;;) {
		struct token token = xhtml_next(&scanner);

		if (token.kind == TOKEN_END || token.kind == TOKEN_BAD)
			break;
		if (token.kind != TOKEN_ATTRIBUTE ||
		    (!str_equal(token.name, STR("href")) && !str_equal(token.name, STR("src"))))
			continue;
		struct str other = visit(context, decode(arena, token.value), false);
		if (other.len == 0)
			continue;
		if (copied == 0)
			text_init(&text, arena, LIMIT_BODY_BYTES_MAX);
		size_t value_at = (size_t)(token.value.ptr - div.ptr);
		text_put(&text, str_slice(div, copied, value_at));
		put_encoded(&text, other);
		copied = value_at + token.value.len;
	}
	if (copied > 0) {
		text_put(&text, str_slice(div, copied, div.len));
		if (text.failed)
			return ERROR_LIMIT;
		*ret_div = text_view(&text);
	} else {
		*ret_div = div;
	}
	return arena->failed ? ERROR_LIMIT : ERROR_OK;
}
