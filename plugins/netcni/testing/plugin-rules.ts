import type { KubeObject } from '../../../shared/model/objects.ts';
import type { EndpointSlice } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { service, slicesFor } from '../../../shared/testing/builders.ts';
import { without } from './ask-rules.ts';
import { iptablesSave } from './iptables-dump.ts';

const web = service('web', { clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1'] });

/** A cluster of `networks/` with a Service in front of its pods. */
export function withService(objects: readonly KubeObject[]): readonly KubeObject[] {
  const pods = objects.filter(({ kind, metadata }) => kind === 'Pod' && metadata?.name?.startsWith('web-') === true);
  return [...objects, web, ...slicesFor(web, pods as readonly Pod[])];
}

interface OwnRules {
  readonly filter: readonly string[];
  readonly nat: readonly string[];
  /** Rules that the plugin keeps before those of kube-proxy. */
  readonly first?: readonly string[];
}

/** iptables-save of a node with kube-proxy and a plugin that adds rules of its own. */
export function savedWith(objects: readonly KubeObject[], own: OwnRules): string {
  const slices = objects.filter(({ kind }) => kind === 'EndpointSlice') as readonly EndpointSlice[];
  const plain = without(iptablesSave([web], slices), /FLANNEL|flanneld/);
  const [filter = '', nat = ''] = plain.split(/(?=^\*nat$)/m);
  return table(filter, [...(own.first ?? []), ...own.filter]) + table(nat, own.nat);
}

function table(text: string, rules: readonly string[]): string {
  const chains = new Set(
    rules.flatMap(
      (rule) =>
        /^-A ((?:cali-|AWS-|ANTREA-|KIND-|KUBE-POD-FW|KUBE-ROUTER|KUBE-NWPLCY|WEAVE|CILIUM_)\S*)/.exec(rule)?.[1] ?? [],
    ),
  );
  const declared = [...chains].map((name) => `:${name} - [0:0]\n`).join('');
  const before = rules.filter((rule) => /^-A (INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING) /.test(rule));
  const after = rules.filter((rule) => !before.includes(rule));
  return text
    .replace(/^:KUBE-/m, `${declared}:KUBE-`)
    .replace(/^-A /m, `${before.map((rule) => `${rule}\n`).join('')}-A `)
    .replace(/^COMMIT$/m, `${after.map((rule) => `${rule}\n`).join('')}COMMIT`);
}

/** What Felix writes for a node with one pod and no policy (felix/rules, iptables dataplane), shortened. */
export const CALICO_RULES: OwnRules = {
  first: [
    '-A INPUT -m comment --comment "cali:Cz_u1IQiXIMmKD4c" -j cali-INPUT',
    '-A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD',
  ],
  filter: [
    '-A cali-FORWARD -m comment --comment "cali:vjrMJCRpqwy5oRoX" -j MARK --set-xmark 0x0/0xe0000',
    '-A cali-FORWARD -i cali+ -m comment --comment "cali:8ZoYfO5HKXWbB3pk" -j cali-from-wl-dispatch',
    '-A cali-FORWARD -o cali+ -m comment --comment "cali:jdEuaPBe14V2hutn" -j cali-to-wl-dispatch',
    '-A cali-INPUT -p ipencap -m comment --comment "Allow IPIP packets from Calico hosts" -m set --match-set cali40all-hosts-net src -m addrtype --dst-type LOCAL -j ACCEPT',
    '-A cali-INPUT -p ipencap -m comment --comment "Drop IPIP packets from non-Calico hosts" -j DROP',
    '-A cali-from-wl-dispatch -i cali12345678901 -m comment --comment "cali:a" -g cali-fw-cali12345678901',
    '-A cali-from-wl-dispatch -m comment --comment "Unknown interface" -j DROP',
    '-A cali-to-wl-dispatch -o cali12345678901 -m comment --comment "cali:c" -g cali-tw-cali12345678901',
    '-A cali-to-wl-dispatch -m comment --comment "Unknown interface" -j DROP',
    '-A cali-fw-cali12345678901 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A cali-fw-cali12345678901 -j MARK --set-xmark 0x10000/0x10000',
    '-A cali-fw-cali12345678901 -m mark --mark 0x10000/0x10000 -j RETURN',
    '-A cali-fw-cali12345678901 -m comment --comment "Drop if no profiles matched" -j DROP',
    '-A cali-tw-cali12345678901 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A cali-tw-cali12345678901 -j MARK --set-xmark 0x10000/0x10000',
    '-A cali-tw-cali12345678901 -m mark --mark 0x10000/0x10000 -j RETURN',
    '-A cali-tw-cali12345678901 -m comment --comment "Drop if no profiles matched" -j DROP',
  ],
  nat: [
    '-A PREROUTING -m comment --comment "cali:6gwbT8clXdHdC1b1" -j cali-PREROUTING',
    '-A POSTROUTING -m comment --comment "cali:O3lYWMrLQYEMJtB5" -j cali-POSTROUTING',
    '-A cali-PREROUTING -m comment --comment "cali:r6XmIziWUJsdOK6Z" -j cali-fip-dnat',
    '-A cali-POSTROUTING -m comment --comment "cali:Z-c7XtVd2Bq7s_hA" -j cali-fip-snat',
    '-A cali-POSTROUTING -m comment --comment "cali:nYKhEzDlr11Jccal" -j cali-nat-outgoing',
    '-A cali-POSTROUTING -o tunl0 -m comment --comment "cali:SXWvdsbh4Mw7wOln" -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE',
    '-A cali-nat-outgoing -m comment --comment "cali:flqWnvo8yq4ULQLa" -m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE',
    '-A cali-fip-dnat -d 192.0.2.200/32 -j DNAT --to-destination 10.244.1.1',
    '-A cali-fip-snat -s 10.244.1.200/32 -d 10.244.1.200/32 -j SNAT --to-source 192.0.2.200',
  ],
};

/** What aws-node writes (pkg/networkutils), in a network 10.0.0.0/16. */
export const AWS_RULES: OwnRules = {
  filter: [],
  nat: [
    '-A PREROUTING -i eni+ -m comment --comment "AWS, outbound connections" -j AWS-CONNMARK-CHAIN-0',
    '-A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0',
    '-A AWS-CONNMARK-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS CONNMARK CHAIN, VPC CIDR" -j RETURN',
    '-A AWS-CONNMARK-CHAIN-0 -m comment --comment "AWS, CONNMARK" -j CONNMARK --set-xmark 0x80/0x80',
    '-A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS SNAT CHAIN" -j RETURN',
    '-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.0.1 --random-fully',
  ],
};

/** What antrea-agent writes (pkg/agent/route), shortened. */
export const ANTREA_RULES: OwnRules = {
  filter: [
    '-A FORWARD -m comment --comment "Antrea: jump to Antrea forwarding rules" -j ANTREA-FORWARD',
    '-A ANTREA-FORWARD -i antrea-gw0 -m comment --comment "Antrea: accept packets from local Pods" -j ACCEPT',
    '-A ANTREA-FORWARD -o antrea-gw0 -m comment --comment "Antrea: accept packets to local Pods" -j ACCEPT',
  ],
  nat: [
    '-A POSTROUTING -m comment --comment "Antrea: jump to Antrea postrouting rules" -j ANTREA-POSTROUTING',
    '-A ANTREA-POSTROUTING -s 10.244.1.0/24 ! -o antrea-gw0 -m comment --comment "Antrea: masquerade Pod to external packets" -m set ! --match-set ANTREA-POD-IP dst -j MASQUERADE',
    '-A ANTREA-POSTROUTING -o antrea-gw0 -m comment --comment "Antrea: masquerade LOCAL traffic" -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE --random-fully',
  ],
};

/** What kindnetd writes (its masquerade agent). */
export const KINDNET_RULES: OwnRules = {
  filter: [],
  nat: [
    '-A POSTROUTING -m addrtype ! --dst-type LOCAL -m comment --comment "kind-masq-agent" -j KIND-MASQ-AGENT',
    '-A KIND-MASQ-AGENT -d 10.244.0.0/16 -m comment --comment "local traffic is not subject to MASQUERADE" -j RETURN',
    '-A KIND-MASQ-AGENT -m comment --comment "outbound traffic is subject to MASQUERADE" -j MASQUERADE',
  ],
};

/** What weaver and weave-npc write; packets between pods depend on sets that a dump of rules does not show. */
export const WEAVE_RULES: OwnRules = {
  filter: [
    '-A FORWARD -o weave -m comment --comment "NOTE: this must go before \'-j KUBE-FORWARD\'" -j WEAVE-NPC',
    '-A FORWARD -o weave -j DROP',
    '-A FORWARD -i weave ! -o weave -j ACCEPT',
    '-A FORWARD -o weave -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A WEAVE-NPC -m state --state RELATED,ESTABLISHED -j ACCEPT',
    '-A WEAVE-NPC -m state --state NEW -j WEAVE-NPC-DEFAULT',
    '-A WEAVE-NPC-DEFAULT -m set --match-set weave-;rGqyMIl1HN^cfDki~Z$3]6!N dst -j ACCEPT',
  ],
  nat: [
    '-A POSTROUTING -j WEAVE',
    '-A WEAVE ! -s 10.32.0.0/12 -d 10.32.0.0/12 -j MASQUERADE',
    '-A WEAVE -s 10.32.0.0/12 ! -d 10.32.0.0/12 -j MASQUERADE',
  ],
};

/** What cilium-agent writes where kube-proxy is kept and programs of the kernel do not masquerade. */
export const CILIUM_RULES: OwnRules = {
  filter: [
    '-A FORWARD -m comment --comment "cilium-feeder: CILIUM_FORWARD" -j CILIUM_FORWARD',
    '-A CILIUM_FORWARD -o cilium_host -m comment --comment "any->cluster on cilium_host forward accept" -j ACCEPT',
    '-A CILIUM_FORWARD -i lxc+ -m comment --comment "cluster->any on lxc+ forward accept" -j ACCEPT',
  ],
  nat: [
    '-A POSTROUTING -m comment --comment "cilium-feeder: CILIUM_POST_nat" -j CILIUM_POST_nat',
    '-A CILIUM_POST_nat -s 10.244.1.0/24 ! -d 10.244.0.0/16 ! -o cilium_+ -m comment --comment "cilium masquerade non-cluster" -j MASQUERADE',
  ],
};

/** Calico's own table where its dataplane is nftables, shortened to what leads out. */
export const CALICO_NFT = `table ip calico {
	set cali40all-ipam-pools {
		type ipv4_addr
		flags interval
		elements = { 10.244.0.0/16 }
	}

	set cali40masq-ipam-pools {
		type ipv4_addr
		flags interval
		elements = { 10.244.0.0/16 }
	}

	chain filter-FORWARD {
		type filter hook forward priority filter; policy accept;
		counter packets 100 bytes 6000 jump filter-cali-FORWARD
	}

	chain filter-cali-FORWARD {
		iifname "cali*" counter packets 50 bytes 3000 jump filter-cali-from-wl-dispatch
	}

	chain filter-cali-from-wl-dispatch {
		iifname vmap { "cali12345678901" : goto filter-cali-fw-cali12345678901 }
		counter packets 0 bytes 0 drop comment "Unknown interface"
	}

	chain filter-cali-fw-cali12345678901 {
		ct state established,related counter packets 10 bytes 600 accept
		counter packets 0 bytes 0 meta mark set meta mark | 0x00010000 comment "Profile kns.shop egress"
	}

	chain nat-POSTROUTING {
		type nat hook postrouting priority srcnat; policy accept;
		counter packets 1 bytes 60 jump nat-cali-POSTROUTING
	}

	chain nat-cali-POSTROUTING {
		counter packets 1 bytes 60 jump nat-cali-nat-outgoing
	}

	chain nat-cali-nat-outgoing {
		ip saddr @cali40masq-ipam-pools ip daddr != @cali40all-ipam-pools counter packets 1 bytes 60 masquerade
	}
}
`;
