# quarry.fcgi. All but main and libfcgi's one file is a library, for the tests.
noinst_LIBRARIES += libquarry_fcgi.a
libquarry_fcgi_a_SOURCES = \
	fcgi/html/page_escape.c fcgi/html/page_escape.h \
	fcgi/html/page_filter.c fcgi/html/page_filter.h \
	fcgi/html/page_template.c fcgi/html/page_template.h \
	fcgi/html/page_value.c fcgi/html/page_value.h \
	fcgi/http/api.c fcgi/http/api.h \
	fcgi/http/app.c fcgi/http/app.h \
	fcgi/http/caller.c fcgi/http/caller.h \
	fcgi/http/error.c fcgi/http/error.h \
	fcgi/http/handlers.h \
	fcgi/http/page_error.c fcgi/http/page_error.h \
	fcgi/http/pool_view.c fcgi/http/pool_view.h \
	fcgi/http/request.c fcgi/http/request.h \
	fcgi/http/response.c fcgi/http/response.h \
	fcgi/http/route.c fcgi/http/route.h \
	fcgi/http/routes.def \
	fcgi/http/routes_about.def \
	fcgi/rpc/rpc.h \
	fcgi/rpc/rpc_addrman.c \
	fcgi/rpc/rpc_args.c fcgi/rpc/rpc_args.h \
	fcgi/rpc/rpc_blockstats.c \
	fcgi/rpc/rpc_call.c \
	fcgi/rpc/rpc_chain.c \
	fcgi/rpc/rpc_chainstats.c \
	fcgi/rpc/rpc_control.c \
	fcgi/rpc/rpc_decode.c \
	fcgi/rpc/rpc_funds.h \
	fcgi/rpc/rpc_generate.c \
	fcgi/rpc/rpc_help.c \
	fcgi/rpc/rpc_http.c \
	fcgi/rpc/rpc_lab.c \
	fcgi/rpc/rpc_mempool.c \
	fcgi/rpc/rpc_methods.def \
	fcgi/rpc/rpc_mining.c \
	fcgi/rpc/rpc_network.c \
	fcgi/rpc/rpc_peers.c \
	fcgi/rpc/rpc_proof.c \
	fcgi/rpc/rpc_psbt.c fcgi/rpc/rpc_psbt.h \
	fcgi/rpc/rpc_psbt_decode.c \
	fcgi/rpc/rpc_psbt_update.c \
	fcgi/rpc/rpc_rawtx.c fcgi/rpc/rpc_rawtx.h \
	fcgi/rpc/rpc_scan.c fcgi/rpc/rpc_scan.h \
	fcgi/rpc/rpc_setup.c fcgi/rpc/rpc_setup.h \
	fcgi/rpc/rpc_sign.c \
	fcgi/rpc/rpc_txjson.c fcgi/rpc/rpc_txjson.h \
	fcgi/rpc/rpc_util.c \
	fcgi/rpc/rpc_utxo.c \
	fcgi/rpc/rpc_wallet.h \
	fcgi/rpc/rpc_wallet_address.c \
	fcgi/rpc/rpc_wallet_balance.c \
	fcgi/rpc/rpc_wallet_history.c \
	fcgi/rpc/rpc_wallet_import.c \
	fcgi/rpc/rpc_wallet_look.c \
	fcgi/rpc/rpc_wallet_manage.c \
	fcgi/rpc/rpc_wallet_order.c fcgi/rpc/rpc_wallet_order.h \
	fcgi/rpc/rpc_wallet_psbt.c \
	fcgi/rpc/rpc_wallet_send.c \
	fcgi/rpc/rpc_webhook.c \
	fcgi/esplora/esplora_block.c \
	fcgi/esplora/esplora_json.c fcgi/esplora/esplora_json.h \
	fcgi/esplora/esplora_mempool.c \
	fcgi/esplora/esplora_post.c \
	fcgi/esplora/esplora_script.c fcgi/esplora/esplora_script.h \
	fcgi/esplora/esplora_template.c \
	fcgi/esplora/esplora_tx.c \
	fcgi/esplora/mempool_api.c \
	fcgi/esplora/mempool_json.c fcgi/esplora/mempool_json.h \
	fcgi/esplora/mempool_parts.c fcgi/esplora/mempool_parts.h \
	fcgi/esplora/mempool_scripts.c \
	fcgi/live/events.c \
	fcgi/live/hub.c fcgi/live/hub.h \
	fcgi/live/hub_client.c fcgi/live/hub_client.h \
	fcgi/ws/ws_client.c fcgi/ws/ws_client.h \
	fcgi/ws/ws_hall.c fcgi/ws/ws_hall.h \
	fcgi/ws/ws_news.c fcgi/ws/ws_news.h \
	fcgi/ws/ws_order.c fcgi/ws/ws_order.h \
	fcgi/ws/ws_rbf.c fcgi/ws/ws_rbf.h \
	fcgi/ws/ws_tell.c fcgi/ws/ws_tell.h \
	fcgi/teach/chain_json.c fcgi/teach/chain_json.h \
	fcgi/teach/teach_chain.c \
	fcgi/teach/teach_mine.c \
	fcgi/teach/teach_nodes.c \
	fcgi/teach/teach_tx.c \
	fcgi/peer/finality.c \
	fcgi/peer/peer_get.c \
	fcgi/peer/peer_post.c \
	fcgi/account/account.c fcgi/account/account.h \
	fcgi/account/account_enter.c \
	fcgi/account/account_manage.c \
	fcgi/account/admin_users.c \
	fcgi/wallet/wallet_api.c fcgi/wallet/wallet_api.h \
	fcgi/wallet/wallet_send.c \
	fcgi/page/cookbook.h \
	fcgi/page/page.c fcgi/page/page.h \
	fcgi/page/page_address.c \
	fcgi/page/page_block.c \
	fcgi/page/page_charts.c \
	fcgi/page/page_console.c \
	fcgi/page/page_finality.c \
	fcgi/page/page_home.c \
	fcgi/page/page_peers.c \
	fcgi/page/page_pool.c \
	fcgi/page/page_qr.c \
	fcgi/page/page_script.c fcgi/page/page_script.h \
	fcgi/page/page_search.c \
	fcgi/page/page_static.c \
	fcgi/page/page_tree.c \
	fcgi/page/page_tx.c \
	fcgi/page/page_txrow.c fcgi/page/page_txrow.h \
	fcgi/page/qr.c fcgi/page/qr.h \
	fcgi/sql/sql.c \
	fcgi/sql/sql_write.c fcgi/sql/sql_write.h \
	fcgi/ops/health.c fcgi/ops/health.h \
	fcgi/ops/health_programs.c \
	fcgi/ops/lab.c \
	fcgi/ops/metrics.c \
	fcgi/ops/mining.c \
	fcgi/ops/openapi.c fcgi/ops/openapi.h \
	fcgi/ops/openapi_type.c fcgi/ops/openapi_type.h \
	fcgi/ops/schemas.def \
	fcgi/listen.c fcgi/listen.h \
	fcgi/master.c fcgi/master.h

nodist_libquarry_fcgi_a_SOURCES = fcgi/html/page_templates.c fcgi/page/cookbook.c

# What pages look like, made C in the build tree; the version is in their ETag and
# in the addresses of the files they load.
page_templates = \
	fcgi/pages/address.html \
	fcgi/pages/admin.html \
	fcgi/pages/api.html \
	fcgi/pages/block.html \
	fcgi/pages/blocks.html \
	fcgi/pages/charts.html \
	fcgi/pages/console.html \
	fcgi/pages/error.html \
	fcgi/pages/finality.html \
	fcgi/pages/home.html \
	fcgi/pages/layout.html \
	fcgi/pages/me.html \
	fcgi/pages/mempool.html \
	fcgi/pages/miner.html \
	fcgi/pages/peers.html \
	fcgi/pages/search.html \
	fcgi/pages/tree.html \
	fcgi/pages/tx.html \
	fcgi/pages/part/amount.html \
	fcgi/pages/part/block_rows.html \
	fcgi/pages/part/hash.html \
	fcgi/pages/part/nav.html \
	fcgi/pages/part/recent.html \
	fcgi/pages/part/refusal.html \
	fcgi/pages/part/time.html \
	fcgi/pages/part/tx_rows.html \
	fcgi/pages/wallets.html

BUILT_SOURCES += fcgi/html/page_templates.c
CLEANFILES += fcgi/html/page_templates.c
fcgi/html/page_templates.c: fcgi/html/pages.awk $(page_templates) $(dist_www_DATA)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && cd $(srcdir) && \
	$(AWK) -v version="$$(cat fcgi/html/pages.awk $(page_templates) $(dist_www_DATA) | \
		cksum | tr -cd '0-9')" -f fcgi/html/pages.awk $(page_templates) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'

BUILT_SOURCES += fcgi/page/cookbook.c
CLEANFILES += fcgi/page/cookbook.c
fcgi/page/cookbook.c: fcgi/page/cookbook.awk $(dist_cookbook_DATA)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && cd $(srcdir) && \
	$(AWK) -f fcgi/page/cookbook.awk $(dist_cookbook_DATA) >'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
EXTRA_DIST += fcgi/README fcgi/page/cookbook.awk fcgi/html/pages.awk $(page_templates)

bin_PROGRAMS += quarry.fcgi
quarry_fcgi_SOURCES = fcgi/fcgi_main.c fcgi/serve.c fcgi/serve.h \
	fcgi/ws/ws_serve.c fcgi/ws/ws_serve.h
quarry_fcgi_CFLAGS = $(AM_CFLAGS) $(FCGI_CFLAGS) $(WEBSOCKETS_CFLAGS)
quarry_fcgi_LDADD = libquarry_fcgi.a libquarry_feed.a libquarry_hooks.a libquarry_lab.a libquarry_funds.a libquarry_purse.a libquarry_node.a libquarry_wallet.a \
	libquarry_accounts.a libquarry_store.a libquarry_db.a libquarry_consensus.a libquarry_json.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(FCGI_LIBS) $(WEBSOCKETS_LIBS) $(QRENCODE_LIBS) $(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECP256K1_LIBS) \
	$(JANSSON_LIBS) -lpthread
