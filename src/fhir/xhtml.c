/* SPDX-License-Identifier: Apache-2.0
 * Source: XML 1.0, productions 2 (characters), 15 (comments), 39 to 44 (tags), 66 to 68 (references). */
#include "fhir/xhtml.h"

#include "base/utf8.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == ':' || c == '-' || c == '_' || c == '.';
}

static char peek(const struct scanner *scanner, size_t ahead)
{
	size_t at = scanner->at + ahead;

	return at < scanner->text.len ? scanner->text.ptr[at] : '\0';
}

static struct str scan_name(struct scanner *scanner)
{
	size_t from = scanner->at;

	while (scanner->at < scanner->text.len && is_name_byte(scanner->text.ptr[scanner->at]))
		scanner->at++;
	return str_slice(scanner->text, from, scanner->at);
}

static bool skip_space(struct scanner *scanner)
{
	size_t from = scanner->at;

	while (is_space(peek(scanner, 0)))
		scanner->at++;
	return scanner->at > from;
}

static struct token bad(void)
{
	return (struct token){ .kind = TOKEN_BAD };
}

static struct token scan_in_tag(struct scanner *scanner)
{
	struct token token = { .kind = TOKEN_ATTRIBUTE };
	bool spaced = skip_space(scanner);
	char quote;

	if (peek(scanner, 0) == '>') {
		scanner->at++;
		scanner->in_tag = false;
		return (struct token){ .kind = TOKEN_OPEN_END };
	}
	if (peek(scanner, 0) == '/' && peek(scanner, 1) == '>') {
		scanner->at += 2;
		scanner->in_tag = false;
		return (struct token){ .kind = TOKEN_EMPTY_END };
	}
	token.name = scan_name(scanner);
	skip_space(scanner);
	if (!spaced || token.name.len == 0 || peek(scanner, 0) != '=')
		return bad();
	scanner->at++;
	skip_space(scanner);
	quote = peek(scanner, 0);
	if (quote != '"' && quote != '\'')
		return bad();
	size_t end = str_find_byte(scanner->text, quote, scanner->at + 1);
	if (end == scanner->text.len)
		return bad();
	token.value = str_slice(scanner->text, scanner->at + 1, end);
	scanner->at = end + 1;
	return str_find_byte(token.value, '<', 0) < token.value.len ? bad() : token;
}

struct token xhtml_next(struct scanner *scanner)
{
	struct token token = { .kind = TOKEN_OPEN };

	if (scanner->in_tag)
		return scan_in_tag(scanner);
	while (str_starts_with(str_slice(scanner->text, scanner->at, scanner->text.len),
			       STR("<!--"))) {
		struct str rest = str_slice(scanner->text, scanner->at + 4, scanner->text.len);
		size_t end = str_find(rest, STR("--"));

		if (end + 2 >= rest.len || rest.ptr[end + 2] != '>')
			return bad();
		scanner->at += 4 + end + 3;
	}
	if (scanner->at == scanner->text.len)
		return (struct token){ .kind = TOKEN_END };
	if (peek(scanner, 0) != '<') {
		size_t end = str_find_byte(scanner->text, '<', scanner->at);

		token.kind = TOKEN_TEXT;
		token.value = str_slice(scanner->text, scanner->at, end);
		scanner->at = end;
		return token;
	}
	scanner->at++;
	if (peek(scanner, 0) == '/') {
		scanner->at++;
		token.kind = TOKEN_CLOSE;
	}
	token.name = scan_name(scanner);
	if (token.name.len == 0)
		return bad(); /* <! <? and the like */
	scanner->in_tag = token.kind == TOKEN_OPEN;
	if (token.kind == TOKEN_CLOSE) {
		skip_space(scanner);
		if (peek(scanner, 0) != '>')
			return bad();
		scanner->at++;
	}
	return token;
}

static bool is_xml_character(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
	       (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/* Reads the reference at *at ("&lt;", "&#160;") and moves past it. Of named entities XML's five only:
 * a narrative has no DTD that could declare more. */
static bool read_entity(struct str text, size_t *at, uint32_t *ret_character)
{
	static const struct {
		struct str name;
		uint32_t character;
	} names[] = {
		{ STR_INIT("amp"), '&' },  { STR_INIT("lt"), '<' },    { STR_INIT("gt"), '>' },
		{ STR_INIT("quot"), '"' }, { STR_INIT("apos"), '\'' },
	};
	size_t end = str_find_byte(text, ';', *at);
	struct str body = str_slice(text, *at + 1, end);
	uint32_t value = 0;

	if (end == text.len || body.len < 2 || body.len > 9)
		return false;
	*at = end + 1;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (str_equal(body, names[i].name)) {
			*ret_character = names[i].character;
			return true;
		}
	}
	bool hex = body.ptr[1] == 'x';
	if (body.ptr[0] != '#' || (hex && body.len == 2))
		return false;
	for (size_t i = hex ? 2 : 1; i < body.len; i++) {
		char c = body.ptr[i];
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if (hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
			digit = (uint32_t)((c | 32) - 'a') + 10;
		else
			return false;
		value = value * (hex ? 16 : 10) + digit;
		if (value > 0x10ffff)
			return false;
	}
	*ret_character = value;
	return is_xml_character(value);
}

/* The next character of text or an attribute, references decoded; false when it is not allowed. */
bool xhtml_character(struct str text, size_t *at, uint32_t *ret_character)
{
	if (text.ptr[*at] == '&')
		return read_entity(text, at, ret_character);
	*ret_character = utf8_next(text, at);
	return is_xml_character(*ret_character);
}
