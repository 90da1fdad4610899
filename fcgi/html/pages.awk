# SPDX-License-Identifier: MIT
# Makes C of the templates: awk -v version=TEXT -f fcgi/html/pages.awk FILE...
# A template's name is its path below fcgi/pages without .html. Blanks before a
# line go; so do lines of nothing but a comment, and the ends of lines that are
# nothing but the beginning or end of a section, and of the last.
function quote(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\t\t\"" s
}
function flush() {
	if (text != "")
		text = text "\"\n"
	if (file != "")
		body = body "\t{\"" file "\",\n" (text == "" ? "\t\t\"\"\n" : text) "\t},\n"
	text = ""
}
FNR == 1 {
	flush()
	file = FILENAME
	sub(/.*fcgi\/pages\//, "", file)
	sub(/\.html$/, "", file)
}
{
	sub(/^[ \t]+/, "")
	if ($0 == "" || $0 ~ /^\{\{![^}]*\}\}$/)
		next
	if (text != "")
		text = text (bare ? "\"\n" : "\\n\"\n")
	text = text quote($0)
	bare = $0 ~ /^\{\{[#^\/][^}]*\}\}$/
}
END {
	flush()
	print "/* Made from fcgi/pages by fcgi/html/pages.awk. */"
	print "#include \"fcgi/html/page_template.h\"\n"
	print "const struct page_template page_templates[] = {\n" body "};"
	print "const unsigned page_n_templates =\n" \
		"\tsizeof(page_templates) / sizeof(page_templates[0]);"
	print "const char page_version[] = \"" version "\";"
}
