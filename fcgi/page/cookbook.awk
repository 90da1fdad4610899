# SPDX-License-Identifier: MIT
# Makes C of the cookbook: awk -f fcgi/page/cookbook.awk FILE...
# A recipe is a question in comments, up to the first line that is none, and the
# statement that answers it.
function quote(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return s
}
function flush() {
	if (name != "")
		body = body "\t{\"" name "\", \"" title "\",\n" text "\t},\n"
	name = title = text = ""
}
FNR == 1 {
	flush()
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.sql$/, "", name)
	head = 1
}
head && /^-- / {
	sub(/^-- */, "")
	title = title (title == "" ? "" : " ") quote($0)
	next
}
{
	head = 0
	text = text "\t\t\"" quote($0) "\\n\"\n"
}
END {
	flush()
	print "/* Made from sql/cookbook by fcgi/page/cookbook.awk. */"
	print "#include \"fcgi/page/cookbook.h\"\n"
	print "const struct recipe cookbook[] = {\n" body "};"
	print "const unsigned cookbook_n = sizeof(cookbook) / sizeof(cookbook[0]);"
}
