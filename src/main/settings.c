/* SPDX-License-Identifier: Apache-2.0 */
#include "main/settings.h"

#include "base/date.h"
#include "flow/weekly.h"
#include "main/secret.h"
#include "main/senders.h"
#include "os/log.h"
#include "os/path.h"
#include "os/socket.h"

static void fault(struct issues *issues, enum setting setting, const char *why)
{
	(void)issue_add(issues, ERROR_BAD_REQUEST, STR(""), "%s %s", config_key(setting), why);
}

static bool is_web(struct str url)
{
	return str_starts_with(url, STR("https://")) || str_starts_with(url, STR("http://"));
}

static void check_http(const struct config *config, struct issues *issues)
{
	struct str base = config_text(config, SETTING_HTTP_BASE_URL);
	struct str origins = config_text(config, SETTING_HTTP_CORS_ORIGINS);
	if (!socket_is_address(config_text(config, SETTING_LISTEN)))
		fault(issues, SETTING_LISTEN, "must be HOST:PORT, such as 127.0.0.1:8080");
	if (base.len > 0 && !is_web(base))
		fault(issues, SETTING_HTTP_BASE_URL, "must start with https:// or http://");
	while (origins.len > 0) {
		struct str origin = str_trim(str_cut(&origins, ','));
		if (is_web(origin) || str_equal(origin, STR("*")))
			continue;
		fault(issues, SETTING_HTTP_CORS_ORIGINS,
		      "must be origins such as https://ward.example, with commas between, or *");
		return;
	}
}

static void check_words(const struct config *config, struct issues *issues)
{
	enum log_level level = LOG_LEVEL_INFO;
	struct weekly_time time;
	struct date date;
	struct str week = config_text(config, SETTING_FLOW_WEEKLY_REPORT);
	struct str start = config_text(config, SETTING_CLOCK_START);
	if (config_text(config, SETTING_DATA).len == 0)
		fault(issues, SETTING_DATA, "must name a folder");
	if (!str_equal(config_text(config, SETTING_STORE), STR("sqlite")))
		fault(issues, SETTING_STORE, "(--store): this version has sqlite only");
	if (!log_level_from_name(config_text(config, SETTING_LOG_LEVEL), &level))
		fault(issues, SETTING_LOG_LEVEL, "must be debug, info, warning, error or none");
	if (!str_equal(week, STR("none")) && !weekly_time_read(week, &time))
		fault(issues, SETTING_FLOW_WEEKLY_REPORT, "must be such as mon 06:00, or none");
	if (start.len > 0 && date_parse(start, DATE_KIND_INSTANT, &date) != ERROR_OK)
		fault(issues, SETTING_CLOCK_START,
		      "(--clock-start) takes an instant, such as 2026-01-01T08:00:00Z");
}

static void check_files(const struct config *config, struct arena *arena, struct issues *issues)
{
	struct str authorities = config_text(config, SETTING_NOTIFY_AUTHORITIES_FILE);
	struct path_about about = { .is_folder = true };
	struct notify_options senders;
	struct str secret;
	if (authorities.len > 0 &&
	    (path_look(authorities.ptr, &about) != ERROR_OK || about.is_folder))
		fault(issues, SETTING_NOTIFY_AUTHORITIES_FILE, "is no file that can be read");
	/* Each says its own fault. */
	if (secret_read(config, arena, issues, SETTING_WATCH_SECRET_FILE, &secret) != ERROR_OK)
		return;
	(void)!senders_read(config, arena, issues, &senders);
}

enum error settings_check(const struct config *config, struct arena *arena, struct issues *issues)
{
	size_t before = issues->count;
	check_words(config, issues);
	check_http(config, issues);
	check_files(config, arena, issues);
	return issues->count == before ? ERROR_OK : ERROR_BAD_REQUEST;
}
