# SPDX-License-Identifier: MIT
# For end-to-end tests in shell: nodes with nginx and TLS before them. Source it
# after tap.sh.
#
#     stack_chain "$TMPDIR/chain.conf" --spacing 15   a chain of one's own
#     stack_start a chain.conf [line of quarry.conf...]
#         node a: database, quarry.fcgi, nginx; sets ${url[a]}, ${db[a]}, ${conf[a]},
#         ${rest[a]} (Esplora's interface without TLS), ${rpc_port[a]} (JSON-RPC
#         without TLS), ${cookie[a]} (its password's file)
#     stack_stop a; stack_start a chain.conf          the same node again
#     get URL [curl arguments]    sets status, type and body
#     post_json URL JSON
#
# Everything started is ended when the test ends.
: "${QUARRY_BUILD:=$QUARRY_SRC/build/normal}"
: "${TMPDIR:=/tmp}"
stack_dir=$(mktemp -d "$TMPDIR/s.XXXXXX")
stack_host=127.0.0.1	# nginx listens there; "[::1]" to begin with another
declare -A stack_pids=() url=() rest=() db=() conf=() rpc_port=() cookie=()
PATH=$PATH:/usr/sbin
quarry() { "$QUARRY_BUILD/quarry" "$@"; }

stack_end() {
	local name
	for name in "${!stack_pids[@]}"; do stack_stop "$name"; done
	rm -rf "$stack_dir"
}
trap stack_end EXIT
trap 'exit 1' INT TERM

# A port nobody listens at; below those that the kernel gives out by itself.
free_port() {
	local p
	while :; do
		p=$((20000 + RANDOM % 12000))
		(exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || { echo "$p"; return; }
	done
}

# stack_chain FILE ARGUMENTS...: an easy chain of one's own.
stack_chain() {
	local out=$1
	shift
	quarry chain new --name lab --out "$out" "$@" >"$stack_dir/chain.log" 2>&1 ||
		{ sed 's/^/# /' "$stack_dir/chain.log"; return 1; }
}

# stack_start NAME CHAIN [CONF-LINE...]: CHAIN is a document or a network.
stack_start() {
	local name=$1 chain=$2 here=$stack_dir/$1 port i
	shift 2
	mkdir -p "$here"
	if [ ! -e "$here/port" ]; then
		free_port >"$here/port"
		if [ -e "$chain" ]; then
			quarry init --db "$here/quarry.db" --chain "$chain" >"$here/init.log" 2>&1
		else
			quarry init --db "$here/quarry.db" --network "$chain" >"$here/init.log" 2>&1
		fi || { sed 's/^/# /' "$here/init.log"; return 1; }
	fi
	port=$(cat "$here/port")
	{
		echo "db = $here/quarry.db"
		echo "listen = $here/s"
		echo "allow_private_peers = yes"
		echo "workers = 2"
		echo "public_url = https://$stack_host:$port"
		printf '%s\n' "$@"
	} >"$here/quarry.conf"
	"$QUARRY_SRC/nginx/make-certificate" "$here/tls.crt" "$here/tls.key" >"$here/pin" || return 1
	"$QUARRY_SRC/nginx/make-site" --out "$here/nginx" --socket "$here/s" \
		--cert "$here/tls.crt" --key "$here/tls.key" --www "$QUARRY_SRC/nginx/www" \
		--listen "$stack_host:$port" --listen-http "$stack_host:$((port + 1))" \
		--rpc "$stack_host:$((port + 2))" --listen-rest "$stack_host:$((port + 3))" \
		--port "$port" --fast --prefix "$([ "$(id -u)" -ne 0 ] && echo - || echo root)" || return 1
	QUARRY_LOG=${QUARRY_LOG:-warn} "$QUARRY_BUILD/quarry.fcgi" --conf "$here/quarry.conf" \
		>>"$here/fcgi.log" 2>&1 </dev/null &
	stack_pids[$name]=$!
	nginx -p "$here/nginx/" -c nginx.conf -e stderr >>"$here/nginx.log" 2>&1 </dev/null &
	stack_pids[$name]+=" $!"
	# shellcheck disable=SC2034 # for the caller
	url[$name]=https://$stack_host:$port db[$name]=$here/quarry.db conf[$name]=$here/quarry.conf
	# shellcheck disable=SC2034
	rest[$name]=http://$stack_host:$((port + 3))
	# shellcheck disable=SC2034
	rpc_port[$name]=$((port + 2)) cookie[$name]=$here/.cookie
	for ((i = 0; i < 100; i++)); do
		# 401: it answers, and visitors may not read
		case $(curl -sk --max-time 2 -o /dev/null -w '%{http_code}' "https://$stack_host:$port/node/status") in
		200 | 401) return 0 ;;
		esac
		kill -0 "${stack_pids[$name]%% *}" 2>/dev/null || break
		sleep 0.1
	done
	echo "# node $name does not answer:"
	tail -n 5 "$here"/*.log | sed 's/^/# /'
	return 1
}

# stack_stop NAME: ends its programs; the database stays.
stack_stop() {
	local pid
	for pid in ${stack_pids[$1]}; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	unset "stack_pids[$1]"
}

# get URL ...: status, type and body of an answer.
get() {
	local meta
	meta=$(curl -sk --max-time 60 -o "$stack_dir/body" -w '%{http_code} %{content_type}' "$@")
	# shellcheck disable=SC2034 # for the caller
	status=${meta%% *} type=${meta#* }
	# shellcheck disable=SC2034 # for the caller
	body=$(tr -d '\0' <"$stack_dir/body")
}

post_json() {
	get -H 'Content-Type: application/json' -d "$2" "${@:3}" "$1"
}

# until_true SECONDS COMMAND...: tries every 100 ms.
until_true() {
	local n=$(($1 * 10))
	shift
	while ((n-- > 0)); do
		"$@" && return 0
		sleep 0.1
	done
	return 1
}

# json EXPRESSION: of the last body.
json() { jq -r "$1" <<<"$body" 2>&1; }
