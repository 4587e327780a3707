/** firewalld 1.x with nftables and zone public; trusted: interfaces and addresses of pods are in zone trusted. */
export function firewalld(trusted: boolean): string {
  const zones = (chain: string): string =>
    trusted
      ? ['ip saddr 10.244.0.0/16', 'iifname "cni0"', 'iifname "flannel.1"']
          .map((match) => `\t\t${match} goto filter_${chain}_trusted\n`)
          .join('')
      : '';
  return `table inet firewalld {
	chain mangle_PREROUTING {
		type filter hook prerouting priority mangle + 10; policy accept;
		jump mangle_PREROUTING_ZONES
	}

	chain mangle_PREROUTING_ZONES {
		iifname "eth0" goto mangle_PRE_public
		goto mangle_PRE_public
	}

	chain mangle_PRE_public {
	}

	chain nat_PREROUTING {
		type nat hook prerouting priority dstnat + 10; policy accept;
	}

	chain filter_PREROUTING {
		type filter hook prerouting priority filter + 10; policy accept;
		icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
		meta nfproto ipv6 fib saddr . mark . iif oif missing drop
	}

	chain filter_INPUT {
		type filter hook input priority filter + 10; policy accept;
		ct state { established, related } accept
		ct status dnat accept
		iifname "lo" accept
		ct state invalid drop
		jump filter_INPUT_ZONES
		reject with icmpx admin-prohibited
	}

	chain filter_FORWARD {
		type filter hook forward priority filter + 10; policy accept;
		ct state { established, related } accept
		ct status dnat accept
		iifname "lo" accept
		ct state invalid drop
		ip6 daddr { ::/96, ::ffff:0.0.0.0/96, 2002::/24 } reject with icmpv6 addr-unreachable
		jump filter_FORWARD_ZONES
		reject with icmpx admin-prohibited
	}

	chain filter_INPUT_ZONES {
${zones('IN')}		iifname "eth0" goto filter_IN_public
		goto filter_IN_public
	}

	chain filter_FORWARD_ZONES {
${zones('FWD')}		iifname "eth0" goto filter_FWD_public
		goto filter_FWD_public
	}

	chain filter_IN_public {
		jump filter_IN_public_pre
		jump filter_IN_public_log
		jump filter_IN_public_deny
		jump filter_IN_public_allow
		jump filter_IN_public_post
		meta l4proto { icmp, ipv6-icmp } accept
		reject with icmpx admin-prohibited
	}

	chain filter_IN_public_pre {
	}
	chain filter_IN_public_log {
	}
	chain filter_IN_public_deny {
	}
	chain filter_IN_public_post {
	}

	chain filter_IN_public_allow {
		tcp dport 22 accept
		tcp dport 6443 accept
		udp dport 8472 accept
	}

	chain filter_IN_trusted {
		accept
	}
	chain filter_FWD_trusted {
		accept
	}

	chain filter_FWD_public {
		jump filter_FWD_public_pre
		jump filter_FWD_public_allow
		reject with icmpx admin-prohibited
	}

	chain filter_FWD_public_pre {
	}

	chain filter_FWD_public_allow {
		oifname "eth0" accept
	}
}
`;
}
