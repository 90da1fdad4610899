# SPDX-License-Identifier: MIT
# The project's files, one a line: those git knows or would add; in an unpacked
# tarball, those of its MANIFEST. Sourced in the root of the tree.

# project_files [FOLDER...]: all of them, or those below these folders.
project_files() {
	{
		git -c safe.directory='*' ls-files -co --exclude-standard 2>/dev/null ||
			cat MANIFEST
	} | sort -u | while read -r f; do
		[ -f "$f" ] || continue
		[ $# -gt 0 ] || echo "$f"
		for folder; do
			case $f in "$folder"/*) echo "$f" ;; esac
		done
	done
}
