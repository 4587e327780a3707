import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import type { Encapsulation, FoundPlugin } from '../../../shared/datapath/cni/setup.ts';
import { podRangesByNode } from '../../../shared/datapath/pod-ranges.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isReady, podAddresses, podKey } from '../../../shared/model/pods.ts';
import type { Hop } from '../../../shared/report/report.ts';
import { inRange, parseAddress } from '../../../shared/util/addresses.ts';
import { nodesOf } from '../cluster-subject.ts';
import { type NodeMtu, nodeMtus } from '../facts/node-mtu.ts';
import { nodeFacts } from '../facts/nodes.ts';
import { unknownNetwork } from '../facts/unknown-network.ts';
import { INTERFACE_NAMES } from './interface-names.ts';
import { decisionWords, type PathPolicy } from './path-policy.ts';
import { type Between, waysBetween } from './ways.ts';

/** The hops from one pod to another, with what is known to be wrong with the nodes on the way. */
export function pathHops(
  index: ClusterIndex,
  from: Pod,
  to: Pod,
  policies: readonly PathPolicy[],
  causes: readonly Finding[],
): readonly Hop[] {
  const { primary } = detectNetwork(index);
  const mtus = nodeMtus(index);
  const [sender, receiver] = [from.spec?.nodeName, to.spec?.nodeName];
  const near = mtus.nodes.find(({ node }) => node === sender);
  const far = mtus.nodes.find(({ node }) => node === receiver);
  const address = commonAddress(from, to);
  const one = sender !== undefined && sender === receiver;
  return [
    podHop('from', from),
    ...linkHops(from, primary, near),
    policyHop('egress', from, policies, 'egress'),
    nodeHop(index, sender, causes),
    ...(one || sender === undefined || receiver === undefined
      ? [
          {
            name: 'way',
            result: one ? 'pass' : 'unknown',
            lines: [one ? 'both pods are on this node: no tunnel, no other node' : 'a pod is on no node yet'],
          } satisfies Hop,
        ]
      : betweenHops(index, primary, { sender, receiver, address: address?.to }, near)),
    ...(one ? [] : [nodeHop(index, receiver, causes)]),
    policyHop('ingress', to, policies, 'ingress'),
    ...linkHops(to, primary, far),
    podHop('to', to),
  ];
}

/** Addresses of one family on both ends, IPv4 before IPv6. */
export function commonAddress(from: Pod, to: Pod): { readonly from: string; readonly to: string } | undefined {
  for (const six of [false, true]) {
    const [a, b] = [from, to].map((pod) => podAddresses(pod).find((address) => address.includes(':') === six));
    if (a !== undefined && b !== undefined) return { from: a, to: b };
  }
  return undefined;
}

function podHop(name: string, pod: Pod): Hop {
  const addresses = podAddresses(pod);
  const host = pod.spec?.hostNetwork === true ? ', on the network of its node' : '';
  const works = addresses.length > 0 && pod.status?.phase === 'Running';
  return {
    name,
    result: works ? (isReady(pod) ? 'pass' : 'warn') : 'fail',
    lines: [
      `pod ${podKey(pod)} ${addresses.join(', ') || 'without an address'}${host}`,
      ...(works
        ? isReady(pod)
          ? []
          : ['not ready: whether it answers is not known']
        : [`it is ${pod.status?.phase ?? 'not seen'}`]),
    ],
  };
}

function linkHops(pod: Pod, primary: FoundPlugin | undefined, mtu: NodeMtu | undefined): readonly Hop[] {
  if (pod.spec?.hostNetwork === true) return [];
  const names = INTERFACE_NAMES[primary?.name ?? ''];
  const size = mtu?.actual?.mtu ?? (primary?.name === 'Cilium' ? mtu?.underlay.mtu : mtu?.fits);
  const told = mtu?.actual === undefined ? '?' : '';
  const way = names === undefined ? 'its interface on the node' : `eth0 in the pod, ${names.link} on the node`;
  return [
    {
      name: 'interface',
      result: primary === undefined ? 'unknown' : 'pass',
      lines: [
        `${way}${names?.bridge === undefined ? '' : `, in bridge ${names.bridge}`}${size === undefined ? '' : `, MTU ${size}${told}`}`,
        ...(primary === undefined ? ['no network plugin was recognised'] : []),
      ],
    },
  ];
}

function nodeHop(index: ClusterIndex, name: string | undefined, causes: readonly Finding[]): Hop {
  if (name === undefined) return { name: 'node', result: 'fail', lines: ['none: the pod is not scheduled'] };
  const facts = nodeFacts(index).find((node) => node.name === name);
  const address = facts?.node.status?.addresses
    ?.filter(({ type }) => type === 'InternalIP')
    .map(({ address: own }) => own);
  const own = causes.filter((cause) => nodesOf(cause)?.includes(name));
  const worst = own.some(({ severity }) => severity === 'critical') ? 'fail' : own.length > 0 ? 'warn' : 'pass';
  return {
    name: 'node',
    result: facts === undefined ? 'unknown' : worst,
    lines: [
      `${name}${address === undefined || address.length === 0 ? '' : ` ${address.join(', ')}`}`,
      ...(facts === undefined ? ['not read'] : own.slice(0, 2).map(({ summary, code }) => `${summary} [${code}]`)),
    ],
  };
}

function betweenHops(
  index: ClusterIndex,
  primary: FoundPlugin | undefined,
  way: Between,
  near: NodeMtu | undefined,
): readonly Hop[] {
  const other = index.get('Node', undefined, way.receiver);
  const target = other?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? way.receiver;
  const encryption = primary?.encryption?.value;
  const to = rangeOf(index, way) ?? way.address ?? 'the pod';
  const byHand = unknownNetwork(index)?.byHand === true;
  const ways = waysBetween(index, primary, way);
  const routes = byHand
    ? [
        `needs on ${way.sender}: route ${to} via ${target} (${way.receiver}); no agent sets it, ip route there proves it`,
      ]
    : routeLines(primary, ways, { range: to, target, node: way.receiver });
  const mark = near?.underlay.proven === false ? '?' : '';
  return [
    {
      name: ways.some(({ wrapping }) => wrapping !== 'none') ? 'tunnel' : 'route',
      result: ways.length === 0 ? 'unknown' : 'pass',
      lines: [
        ...routes,
        ...(encryption === undefined
          ? []
          : [`encrypted: ${INTERFACE_NAMES[primary?.name ?? '']?.tunnel?.[encryption] ?? encryption}`]),
        ...(near?.fits === undefined ? [] : [`packets of up to ${near.fits}${mark} bytes fit`]),
      ],
    },
    {
      name: 'network',
      result: 'pass',
      lines: [
        `from node to node, to ${target}${near === undefined ? '' : `, MTU ${near.underlay.mtu}${mark} (${near.underlay.source})`}`,
      ],
    },
  ];
}

/** The range of the other node that the address is of, as routes name it. */
function rangeOf(index: ClusterIndex, { receiver, address }: Between): string | undefined {
  const parsed = parseAddress(address);
  const { ranges = [] } = podRangesByNode(index).get(receiver) ?? {};
  return ranges.find(({ range }) => parsed !== undefined && inRange(range, parsed))?.text;
}

function routeLines(
  primary: FoundPlugin | undefined,
  ways: readonly Encapsulation[],
  { range, target, node }: { readonly range: string; readonly target: string; readonly node: string },
): readonly string[] {
  if (primary === undefined) return ['how packets get from node to node is not known'];
  if (ways.length === 0) return [`${primary.title}: its tunnel or routes are not known`];
  return ways.map(({ wrapping, when }) => {
    if (wrapping === 'none') {
      return primary.ipam?.value === 'cloud'
        ? `${range} is an address of the cloud’s network: no tunnel`
        : `route ${range} via ${target} (${node}), no tunnel`;
    }
    const device = INTERFACE_NAMES[primary.name]?.tunnel?.[wrapping] ?? wrapping;
    return `route ${range} through ${device}${when === 'crossSubnet' ? ' where the nodes are in different subnets' : ''}`;
  });
}

function policyHop(name: string, pod: Pod, policies: readonly PathPolicy[], side: 'egress' | 'ingress'): Hop {
  const lines = policies.map(({ port, verdict, unenforced }) => {
    const told = `${port.port}/${port.protocol}: ${decisionWords(verdict[side])}`;
    return unenforced && verdict[side].answer === 'no' ? `${told}, but nothing enforces policies here` : told;
  });
  const denied = policies.some(({ verdict, unenforced }) => !unenforced && verdict[side].answer === 'no');
  const open = policies.some(({ verdict }) => verdict[side].answer === 'depends');
  if (pod.spec?.hostNetwork === true)
    return { name, result: 'pass', lines: ['the pod is on the network of its node: policies rarely apply'] };
  return { name, result: denied ? 'fail' : open ? 'unknown' : 'pass', lines: [...new Set(lines)] };
}
