# SPDX-License-Identifier: MIT
# Makes words.inc, the list of words (BIP39) as C, from a file with one a line.
BEGIN { print "/* Made from english.words by words.awk. */" }
!/^[a-z]+$/ || length($0) > 8 || $0 <= last {
	print FILENAME ":" FNR ": a word is out of order" >"/dev/stderr"
	bad = 1
	exit
}
{ last = $0; printf "\t\"%s\",\n", $0 }
END {
	if (!bad && NR != 2048) {
		print FILENAME ": there are " NR " words, not 2048" >"/dev/stderr"
		bad = 1
	}
	exit bad
}
