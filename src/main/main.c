/* SPDX-License-Identifier: Apache-2.0
 * `homeward SUBCOMMAND …`: one table of subcommands. Exit codes: 0 done, 1 failed, 2 wrong usage. */
#include "base/str.h"
#include "client/client.h"
#include "gateway/gateway.h"
#include "main/command.h"
#include "score/score.h"
#include "simulate/simulate.h"
#include "watch/watch.h"

#include <stdio.h>

/* One row a subcommand; each lives in its own file. */
static const struct command commands[] = {
	{ "backup", command_backup, "copy a record that is being written, and verify the copy" },
	{ "config", command_config, "explain every setting and where its value came from" },
	{ "gateway", gateway_command, "take what hubs publish to an MQTT broker into the record" },
	{ "import", import_command, "load Bundles and NDJSON files into a server" },
	{ "notify", command_notify,
	  "send a test page to every on-call telephone, and see the proof" },
	{ "restore", command_restore, "make a record of a backup" },
	{ "score", score_command,
	  "NEWS2, National PEWS or MEOWS of observations, one JSON object a line" },
	{ "serve", command_serve, "answer FHIR, run the ward, show the board" },
	{ "simulate", simulate_command,
	  "play a ward's homes against a server and judge its alerts" },
	{ "verify", command_verify, "read the whole record and every alert again: is it sound?" },
	{ "watch", watch_command,
	  "look at a server from another host, and call people when it falls silent" },
	{ "version", command_version, "print the version" },
	{ "ward", command_ward, "try a policy on stored history" },
};

int command_version(int argument_count, char **arguments)
{
	(void)argument_count;
	(void)arguments;
	puts("homeward " HOMEWARD_VERSION);
	return 0;
}

static void usage(FILE *out)
{
	fputs("usage: homeward SUBCOMMAND [OPTIONS]\n\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\n`homeward SUBCOMMAND --help` explains one.\n", out);
}

int main(int argument_count, char **arguments)
{
	if (argument_count < 2) {
		usage(stderr);
		return 2;
	}
	struct str name = str_from_c(arguments[1]);
	if (str_equal(name, STR("--help")) || str_equal(name, STR("help"))) {
		usage(stdout);
		return 0;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (str_equal(name, str_from_c(commands[i].name)))
			return commands[i].run(argument_count - 1, arguments + 1);
	}
	fprintf(stderr, "homeward: no such subcommand; `homeward --help` lists them\n");
	return 2;
}
