/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/base64.h"

static struct arena arena;

static int open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 4 * 1024 * 1024);
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

/* RFC 4648 section 10. */
static void base64_is_padded(void **state)
{
	static const char *const plain[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
	static const char *const coded[] = { "",         "Zg==",     "Zm8=",    "Zm9v",
					     "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	(void)state;
	for (size_t i = 0; i < 7; i++) {
		struct text text;
		text_init(&text, &arena, 100);
		base64_put(&text, plain[i], strlen(plain[i]));
		assert_true(str_equal(text_view(&text), str_from_c(coded[i])));
	}
	struct text text;
	text_init(&text, &arena, 100);
	base64_put(&text, "\xfb\xff\xbf", 3);
	assert_true(str_equal(text_view(&text), STR("+/+/")));
}

/* RFC 4648 section 10. */
static void base64url_reads_what_it_writes(void **state)
{
	static const char *const plain[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };
	static const char *const coded[] = { "",       "Zg",      "Zm8",     "Zm9v",
					     "Zm9vYg", "Zm9vYmE", "Zm9vYmFy" };
	(void)state;
	for (size_t i = 0; i < 7; i++) {
		struct text text;
		uint8_t bytes[10];
		size_t length;
		text_init(&text, &arena, 100);
		base64url_put(&text, plain[i], strlen(plain[i]));
		assert_true(str_equal(text_view(&text), str_from_c(coded[i])));
		assert_true(base64url_read(str_from_c(coded[i]), bytes, sizeof(bytes), &length));
		assert_int_equal(length, strlen(plain[i]));
		assert_memory_equal(bytes, plain[i], length);
	}
	uint8_t bytes[4];
	size_t length;
	assert_true(base64url_read(STR("Zg=="), bytes, sizeof(bytes), &length));
	assert_false(base64url_read(STR("Zm9vYmFy"), bytes, sizeof(bytes), &length)); /* no room */
	assert_false(base64url_read(STR("Z"), bytes, sizeof(bytes), &length));
	assert_false(base64url_read(STR("Zm+v"), bytes, sizeof(bytes), &length));
}

static void mail_lines_are_short_enough(void **state)
{
	char plain[200];
	struct text text;
	(void)state;
	memset(plain, 'x', sizeof(plain));
	text_init(&text, &arena, 1000);
	base64_put_lines(&text, plain, sizeof(plain));
	struct str rest = text_view(&text);
	size_t letters = 0;
	while (rest.len > 0) {
		struct str line = str_cut(&rest, '\n');
		assert_true(line.len > 1 && line.len <= 77);
		assert_true(line.ptr[line.len - 1] == '\r');
		letters += line.len - 1;
	}
	assert_int_equal(letters, 268);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_is_padded),
		cmocka_unit_test(base64url_reads_what_it_writes),
		cmocka_unit_test(mail_lines_are_short_enough),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
