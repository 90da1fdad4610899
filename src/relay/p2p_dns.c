/* SPDX-License-Identifier: MIT */
/* See p2p_dns.h: libevent's resolver, which reads /etc/hosts and resolv.conf. */
#include "relay/p2p_dns.h"

#include <event2/dns.h>
#include <event2/util.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "relay/p2p_priv.h"

static void on_answer(int error, struct evutil_addrinfo *all, void *arg)
{
	struct p2p_lookup *l = arg;
	struct net_addr v[P2P_DNS_MAX];
	unsigned n = 0;

	for (struct evutil_addrinfo *a = all; a && n < P2P_DNS_MAX; a = a->ai_next) {
		struct sockaddr_storage at = {0};

		if (a->ai_addrlen > sizeof(at))
			continue;
		memcpy(&at, a->ai_addr, a->ai_addrlen);
		n += p2p_addr_of(&v[n], &at);
	}
	if (all)
		evutil_freeaddrinfo(all);
	/* EVUTIL_EAI_CANCEL: the program ends */
	if (error != EVUTIL_EAI_CANCEL) {
		if (error)
			log_debug("%s: %s", l->name, evutil_gai_strerror(error));
		l->done(l->x, l->name, l->tag, v, n);
	}
	free(l);
}

static struct evdns_base *open_resolver(struct p2p *x)
{
	struct evdns_base *dns = evdns_base_new(x->base,
						EVDNS_BASE_DISABLE_WHEN_INACTIVE);

	/* without the file, or a server in it, /etc/hosts may do */
	if (dns && evdns_base_resolv_conf_parse(dns, DNS_OPTIONS_ALL,
						"/etc/resolv.conf") != 0)
		log_debug("/etc/resolv.conf names no server");
	return dns;
}

bool p2p_dns_start(const struct p2p_lookup *l, uint16_t port)
{
	struct evutil_addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
	};
	struct p2p_lookup *copy;
	char service[8];

	if (!l->x->dns)
		l->x->dns = open_resolver(l->x);
	copy = l->x->dns ? malloc(sizeof(*copy)) : NULL;
	if (!copy)
		return false;
	*copy = *l;
	snprintf(service, sizeof(service), "%u", port);
	(void)evdns_getaddrinfo(l->x->dns, copy->name, service, &hints, on_answer,
				copy);
	return true;
}

void p2p_dns_close(struct p2p *x)
{
	if (x->dns)
		evdns_base_free(x->dns, 0);
	x->dns = NULL;
}
