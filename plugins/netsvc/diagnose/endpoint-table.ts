import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service, SlicePort } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { podAddresses } from '../../../shared/model/pods.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { type EndpointRow, endpointRows, podsOf } from '../../../shared/model/services.ts';
import { compareText } from '../../../shared/util/text.ts';
import { podWord } from './pod-word.ts';

/** One endpoint, or one selected pod that is none. */
export interface EndpointEntry {
  /** Empty for an address that is no pod's. */
  readonly pod: string;
  readonly address: string;
  readonly node: string;
  readonly zone: string;
  /** In rotation: its address stands in a slice. */
  readonly endpoint: boolean;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
  readonly slice: string;
  /** Why it gets no requests; empty when it does. */
  readonly why: string;
}

const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** All endpoints of a Service, ready ones first, and then the pods that its selector means and no slice holds. */
export function endpointEntries(index: ClusterIndex, service: Service): readonly EndpointEntry[] {
  const rows = endpointRows(index, service);
  const held = new Set(
    rows.flatMap((row) => (row.endpoint.targetRef?.kind === 'Pod' ? (row.endpoint.targetRef.name ?? '') : [])),
  );
  const missing = podsOf(index, service).filter((pod) => !held.has(nameOf(pod)));
  return [...rows.map((row) => fromRow(index, row)), ...missing.map((pod) => fromPod(index, pod))].sort(byState);
}

function fromRow(index: ClusterIndex, row: EndpointRow): EndpointEntry {
  const { endpoint, slice, pod } = row;
  const node = endpoint.nodeName ?? pod?.spec?.nodeName ?? '';
  return {
    pod: pod === undefined ? (endpoint.targetRef?.name ?? '') : nameOf(pod),
    address: row.addresses.join(','),
    node,
    zone: endpoint.zone ?? zoneOf(index, node),
    endpoint: true,
    ready: row.ready,
    serving: row.serving,
    terminating: row.terminating,
    ports: row.ports.flatMap(toPort),
    slice: nameOf(slice),
    why: row.ready && !row.terminating ? '' : whyOf(index, row),
  };
}

function toPort({ name, port, protocol = 'TCP' }: SlicePort): EndpointEntry['ports'] {
  return port === undefined || port === null ? [] : [{ name: name ?? '', port, protocol }];
}

function whyOf(index: ClusterIndex, { pod, endpoint }: EndpointRow): string {
  if (pod !== undefined) return podWord(index, pod) || 'the slice says not ready, the pod says ready';
  if (endpoint.targetRef?.kind !== 'Pod') return 'marked not ready by whoever wrote the slice';
  const { status, whole } = index.seen('Pod', endpoint.targetRef.namespace ?? '');
  return status === 'ok' && whole ? 'the pod is gone' : 'not ready';
}

function fromPod(index: ClusterIndex, pod: Pod): EndpointEntry {
  const node = pod.spec?.nodeName ?? '';
  return {
    pod: nameOf(pod),
    address: podAddresses(pod).join(','),
    node,
    zone: zoneOf(index, node),
    endpoint: false,
    ready: false,
    serving: false,
    terminating: pod.metadata?.deletionTimestamp !== undefined,
    ports: [],
    slice: '',
    why: podWord(index, pod) || 'ready, but in no EndpointSlice',
  };
}

function zoneOf(index: ClusterIndex, node: string): string {
  return index.get('Node', undefined, node)?.metadata?.labels?.[ZONE_LABEL] ?? '';
}

function byState(a: EndpointEntry, b: EndpointEntry): number {
  return rank(a) - rank(b) || compareText(a.pod, b.pod) || compareText(a.address, b.address);
}

function rank({ ready, terminating, serving, endpoint }: EndpointEntry): number {
  if (ready && !terminating) return 0;
  if (serving) return 1;
  return endpoint ? 2 : 3;
}

/** `ready`, `terminating, serving`, `not ready`, `no endpoint`. */
export function stateWord({ endpoint, ready, serving, terminating }: EndpointEntry): string {
  if (!endpoint) return 'no endpoint';
  if (terminating) return serving ? 'terminating, serving' : 'terminating';
  return ready ? 'ready' : 'not ready';
}
