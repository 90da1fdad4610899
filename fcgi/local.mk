# quarry.fcgi. All but main and libfcgi's one file is a library, for the tests.
noinst_LIBRARIES += libquarry_fcgi.a
libquarry_fcgi_a_SOURCES = \
	fcgi/account.c fcgi/account.h \
	fcgi/account_enter.c \
	fcgi/account_manage.c \
	fcgi/admin_users.c \
	fcgi/app.c fcgi/app.h \
	fcgi/caller.c fcgi/caller.h \
	fcgi/events.c \
	fcgi/hub.c fcgi/hub.h fcgi/hub_client.c fcgi/hub_client.h \
	fcgi/ws_client.c fcgi/ws_client.h \
	fcgi/ws_hall.c fcgi/ws_hall.h \
	fcgi/ws_news.c fcgi/ws_news.h \
	fcgi/ws_order.c fcgi/ws_order.h \
	fcgi/ws_rbf.c fcgi/ws_rbf.h \
	fcgi/ws_tell.c fcgi/ws_tell.h \
	fcgi/chain_json.c fcgi/chain_json.h \
	fcgi/error.c fcgi/error.h \
	fcgi/api.c fcgi/api.h \
	fcgi/esplora_block.c \
	fcgi/esplora_json.c fcgi/esplora_json.h \
	fcgi/esplora_mempool.c \
	fcgi/esplora_post.c \
	fcgi/esplora_script.c fcgi/esplora_script.h \
	fcgi/esplora_template.c \
	fcgi/esplora_tx.c \
	fcgi/mempool_api.c \
	fcgi/mempool_json.c fcgi/mempool_json.h \
	fcgi/mempool_parts.c fcgi/mempool_parts.h \
	fcgi/mempool_scripts.c \
	fcgi/pool_view.c fcgi/pool_view.h \
	fcgi/handlers.h \
	fcgi/health.c fcgi/health.h \
	fcgi/health_programs.c \
	fcgi/lab.c \
	fcgi/listen.c fcgi/listen.h \
	fcgi/master.c fcgi/master.h \
	fcgi/metrics.c \
	fcgi/mining.c \
	fcgi/openapi.c fcgi/openapi.h fcgi/openapi_type.c fcgi/openapi_type.h \
	fcgi/routes_about.def fcgi/schemas.def \
	fcgi/page.c fcgi/page.h \
	fcgi/page_address.c \
	fcgi/page_block.c \
	fcgi/page_charts.c \
	fcgi/page_error.c fcgi/page_error.h \
	fcgi/page_escape.c fcgi/page_escape.h \
	fcgi/page_filter.c fcgi/page_filter.h \
	fcgi/page_console.c fcgi/cookbook.h \
	fcgi/page_home.c \
	fcgi/page_finality.c \
	fcgi/page_peers.c \
	fcgi/page_pool.c \
	fcgi/page_qr.c \
	fcgi/page_script.c fcgi/page_script.h \
	fcgi/page_search.c \
	fcgi/page_static.c \
	fcgi/page_tree.c \
	fcgi/page_tx.c \
	fcgi/page_txrow.c fcgi/page_txrow.h \
	fcgi/page_template.c fcgi/page_template.h \
	fcgi/page_value.c fcgi/page_value.h \
	fcgi/finality.c \
	fcgi/peer_get.c \
	fcgi/peer_post.c \
	fcgi/qr.c fcgi/qr.h \
	fcgi/request.c fcgi/request.h \
	fcgi/response.c fcgi/response.h \
	fcgi/route.c fcgi/route.h fcgi/routes.def \
	fcgi/rpc.h fcgi/rpc_methods.def \
	fcgi/rpc_args.c fcgi/rpc_args.h \
	fcgi/rpc_blockstats.c \
	fcgi/rpc_call.c \
	fcgi/rpc_chain.c \
	fcgi/rpc_chainstats.c \
	fcgi/rpc_control.c \
	fcgi/rpc_decode.c \
	fcgi/rpc_generate.c \
	fcgi/rpc_help.c \
	fcgi/rpc_http.c \
	fcgi/rpc_lab.c \
	fcgi/rpc_mempool.c \
	fcgi/rpc_mining.c \
	fcgi/rpc_addrman.c \
	fcgi/rpc_network.c \
	fcgi/rpc_peers.c \
	fcgi/rpc_proof.c \
	fcgi/rpc_psbt.c fcgi/rpc_psbt.h fcgi/rpc_psbt_decode.c \
	fcgi/rpc_psbt_update.c \
	fcgi/rpc_rawtx.c fcgi/rpc_rawtx.h \
	fcgi/rpc_setup.c fcgi/rpc_setup.h \
	fcgi/rpc_sign.c \
	fcgi/rpc_txjson.c fcgi/rpc_txjson.h \
	fcgi/rpc_scan.c fcgi/rpc_scan.h \
	fcgi/rpc_utxo.c \
	fcgi/rpc_webhook.c \
	fcgi/rpc_util.c fcgi/rpc_wallet.h \
	fcgi/sql.c fcgi/sql_write.c fcgi/sql_write.h \
	fcgi/teach_chain.c \
	fcgi/teach_mine.c \
	fcgi/teach_nodes.c \
	fcgi/teach_tx.c \
	fcgi/rpc_funds.h \
	fcgi/rpc_wallet_address.c \
	fcgi/rpc_wallet_balance.c \
	fcgi/rpc_wallet_history.c \
	fcgi/rpc_wallet_import.c \
	fcgi/rpc_wallet_look.c \
	fcgi/rpc_wallet_manage.c \
	fcgi/rpc_wallet_order.c fcgi/rpc_wallet_order.h \
	fcgi/rpc_wallet_psbt.c \
	fcgi/rpc_wallet_send.c \
	fcgi/wallet_api.c fcgi/wallet_api.h \
	fcgi/wallet_send.c

nodist_libquarry_fcgi_a_SOURCES = fcgi/page_templates.c fcgi/cookbook.c

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

BUILT_SOURCES += fcgi/page_templates.c
CLEANFILES += fcgi/page_templates.c
fcgi/page_templates.c: fcgi/pages.awk $(page_templates) $(dist_www_DATA)
	$(AM_V_GEN)$(MKDIR_P) fcgi && cd $(srcdir) && \
	$(AWK) -v version="$$(cat fcgi/pages.awk $(page_templates) $(dist_www_DATA) | \
		cksum | tr -cd '0-9')" -f fcgi/pages.awk $(page_templates) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'

BUILT_SOURCES += fcgi/cookbook.c
CLEANFILES += fcgi/cookbook.c
fcgi/cookbook.c: fcgi/cookbook.awk $(dist_cookbook_DATA)
	$(AM_V_GEN)$(MKDIR_P) fcgi && cd $(srcdir) && \
	$(AWK) -f fcgi/cookbook.awk $(dist_cookbook_DATA) >'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
EXTRA_DIST += fcgi/README fcgi/cookbook.awk fcgi/pages.awk $(page_templates)

bin_PROGRAMS += quarry.fcgi
quarry_fcgi_SOURCES = fcgi/fcgi_main.c fcgi/serve.c fcgi/serve.h \
	fcgi/ws_serve.c fcgi/ws_serve.h
quarry_fcgi_CFLAGS = $(AM_CFLAGS) $(FCGI_CFLAGS) $(WEBSOCKETS_CFLAGS)
quarry_fcgi_LDADD = libquarry_fcgi.a libquarry_feed.a libquarry_hooks.a libquarry_lab.a libquarry_funds.a libquarry_purse.a libquarry_node.a libquarry_wallet.a \
	libquarry_accounts.a libquarry_store.a libquarry_db.a libquarry_consensus.a libquarry_json.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(FCGI_LIBS) $(WEBSOCKETS_LIBS) $(QRENCODE_LIBS) $(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECP256K1_LIBS) \
	$(JANSSON_LIBS) -lpthread
