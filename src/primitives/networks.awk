# SPDX-License-Identifier: MIT
# Turns networks/NAME.chain files into one C string each: text_NAME.
FNR == 1 {
	if (NR > 1)
		print "\t;"
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.chain$/, "", name)
	printf "static const char text_%s[] =\n", name
}
{
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	printf "\t\"%s\\n\"\n", $0
}
END { print "\t;" }
