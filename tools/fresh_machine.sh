#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Proof that the two commands work on a fresh Debian 12: makes one in build/fresh with debootstrap (a base system and
# git, nothing else), copies a clean clone in, and runs ./run.sh --build and ./test.sh there. Run by hand, as root.
#
#   tools/fresh_machine.sh [--again] [--no-tests | ROOM...]
#
# --again makes the machine anew even if one is there. How apt and npm reach their servers is taken from this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD/build/fresh
base=$PWD/build/fresh-base.tar
again=no tests=yes rooms=()
for word in "$@"; do
	case $word in
	--again) again=yes ;;
	--no-tests) tests=no ;;
	--*) sed -n '3,9p' "$0"; exit 2 ;;
	*) rooms+=("$word") ;;
	esac
done
[ "$(id -u)" = 0 ] || { echo "fresh_machine.sh needs root (debootstrap, chroot)" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "fresh_machine.sh: apt-get install debootstrap" >&2; exit 1; }
command -v unshare >/dev/null || { echo "fresh_machine.sh: apt-get install util-linux" >&2; exit 1; }

# The Debian archive that this machine uses for bookworm; none found: debootstrap's own default.
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' 2>/dev/null |
	head -n 1) || true
mkdir -p build
if [ $again = yes ] || [ ! -f "$base" ]; then
	rm -rf "$root"
	echo "Making a base system: debootstrap bookworm"
	debootstrap --variant=minbase --include=git bookworm "$root" ${archive:+"$archive"} >build/fresh-debootstrap.log 2>&1 ||
		{ tail -n 20 build/fresh-debootstrap.log; exit 1; }
	tar -C "$root" -cf "$base" .
fi
rm -rf "$root"
mkdir -p "$root"
tar -C "$root" -xf "$base"

# How this machine reaches packages: Debian's own sources only, so that Node is Debian's.
cp /etc/resolv.conf /etc/hosts "$root/etc/"
rm -f "$root"/etc/apt/sources.list
for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
	[ -f "$file" ] && cp "$file" "$root/etc/apt/${file#/etc/apt/}"
done
for file in /etc/apt/apt.conf.d/*; do
	grep -qiE 'proxy|cainfo|verify-peer' "$file" 2>/dev/null && cp "$file" "$root/etc/apt/apt.conf.d/"
done
[ -f "$HOME/.npmrc" ] && cp "$HOME/.npmrc" "$root/root/.npmrc"
settings=(HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb)
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ] && [ -f "${NODE_EXTRA_CA_CERTS:-}" ]; then
	cp "$NODE_EXTRA_CA_CERTS" "$root/root/roots.crt"
	settings+=(NODE_EXTRA_CA_CERTS=/root/roots.crt npm_config_cafile=/root/roots.crt)
fi

git clone -q --no-hardlinks . "$root/root/homeward"
git -C "$root/root/homeward" remote remove origin
[ -d ../shared ] && cp -r ../shared "$root/root/shared"
echo "Fresh machine with commit $(git rev-parse --short HEAD), $(du -sh "$root" | cut -f1)"

# inside COMMAND: in the machine, with its own /proc and /dev, which are gone when it ends.
inside() {
	unshare --mount --pid --fork --kill-child bash -c '
		mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount -t tmpfs tmpfs "$0/tmp" &&
		exec chroot "$0" "${@:2}"' "$root" - env -i "${settings[@]}" bash -c "$1"
}
inside 'cd /root/homeward && . /etc/os-release && echo "$PRETTY_NAME; node: $(command -v node || echo none); gcc: $(command -v gcc || echo none)"'
start=$SECONDS
inside 'cd /root/homeward && ./run.sh --build && ls -l build/homeward && build/homeward version'
echo "first build: $((SECONDS - start)) s"
start=$SECONDS
inside 'cd /root/homeward && ./run.sh --build'
echo "second build: $((SECONDS - start)) s"
[ $tests = no ] && exit 0
start=$SECONDS
inside "cd /root/homeward && ./test.sh ${rooms[*]:-} && git status --short"
echo "tests: $((SECONDS - start)) s"
