# SPDX-License-Identifier: Apache-2.0
# Shared by ./run.sh and ./test.sh (sourced, with bash): installs what is missing, builds build/homeward.
# Says what it does; keeps the long output of each step in build/logs and shows it when a step fails.
export LC_ALL=C.UTF-8
export DEBIAN_FRONTEND=noninteractive
export PYTHONDONTWRITEBYTECODE=1
logs=build/logs
step_hint=""

say() { printf '%s\n' "$*"; }
fail() {
	printf '\nhomeward: %s\n' "$1" >&2
	[ $# -gt 1 ] && printf '%s\n' "$2" >&2
	exit 1
}

# step TITLE LOG COMMAND...: runs the command with its output in build/logs/LOG.log; shows its last line
# while it runs on a terminal (else a sign of life every 20 s), its time when done, the log's end when it fails.
step() {
	local title=$1 log=$logs/$2.log start=$SECONDS shown=0 status=0 last
	shift 2
	mkdir -p "$logs"
	"$@" >"$log" 2>&1 </dev/null &
	local child=$!
	while kill -0 "$child" 2>/dev/null; do
		if [ -t 1 ]; then
			last=$(tail -c 300 "$log" 2>/dev/null | tr '\r' '\n' | tail -n 1 | tr -cd '[:print:]')
			printf '\r\033[K  %s … %d s  %.60s' "$title" $((SECONDS - start)) "$last"
		elif [ $((SECONDS - start)) -ge $((shown + 20)) ]; then
			shown=$((SECONDS - start))
			say "  $title … $shown s"
		fi
		sleep 0.2
	done
	wait "$child" || status=$?
	[ -t 1 ] && printf '\r\033[K'
	if [ "$status" -ne 0 ]; then
		say "  $title: failed after $((SECONDS - start)) s. The end of $log:"
		tail -n 40 "$log" | sed 's/^/    /'
		local hint=$step_hint
		if grep -qE 'Temporary failure resolving|Could not resolve|EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNREFUSED|Unable to connect|Network is unreachable|Could not connect' "$log"; then
			hint="No network, or the package server cannot be reached: this step needs it once; try again when it is there."
		elif grep -qE 'No space left on device|ENOSPC' "$log"; then
			hint="The disk is full: about 3 GB are needed."
		fi
		fail "$title did not work." "$hint"
	fi
	say "  $title: done, $((SECONDS - start)) s"
	step_hint=""
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n -E "$@"; fi
}

# The names of one section, or of both.
package_names() {
	awk -v want="$1" '/^#/ || NF == 0 { next } /^\[/ { section = $1; next }
		want == "all" || section == "[" want "]" { print $1 }' tools/packages.txt
}

node_major() { node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

# install_packages build|all
install_packages() {
	command -v dpkg-query >/dev/null ||
		fail "this is not a Debian system." "Install what tools/packages.txt lists by hand, then: meson setup build && ninja -C build"
	local names missing=()
	mapfile -t names < <(package_names "$1")
	local present
	present=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${names[@]}" 2>/dev/null |
		awk '$2 == "installed" { print $1 }') || true
	local name
	for name in "${names[@]}"; do
		grep -qx -- "$name" <<<"$present" || missing+=("$name")
	done
	# Any Node of 18 or later is kept; Debian's own is taken where there is none.
	if ! command -v node >/dev/null; then
		missing+=(nodejs npm)
	elif [ "$(node_major)" -lt 18 ]; then
		fail "Node $(node --version) is too old: 18 or later is needed." "Debian 12's own is 18: apt-get install nodejs npm"
	elif ! command -v npm >/dev/null; then
		missing+=(npm)
	fi
	[ ${#missing[@]} -eq 0 ] && return 0
	say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null ||
			fail "installing packages needs root, and sudo is not here." "As root, run: apt-get install --no-install-recommends ${missing[*]}"
		sudo -v || fail "sudo was refused." "As root, run: apt-get install --no-install-recommends ${missing[*]}"
	fi
	step "apt-get update" apt-update as_root apt-get -q update
	step_hint="Run it by hand to see more: apt-get install --no-install-recommends ${missing[*]}"
	step "apt-get install" apt-install as_root apt-get -q -y -o Dpkg::Use-Pty=0 \
		install --no-install-recommends "${missing[@]}"
}

# `npm ci` only when the lock file is another than the one last installed.
install_node_modules() {
	[ -L node_modules ] && return 0 # a link is someone's own arrangement: taken as it is
	local want
	want=$(sha256sum package-lock.json | cut -d' ' -f1)
	[ "$(cat node_modules/.homeward-lock 2>/dev/null)" = "$want" ] && return 0
	say "Installing the npm packages of package-lock.json (the FHIR definitions are about 190 MB)"
	step "npm ci" npm-ci npm ci --no-audit --no-fund --ignore-scripts
	printf '%s\n' "$want" >node_modules/.homeward-lock
}

# New warnings of compilers that we do not know must not stop anyone; those of Debian 12's gcc do.
configure_build() {
	if [ -f build/build.ninja ] && [ -f build/meson-info/intro-tests.json ]; then
		# Set up for running alone, and now tests are wanted as well.
		if [ "$1" = true ] && [ ! -d build/tests ]; then
			step "meson configure" meson-setup meson configure build -Dtests=true
		fi
		return 0
	fi
	local werror=false
	[ "$(gcc -dumpversion 2>/dev/null | cut -d. -f1)" = 12 ] && werror=true
	local again=()
	[ -d build/meson-private ] && again=(--wipe)
	step_hint="If it speaks of a missing library: delete nothing, run ./run.sh --build again, it installs what is missing."
	step "meson setup" meson-setup meson setup build "${again[@]}" -Dprofile=release -Dwerror=$werror -Dtests="$1"
}

# build_program TARGET...: no target is everything.
build_program() {
	step "ninja" ninja ninja -C build "$@"
}

port_in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
