/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/mail.h"

#include "base/base64.h"
#include "base/limits.h"
#include "client/smtp.h"

#include <stdlib.h>

#define TIMEOUT_MS 20000
#define ADDRESS_BYTES_MAX 254 /* RFC 5321 section 4.5.3.1.3 */

struct mail {
	char *url, *from, *user, *password, *authorities;
	bool plain;
	struct clock *clock; /* the machine's: mail is dated by it */
};

bool mail_address_is_valid(struct str address)
{
	size_t at = str_find_byte(address, '@', 0);
	if (address.len > ADDRESS_BYTES_MAX || at == 0 || at + 1 >= address.len ||
	    str_find_byte(address, '@', at + 1) != address.len)
		return false;
	for (size_t i = 0; i < address.len; i++) {
		char byte = address.ptr[i];
		bool fine = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
			    (byte >= '0' && byte <= '9') || i == at || byte == '.' || byte == '-' ||
			    byte == '_' || byte == '+';
		if (!fine)
			return false;
	}
	return true;
}

static void put_date(struct text *text, int64_t now_us)
{
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct date_civil civil = date_to_civil(now_us);
	text_put_format(text, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n",
			days[now_us / (24 * DATE_US_PER_HOUR) % 7], (int)civil.day,
			months[civil.month - 1], (int)civil.year, (int)civil.hour,
			(int)civil.minute, (int)(now_us / DATE_US_PER_S % 60));
}

void mail_compose(struct text *text, struct str from, struct str to,
		  const struct courier_page *page, int64_t now_us)
{
	const struct json *recipient = json_at(json_get(page->communication, STR("recipient")), 0);
	bool staff = str_starts_with(json_get_text(recipient, STR("reference")),
				     STR("PractitionerRole/"));
	struct str domain = from;
	struct str language = json_get_text(page->communication, STR("language"));
	(void)str_cut(&domain, '@');
	text_put_format(text, "From: Homeward <%.*s>\r\nTo: <%.*s>\r\n", STR_ARG(from),
			STR_ARG(to));
	text_put_format(text, "Subject: %s\r\n",
			staff ? "Homeward: phone the ward" : "Homeward: a message from the ward");
	put_date(text, now_us);
	text_put_format(text, "Message-ID: <%.*s@%.*s>\r\n", STR_ARG(page->id), STR_ARG(domain));
	if (language.len > 0 && fhir_id_is_valid(language))
		text_put_format(text, "Content-Language: %.*s\r\n", STR_ARG(language));
	text_put_c(text, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
			 "Content-Type: text/plain; charset=utf-8\r\n"
			 "Content-Transfer-Encoding: base64\r\n\r\n");
	base64_put_lines(text, page->text.ptr, page->text.len);
}

static enum courier_result deliver(void *context, struct arena *arena,
				   const struct courier_page *page,
				   struct courier_answer *ret_answer)
{
	const struct mail *mail = context;
	struct str to = courier_address(page, arena, CHANNEL_EMAIL);
	struct text text;
	if (!mail_address_is_valid(to)) {
		ret_answer->proof = STR("not sent: no e-mail address that can be used");
		return COURIER_FAILED;
	}
	text_init(&text, arena, LIMIT_OPERATION_BODY_BYTES_MAX);
	mail_compose(&text, str_from_c(mail->from), to, page, clock_now_us(mail->clock));
	struct smtp smtp = { .url = mail->url,
			     .from = mail->from,
			     .to = arena_copy(arena, to).ptr,
			     .user = mail->user,
			     .password = mail->password,
			     .authorities = mail->authorities,
			     .plain = mail->plain,
			     .message = text_view(&text),
			     .timeout_ms = TIMEOUT_MS };
	if (text.failed || arena->failed)
		return COURIER_LATER;
	struct smtp_answer answer = smtp_send(&smtp);
	ret_answer->status = answer.status;
	if (answer.accepted) {
		ret_answer->proof = STR("taken by the mail server; no proof that it was read");
		return COURIER_TAKEN;
	}
	if (answer.refused) {
		ret_answer->proof = STR("refused by the mail server");
		return COURIER_FAILED;
	}
	return COURIER_LATER;
}

struct mail *mail_create(const struct notify_options *options)
{
	struct mail *mail = calloc(1, sizeof(*mail));
	struct str password = options->smtp_credentials;
	struct str user = str_cut(&password, ':');
	if (mail == NULL)
		return NULL;
	mail->url = courier_copy(options->smtp_url);
	mail->from = courier_copy(options->smtp_from);
	mail->user = courier_copy(user);
	mail->password = courier_copy(password);
	mail->authorities = courier_copy(options->authorities);
	mail->plain = options->smtp_plain;
	mail->clock = clock_create_real();
	if (mail->url != NULL && mail->from != NULL && mail->user != NULL &&
	    mail->password != NULL && mail->authorities != NULL && mail->clock != NULL &&
	    mail_address_is_valid(options->smtp_from))
		return mail;
	mail_destroy(mail);
	return NULL;
}

void mail_destroy(struct mail *mail)
{
	if (mail == NULL)
		return;
	clock_destroy(mail->clock);
	free(mail->url);
	free(mail->from);
	free(mail->user);
	free(mail->password);
	free(mail->authorities);
	free(mail);
}

struct courier_channel mail_channel(struct mail *mail)
{
	return (struct courier_channel){
		.channel = CHANNEL_EMAIL, .thread_name = "mail", .context = mail, .deliver = deliver
	};
}
