import {
  iptablesChains,
  iptablesEndpointChain,
  nftablesEndpointChain,
  nftablesServiceChain,
  type ProxyPort,
} from '../../../shared/datapath/kube-proxy-names.ts';
import type { KubeObject, Node } from '../../../shared/model/objects.ts';
import type { EndpointSlice, Service } from '../../../shared/model/objects-network.ts';
import { node, pod, service, slicesFor } from '../../../shared/testing/builders.ts';

/** Two nodes with Flannel, CoreDNS and a shop: what dumps of `n1` are held against. */
export const MACS = { n1: '5e:00:00:00:00:11', n2: '5e:00:00:00:00:12' } as const;

export function flannelNode(name: 'n1' | 'n2', more: Partial<Node['status']> = {}): Node {
  const at = name === 'n1' ? 0 : 1;
  const address = `10.1.0.1${at + 1}`;
  const base = node(name, true, {
    spec: { podCIDR: `10.244.${at}.0/24`, podCIDRs: [`10.244.${at}.0/24`] },
    status: { addresses: [{ type: 'InternalIP', address }], conditions: [{ type: 'Ready', status: 'True' }], ...more },
  });
  return {
    ...base,
    metadata: {
      ...base.metadata,
      annotations: {
        'flannel.alpha.coreos.com/backend-type': 'vxlan',
        'flannel.alpha.coreos.com/backend-data': `{"VNI":1,"VtepMAC":"${MACS[name]}"}`,
        'flannel.alpha.coreos.com/public-ip': address,
      },
    },
  };
}

const dnsPods = [
  pod('coredns-1', {
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    ip: '10.244.0.2',
    node: 'n1',
    ports: [{ containerPort: 53, protocol: 'UDP' }],
  }),
  pod('coredns-2', {
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    ip: '10.244.1.2',
    node: 'n2',
    ports: [{ containerPort: 53, protocol: 'UDP' }],
  }),
];
export const webPods = [pod('web-1', { ip: '10.244.0.5', node: 'n1' }), pod('web-2', { ip: '10.244.1.5', node: 'n2' })];
export const client = pod('client', { ip: '10.244.0.9', node: 'n1', labels: { app: 'client' } });

export const dns = service(
  'kube-dns',
  {
    selector: { 'k8s-app': 'kube-dns' },
    clusterIP: '10.96.0.10',
    clusterIPs: ['10.96.0.10'],
    ports: [
      { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' },
    ],
  },
  { namespace: 'kube-system' },
);
export const web = service('web', { clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1'] });

export const services: readonly Service[] = [dns, web];
export const slices: readonly EndpointSlice[] = [...slicesFor(dns, dnsPods), ...slicesFor(web, webPods)];

const proxyPods = ['n1', 'n2'].map((name) =>
  pod(`kube-proxy-${name}`, {
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-proxy' },
    ip: name === 'n1' ? '10.1.0.11' : '10.1.0.12',
    node: name,
    spec: { hostNetwork: true },
    meta: {
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'kube-proxy', uid: 'uid-kube-proxy', controller: true },
      ],
    },
  }),
);

/** The whole cluster. */
export const cluster: readonly KubeObject[] = [
  flannelNode('n1'),
  flannelNode('n2'),
  ...dnsPods,
  ...webPods,
  client,
  ...proxyPods,
  ...services,
  ...slices,
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    data: { 'config.conf': 'mode: ""\nclusterCIDR: 10.244.0.0/16\n' },
  } as KubeObject,
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name: 'kube-proxy',
      namespace: 'kube-system',
      uid: 'uid-kube-proxy',
      labels: { 'k8s-app': 'kube-proxy' },
    },
    spec: {
      template: { spec: { containers: [{ name: 'kube-proxy', command: ['kube-proxy', '--config=/c/config.conf'] }] } },
    },
    status: { desiredNumberScheduled: 2, numberReady: 2 },
  } as KubeObject,
];

interface Rendered {
  readonly port: ProxyPort;
  readonly address: string;
  readonly number: number;
  readonly targets: readonly { readonly address: string; readonly port: number }[];
}

function rendered(list: readonly Service[], all: readonly EndpointSlice[]): readonly Rendered[] {
  return list.flatMap((svc) =>
    (svc.spec?.ports ?? []).map((port) => {
      const own = all.filter(
        (slice) =>
          slice.metadata?.labels?.['kubernetes.io/service-name'] === svc.metadata?.name &&
          slice.metadata?.namespace === svc.metadata?.namespace,
      );
      return {
        port: {
          namespace: svc.metadata?.namespace ?? '',
          service: svc.metadata?.name ?? '',
          port: port.name,
          protocol: port.protocol ?? 'TCP',
        },
        address: svc.spec?.clusterIP ?? '',
        number: port.port ?? 0,
        targets: own.flatMap((slice) => {
          const target = (slice.ports ?? []).find((entry) => (entry.name ?? '') === (port.name ?? ''))?.port;
          return (slice.endpoints ?? [])
            .filter((endpoint) => endpoint.conditions?.ready !== false)
            .flatMap((endpoint) =>
              target === undefined || target === null ? [] : [{ address: endpoint.addresses?.[0] ?? '', port: target }],
            );
        }),
      };
    }),
  );
}

/** iptables-save of a healthy node, as kube-proxy 1.34 and Flannel write it. `comments: false` as with many endpoints. */
export function iptablesSave(
  list: readonly Service[] = services,
  all: readonly EndpointSlice[] = slices,
  comments = true,
): string {
  const ports = rendered(list, all);
  const say = (text: string): string => (comments ? `-m comment --comment "${text}" ` : '');
  const chains = new Set<string>([
    'KUBE-SERVICES',
    'KUBE-NODEPORTS',
    'KUBE-POSTROUTING',
    'KUBE-MARK-MASQ',
    'KUBE-PROXY-CANARY',
    'KUBE-KUBELET-CANARY',
  ]);
  const rules: string[] = [];
  const rejects: string[] = [];
  for (const { port, address, number, targets } of ports) {
    const { service: svc } = iptablesChains(port);
    const full = `${port.namespace}/${port.service}${port.port === undefined ? '' : `:${port.port}`}`;
    const protocol = port.protocol.toLowerCase();
    if (targets.length === 0) {
      rejects.push(
        `-A KUBE-SERVICES -d ${address}/32 -p ${protocol} ${say(`${full} has no endpoints`)}-m ${protocol} --dport ${number} -j REJECT --reject-with icmp-port-unreachable`,
      );
      continue;
    }
    chains.add(svc);
    rules.push(
      `-A KUBE-SERVICES -d ${address}/32 -p ${protocol} ${say(`${full} cluster IP`)}-m ${protocol} --dport ${number} -j ${svc}`,
    );
    rules.push(
      `-A ${svc} ! -s 10.244.0.0/16 -d ${address}/32 -p ${protocol} ${say(`${full} cluster IP`)}-m ${protocol} --dport ${number} -j KUBE-MARK-MASQ`,
    );
    targets.forEach((target, at) => {
      const sep = iptablesEndpointChain(port, target);
      chains.add(sep);
      const share =
        at + 1 < targets.length
          ? `-m statistic --mode random --probability ${(1 / (targets.length - at)).toFixed(11)} `
          : '';
      rules.push(`-A ${svc} ${say(`${full} -> ${target.address}:${target.port}`)}${share}-j ${sep}`);
      rules.push(`-A ${sep} -s ${target.address}/32 ${say(full)}-j KUBE-MARK-MASQ`);
      rules.push(
        `-A ${sep} -p ${protocol} ${say(full)}-m ${protocol} -j DNAT --to-destination ${target.address}:${target.port}`,
      );
    });
  }
  return [
    '# Generated by iptables-save v1.8.9 (nf_tables) on Sun Mar  1 11:59:50 2026',
    '*filter',
    ':INPUT ACCEPT [10:100]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [10:100]',
    ':FLANNEL-FWD - [0:0]',
    ':KUBE-FORWARD - [0:0]',
    ':KUBE-SERVICES - [0:0]',
    `-A INPUT -m conntrack --ctstate NEW ${say('kubernetes service portals')}-j KUBE-SERVICES`,
    `-A FORWARD ${say('kubernetes forwarding rules')}-j KUBE-FORWARD`,
    '-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES',
    '-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD',
    '-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
    '-A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    '-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT',
    '-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    ...rejects,
    'COMMIT',
    '# Generated by iptables-save v1.8.9 (nf_tables) on Sun Mar  1 11:59:50 2026',
    '*nat',
    ':PREROUTING ACCEPT [1:60]',
    ':INPUT ACCEPT [0:0]',
    ':OUTPUT ACCEPT [9:540]',
    ':POSTROUTING ACCEPT [9:540]',
    ...[...chains].map((name) => `:${name} - [0:0]`),
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
    '-A KUBE-POSTROUTING -j MASQUERADE --random-fully',
    ...rules,
    '-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    'COMMIT',
    '# Completed on Sun Mar  1 11:59:50 2026',
    '',
  ].join('\n');
}

/** `nft list ruleset` of a healthy node in nftables mode, shortened to what is read. */
export function nftRuleset(list: readonly Service[] = services, all: readonly EndpointSlice[] = slices): string {
  const ports = rendered(list, all);
  const live = ports.filter(({ targets }) => targets.length > 0);
  const dead = ports.filter(({ targets }) => targets.length === 0);
  const key = ({ address, port, number }: Rendered): string =>
    `${address} . ${port.protocol.toLowerCase()} . ${number}`;
  const map = (name: string, type: string, elements: readonly string[]): string[] => [
    `\tmap ${name} {`,
    `\t\ttype ${type}`,
    ...(elements.length === 0 ? [] : [`\t\telements = { ${elements.join(',\n\t\t\t     ')} }`]),
    '\t}',
    '',
  ];
  const chain = (name: string, lines: readonly string[]): string[] => [
    `\tchain ${name} {`,
    ...lines.map((line) => `\t\t${line}`),
    '\t}',
    '',
  ];
  return [
    'table ip kube-proxy {',
    '\tcomment "rules for kube-proxy"',
    '',
    ...map(
      'no-endpoint-services',
      'ipv4_addr . inet_proto . inet_service : verdict',
      dead.map((one) => `${key(one)} comment "${one.port.namespace}/${one.port.service}" : goto reject-chain`),
    ),
    ...map(
      'service-ips',
      'ipv4_addr . inet_proto . inet_service : verdict',
      live.map((one) => `${key(one)} : goto ${nftablesServiceChain(one.port)}`),
    ),
    ...chain('reject-chain', ['reject']),
    ...chain('services', [
      'ip daddr . meta l4proto . th dport vmap @service-ips',
      'ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports',
    ]),
    ...chain('masquerading', [
      'meta mark & 0x00004000 == 0x00000000 return',
      'meta mark set meta mark ^ 0x00004000',
      'masquerade fully-random',
    ]),
    ...chain('mark-for-masquerade', ['meta mark set meta mark | 0x00004000']),
    ...chain('nat-prerouting', ['type nat hook prerouting priority dstnat; policy accept;', 'jump services']),
    ...chain('nat-output', ['type nat hook output priority dstnat; policy accept;', 'jump services']),
    ...chain('nat-postrouting', ['type nat hook postrouting priority srcnat; policy accept;', 'jump masquerading']),
    ...live.flatMap(({ port, address, number, targets }) => [
      ...chain(nftablesServiceChain(port), [
        `ip daddr ${address} ${port.protocol.toLowerCase()} dport ${number} ip saddr != 10.244.0.0/16 jump mark-for-masquerade`,
        `numgen random mod ${targets.length} vmap { ${targets.map((target, at) => `${at} : goto ${nftablesEndpointChain(port, target)}`).join(', ')} }`,
      ]),
      ...targets.flatMap((target) =>
        chain(nftablesEndpointChain(port, target), [
          `ip saddr ${target.address} jump mark-for-masquerade`,
          `meta l4proto ${port.protocol.toLowerCase()} dnat to ${target.address}:${target.port}`,
        ]),
      ),
    ]),
    '}',
    '',
  ].join('\n');
}

/** `ip route`, `ip -d link`, `ip addr`, `bridge fdb` and `ip neigh` of node n1, one after the other. */
export const HEALTHY_LINKS = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0
2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:0b brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 10.1.0.11/24 brd 10.1.0.255 scope global eth0
3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default
    link/ether 5e:00:00:00:00:11 brd ff:ff:ff:ff:ff:ff promiscuity 0
    vxlan id 1 local 10.1.0.11 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300
4: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 7e:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0
    bridge forward_delay 1500 hello_time 200
6: veth12ab34cd@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0 state UP mode DEFAULT group default
    link/ether aa:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netns cni-1
    veth
`;
export const HEALTHY_ROUTES = `default via 10.1.0.1 dev eth0
10.1.0.0/24 dev eth0 proto kernel scope link src 10.1.0.11
10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1
10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink
`;
export const HEALTHY_FDB = `33:33:00:00:00:01 dev eth0 self permanent
${MACS.n2} dev flannel.1 dst 10.1.0.12 self permanent
`;
export const HEALTHY_NEIGHBOURS = `10.1.0.12 dev eth0 lladdr 02:00:00:00:00:0c REACHABLE
10.244.1.0 dev flannel.1 lladdr ${MACS.n2} PERMANENT
`;
