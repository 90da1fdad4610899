# SPDX-License-Identifier: MIT
# Style and safety of C files: prints faults as RULE<TAB>FILE:LINE: what.
#
# Comments are taken out and strings emptied before the code is looked at, so
# that words in them do not count; what strings hold is looked at on its own.

function fault(rule, what) {
	print rule "\t" file ":" line ": " what
}

# Code of a line without comments, its strings emptied; sets text to what the
# strings held. in_comment lasts over lines.
function code_of(s, out, i, n, c, two) {
	text = ""
	if (!in_comment && s !~ /["'\/]/)
		return s
	n = length(s)
	for (i = 1; i <= n; i++) {
		c = substr(s, i, 1)
		two = substr(s, i, 2)
		if (in_comment) {
			if (two == "*/") {
				in_comment = 0
				i++
			}
		} else if (two == "/*") {
			in_comment = 1
			i++
		} else if (two == "//")
			break
		else if (c == "\"" || c == "'") {
			out = out c
			for (i++; i <= n && substr(s, i, 1) != c; i++) {
				if (substr(s, i, 1) == "\\")
					i++
				else if (c == "\"")
					text = text substr(s, i, 1)
			}
			out = out c
			text = text " "
		} else
			out = out c
	}
	return out
}

# Columns, a tab going to the next multiple of 8, an UTF-8 character being one.
function columns(s, n, at) {
	gsub(/[\200-\277]/, "", s)
	n = 0
	while ((at = index(s, "\t")) > 0) {
		n += at - 1
		n += 8 - n % 8
		s = substr(s, at + 1)
	}
	return n + length(s)
}

# Does the line include the file's own header: ROOM/x.h in ROOM/x.c or x_y.c?
function own_header(s, path) {
	path = file
	sub(/^src\//, "", path)
	gsub(/^#include "|\.h"$/, "", s)
	return index(path, s) == 1
}

function end_of_file() {
	if (!file)
		return
	line = last
	if (last > 600)
		fault("length", last " lines; split it")
	# A .c that begins with its own header shares the header's banner.
	if (banner == "none") {
		line = 2
		fault("banner", "line 2 begins a comment: what the file is for, how it works")
	}
	line = last
	if (guard && (guards != 2))
		fault("guard", "the guard is its path: #ifndef, #define " guard)
	if (!has_main && file !~ /^src\/base\/bug\.c$/ && file !~ /^tests\//)
		while (exits > 0) {
			line = exit_line[exits--]
			fault("exit", "only main's file ends the process: return a status")
		}
}

FNR == 1 {
	end_of_file()
	file = FILENAME
	in_comment = exits = has_main = guards = 0
	guard = ""
	line = 1
	if (file ~ /\.h$/ && file ~ /^tests\//)
		guard = "QUARRY_TESTS_[A-Z0-9_]+_H"
	else if (file ~ /\.h$/) {
		guard = file
		sub(/^src\//, "", guard)
		gsub(/[^A-Za-z0-9]/, "_", guard)
		guard = "QUARRY_" toupper(guard)
	}
	if ($0 != "/* SPDX-License-Identifier: MIT */")
		fault("spdx", "line 1 is /* SPDX-License-Identifier: MIT */")
}
{
	line = last = FNR
	if (FNR == 2)
		banner = $0 ~ /^\/\*/ || own_header($0) ? "there" : "none"
	if ($0 ~ /[ \t\r]$/)
		fault("space", "ends in white space")
	if (length($0) > 60 && columns($0) > 100)
		fault("width", columns($0) " columns; 80 is the norm, 100 the most")

	code = code_of($0)
	if (guard && ($1 == "#ifndef" || $1 == "#define") && $2 ~ ("^" guard "$"))
		guards++
	if (code ~ /(^|[^A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|atoi|atol|atoll|atof|strtok|gets|alloca)[ \t]*\(/)
		fault("banned", "bounded and checked instead: snprintf, struct buf, strtoul, struct reader")
	if (code ~ /(^|[^A-Za-z0-9_.])(float|double)[ \t].*_(sat|btc|value|fee|amount)/)
		fault("float", "amounts are whole satoshis in int64_t")
	if (code ~ /typedef[ \t]+(struct|union|enum)/)
		fault("typedef", "write struct x where it is used")
	if (file !~ /^tests\// && code ~ /(^|[^A-Za-z0-9_])assert[ \t]*\(/)
		fault("assert", "input gets a verdict or a status; a broken program gets BUG()")
	if (match(code, /goto[ \t]+[a-z_]+/) && substr(code, RSTART, RLENGTH) !~ /goto[ \t]+out$/ && code !~ /[A-Za-z0-9_]goto/)
		fault("goto", "the only label is out:")
	if (code ~ /(^|[^A-Za-z0-9_])(int|_Noreturn void)[ \t]+main[ \t]*\(/)
		has_main = 1
	if (code ~ /(^|[^A-Za-z0-9_])(exit|abort|quick_exit)[ \t]*\(/)
		exit_line[++exits] = FNR
	if (file ~ /^(src|fcgi)\// && text ~ /(SELECT |INSERT (OR [A-Z]+ )?INTO |REPLACE INTO |UPDATE .* SET |DELETE FROM |CREATE (TABLE|INDEX|VIEW))/)
		fault("sql", "statements are named files in sql/queries")
}
END { end_of_file() }
