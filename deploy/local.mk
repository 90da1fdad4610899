# What a deployed node needs around its programs. Files that name folders are
# filled in while installing: prefix and the rest may be given to make install.
quarry_units = quarry.service quarry-miner.service quarry-relay.service \
	quarry-signer.service quarry-validator.service \
	quarry-resolve.service quarry-certificate.service quarry.socket \
	quarry-resolve.timer
deploydocdir = $(docdir)
dist_deploydoc_DATA = README.md deploy/README
dist_man_MANS += deploy/man/quarry.1 deploy/man/quarry.conf.5 \
	deploy/man/quarry.fcgi.8 deploy/man/quarry-miner.8 \
	deploy/man/quarry-relay.8 deploy/man/quarry-resolve.8 \
	deploy/man/quarry-signer.8 deploy/man/quarry-validator.8
EXTRA_DIST += deploy/systemd/sandbox.inc

# fill FILE TARGET: the folders put in, and each program's own.
deploy_fill = fill() { \
		dir() { case " $(bin_PROGRAMS) " in *" $$1$(EXEEXT) "*) echo '$(bindir)' ;; \
			*) echo '$(sbindir)' ;; esac; }; \
		sed -e '/^@SANDBOX@$$/{r $(srcdir)/deploy/systemd/sandbox.inc' -e 'd}' \
			-e "s|@fcgidir@|`dir quarry.fcgi`|g" \
			-e "s|@minerdir@|`dir quarry-miner`|g" \
			-e "s|@relaydir@|`dir quarry-relay`|g" \
			-e "s|@resolvedir@|`dir quarry-resolve`|g" \
			-e "s|@signerdir@|`dir quarry-signer`|g" \
			-e "s|@validatordir@|`dir quarry-validator`|g" \
			-e 's|@[s]ysconfdir@|$(sysconfdir)|g' \
			-e 's|@[l]ocalstatedir@|$(localstatedir)|g' -e 's|@[d]atadir@|$(datadir)|g' \
			"$$1" >"$$2" && chmod 644 "$$2"; }

install-deploy:
	$(MKDIR_P) '$(DESTDIR)$(systemdsystemunitdir)' '$(DESTDIR)$(sysusersdir)' \
		'$(DESTDIR)$(tmpfilesdir)' '$(DESTDIR)$(sysconfdir)/cron.d' \
		'$(DESTDIR)$(sysconfdir)/quarry' '$(DESTDIR)$(bashcompletiondir)'
	@$(deploy_fill); set -e; \
	for u in $(quarry_units); do \
		p=`sed -n 's|^ExecStart=@[a-z]*dir@/\(quarry[^ /]*\) .*|\1|p' $(srcdir)/deploy/systemd/$$u`; \
		test -z "$$p" || case " $(bin_PROGRAMS) $(sbin_PROGRAMS) " in \
			*" $$p$(EXEEXT) "*) ;; *) continue ;; esac; \
		fill "$(srcdir)/deploy/systemd/$$u" "$(DESTDIR)$(systemdsystemunitdir)/$$u"; \
	done; \
	fill $(srcdir)/deploy/quarry.sysusers '$(DESTDIR)$(sysusersdir)/quarry.conf'; \
	fill $(srcdir)/deploy/quarry.tmpfiles '$(DESTDIR)$(tmpfilesdir)/quarry.conf'; \
	fill $(srcdir)/deploy/quarry.cron '$(DESTDIR)$(sysconfdir)/cron.d/quarry'; \
	fill $(srcdir)/deploy/quarry.conf '$(DESTDIR)$(sysconfdir)/quarry/quarry.conf.new'
	@# A configuration that somebody has written stays.
	@cd '$(DESTDIR)$(sysconfdir)/quarry' && \
	if test -e quarry.conf && ! cmp -s quarry.conf quarry.conf.new; then \
		echo "kept: $(sysconfdir)/quarry/quarry.conf (see quarry.conf.new)"; \
	else mv -f quarry.conf.new quarry.conf; fi
	$(INSTALL_DATA) $(srcdir)/deploy/completion.bash '$(DESTDIR)$(bashcompletiondir)/quarry'

uninstall-deploy:
	for u in $(quarry_units); do rm -f "$(DESTDIR)$(systemdsystemunitdir)/$$u"; done
	rm -f '$(DESTDIR)$(sysusersdir)/quarry.conf' '$(DESTDIR)$(tmpfilesdir)/quarry.conf' \
		'$(DESTDIR)$(sysconfdir)/cron.d/quarry' \
		'$(DESTDIR)$(sysconfdir)/quarry/quarry.conf' \
		'$(DESTDIR)$(sysconfdir)/quarry/quarry.conf.new' \
		'$(DESTDIR)$(bashcompletiondir)/quarry'

install-data-local: install-nginx install-deploy
uninstall-local: uninstall-nginx uninstall-deploy
.PHONY: install-nginx install-deploy uninstall-nginx uninstall-deploy
