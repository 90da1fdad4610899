# SPDX-License-Identifier: MIT
# For end-to-end tests with quarry dev. Source it after tap.sh and stack.sh.
#
#     dev_start a [option...]     on free ports, in a folder of its own; the same
#         again goes on; sets ${dev_pid[a]}, ${dev_out[a]}, ${rest[a]}, ${web[a]},
#         ${rpc_url[a]}, ${p2p[a]}, ${db[a]}
#     dev_stop a                  SIGTERM; sets code and took_ms
#     rpc a METHOD [JSON-PARAMS]  sets body to the whole answer
#     lab a CALL [JSON]           over HTTP; sets status and body
#     height a                    by HTTP
#
# Everything started is ended when the test ends.
: "${stack_dir:?source stack.sh first}"
: "${body:=}"
declare -A dev_pid=() dev_out=() web=() rpc_url=() p2p=()
# shellcheck disable=SC2034 # for the caller
dev_end() {
	local name
	for name in "${!dev_pid[@]}"; do kill -TERM "${dev_pid[$name]}" 2>/dev/null; done
	for name in "${!dev_pid[@]}"; do wait "${dev_pid[$name]}" 2>/dev/null; done
	stack_end
}
trap dev_end EXIT

# dev_line NAME WORD: what stands behind a word of what it printed.
dev_line() { awk -v w="$2" '$1 == w { print $2; exit }' "${dev_out[$1]}"; }

# shellcheck disable=SC2034 # for the caller
dev_start() {
	local name=$1 here=$stack_dir/dev-$1
	shift
	mkdir -p "$here"
	dev_out[$name]=$here/out
	: >"$here/out"
	"$QUARRY_BUILD/quarry" dev --data "$here/d" --rest 0 --http 0 --rpc 0 --p2p 0 \
		--rpcuser u --rpcpassword p "$@" >"$here/out" 2>"$here/err" </dev/null &
	dev_pid[$name]=$!
	until_true 30 dev_ready "$name" || return 1
	rest[$name]=$(dev_line "$name" REST)
	rest[$name]=${rest[$name]%/}
	web[$name]=$(dev_line "$name" Web)
	web[$name]=${web[$name]%/}
	rpc_url[$name]=$(dev_line "$name" RPC)
	p2p[$name]=$(dev_line "$name" P2P)
	db[$name]=$(dev_line "$name" Database)
}

dev_ready() {
	kill -0 "${dev_pid[$1]}" 2>/dev/null || {
		sed 's/^/# /' "$stack_dir/dev-$1/err"
		return 0
	}
	grep -q '^Ctrl-C' "${dev_out[$1]}"
}

# dev_wait NAME: until it has ended; sets code.
# shellcheck disable=SC2034 # for the caller
dev_wait() {
	wait "${dev_pid[$1]}"
	code=$?
	unset "dev_pid[$1]"
}

# shellcheck disable=SC2034 # for the caller
dev_stop() {
	local begin
	begin=$(date +%s%N)
	kill -TERM "${dev_pid[$1]}"
	dev_wait "$1"
	took_ms=$((($(date +%s%N) - begin) / 1000000))
}

rpc() {
	get -u u:p -d "{\"id\":1,\"method\":\"$2\",\"params\":${3:-[]}}" "${rpc_url[$1]}"
}
lab() { get -d "${3:-}" "${rest[$1]}/lab/$2"; }
height() {
	get "${rest[$1]}/blocks/tip/height"
	echo "$body"
}
tip() {
	get "${rest[$1]}/blocks/tip/hash"
	echo "$body"
}
# An address nobody has the key of.
new_address() { quarry key new --network regtest | awk '/^address/ { print $2 }'; }
