/* SPDX-License-Identifier: Apache-2.0
 * What people at home are told, in their language. The English sentence is the key, as it stands in the rules:
 * data/message/en.json names it, the other files say it in their language. A word in braces stands for what the rule
 * puts there, the name of a sign or a telephone number, which is kept as it is, in marks that keep its direction
 * (Unicode UAX #9: FSI and PDI). */
#include "ward/message_files.h"
#include "ward/model.h"

#define ISOLATE_START "\xE2\x81\xA8"
#define ISOLATE_END "\xE2\x81\xA9"

struct message {
	struct message *next;
	char language[MODEL_LANGUAGE_BYTES];
	char key[40];
	char text[2 * MODEL_TEXT_BYTES];
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

/* What stands before the hole of a template and after it. False: it has none, and all of it stands before. */
static bool cut_at_hole(struct str template, struct str *ret_before, struct str *ret_after)
{
	*ret_after = template;
	*ret_before = str_cut(ret_after, '{');
	if (ret_before->len == template.len)
		return false;
	(void)str_cut(ret_after, '}');
	return true;
}

/* Whether `text` is the template with something in its hole, or the template itself. */
static bool matches(struct str template, struct str text, struct str *ret_hole)
{
	struct str before, after;
	*ret_hole = (struct str){ NULL, 0 };
	if (!cut_at_hole(template, &before, &after))
		return str_equal(template, text);
	if (text.len < before.len + after.len || !str_starts_with(text, before) ||
	    !str_ends_with(text, after))
		return false;
	*ret_hole = str_slice(text, before.len, text.len - after.len);
	return true;
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

static void put_filled(struct text *text, struct str template, struct str hole)
{
	struct str before, after;
	bool has_hole = cut_at_hole(template, &before, &after);
	text_put(text, before);
	if (!has_hole)
		return;
	text_put_c(text, ISOLATE_START);
	text_put(text, hole);
	text_put_c(text, ISOLATE_END);
	text_put(text, after);
}

struct str message_text(const struct message *messages, struct arena *arena, struct str english,
			struct str language)
{
	const struct message *translated = NULL;
	struct str hole = { NULL, 0 };
	struct str rest = language;
	struct str primary = str_cut(&rest, '-');
	if (language.len == 0 || str_equal_ignore_ascii_case(language, STR("en")))
		return english;
	for (const struct message *message = messages; message != NULL && translated == NULL;
	     message = message->next) {
		if (!str_equal(str_from_c(message->language), STR("en")) ||
		    !matches(str_from_c(message->text), english, &hole))
			continue;
		translated = find(messages, language, str_from_c(message->key));
		if (translated == NULL && !str_equal_ignore_ascii_case(primary, STR("en")))
			translated = find(messages, primary, str_from_c(message->key));
	}
	if (translated == NULL)
		return english;
	struct text text;
	text_init(&text, arena, 8 * MODEL_TEXT_BYTES);
	put_filled(&text, str_from_c(translated->text), hole);
	if (!translated->approved) {
		text_put_byte(&text, '\n');
		text_put(&text, english);
	}
	return text_view(&text);
}
