/* SPDX-License-Identifier: Apache-2.0 */
#include "main/senders.h"

#include "main/secret.h"

static enum error wrong(struct issues *issues, enum setting setting, const char *why)
{
	return issue_add(issues, ERROR_BAD_REQUEST, STR(""), "%s %s", config_key(setting), why);
}

static bool is_web(struct str url)
{
	return url.len == 0 || str_starts_with(url, STR("https://")) ||
	       str_starts_with(url, STR("http://"));
}

static enum error check(struct issues *issues, const struct notify_options *options)
{
	if (!is_web(options->webhook_url))
		return wrong(issues, SETTING_WARD_WEBHOOK_URL,
			     "must start with https:// or http://");
	if (!is_web(options->gateway_url) || str_ends_with(options->gateway_url, STR("/")))
		return wrong(issues, SETTING_NOTIFY_GATEWAY_URL,
			     "must start with https:// or http:// and end without a slash");
	if (options->gateway_url.len > 0 &&
	    (options->gateway_service_id.len == 0 || options->gateway_secret.len == 0))
		return wrong(issues, SETTING_NOTIFY_GATEWAY_URL,
			     "needs notify.gateway_service_id and notify.gateway_secret_file");
	if (options->gateway_url.len > 0 && options->sms_template.len == 0 &&
	    options->voice_template.len == 0)
		return wrong(issues, SETTING_NOTIFY_GATEWAY_URL,
			     "needs notify.sms_template_id or notify.voice_template_id");
	if (options->smtp_url.len > 0 && !str_starts_with(options->smtp_url, STR("smtp://")) &&
	    !str_starts_with(options->smtp_url, STR("smtps://")))
		return wrong(issues, SETTING_NOTIFY_SMTP_URL,
			     "must start with smtp:// or smtps://");
	if (options->smtp_url.len > 0 && options->smtp_from.len == 0)
		return wrong(issues, SETTING_NOTIFY_SMTP_URL, "needs notify.smtp_from");
	if (options->push_contact.len > 0 &&
	    !str_starts_with(options->push_contact, STR("mailto:")) &&
	    !str_starts_with(options->push_contact, STR("https://")))
		return wrong(issues, SETTING_NOTIFY_PUSH_CONTACT,
			     "must start with mailto: or https://");
	return ERROR_OK;
}

enum error senders_read(const struct config *config, struct arena *arena, struct issues *issues,
			struct notify_options *ret_options)
{
	struct notify_options options = {
		.authorities = config_text(config, SETTING_NOTIFY_AUTHORITIES_FILE),
		.webhook_url = config_text(config, SETTING_WARD_WEBHOOK_URL),
		.gateway_url = config_text(config, SETTING_NOTIFY_GATEWAY_URL),
		.gateway_service_id = config_text(config, SETTING_NOTIFY_GATEWAY_SERVICE_ID),
		.sms_template = config_text(config, SETTING_NOTIFY_SMS_TEMPLATE_ID),
		.voice_template = config_text(config, SETTING_NOTIFY_VOICE_TEMPLATE_ID),
		.smtp_url = config_text(config, SETTING_NOTIFY_SMTP_URL),
		.smtp_from = config_text(config, SETTING_NOTIFY_SMTP_FROM),
		.smtp_plain = !config_switch(config, SETTING_NOTIFY_SMTP_TLS),
		.push_contact = config_text(config, SETTING_NOTIFY_PUSH_CONTACT),
		.push_hosts = config_text(config, SETTING_NOTIFY_PUSH_HOSTS),
		.push_folder = config_text(config, SETTING_DATA),
		.push_http = config_switch(config, SETTING_DEV),
	};
	const struct {
		enum setting setting;
		struct str *secret;
	} secrets[] = {
		{ SETTING_WARD_WEBHOOK_SECRET_FILE, &options.webhook_secret },
		{ SETTING_NOTIFY_GATEWAY_SECRET_FILE, &options.gateway_secret },
		{ SETTING_NOTIFY_RECEIPT_TOKEN_FILE, &options.receipt_token },
		{ SETTING_NOTIFY_SMTP_CREDENTIALS_FILE, &options.smtp_credentials },
	};
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		enum error error =
			secret_read(config, arena, issues, secrets[i].setting, secrets[i].secret);
		if (error != ERROR_OK)
			return error;
	}
	enum error error = check(issues, &options);
	if (error == ERROR_OK)
		*ret_options = options;
	return error;
}
