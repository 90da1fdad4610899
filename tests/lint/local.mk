# The source checks that need nothing but awk also run on each make check.
check-source:
	@QUARRY_SRC='$(abs_top_srcdir)' $(srcdir)/tests/lint/t_source >check-source.log || \
		{ grep -A 20 '^not ok' check-source.log; exit 1; }
CLEANFILES += check-source.log
