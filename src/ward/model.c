/* SPDX-License-Identifier: Apache-2.0
 * Small helpers of the core: memory, fixed texts, ids, and reading the few FHIR shapes it needs. */
#include "ward/model.h"

#include "base/hash.h"
#include "ward/channel.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *model_take(size_t size)
{
	void *thing = calloc(1, size);
	/* Without memory the ward cannot go on safely: stop, and be rebuilt from the feed. */
	if (thing == NULL)
		memory_gone();
	return thing;
}

void model_give(void *thing)
{
	free(thing);
}

void model_put(char *target, size_t size, struct str text)
{
	ASSERT(size > 0);
	size_t length = text.len < size ? text.len : size - 1;
	if (length < text.len) {
		while (length > 0 && ((unsigned char)text.ptr[length] & 0xC0) == 0x80)
			length--;
	}
	if (length > 0)
		memmove(target, text.ptr, length);
	memset(target + length, 0, size - length); /* equal states are equal byte by byte */
}

void model_format(char *target, size_t size, const char *format, ...)
{
	char whole[2 * MODEL_NOTE_BYTES];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(whole, sizeof(whole), format, arguments);
	va_end(arguments);
	ASSERT(length >= 0);
	size_t kept = (size_t)length < sizeof(whole) ? (size_t)length : sizeof(whole) - 1;
	model_put(target, size, (struct str){ whole, kept });
}

void model_id(char ret_id[MODEL_ID_BYTES], const char *prefix, const char *cause)
{
	struct str text = str_from_c(cause);
	uint64_t high = hash_bytes(text.ptr, text.len, 1);
	uint64_t low = hash_bytes(text.ptr, text.len, 2);
	model_format(ret_id, MODEL_ID_BYTES, "%s-%016llx%016llx", prefix, (unsigned long long)high,
		     (unsigned long long)low);
}

void model_clock_time(int64_t at_us, char ret_text[MODEL_CLOCK_BYTES])
{
	/* In autumn an hour comes twice. */
	int offset_min = date_london_offset_min(at_us);
	const char *which = "";
	if (date_london_offset_min(at_us + DATE_US_PER_HOUR) < offset_min)
		which = " BST";
	else if (date_london_offset_min(at_us - DATE_US_PER_HOUR) > offset_min)
		which = " GMT";
	struct date_civil civil = date_to_civil(at_us + offset_min * DATE_US_PER_MIN);
	model_format(ret_text, MODEL_CLOCK_BYTES, "%02d:%02d%s", (int)civil.hour, (int)civil.minute,
		     which);
}

struct str model_phone(const struct json *resource, int64_t at_us)
{
	const struct json *telecoms = json_get(resource, STR("telecom"));
	for (const struct json *one = telecoms == NULL ? NULL : telecoms->child; one != NULL;
	     one = one->next) {
		if (channel_is_phone(one, at_us))
			return json_get_text(one, STR("value"));
	}
	return (struct str){ NULL, 0 };
}

struct str model_reference_id(const struct json *reference, struct str type)
{
	return model_reference_text_id(json_get_text(reference, STR("reference")), type);
}

struct str model_reference_text_id(struct str text, struct str type)
{
	/* A version may stand behind "Type/id". An absolute address names another server's: our own are made
	 * relative before they are stored. */
	if (str_find_byte(text, ':', 0) < str_find_byte(text, '/', 0))
		return (struct str){ NULL, 0 };
	while (text.len > 0) {
		struct str part = str_cut(&text, '/');
		if (str_equal(part, type))
			return str_cut(&text, '/');
	}
	return (struct str){ NULL, 0 };
}

struct str model_code(const struct json *concept, struct str system)
{
	const struct json *codings = json_get(concept, STR("coding"));
	for (const struct json *coding = codings == NULL ? NULL : codings->child; coding != NULL;
	     coding = coding->next) {
		if (str_equal(json_get_text(coding, STR("system")), system))
			return json_get_text(coding, STR("code"));
	}
	return (struct str){ NULL, 0 };
}

bool model_is_typed(const struct json *resource, struct str system, struct str code)
{
	const struct json *types = json_get(resource, STR("type"));
	for (const struct json *type = types == NULL ? NULL : types->child; type != NULL;
	     type = type->next) {
		if (str_equal(model_code(type, system), code))
			return true;
	}
	return false;
}

const struct json *model_extension(const struct json *element, struct str name)
{
	const struct json *extensions = json_get(element, STR("extension"));
	for (const struct json *extension = extensions == NULL ? NULL : extensions->child;
	     extension != NULL; extension = extension->next) {
		struct str url = json_get_text(extension, STR("url"));
		if (str_starts_with(url, STR(HOMEWARD_URL "StructureDefinition/")) &&
		    str_equal(str_slice(url, STR(HOMEWARD_URL "StructureDefinition/").len, url.len),
			      name))
			return extension;
	}
	return NULL;
}

const struct json *model_part(const struct json *extension, struct str name)
{
	const struct json *parts = json_get(extension, STR("extension"));
	for (const struct json *part = parts == NULL ? NULL : parts->child; part != NULL;
	     part = part->next) {
		if (str_equal(json_get_text(part, STR("url")), name))
			return part;
	}
	return NULL;
}

/* Whether somebody has gone by another name since. */
static bool is_past(const struct json *name)
{
	struct str use = json_get_text(name, STR("use"));
	return str_equal(use, STR("old")) || str_equal(use, STR("maiden")) ||
	       json_get(json_get(name, STR("period")), STR("end")) != NULL;
}

struct str model_human_name(struct arena *arena, const struct json *names)
{
	const struct json *name = json_at(names, 0);
	for (const struct json *at = name; at != NULL && is_past(name); at = at->next)
		name = is_past(at) ? name : at;
	struct str whole = json_get_text(name, STR("text"));
	if (whole.len > 0)
		return whole;
	struct text text;
	text_init(&text, arena, MODEL_NAME_BYTES * 2);
	const struct json *given = json_get(name, STR("given"));
	for (const struct json *part = given == NULL ? NULL : given->child; part != NULL;
	     part = part->next) {
		text_put(&text, json_text(part));
		text_put_byte(&text, ' ');
	}
	text_put(&text, json_get_text(name, STR("family")));
	return str_trim(text_view(&text));
}
