# SPDX-License-Identifier: MIT
# For tests written in shell: source it and print results with these.
#
#     . "$(dirname "$0")/../lib/tap.sh"
#     ok "tip is 2100"
#     not_ok "tip is 2100" "it is $tip"
#     skip "bitcoin-lib agrees" "npm is not there"
#     expect "tip is 2100" 2100 "$tip"
#     check "the file is read" quarry import --db "$db" "$file"
#     done_testing
#
# tests/run gives the environment: QUARRY_SRC, QUARRY_BUILD, QUARRY_SAN_BUILD,
# TMPDIR (empty, removed afterwards) and, where they are there, QUARRY_VECTORS,
# QUARRY_BENCH, QUARRY_NPM. Run by hand only QUARRY_SRC is found.
tap_n=0
tap_failed=0
: "${QUARRY_SRC:=$(cd "$(dirname "$0")/../.." && pwd)}"

ok() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1"
}

# not_ok NAME [DETAIL]: details, of several lines perhaps, follow as comments.
not_ok() {
	tap_n=$((tap_n + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_n - $1"
	[ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/# /'
}

skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

# expect NAME WANTED SEEN
expect() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "wanted: $2
seen:   $3"
	fi
}

# check NAME COMMAND...: the command succeeds; its output is shown if not.
check() {
	tap_name=$1
	shift
	if tap_out=$("$@" 2>&1); then
		ok "$tap_name"
	else
		not_ok "$tap_name" "exit code $? of: $*
$tap_out"
	fi
}

# none NAME LINES: ok when LINES, the faults found, is empty.
none() {
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1" "$2"
	fi
}

# Last line of a test: the plan, so that a test cut short is noticed.
done_testing() {
	echo "1..$tap_n"
	[ "$tap_failed" -eq 0 ]
}
