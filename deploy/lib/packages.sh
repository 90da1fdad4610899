# SPDX-License-Identifier: MIT
# Reads deploy/packages and installs what is missing. Sourced, POSIX sh:
#
#     . "$root/deploy/lib/packages.sh"
#     packages_install "$root/deploy/packages" build run
#
# Needs nothing but dpkg, apt-get and awk, which every Debian has.

# packages_wanted LIST SECTION...: the packages of these sections, one a line,
# without those whose unless: command is there.
packages_wanted() {
	packages_list=$1
	shift
	awk -v sections=" $* " '
		{ sub(/#.*/, "") }
		/^\[.*\]/ { on = index(sections, " " substr($1, 2, length($1) - 2) " ") }
		/^[a-z0-9]/ && on { print $1, substr($2, 8) }
	' "$packages_list" | while read -r package unless; do
		if [ -z "$unless" ] || ! command -v "$unless" >/dev/null 2>&1; then
			echo "$package"
		fi
	done
}

# packages_missing LIST SECTION...: those of them that are not installed.
packages_missing() {
	packages_wanted "$@" | while read -r package; do
		state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || state=
		[ "$state" = installed ] || echo "$package"
	done
}

# packages_install LIST SECTION...: installs what is missing, with one call of
# apt-get. 0 when all is there; else 1 and one sentence on standard error.
# apt's own words are shown only when it fails.
packages_install() {
	if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
		echo "This is not Debian: install the packages named in deploy/packages by hand." >&2
		return 1
	fi
	packages_todo=$(packages_missing "$@" | tr '\n' ' ')
	packages_todo=${packages_todo% }
	[ -n "$packages_todo" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		echo "Packages are missing; as root run: apt-get install $packages_todo" >&2
		return 1
	fi
	echo "Installing packages: $packages_todo"
	packages_log=$(mktemp) || return 1
	# shellcheck disable=SC2086 # the list is words
	if (
		export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
		# Without a network the lists already there may do.
		apt-get update
		apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
			-o Dpkg::Options::=--force-confold $packages_todo
	) </dev/null >"$packages_log" 2>&1; then
		rm -f "$packages_log"
		return 0
	fi
	tail -n 15 "$packages_log" >&2
	rm -f "$packages_log"
	echo "apt-get could not install: $packages_todo (its last lines are above)." >&2
	return 1
}
