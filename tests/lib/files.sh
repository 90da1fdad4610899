# SPDX-License-Identifier: MIT
# The project's files, one a line: those git knows or would add; in an unpacked
# tarball, those of its MANIFEST. Sourced in the root of the tree.
project_files() {
	{
		git -c safe.directory='*' ls-files -co --exclude-standard -- "$@" 2>/dev/null ||
			cat MANIFEST
	} | sort -u | while read -r f; do
		[ ! -f "$f" ] || echo "$f"
	done
}
