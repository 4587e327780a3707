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
  const chains = new Set(rules.flatMap((rule) => /^-A ((?:cali-|AWS-)\S+)/.exec(rule)?.[1] ?? []));
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
