#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The generator gives the same bytes each time, and stops with a message when it cannot read.
# usage: tables_test.sh GEN_FHIR PACKAGE_FOLDER BUILT_TABLES.c BUILT_TABLES.h
folder=$(mktemp -d) || exit 1
trap 'rm -r "$folder"' EXIT
echo "1..2"
if "$1" "$2" "$folder/tables.c" "$folder/tables.h" 2>"$folder/log" &&
	cmp "$folder/tables.c" "$3" && cmp "$folder/tables.h" "$4"; then
	echo "ok 1 - the_same_definitions_give_the_same_bytes"
else
	echo "not ok 1 - the_same_definitions_give_the_same_bytes"
fi
if ! "$1" "$folder/absent" "$folder/a.c" "$folder/a.h" 2>"$folder/log" &&
	grep -q "cannot open the package folder" "$folder/log" && ! test -e "$folder/a.c"; then
	echo "ok 2 - without_the_package_it_stops_with_a_message"
else
	echo "not ok 2 - without_the_package_it_stops_with_a_message"
fi
