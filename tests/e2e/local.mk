EXTRA_DIST += \
	tests/e2e/t_full_disk \
	tests/e2e/t_own_write tests/e2e/latency.py tests/e2e/t_latency tests/e2e/t_p2p_abuse tests/e2e/t_trouble tests/e2e/t_https_ipv6 tests/e2e/t_p2p_ipv6 \
	tests/e2e/t_bitcoinlib \
	tests/e2e/bitcoinlib_client.py \
	tests/e2e/psbt_clients.js tests/e2e/t_psbt_clients \
	tests/e2e/signerlab.py tests/e2e/t_signer tests/e2e/t_signer_app \
	tests/e2e/t_rpc_outside tests/e2e/t_webhooks \
	tests/e2e/t_webhooks_sender \
	tests/e2e/webhook_server.py \
	tests/e2e/ws_clients.js \
	tests/e2e/ws_hostile.py \
	tests/e2e/t_websocket \
	tests/e2e/hostile.sql \
	tests/e2e/fakenode.py \
	tests/e2e/makerblock.py \
	tests/e2e/openapi_fuzz.py \
	tests/e2e/p2pclient.py \
	tests/e2e/relaylab.py \
	tests/e2e/schnorr.py \
	tests/e2e/eventstream.py \
	tests/e2e/finality.js tests/e2e/finality_votes.py tests/e2e/t_finality_page \
	tests/e2e/t_events_http2 \
	tests/e2e/t_events_kinds \
	tests/e2e/t_health \
	tests/e2e/t_metrics tests/e2e/t_mining \
	tests/e2e/t_openapi \
	tests/e2e/t_p2p \
	tests/e2e/t_p2p_bcoin \
	tests/e2e/t_p2p_compact \
	tests/e2e/t_p2p_filters \
	tests/e2e/t_p2p_rights \
	tests/e2e/t_p2p_sync \
	tests/e2e/t_p2p_txs \
	tests/e2e/t_p2p_hostile \
	tests/e2e/t_peers \
	tests/e2e/t_resolve_p2p \
	tests/e2e/t_ten_nodes \
	tests/e2e/t_seal_signer \
	tests/e2e/t_votes_signer \
	tests/e2e/t_wallet \
	tests/e2e/wallet_bitcoinjs.js \
	tests/e2e/story.js tests/e2e/t_story \
	tests/e2e/t_web \
	tests/e2e/web.js tests/e2e/web_chain.js \
	tests/e2e/wirelab.py
