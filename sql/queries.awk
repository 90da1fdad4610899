# SPDX-License-Identifier: MIT
# Makes C of SQL files: awk -v make=WHAT -v room=store -f queries.awk FILE...
#
#   make=enum    the header with one SQL_NAME for each `-- name: NAME`
#   make=table   the C array of these statements
#   make=steps   the C arrays of whole files: migrations (NNNN_name.sql), and
#                views (vN_name.sql)
#
# A statement runs from its heading to the next; comments go, the rest is kept
# line by line. Comments inside whole files stay: they are part of the schema.
function quote(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\t\t\"" s "\\n\"\n"
}
function base(path) {
	sub(/.*\//, "", path)
	sub(/\.sql$/, "", path)
	return path
}
function flush() {
	if (name != "" && text == "") {
		print "empty statement: " name >"/dev/stderr"
		bad = 1
	}
	if (name != "" && make == "table")
		body = body "\t[SQL_" toupper(name) "] = {\"" name "\",\n" text "\t},\n"
	if (name != "" && make == "enum")
		body = body "\tSQL_" toupper(name) ",\n"
	name = text = ""
}
function flush_file() {
	if (file == "")
		return
	row = "\t{\"" file "\",\n" text "\t},\n"
	if (file ~ /^v[0-9]/)
		views = views row
	else
		ladder = ladder row
	text = ""
}
make != "steps" && /^-- name: / {
	flush()
	name = $3
	if (name in seen) {
		print FILENAME ": a second statement " name >"/dev/stderr"
		bad = 1
	}
	seen[name] = 1
	next
}
make != "steps" {
	sub(/--.*/, "")
	sub(/[ \t]+$/, "")
	if ($0 != "" && name == "") {
		print FILENAME ": a statement without a name" >"/dev/stderr"
		bad = 1
	}
	if ($0 != "")
		text = text quote($0)
	next
}
FNR == 1 {
	flush_file()
	file = base(FILENAME)
}
{
	text = text quote($0)
}
END {
	if (bad)
		exit 1
	print "/* Made from sql/ by sql/queries.awk. */"
	if (make == "steps") {
		flush_file()
		print "#include \"" room "/queries.h\"\n"
		print "const struct db_migration " room "_ladder[] = {\n" ladder "};"
		print "const int " room "_n_ladder =\n\t(int)(sizeof(" room \
			"_ladder) / sizeof(" room "_ladder[0]));\n"
		if (views == "")
			exit
		print "const struct db_migration " room "_views[] = {\n" views "};"
		print "const int " room "_n_views =\n\t(int)(sizeof(" room \
			"_views) / sizeof(" room "_views[0]));"
		exit
	}
	flush()
	up = toupper(room)
	if (make == "table") {
		print "#include \"" room "/queries.h\"\n"
		print "const struct db_sql " room "_sql[SQL_" up "_COUNT] = {\n" body "};"
		exit
	}
	guard = "QUARRY_" up "_QUERIES_H"
	print "#ifndef " guard "\n#define " guard "\n\n#include \"db/db.h\"\n"
	print "enum " room "_sql {\n" body "\tSQL_" up "_COUNT,\n};\n"
	print "extern const struct db_sql " room "_sql[SQL_" up "_COUNT];"
	print "extern const struct db_migration " room "_ladder[];"
	print "extern const int " room "_n_ladder;"
	print "extern const struct db_migration " room "_views[];"
	print "extern const int " room "_n_views;\n\n#endif"
}
