import type { ClusterIndex } from '../../model/cluster-index.ts';
import { inRange, parseAddress, parseCidr } from '../../util/addresses.ts';
import { serviceRanges } from '../cni/cluster-ranges.ts';
import { type ExpectedEndpoint, type ExpectedPort, expectedPorts, portsByChain } from './expected.ts';
import type { ChainEndpoint, Portal, ProxyRules, Refusal, ServiceChain } from './proxy-rules.ts';

/** What differs between the rules of a node and the Services of the facts. */
export interface ProxyDifferences {
  /** Ports that ought to have a portal: their endpoints have been ready for a while. */
  readonly wanted: number;
  /** Those without one. */
  readonly missing: readonly ExpectedPort[];
  /** Ports whose endpoints differ, worst first. */
  readonly stale: readonly StalePort[];
  /** Refused although somebody is behind them. */
  readonly refused: readonly { readonly expected: ExpectedPort; readonly refusal: Refusal }[];
  /** Portals of Services that are no more; only where all Services were read. */
  readonly gone: readonly Portal[];
  /** Portals of Services outside of the facts. */
  readonly strangers: number;
  /** Ports whose endpoints changed a moment ago, so that a difference proves nothing. */
  readonly changing: readonly ExpectedPort[];
  /** Most ClusterIPs in the rules are unknown to the facts: the dump is of another cluster, and nothing else is judged. */
  readonly anotherCluster: boolean;
}

export interface StalePort {
  readonly expected: ExpectedPort;
  readonly chain: ServiceChain;
  /** Targets in the rules that are no endpoints any more. */
  readonly extra: readonly string[];
  /** Ready endpoints that the rules do not know. */
  readonly absent: readonly ExpectedEndpoint[];
  /** Chains of endpoints that lead nowhere. */
  readonly lost: readonly ChainEndpoint[];
}

/** How the dump's time stands to that of the facts. */
export interface DumpTime {
  /** Milliseconds: what happened after it may be missing in the dump. */
  readonly settledBefore: number;
  /** False when dump and facts are minutes apart: what the dump holds beyond the facts then proves nothing. */
  readonly sameTime: boolean;
}

/** kube-proxy writes rules within seconds; what is younger is still on its way. */
const LAG_MS = 15_000;

/**
 * The times to judge by. `writtenAt` is the dump's own clock in milliseconds, if it has one: five minutes apart is
 * taken for another moment.
 */
export function dumpTime(now: number, writtenAt: number | undefined): DumpTime {
  const apart = writtenAt === undefined ? 0 : withoutZone(writtenAt - now);
  const sameTime = Math.abs(apart) <= 5 * 60_000;
  return { settledBefore: (sameTime ? now : Math.min(now, writtenAt ?? now)) - LAG_MS, sameTime };
}

const HOUR_MS = 3_600_000;

/** Dumps tell the time of the node without its zone: whole hours apart, to the minute, are taken for a zone. */
function withoutZone(apart: number): number {
  const hours = Math.round(apart / HOUR_MS);
  const rest = apart - hours * HOUR_MS;
  return hours !== 0 && Math.abs(hours) <= 14 && Math.abs(rest) <= 60_000 ? rest : apart;
}

/** Compares the rules of one family on one node with the facts. `node` is needed for Services that stay on the node. */
export function compareProxy(
  index: ClusterIndex,
  rules: ProxyRules,
  node: string | undefined,
  time: DumpTime,
): ProxyDifferences {
  if (isOfAnotherCluster(index, rules)) return { ...NOTHING, strangers: rules.portals.size, anotherCluster: true };
  const missing: ExpectedPort[] = [];
  const stale: StalePort[] = [];
  const refused: { expected: ExpectedPort; refusal: Refusal }[] = [];
  const changing: ExpectedPort[] = [];
  let wanted = 0;
  const keys = new Set<string>();
  for (const expected of expectedPorts(index, rules.family)) {
    keys.add(expected.key);
    if (!expected.sure) continue;
    const settled = expected.changedAt <= time.settledBefore;
    const needed = neededEndpoints(expected, node);
    const due = needed.some((endpoint) => endpoint.since <= time.settledBefore) && isOld(expected, time);
    const portal = rules.portals.get(expected.key);
    const refusal = rules.refused.get(expected.key);
    // The nftables mode refuses before it translates (kube-proxy's chain filter-prerouting-pre-dnat).
    const first = rules.mode === 'nftables' && refusal !== undefined && due && settled;
    if (due && settled && rules.hasPortals) wanted++;
    if (portal === undefined || first) {
      if (!due) continue;
      if (!settled) changing.push(expected);
      else if (refusal !== undefined) refused.push({ expected, refusal });
      else if (rules.hasPortals) missing.push(expected);
      continue;
    }
    const difference = compareEndpoints(rules, portal, expected, needed, time);
    if (difference === undefined) continue;
    if (settled) stale.push(difference);
    else changing.push(expected);
  }
  const unknown = [...rules.portals.values()].filter(
    ({ key, chain }) => !keys.has(key) && !portsByChain(index, rules.family).has(chain),
  );
  const services = index.seen('Service');
  const all = services.status === 'ok' && services.whole;
  return {
    wanted,
    missing,
    stale: stale.sort((a, b) => b.extra.length - a.extra.length || b.lost.length - a.lost.length),
    refused,
    gone: all && time.sameTime ? (rules.mode === 'ipvs' ? unknown.filter(isOfService(index)) : unknown) : [],
    strangers: all ? 0 : unknown.length,
    changing,
    anotherCluster: false,
  };
}

/** Virtual servers stand for ports of the node and outer addresses too, and say nowhere of which Service they are. */
function isOfService(index: ClusterIndex): (portal: Portal) => boolean {
  const ranges = serviceRanges(index).flatMap(({ value }) => parseCidr(value) ?? []);
  return ({ key }) => {
    const address = parseAddress(key.split('/')[0]);
    return address !== undefined && ranges.some((range) => inRange(range, address));
  };
}

const NOTHING: ProxyDifferences = {
  wanted: 0,
  missing: [],
  stale: [],
  refused: [],
  gone: [],
  strangers: 0,
  changing: [],
  anotherCluster: false,
};

/** Fewer than half of what could agree does. Rules that are gone agree with everything. */
function isOfAnotherCluster(index: ClusterIndex, rules: ProxyRules): boolean {
  const keys = new Set(expectedPorts(index, rules.family).map(({ key }) => key));
  if (keys.size === 0) return false;
  let agreeing = 0;
  for (const key of rules.portals.keys()) if (keys.has(key)) agreeing++;
  for (const key of rules.refused.keys()) if (keys.has(key)) agreeing++;
  return agreeing * 2 < Math.min(rules.portals.size, keys.size);
}

function isOld({ service }: ExpectedPort, time: DumpTime): boolean {
  return (Date.parse(service.metadata?.creationTimestamp ?? '') || 0) <= time.settledBefore;
}

/** Ready endpoints that a node's rules must hold: of a Service that stays on the node only those on it. */
function neededEndpoints(expected: ExpectedPort, node: string | undefined): readonly ExpectedEndpoint[] {
  const ready = [...expected.known.values()].filter(({ ready, terminating }) => ready && !terminating);
  if (!expected.local) return ready;
  return node === undefined ? [] : ready.filter((endpoint) => endpoint.node === node);
}

function compareEndpoints(
  rules: ProxyRules,
  portal: Portal,
  expected: ExpectedPort,
  needed: readonly ExpectedEndpoint[],
  time: DumpTime,
): StalePort | undefined {
  const chain = rules.chains.get(portal.chain);
  if (chain === undefined || chain.endpoints.some(({ target, lost }) => target === '' && !lost)) return undefined;
  const lost = chain.endpoints.filter((endpoint) => endpoint.lost);
  const held = new Set(chain.endpoints.flatMap(({ target }) => (target === '' ? [] : [target])));
  // Endpoints that are not ready any more may serve on while they end, when nobody else is left (KEP-1669).
  const extra = time.sameTime
    ? [...held].filter((target) => {
        const endpoint = expected.known.get(target);
        return endpoint === undefined || !(endpoint.ready || endpoint.serving || endpoint.terminating);
      })
    : [];
  const absent =
    expected.allOfThem || held.size === 0
      ? needed.filter(({ target, since }) => !held.has(target) && since <= time.settledBefore)
      : [];
  if (extra.length === 0 && absent.length === 0 && lost.length === 0) return undefined;
  return { expected, chain, extra, absent, lost };
}
