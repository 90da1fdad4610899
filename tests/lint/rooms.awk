# SPDX-License-Identifier: MIT
# The include check: reads the table of src/README and tests/lint/system-headers,
# then every C file and local.mk, and prints faults as RULE<TAB>FILE:LINE: what.
#
# awk -f rooms.awk src/README tests/lint/system-headers FILE...

function fault(rule, what) {
	print rule "\t" FILENAME ":" FNR ": " what
}

# The room a path belongs to; "test" for tests that see any library room.
function room_of(path, part) {
	split(path, part, "/")
	if (part[1] == "tests" && part[2] == "unit")
		return part[3] ~ /\./ ? "unit" : part[3]
	if (part[1] == "tests")
		return "test"
	if (part[1] == "src")
		return within(part[2], part[3])
	return within(part[1], part[2])
}

# A room within a room, where the table has it.
function within(room, inner) {
	return ((room "/" inner) in rank) ? room "/" inner : room
}

function outer(room) {
	sub(/\/.*/, "", room)
	return room
}

# May code of this room include (or, linked: link) that room?
function may(room, other, linked) {
	if (room == other || (linked && closed[room, other]))
		return 1
	if (room == "test")
		return (other in rank) && !program(other)
	if (in_unit && (outer(other) == room || inside[room, other]))
		return 1
	return allowed[room, other] || \
		(outer(room) != outer(other) && allowed[room, outer(other)])
}

function program(room) {
	return rank[room] >= rank["cli"] || outer(room) == "fcgi"
}

# Does a star pattern of the list match the header?
function listed(patterns, header, n, p, i, re) {
	n = split(patterns, p, " ")
	for (i = 1; i <= n; i++) {
		re = p[i]
		gsub(/\./, "[.]", re)
		gsub(/\*/, ".*", re)
		if (header ~ ("^" re "$"))
			return 1
	}
	return 0
}

function check_foreign(header, room, other, owner, ok) {
	for (other in foreign)
		if (listed(foreign[other], header)) {
			owner = owner " " other
			if (other == room || room == "test" || \
			    (in_unit && allowed[room, other]))
				ok = 1
		}
	if (header == "cmocka.h") {
		owner = " tests/unit"
		ok = in_unit || room == "unit"
	} else if (header == "jansson.h" && in_unit)
		ok = 1 # vectors are JSON
	if (owner) {
		if (!ok)
			fault("foreign", "<" header "> belongs to" owner \
			      "; call that room instead")
	} else if (!(header in system_header))
		fault("foreign", "<" header "> is no known header; " \
		      "tests/lint/system-headers lists the system's")
}

function close_table(room, other, third, more) {
	do {
		more = 0
		for (room in rank)
			for (other in rank)
				for (third in rank)
					if (closed[room, other] && closed[other, third] && \
					    !closed[room, third])
						more = closed[room, third] = 1
	} while (more)
}

FILENAME == "src/README" && $1 ~ /^[0-9]([.][0-9])?$/ && NF >= 4 {
	rank[$2] = $1
	n = $3 == "-" ? 0 : split($3, list, ",")
	for (i = 1; i <= n; i++) {
		allowed[$2, list[i]] = closed[$2, list[i]] = 1
		inside[outer($2), list[i]] = 1
		if (!(list[i] in rank) || rank[list[i]] >= $1)
			fault("table", $2 " may only include rooms of a lower rank, not " list[i])
	}
	for (i = 4; i <= NF; i++)
		if ($i != "-")
			foreign[$2] = foreign[$2] " " $i
	next
}
FILENAME == "src/README" { next }
FILENAME == "tests/lint/system-headers" {
	if ($1 ~ /\.h$/)
		system_header[$1] = 1
	next
}

FNR == 1 {
	if (!done++)
		close_table()
	room = room_of(FILENAME)
	in_unit = FILENAME ~ /^tests\/unit\/[a-z]+\//
	if (!(room in rank) && room != "test" && room != "unit" && FILENAME ~ /\.[ch]$/)
		fault("table", "the room " room " is not in the table of src/README")
}

FILENAME ~ /local\.mk$/ && room in rank {
	line = $0
	while (match(line, /libquarry_[a-z]+\.a/)) {
		lib = substr(line, RSTART + 10, RLENGTH - 12)
		line = substr(line, RSTART + RLENGTH)
		if (!may(room, lib, 1))
			fault("links", "links " lib ", which " room " may not see")
	}
	next
}

/^[ \t]*#[ \t]*include/ {
	if (match($0, /"[^"]*"/)) {
		path = substr($0, RSTART + 1, RLENGTH - 2)
		if (path !~ /\// || path ~ /\.\./)
			fault("path", "\"" path "\" is not relative to src/: " \
			      "write the room, as in \"base/hex.h\"")
		else if (path ~ /^tests\//) {
			if (FILENAME !~ /^tests\//)
				fault("rooms", "includes \"" path "\" of the tests")
		} else {
			other = room_of("src/" path)
			if (!(other in rank))
				fault("rooms", "\"" path "\" is in no room of src/README")
			else if (FILENAME ~ /^tests\/fuzz\// && outer(other) ~ /^(fcgi|signer)$/)
				;	# requests are hostile bytes, too
			else if (room == "unit" || !may(room, other, 0))
				fault("rooms", room " may not include \"" path "\"")
		}
	} else if (match($0, /<[^>]*>/))
		check_foreign(substr($0, RSTART + 1, RLENGTH - 2), room)
}
