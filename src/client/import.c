/* SPDX-License-Identifier: Apache-2.0
 * `homeward import`: which files, in which order, what to show, and the sum of it. */
#include "client/import_flow.h"
#include "client/import_state.h"
#include "os/clock.h"
#include "os/path.h"

#include <stdlib.h>

#define STATE_NAME ".homeward-import"
enum { FILES_MAX = 200000, PARALLEL_DEFAULT = 2, PATH_BYTES_MAX = 8192 };

struct import_path {
	struct str path; /* ends in NUL */
	struct import_key key;
	int rank; /* 0 first */
};
struct import {
	struct arena arena;
	struct client *clients[IMPORT_PARALLEL_MAX]; /* the first also counts at the end */
	size_t parallel;
	struct import_screen screen;
	struct import_state *state;
	struct import_path *paths;
	size_t path_count, path_capacity;
	struct tally tally;
	size_t files_before;
	int64_t bytes_total, refused;
};

/* --- files ---------------------------------------------------------------------------------------- */

static struct str base_name(struct str path)
{
	while (path.len > 0 && str_find_byte(path, '/', 0) < path.len)
		path = str_slice(path, str_find_byte(path, '/', 0) + 1, path.len);
	return path;
}

static bool grow(struct import *import)
{
	if (import->path_count < import->path_capacity)
		return true;
	size_t capacity = import->path_capacity == 0 ? 256 : import->path_capacity * 2;
	struct import_path *larger = ARENA_NEW(&import->arena, struct import_path, capacity);
	if (larger == NULL)
		return false;
	if (import->path_count > 0)
		memcpy(larger, import->paths, import->path_count * sizeof(*larger));
	import->paths = larger;
	import->path_capacity = capacity;
	return true;
}

static bool add_path(struct import *import, const char *path)
{
	struct path_about about;
	struct str name;
	if (path_look(path, &about) != ERROR_OK ||
	    path_absolute(&import->arena, path, &name) != ERROR_OK) {
		fprintf(stderr, "homeward import: %s cannot be found\n", path);
		return false;
	}
	if (import->path_count == FILES_MAX || !grow(import)) {
		fprintf(stderr, "homeward import: too many files, at most %d\n", (int)FILES_MAX);
		return false;
	}
	struct str base = base_name(name);
	bool first = str_starts_with(base, STR("0-hospital"));
	bool second = str_starts_with(base, STR("0-practitioner"));
	import->paths[import->path_count++] = (struct import_path){
		.path = name,
		.key = { name, about.bytes, about.changed_us },
		.rank = first    ? 0
			: second ? 1
				 : 2,
	};
	import->bytes_total += about.bytes;
	return true;
}

static bool is_data_file(struct str name)
{
	return str_ends_with(name, STR(".json")) || str_ends_with(name, STR(".json.bz2")) ||
	       str_ends_with(name, STR(".ndjson")) || str_ends_with(name, STR(".ndjson.bz2"));
}

static bool add_folder(struct import *import, const char *folder)
{
	struct str *names = NULL;
	size_t count = 0, before = import->path_count;
	if (path_list(&import->arena, folder, FILES_MAX, &names, &count) != ERROR_OK) {
		fprintf(stderr, "homeward import: %s cannot be read, or holds too many files\n",
			folder);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		struct text path;
		if (!is_data_file(names[i]))
			continue;
		text_init(&path, &import->arena, PATH_BYTES_MAX);
		text_put_c(&path, folder);
		text_put_byte(&path, '/');
		text_put(&path, names[i]);
		if (path.failed || !add_path(import, text_view(&path).ptr))
			return false;
	}
	if (import->path_count == before)
		fprintf(stderr,
			"homeward import: %s holds no .json, .json.bz2, .ndjson or .ndjson.bz2\n",
			folder);
	return import->path_count > before;
}

static int compare_paths(const void *a, const void *b)
{
	const struct import_path *left = a, *right = b;
	return left->rank != right->rank ? left->rank - right->rank
					 : str_compare(left->path, right->path);
}

static bool is_folder(const char *path)
{
	struct path_about about;
	return path_look(path, &about) == ERROR_OK && about.is_folder;
}

/* Next to the data: in the folder, or in the folder of the file. */
static const char *state_path(struct import *import, const char *first)
{
	struct text path;
	struct str folder = str_from_c(first);
	text_init(&path, &import->arena, PATH_BYTES_MAX);
	if (!is_folder(first))
		folder.len -= base_name(folder).len;
	text_put(&path, folder);
	text_put(&path, folder.len == 0 || folder.ptr[folder.len - 1] == '/' ? STR("") : STR("/"));
	text_put(&path, STR(STATE_NAME));
	return text_view(&path).ptr;
}

/* --- running -------------------------------------------------------------------------------------- */

static bool begin_file(void *context, size_t at, struct import_file *file, bool *ret_alone)
{
	struct import *import = context;
	const struct import_path *path = &import->paths[at];
	if (import_state_find(import->state, &path->key, &file->tally)) {
		import->files_before++;
		tally_add_all(&import->tally, &file->tally);
		import_screen_file_done(&import->screen, path->key.bytes,
					tally_total(&file->tally, TALLY_CREATED) +
						tally_total(&file->tally, TALLY_EXISTING));
		return false;
	}
	file->path = path->path.ptr;
	file->name = base_name(path->path);
	*ret_alone = path->rank < 2; /* what the others refer to */
	return true;
}

static void finish_file(void *context, size_t at, const struct import_file *file)
{
	struct import *import = context;
	const struct import_path *path = &import->paths[at];
	import->refused += file->refused;
	tally_add_all(&import->tally, &file->tally);
	if (file->refused == 0)
		import_state_add(import->state, &path->key, &file->tally);
	import_screen_file_done(&import->screen, path->key.bytes, 0);
	if (!import->screen.terminal)
		import_say(&import->screen, stdout,
			   "%zu/%zu %.*s: %lld resources, %lld stored, %lld there before, %lld "
			   "refused",
			   import->screen.files_done, import->path_count, STR_ARG(file->name),
			   (long long)tally_total(&file->tally, TALLY_IN_FILES),
			   (long long)tally_total(&file->tally, TALLY_CREATED),
			   (long long)tally_total(&file->tally, TALLY_EXISTING),
			   (long long)file->refused);
}

/* False when the server was lost. */
static bool run_files(struct import *import)
{
	struct import_flow flow = {
		.clients = import->clients,
		.parallel = import->parallel,
		.screen = &import->screen,
		.context = import,
		.count = import->path_count,
		.begin = begin_file,
		.finish = finish_file,
	};
	import_screen_init(&import->screen, import->path_count, import->bytes_total);
	bool finished = import_flow_run(&flow);
	import_screen_done(&import->screen);
	return finished;
}

/* How many of the type the server has now, or -1. */
static int64_t count_in_record(struct import *import, struct str type)
{
	struct text path;
	struct client_answer answer;
	struct json *root = NULL;
	int64_t total = -1;
	text_init(&path, &import->arena, 4096);
	text_put_byte(&path, '/');
	text_put(&path, type);
	text_put(&path, STR("?_summary=count"));
	struct client_request request = { .method = CLIENT_GET, .path = text_view(&path) };
	if (client_send(import->clients[0], &import->arena, &request, &answer) != CLIENT_ANSWERED ||
	    answer.status != 200 ||
	    json_parse(&import->arena, answer.body, NULL, NULL, &root) != ERROR_OK ||
	    !str_to_i64(json_get_text(root, STR("total")), &total))
		return -1;
	return total;
}

static bool print_summary(struct import *import)
{
	bool agree = true;
	tally_sort(&import->tally);
	printf("%-32s %10s %10s %12s %10s %10s\n", "type", "in files", "stored", "there before",
	       "refused", "in record");
	for (size_t i = 0; i < import->tally.row_count; i++) {
		const struct tally_row *row = &import->tally.rows[i];
		const int64_t *counts = row->counts;
		int64_t record = count_in_record(import, row->type);
		bool right =
			counts[TALLY_IN_FILES] == counts[TALLY_CREATED] + counts[TALLY_EXISTING] &&
			(record < 0 || record >= counts[TALLY_CREATED]);
		agree = agree && right;
		printf("%-32.*s %10lld %10lld %12lld %10lld %10lld%s\n", STR_ARG(row->type),
		       (long long)counts[TALLY_IN_FILES], (long long)counts[TALLY_CREATED],
		       (long long)counts[TALLY_EXISTING], (long long)counts[TALLY_REFUSED],
		       (long long)record, right ? "" : "  <- differs");
	}
	double passed_s = (double)(clock_monotonic_us() - import->screen.started_us) / 1e6;
	printf("%-32s %10lld %10lld %12lld %10lld\n", "all",
	       (long long)tally_total(&import->tally, TALLY_IN_FILES),
	       (long long)tally_total(&import->tally, TALLY_CREATED),
	       (long long)tally_total(&import->tally, TALLY_EXISTING),
	       (long long)tally_total(&import->tally, TALLY_REFUSED));
	printf("%zu files, %zu of them finished by an earlier run; %lld entries refused; %.1f s\n",
	       import->path_count, import->files_before, (long long)import->refused, passed_s);
	return agree;
}

static void usage(FILE *out)
{
	fputs("usage: homeward import [--url URL] [--state FILE] [--parallel N] FILE-or-FOLDER...\n"
	      "Loads Bundles (.json, .json.bz2) and NDJSON (.ndjson, .ndjson.bz2) through the FHIR "
	      "API.\n"
	      "  --url URL     server or FHIR base, default http://127.0.0.1:8080\n"
	      "  --state FILE  what has been finished, to go on after an interruption; default "
	      ".homeward-import\n"
	      "                next to the first FILE or in the first FOLDER\n"
	      "  --parallel N  files on their way at once, 1 to 16, default 2\n"
	      "Exit code 1 when an entry was refused, counts differ or the server was lost.\n",
	      out);
}

static void close_clients(struct import *import)
{
	for (size_t i = 0; i < import->parallel; i++)
		client_close(import->clients[i]);
}

static int run(struct import *import, const char *state, struct str url, const char *first)
{
	struct issues issues;
	struct client_options options = { .url = url };
	issues_init(&issues, &import->arena);
	for (size_t i = 0; i < import->parallel; i++) {
		if (client_open(&options, &issues, &import->clients[i]) == ERROR_OK)
			continue;
		fprintf(stderr, "homeward import: %.*s\n", STR_ARG(issues.first->diagnostics));
		close_clients(import);
		return 2;
	}
	qsort(import->paths, import->path_count, sizeof(import->paths[0]), compare_paths);
	const char *path = state != NULL ? state : state_path(import, first);
	ASSERT(path != NULL);
	import->state = import_state_open(path, client_base_url(import->clients[0]));
	if (import->state == NULL && state == NULL) {
		/* Data on a medium that is read only: what was finished is kept where we stand. */
		import->state = import_state_open(STATE_NAME, client_base_url(import->clients[0]));
		fprintf(stderr, "homeward import: %s cannot be written; %s\n", path,
			import->state != NULL
				? "what is finished is kept in ./" STATE_NAME
				: "--state FILE would let an interrupted import go on");
	} else if (import->state == NULL) {
		fprintf(stderr, "homeward import: the state file cannot be written\n");
		close_clients(import);
		return 1;
	}
	tally_init(&import->tally, &import->arena);
	bool finished = run_files(import);
	bool agree = finished && print_summary(import);
	import_state_close(import->state);
	close_clients(import);
	return finished && agree && import->refused == 0 ? 0 : 1;
}

int import_command(int argument_count, char **arguments)
{
	static struct import import;
	const char *state = NULL, *first = NULL;
	struct str url = STR("http://127.0.0.1:8080");
	arena_init(&import.arena, (size_t)512 * 1024 * 1024);
	bool good = true;
	import.parallel = PARALLEL_DEFAULT;
	for (int i = 1; i < argument_count && good; i++) {
		struct str word = str_from_c(arguments[i]);
		bool has_next = i + 1 < argument_count;
		if (str_equal(word, STR("--help"))) {
			usage(stdout);
			return 0;
		}
		if (str_equal(word, STR("--url")) && has_next) {
			url = str_from_c(arguments[++i]);
		} else if (str_equal(word, STR("--state")) && has_next) {
			state = arguments[++i];
		} else if (str_equal(word, STR("--parallel")) && has_next) {
			uint64_t number = 0;
			good = str_to_u64(str_from_c(arguments[++i]), &number) && number > 0 &&
			       number <= IMPORT_PARALLEL_MAX;
			import.parallel = (size_t)number;
		} else if (str_starts_with(word, STR("--"))) {
			good = false;
		} else {
			first = first == NULL ? arguments[i] : first;
			if (!(is_folder(arguments[i]) ? add_folder(&import, arguments[i])
						      : add_path(&import, arguments[i])))
				return 1;
		}
	}
	if (!good || first == NULL) {
		usage(stderr);
		return 2;
	}
	int code = run(&import, state, url, first);
	arena_done(&import.arena);
	return code;
}
