/* SPDX-License-Identifier: Apache-2.0
 * What people at home are told, in their language. The English sentence is the key, as it stands in the rules:
 * data/message/en.json names it, the other files say it in their language. A word in braces stands for what the rule
 * puts there, as the name of a sign or a telephone number, which is kept as it is, in marks that keep its direction
 * (Unicode UAX #9: FSI and PDI). */
#include "ward/message_files.h"
#include "ward/model.h"

#define ISOLATE_START "\xE2\x81\xA8"
#define ISOLATE_END "\xE2\x81\xA9"
#define MESSAGE_HOLES_MAX 3

struct message {
	struct message *next;
	char language[MODEL_LANGUAGE_BYTES];
	char key[40];
	char text[3 * MODEL_TEXT_BYTES];
	bool approved;
};

static void add_file(struct message **tail, struct str source)
{
	struct arena arena;
	struct json *root = NULL;
	arena_init(&arena, 1024 * 1024);
	/* What the program carries was read by its tests. */
	ASSERT(json_parse(&arena, source, NULL, NULL, &root) == ERROR_OK);
	const struct json *texts = json_get(root, STR("texts"));
	const struct json *approved = json_get(root, STR("approved"));
	ASSERT(texts != NULL && approved != NULL);
	for (const struct json *text = texts->child; text != NULL; text = text->next) {
		struct message *message = MODEL_NEW(struct message);
		MODEL_PUT(message->language, json_get_text(root, STR("language")));
		MODEL_PUT(message->key, json_name(text));
		MODEL_PUT(message->text, json_text(text));
		message->approved = approved->type == JSON_TRUE;
		while (*tail != NULL)
			tail = &(*tail)->next;
		*tail = message;
	}
	arena_done(&arena);
}

struct message *message_create(void)
{
	struct message *first = NULL;
	for (size_t i = 0; i < message_file_count; i++)
		add_file(&first, message_files[i]);
	return first;
}

void message_destroy(struct message *messages)
{
	while (messages != NULL) {
		struct message *next = messages->next;
		model_give(messages);
		messages = next;
	}
}

/* The preferred one, else the first. */
void message_language(const struct json *resource, char ret_language[MODEL_LANGUAGE_BYTES])
{
	const struct json *list = json_get(resource, STR("communication"));
	const struct json *chosen = json_at(list, 0);
	for (const struct json *one = list == NULL ? NULL : list->child; one != NULL;
	     one = one->next) {
		const struct json *preferred = json_get(one, STR("preferred"));
		if (preferred != NULL && preferred->type == JSON_TRUE) {
			chosen = one;
			break;
		}
	}
	const struct json *codings = json_get(json_get(chosen, STR("language")), STR("coding"));
	model_put(ret_language, MODEL_LANGUAGE_BYTES,
		  json_get_text(json_at(codings, 0), STR("code")));
}

/* --- templates ------------------------------------------------------------------------------ */

/* What a rule put into the holes of its sentence, by their names. */
struct filling {
	struct str names[MESSAGE_HOLES_MAX], values[MESSAGE_HOLES_MAX];
	size_t count;
};

/* Cuts the next hole and what stands before it off the template. False: it has none, and all of it stands before. */
static bool cut_hole(struct str *rest, struct str *ret_before, struct str *ret_name)
{
	if (str_find_byte(*rest, '{', 0) == rest->len)
		return false;
	*ret_before = str_cut(rest, '{');
	*ret_name = str_cut(rest, '}');
	return true;
}

/* How far a hole reaches in the text: to where the words after it begin, which are the text's last ones when no hole
 * follows. False: they do not stand there. */
static bool hole_length(struct str rest, struct str text, size_t *ret_length)
{
	size_t next = str_find_byte(rest, '{', 0);
	struct str words = str_slice(rest, 0, next);
	bool last = next == rest.len;
	*ret_length = str_find(text, words);
	if (last && str_ends_with(text, words))
		*ret_length = text.len - words.len;
	return last ? str_ends_with(text, words) : *ret_length < text.len;
}

/* Whether the text is the template with something, or nothing, in its holes. */
static bool matches(struct str template, struct str text, struct filling *ret_filling)
{
	struct str before, name;
	size_t length;
	ret_filling->count = 0;
	while (cut_hole(&template, &before, &name)) {
		if (!str_starts_with(text, before) || ret_filling->count == MESSAGE_HOLES_MAX)
			return false;
		text = str_slice(text, before.len, text.len);
		if (!hole_length(template, text, &length))
			return false;
		ret_filling->names[ret_filling->count] = name;
		ret_filling->values[ret_filling->count++] = str_slice(text, 0, length);
		text = str_slice(text, length, text.len);
	}
	return str_equal(template, text);
}

static void put_hole(struct text *text, struct str name, const struct filling *filling)
{
	for (size_t i = 0; i < filling->count; i++) {
		if (!str_equal(filling->names[i], name) || filling->values[i].len == 0)
			continue;
		text_put_c(text, ISOLATE_START);
		text_put(text, filling->values[i]);
		text_put_c(text, ISOLATE_END);
	}
}

static void put_filled(struct text *text, struct str template, const struct filling *filling)
{
	struct str before, name;
	while (cut_hole(&template, &before, &name)) {
		text_put(text, before);
		put_hole(text, name, filling);
	}
	text_put(text, template);
}

static const struct message *find(const struct message *messages, struct str language,
				  struct str key)
{
	for (const struct message *message = messages; message != NULL; message = message->next) {
		if (str_equal_ignore_ascii_case(str_from_c(message->language), language) &&
		    str_equal(str_from_c(message->key), key))
			return message;
	}
	return NULL;
}

struct str message_text(const struct message *messages, struct arena *arena, struct str english,
			struct str language)
{
	const struct message *translated = NULL;
	struct filling filling = { .count = 0 };
	struct str rest = language;
	struct str primary = str_cut(&rest, '-');
	if (language.len == 0 || str_equal_ignore_ascii_case(language, STR("en")))
		return english;
	for (const struct message *message = messages; message != NULL && translated == NULL;
	     message = message->next) {
		if (!str_equal(str_from_c(message->language), STR("en")) ||
		    !matches(str_from_c(message->text), english, &filling))
			continue;
		translated = find(messages, language, str_from_c(message->key));
		if (translated == NULL && !str_equal_ignore_ascii_case(primary, STR("en")))
			translated = find(messages, primary, str_from_c(message->key));
	}
	if (translated == NULL)
		return english;
	struct text text;
	text_init(&text, arena, 8 * MODEL_TEXT_BYTES);
	put_filled(&text, str_from_c(translated->text), &filling);
	if (!translated->approved) {
		text_put_byte(&text, '\n');
		text_put(&text, english);
	}
	return text_view(&text);
}
