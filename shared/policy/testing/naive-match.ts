/** What a rule compares, one thing at a time: labels, addresses and names of ports. See `naive.ts`. */
import ipaddr from 'ipaddr.js';
import type { LabelSelector, Labels } from '../../model/objects.ts';
import type { Pod } from '../../model/objects-pod.ts';
import type { PolicyFacts } from '../model.ts';

/** A pod of the facts, or an address outside the cluster. */
export type NaiveEnd = Pod | string;

/** No, perhaps, yes: as numbers, AND is the least and OR the greatest. */
export type Truth = 0 | 1 | 2;

/** One pair, one port and, where both ends have two, one address family. */
export interface Question {
  readonly facts: PolicyFacts;
  readonly from: NaiveEnd;
  readonly to: NaiveEnd;
  readonly protocol: string;
  readonly port: number;
  readonly family: string | undefined;
}

/** The addresses of a pod, of an address itself. */
export function addressesOf(end: NaiveEnd): readonly string[] {
  return typeof end === 'string' ? [end] : (end.status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []);
}

/** By how it is written. */
export function familyOf(address: string): string {
  return address.includes(':') ? 'v6' : 'v4';
}

/** Whether a selector means the namespace of a pod. */
export function namespaceHolds(facts: PolicyFacts, selector: LabelSelector, pod: Pod): Truth {
  const name = pod.metadata?.namespace ?? '';
  const found = facts.namespaces.find((namespace) => namespace.metadata?.name === name);
  const labels = { ...found?.metadata?.labels, 'kubernetes.io/metadata.name': name };
  return holds(selector, labels, found !== undefined);
}

/** `known` is false when there may be more labels than these. */
export function holds(selector: LabelSelector, labels: Labels, known: boolean): Truth {
  const truths: Truth[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => {
    if (!(key in labels)) return known ? 0 : 1;
    return labels[key] === value ? 2 : 0;
  });
  for (const { key = '', operator, values = [] } of selector.matchExpressions ?? []) {
    const value = labels[key];
    if (value === undefined && !known) truths.push(1);
    else if (operator === 'In') truths.push(value !== undefined && values.includes(value) ? 2 : 0);
    else if (operator === 'NotIn') truths.push(value === undefined || !values.includes(value) ? 2 : 0);
    else if (operator === 'Exists') truths.push(value !== undefined ? 2 : 0);
    else truths.push(value === undefined ? 2 : 0);
  }
  return truths.reduce(and, 2);
}

/** NetworkPolicy leaves host-networked pods open: what would hold of another pod holds perhaps of them. */
export function hosted(pod: Pod, truth: Truth): Truth {
  return pod.spec?.hostNetwork === true ? and(truth, 1) : truth;
}

/** Whether the end is in a block and in none of its holes. */
export function inBlock({ family }: Question, end: NaiveEnd, cidr: string, except: readonly string[]): Truth {
  const all = addressesOf(end);
  if (all.length === 0) return 1;
  const ofFamily = all.filter((address) => family === undefined || familyOf(address) === family);
  const asked = ofFamily.length === 0 ? all : ofFamily;
  const inside = asked.filter((address) => contains(cidr, address) && !except.some((hole) => contains(hole, address)));
  return inside.length === 0 ? 0 : inside.length === asked.length ? 2 : 1;
}

/** Addresses of every kind: what blocks hold changes only where one of them or a hole begins, or has just ended. */
export function bordersIn(facts: PolicyFacts): readonly string[] {
  const found = JSON.stringify(facts, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  const blocks = new Set([...found.matchAll(/"([\da-f.:]+\/\d+)"/gi)].map(([, cidr = '']) => cidr));
  const borders = [...blocks].flatMap((cidr) => {
    const [network, bits] = ipaddr.parseCIDR(cidr);
    const whole = network.toByteArray().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    const size = 1n << BigInt(network.toByteArray().length * 8 - bits);
    const first = (whole / size) * size;
    return [first, first + size].flatMap((value) => textOf(value, network.toByteArray().length) ?? []);
  });
  return [...new Set(['0.0.0.0', '::', ...borders])];
}

/** An address of so many bytes; undefined after the last. */
function textOf(value: bigint, length: number): string | undefined {
  if (value >= 1n << BigInt(length * 8)) return undefined;
  const bytes = Array.from({ length }, (_, at) => Number((value >> BigInt((length - 1 - at) * 8)) & 255n));
  return ipaddr.fromByteArray(bytes).toString();
}

function contains(cidr: string, address: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  const parsed = ipaddr.parse(address);
  return parsed.kind() === network.kind() && parsed.match([network, bits] as never);
}

/** The numbers that a pod gives to the name of a port. */
export function named(pod: Pod, name: string, protocol: string): readonly number[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  return [...(pod.spec?.containers ?? []), ...sidecars]
    .flatMap((container) => container.ports ?? [])
    .filter((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)
    .flatMap((port) => port.containerPort ?? []);
}

/** Both. */
export function and(a: Truth, b: Truth): Truth {
  return a < b ? a : b;
}

/** Either. */
export function or(a: Truth, b: Truth): Truth {
  return a > b ? a : b;
}
