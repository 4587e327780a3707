/**
 * What policies are compared with. Pods, stand-ins for workload templates, nodes and address ranges are brought to one
 * form, a unit, so that matching knows nothing of where an endpoint came from.
 */

import type { KubeObject, Labels, Namespace, Node } from '../../model/objects.ts';
import type { Container, Pod } from '../../model/objects-pod.ts';
import { type Address, type AddressRange, parseAddress } from '../../util/addresses.ts';
import type { KnownLabels } from './labels.ts';
import { OPEN_DEFAULT_PORTS, openDefaultPorts, ownNetworkAddresses } from './pod-networks.ts';
import { NO_PORTS, type PortSet, type Protocol, portRange, protocolOf, unionPorts } from './port-set.ts';
import type { NamedPort } from './rules.ts';

export type Unit = PodUnit | NodeUnit | RangeUnit;

export interface PodUnit {
  readonly type: 'pod';
  readonly pod: Pod;
  readonly namespace: NamespaceUnit;
  readonly name: string;
  readonly labels: KnownLabels;
  readonly hostNetwork: boolean;
  /** Empty when the pod is not scheduled, and for workload templates. */
  readonly nodeName: string;
  /** At most one per family; empty when none is known. On the host network these are the node's. */
  readonly addresses: readonly Address[];
}

export interface NamespaceUnit {
  readonly name: string;
  /** Incomplete when the Namespace object is not in the facts; the name label is known even then. */
  readonly labels: KnownLabels;
}

export interface NodeUnit {
  readonly type: 'node';
  readonly node: Node;
  readonly name: string;
  readonly labels: KnownLabels;
  readonly addresses: readonly Address[];
}

/** Addresses outside the cluster, or of which nothing more is known. A single address is a range of one. */
export interface RangeUnit {
  readonly type: 'range';
  readonly range: AddressRange;
}

/** The label that the API server puts on every Namespace (core reference, Namespace; well-known labels). */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** A namespace from its object. Manifests lack the name label, so it is added. */
export function namespaceUnit(name: string, object: Namespace | undefined): NamespaceUnit {
  const labels: Labels = { ...(object?.metadata?.labels ?? {}), [NAMESPACE_NAME_LABEL]: name };
  return { name, labels: { labels, complete: object !== undefined } };
}

/** A pod as a unit. Absent labels are no labels: a pod's metadata is always read whole. */
export function podUnit(pod: Pod, namespace: NamespaceUnit): PodUnit {
  return new LazyPodUnit(pod, namespace);
}

/** A class, as there are many pods. Addresses are read when first asked for: most questions never look at one. */
class LazyPodUnit implements PodUnit {
  readonly type = 'pod';
  readonly pod: Pod;
  readonly namespace: NamespaceUnit;
  readonly name: string;
  readonly labels: KnownLabels;
  readonly hostNetwork: boolean;
  readonly nodeName: string;
  #addresses: readonly Address[] | undefined;

  constructor(pod: Pod, namespace: NamespaceUnit) {
    this.pod = pod;
    this.namespace = namespace;
    this.name = podName(pod);
    this.labels = { labels: pod.metadata?.labels ?? {}, complete: true };
    this.hostNetwork = pod.spec?.hostNetwork === true;
    this.nodeName = pod.spec?.nodeName ?? '';
  }

  get addresses(): readonly Address[] {
    this.#addresses ??= podAddresses(this.pod);
    return this.#addresses;
  }
}

/** A manifest may leave the rest of a name to the server: `migrate-*` for `generateName: migrate-`. */
export function podName({ metadata }: KubeObject): string {
  const { name, generateName = '' } = metadata ?? {};
  return name !== undefined && name !== '' ? name : generateName === '' ? '' : `${generateName}*`;
}

/** A node, with all of its addresses, as the other end of traffic. */
export function nodeUnit(node: Node): NodeUnit {
  const addresses = (node.status?.addresses ?? []).flatMap(({ address }) => parseAddress(address) ?? []);
  return {
    type: 'node',
    node,
    name: node.metadata?.name ?? '',
    labels: { labels: node.metadata?.labels ?? {}, complete: true },
    addresses,
  };
}

/** Succeeded and Failed pods keep labels and perhaps an address but take no part; terminating pods still do. */
export function isFinished(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Whether two objects are one pod: the same object, or two readings of it with one uid. */
export function isSamePod(a: Pod, b: Pod): boolean {
  return a === b || (a.metadata?.uid !== undefined && a.metadata.uid !== '' && a.metadata.uid === b.metadata?.uid);
}

/**
 * The numbers that a pod gives to a port name. Containers and native sidecars (init containers that always restart)
 * count; plain init containers have ended before the pod serves. Several containers may use one name.
 */
export function resolveNamedPort(pod: Pod, wanted: NamedPort): PortSet {
  if (wanted.name === OPEN_DEFAULT_PORTS) return openDefaultPorts(pod);
  let result = NO_PORTS;
  for (const port of namedPortsOf(pod)) {
    if (port.name !== wanted.name) continue;
    if (wanted.protocol !== undefined && wanted.protocol !== port.protocol) continue;
    result = unionPorts(result, portRange(port.protocol, port.number));
  }
  return result;
}

export interface DeclaredPort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly number: number;
}

/** Ports that a pod declares with a name. */
export function namedPortsOf(pod: Pod): readonly DeclaredPort[] {
  return declaredPortsOf(pod).filter((port) => port.name !== '');
}

/** All ports that a pod's lasting containers declare. Declaring is documentation: a pod may listen on others too. */
export function declaredPortsOf(pod: Pod): readonly DeclaredPort[] {
  const found: DeclaredPort[] = [];
  for (const { ports } of itemsOf(pod.spec?.containers)) addPorts(found, ports);
  for (const { ports, restartPolicy } of itemsOf(pod.spec?.initContainers)) {
    if (restartPolicy === 'Always') addPorts(found, ports);
  }
  return found;
}

function addPorts(found: DeclaredPort[], ports: Container['ports']): void {
  for (const { name = '', containerPort, protocol: text } of itemsOf(ports)) {
    const protocol = protocolOf(text);
    if (protocol !== undefined && containerPort !== undefined) found.push({ name, protocol, number: containerPort });
  }
}

/** A list as manifests have it: one that was written by hand may be no list, or hold empty items. */
function itemsOf<T>(list: readonly T[] | null | undefined): readonly T[] {
  if (!Array.isArray(list)) return [];
  const sound = (item: T): boolean => item !== null && item !== undefined;
  return list.every(sound) ? list : list.filter(sound);
}

function podAddresses(pod: Pod): readonly Address[] {
  return addressTextsOf(pod).flatMap((text) => parseAddress(text) ?? []);
}

/**
 * The pod's addresses as they stand in its status, at most one per family (PodStatus.podIPs: "at most 1 value for each of
 * IPv4 and IPv6"), or those on a network of its own. On the host network they are the node's, known as soon as the pod is
 * placed.
 */
export function addressTextsOf(pod: Pod): readonly string[] {
  const { spec, status } = pod;
  if (status === undefined) return [];
  const found: string[] = [];
  for (const text of ownNetworkAddresses(pod) ?? []) addText(found, text);
  if (found.length > 0) return found;
  for (const { ip } of status.podIPs ?? []) addText(found, ip);
  addText(found, status.podIP);
  if (spec?.hostNetwork !== true) return found;
  for (const { ip } of status.hostIPs ?? []) addText(found, ip);
  addText(found, status.hostIP);
  return found;
}

function addText(found: string[], text: string | undefined): void {
  if (text === undefined || text === '') return;
  const v6 = text.includes(':');
  if (!found.some((other) => other.includes(':') === v6)) found.push(text);
}
