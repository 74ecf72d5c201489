#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The include table is enforced: each way to break it is found."""
import tap
import check_includes

ROOMS, HOMES = check_includes.read_rules(
    "# comment\nbase :\nos : base\njson : base\nstore : base json\nmain : any\nsqlite3.h @ store\ncurl/ @ client\n")


def problems(room, text):
    return [what for _, what in check_includes.check_file(room, text, ROOMS, HOMES, {"fhir_tables.h"})]


def must_pass_what_the_table_allows():
    tap.equal(problems("store", '#include "base/str.h"\n#include "json/json.h"\n#include <sqlite3.h>\n'
                       '#include <string.h>\n#include "store/store.h"\n#include "fhir_tables.h"\n'), [])
    tap.equal(problems("main", '#include "store/store.h"\n'), [])


def must_find_a_room_that_may_not_be_included():
    tap.equal(len(problems("json", '#include "store/store.h"\n')), 1)


def must_find_an_unknown_room():
    tap.equal(len(problems("json", '#include "cellar/wine.h"\n')), 1)


def must_find_a_header_away_from_its_home():
    tap.equal(len(problems("json", "#include <sqlite3.h>\n")), 1)
    tap.equal(len(problems("json", "# include <curl/curl.h>\n")), 1)


def must_find_system_and_banned_headers():
    tap.equal(len(problems("json", "#include <unistd.h>\n#include <assert.h>\n")), 2)
    tap.equal(problems("os", "#include <unistd.h>\n"), [])


def must_not_read_comments():
    tap.equal(problems("json", '/*\n#include "store/store.h"\n*/\n'), [])


def must_find_a_call_across_rooms_in_the_libraries():
    symbols = {"json": ({"json_parse"}, {"store_open"}), "store": ({"store_open"}, {"json_parse", "malloc"})}
    found = check_includes.check_symbols(symbols, ROOMS)
    tap.equal(len(found), 1)
    tap.holds(found[0], "library json uses store_open of room store")


def must_find_one_name_in_two_rooms():
    symbols = {"json": ({"same"}, set()), "store": ({"same"}, set())}
    tap.equal(len(check_includes.check_symbols(symbols, ROOMS)), 1)


tap.run(dict(globals()))
