EXTRA_DIST += tests/e2e/fakenode.py tests/e2e/t_peers
