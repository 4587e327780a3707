import type { ClusterIndex } from '../../model/cluster-index.ts';
import type { DumpTime } from './compare.ts';
import { type ExpectedPort, expectedPorts, portsByChain } from './expected.ts';
import type { Portal, ProxyRules } from './proxy-rules.ts';

/** A way into a Service from outside of the cluster that a node does not serve. */
export interface LostWay {
  readonly expected: ExpectedPort;
  /** `node port 30080/TCP`, `203.0.113.7:80/TCP`. */
  readonly way: string;
  /** `there is no rule for it`. */
  readonly problem: string;
  readonly line: number;
}

export interface OuterDifferences {
  readonly lost: readonly LostWay[];
  /** Node ports whose Service is no more, or has another one by now. */
  readonly gone: readonly Portal[];
}

/** Compares node ports, external addresses and those of load balancers with the rules of one family on one node. */
export function compareOuterWays(
  index: ClusterIndex,
  rules: ProxyRules,
  node: string | undefined,
  time: DumpTime,
): OuterDifferences {
  // Of lines that were picked out nobody knows what else there was.
  const picked = rules.mode !== 'ipvs' && rules.nodePorts === undefined;
  if (!rules.hasPortals || rules.portals.size === 0 || picked) return { lost: [], gone: [] };
  const lost: LostWay[] = [];
  const ports = expectedPorts(index, rules.family);
  const wanted = new Set(ports.flatMap(({ nodePort }) => nodePort ?? []));
  // IPVS serves none where nodePortAddresses leaves out all addresses of the node.
  const servesSome = rules.mode !== 'ipvs' || [...wanted].some((port) => rules.nodePorts?.has(port));
  for (const expected of ports) {
    const { nodePort } = expected;
    if (!expected.sure || !isDue(expected, node, time)) continue;
    if (nodePort !== undefined && rules.nodePorts !== undefined && servesSome) {
      const problem = rules.asksNodePorts
        ? problemOf(index, rules, expected, rules.nodePorts.get(nodePort))
        : { what: 'nothing leads to the rules for node ports', line: 0 };
      const [protocol = '', number = ''] = nodePort.split('/');
      const way = `node port ${number}/${protocol.toUpperCase()}`;
      if (problem !== undefined) lost.push({ expected, way, problem: problem.what, line: problem.line });
    }
    for (const key of expected.outer) {
      if (rules.refused.has(key)) continue;
      const problem = problemOf(index, rules, expected, rules.portals.get(key));
      if (problem !== undefined) lost.push({ expected, way: wayOf(key), problem: problem.what, line: problem.line });
    }
  }
  const services = index.seen('Service');
  const sure = services.status === 'ok' && services.whole && time.sameTime;
  const gone =
    sure && rules.mode !== 'ipvs' ? [...(rules.nodePorts?.values() ?? [])].filter(({ key }) => !wanted.has(key)) : [];
  return { lost, gone: gone.map((portal) => ({ ...portal, key: portKeyWords(portal.key) })) };
}

/** Somebody behind the Service has been ready for a while, on this node where it has to be this one. */
function isDue(expected: ExpectedPort, node: string | undefined, { settledBefore }: DumpTime): boolean {
  if (expected.changedAt > settledBefore) return false;
  return [...expected.known.values()].some(
    (endpoint) =>
      endpoint.ready &&
      !endpoint.terminating &&
      endpoint.since <= settledBefore &&
      (!expected.outerLocal || (node !== undefined && endpoint.node === node)),
  );
}

function problemOf(
  index: ClusterIndex,
  rules: ProxyRules,
  expected: ExpectedPort,
  portal: Portal | undefined,
): { readonly what: string; readonly line: number } | undefined {
  if (portal === undefined) return { what: 'there is no rule for it', line: 0 };
  if (rules.mode === 'ipvs') return undefined;
  const owner = portsByChain(index, rules.family).get(portal.chain);
  if (owner !== undefined && owner.name !== expected.name)
    return { what: `its rule leads to Service ${owner.name}`, line: portal.line };
  const chain = rules.chains.get(portal.chain);
  return chain === undefined || chain.leads
    ? undefined
    : { what: `its chain ${chain.name} leads nowhere`, line: chain.line };
}

function wayOf(key: string): string {
  const [address = '', protocol = '', port = ''] = key.split('/');
  return `${address.includes(':') ? `[${address}]` : address}:${port}/${protocol.toUpperCase()}`;
}

function portKeyWords(key: string): string {
  const [protocol = '', port = ''] = key.split('/');
  return `node port ${port}/${protocol.toUpperCase()}`;
}
