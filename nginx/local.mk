# Templates and pages as they are; the site is written by make-site, so that it
# has the folders given to make install.
nginxdatadir = $(datadir)/quarry/nginx
dist_nginxdata_SCRIPTS = nginx/make-site nginx/make-certificate
dist_nginxdata_DATA = nginx/site.conf.in nginx/prefix.conf.in \
	nginx/rest.conf.in nginx/quarry-way.conf.in \
	nginx/quarry-fastcgi.conf.in nginx/quarry-rest.conf.in \
	nginx/quarry-events.conf.in nginx/quarry-ws.conf.in nginx/quarry-keep.conf.in \
	nginx/quarry-headers.conf
wwwdir = $(datadir)/quarry/www
dist_www_DATA = nginx/www/style.css nginx/www/icon.svg nginx/www/lib.js \
	nginx/www/live.js nginx/www/admin.js nginx/www/chart.js nginx/www/console.js nginx/www/form.js \
	nginx/www/me.js nginx/www/miner.js nginx/www/wallets.js
wwwerrordir = $(wwwdir)/_error
dist_wwwerror_DATA = \
	nginx/www/_error/400.json nginx/www/_error/400.html nginx/www/_error/400.txt \
	nginx/www/_error/404.json nginx/www/_error/404.html nginx/www/_error/404.txt \
	nginx/www/_error/405.json nginx/www/_error/405.html nginx/www/_error/405.txt \
	nginx/www/_error/413.json nginx/www/_error/413.html nginx/www/_error/413.txt \
	nginx/www/_error/414.json nginx/www/_error/414.html nginx/www/_error/414.txt \
	nginx/www/_error/429.json nginx/www/_error/429.html nginx/www/_error/429.txt \
	nginx/www/_error/502.json nginx/www/_error/502.html nginx/www/_error/502.txt
EXTRA_DIST += nginx/README nginx/www/README

install-nginx:
	$(srcdir)/nginx/make-site --out '$(DESTDIR)$(sysconfdir)/quarry/nginx' \
		--conf '$(sysconfdir)/quarry/nginx' --site ../../nginx/sites-available/quarry \
		--socket /run/quarry/fcgi.sock --www '$(wwwdir)' \
		--cert '$(sysconfdir)/quarry/tls/tls.crt' \
		--key '$(sysconfdir)/quarry/tls/tls.key' \
		--cache '$(localstatedir)/cache/quarry' --rpc 127.0.0.1:8332
uninstall-nginx:
	rm -f '$(DESTDIR)$(sysconfdir)/nginx/sites-available/quarry' \
		'$(DESTDIR)$(sysconfdir)/quarry/nginx/quarry-headers.conf' \
		'$(DESTDIR)$(sysconfdir)/quarry/nginx/quarry-way.conf' \
		'$(DESTDIR)$(sysconfdir)/quarry/nginx/quarry-way-sql.conf' \
		'$(DESTDIR)$(sysconfdir)/quarry/nginx/quarry-events.conf' \
		'$(DESTDIR)$(sysconfdir)/quarry/nginx/quarry-ws.conf' \
		'$(DESTDIR)$(sysconfdir)/quarry/nginx/quarry-rest.conf' \
		'$(DESTDIR)$(sysconfdir)/quarry/nginx/quarry-keep.conf' \
		'$(DESTDIR)$(sysconfdir)/quarry/nginx/quarry-fastcgi.conf'

# quarry dev finds the templates beside the programs of a build tree.
all-local: nginx-beside
nginx-beside:
	@test -e nginx/make-site || ln -s '$(abs_top_srcdir)/nginx' nginx
clean-local:
	test ! -L nginx || rm -f nginx
.PHONY: nginx-beside
