#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and starts a demonstration ward. ./run.sh --help explains.
set -euo pipefail
cd "$(dirname "$0")"
. tools/setup.sh

usage() {
	cat <<'END'
usage: ./run.sh [--build] [--port N] [--keep]

  (nothing)   install what is missing, build, start a demonstration ward with synthetic children; Ctrl-C stops it
  --build     only install and build; the program is build/homeward
  --port N    listen on 127.0.0.1:N (default 8080)
  --keep      go on with the demonstration data of last time
END
}

only_build=no keep=no port=8080
while [ $# -gt 0 ]; do
	case $1 in
	--build) only_build=yes ;;
	--keep) keep=yes ;;
	--port)
		[ $# -gt 1 ] || { usage >&2; exit 2; }
		port=$2
		shift
		;;
	--help | -h) usage; exit 0 ;;
	*) usage >&2; exit 2 ;;
	esac
	shift
done
case $port in '' | *[!0-9]*) fail "--port wants a number, not '$port'." ;; esac

say "Homeward $(cat VERSION): preparing (long output goes to $logs)"
install_packages build
install_node_modules
configure_build "$(pkg-config --exists cmocka && echo true || echo false)"
build_program homeward
say "The program is build/homeward"
[ $only_build = yes ] && exit 0

data=build/demonstration-$port # of its own for each port, so that two can run
url=http://127.0.0.1:$port
server= homes=
stop() {
	trap - INT TERM EXIT
	for process in $homes $server; do kill -TERM "$process" 2>/dev/null || true; done
	wait 2>/dev/null || true
	[ -n "$server" ] && say "" && say "Stopped. The data are in $data; with --keep it goes on with them."
}
if port_in_use "$port"; then
	fail "port $port is in use." "Stop what listens there, or choose another: ./run.sh --port $((port + 1))"
fi
clock=()
if [ $keep = no ]; then
	rm -rf "$data"
	# Two days of readings are played in at once, so that the charts are full: the server's clock starts then.
	clock=(--clock-start "$(date -u -d '48 hours ago' +%Y-%m-%dT%H:%M:%SZ)")
fi
mkdir -p "$data" "$logs"
trap 'stop; exit 0' INT TERM
trap stop EXIT
build/homeward serve --dev --data "$data" --listen "127.0.0.1:$port" "${clock[@]}" >"$logs/serve.log" 2>&1 &
server=$!
for ((tenths = 0; ; tenths++)); do
	curl -fs -o /dev/null "$url/health/ready" && break
	if ! kill -0 $server 2>/dev/null || [ $tenths -gt 300 ]; then
		tail -n 20 "$logs/serve.log"
		fail "the server did not start." "The whole log: $logs/serve.log"
	fi
	sleep 0.1
done
if [ $keep = no ]; then
	say "Playing the last two days of the demonstration ward …"
	build/homeward simulate demo --url "$url" &
	homes=$!
fi
cat <<END

  Homeward is running: $url/

  Look at   the board: every child of the ward, most urgent first; a child's row opens chart and alerts
  Try       acknowledge an alert with a plan; watch an unanswered one climb the ladder
  FHIR      $url/fhir/metadata   and   $url/fhir/Patient
  First request of your own: README.md, "First request"

  It listens on this machine only, without login (--dev), with synthetic people. Ctrl-C stops it.
  Server log: $logs/serve.log

END
wait $server || { tail -n 20 "$logs/serve.log"; fail "the server stopped by itself." "The whole log: $logs/serve.log"; }
