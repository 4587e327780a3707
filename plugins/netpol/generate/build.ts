import { UsageError } from '../../../shared/cli/command.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { LabelSelector } from '../../../shared/model/objects.ts';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../../shared/model/objects-network.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { WORKLOAD_KINDS } from '../../../shared/model/owners.ts';
import type { Protocol } from '../../../shared/policy/rules/port-set.ts';
import { NAMESPACE_NAME_LABEL } from '../../../shared/policy/rules/units.ts';
import { parseCidr, toCidrs } from '../../../shared/util/addresses.ts';
import type { End } from '../targets/parse-end.ts';
import { type Party, podsOfParty } from '../targets/party.ts';

/** One wanted connection. */
export interface Flow {
  readonly from: Side;
  readonly to: Side;
  readonly ports: readonly { readonly protocol: Protocol; readonly port: number }[];
}

/** An end with the pods or addresses that it came to. */
export interface Side {
  readonly end: End;
  readonly party: Party;
}

/** Labels that differ from pod to pod, or from one rollout to the next. */
const VOLATILE =
  /^(?:pod-template-hash|controller-revision-hash|pod-template-generation|controller-uid|job-name|.*kubernetes\.io\/(?:pod-name|pod-index|job-name|controller-uid|job-completion-index))$/;

/** Whether a flow leads to addresses, which no policy can let somebody into: what its sender may send says it. */
export function leadsOut({ to }: Flow): boolean {
  return podsOfParty(to.party).length === 0;
}

/**
 * The least policies for some flows: who is let in at every receiver, and what senders may send, of those of which a flow
 * leads to addresses or, with egress, of all. Services with the same pods and ports need one policy.
 */
export function policiesFor(index: ClusterIndex, flows: readonly Flow[], egress: boolean): readonly NetworkPolicy[] {
  const found = new Map<string, NetworkPolicy>();
  const outward = new Set(flows.filter(leadsOut).flatMap(({ from }) => podsOfParty(from.party)));
  for (const flow of flows) {
    const sends = egress || podsOfParty(flow.from.party).some((pod) => outward.has(pod));
    for (const direction of sends ? (['ingress', 'egress'] as const) : (['ingress'] as const)) {
      const own = direction === 'ingress' ? flow.to : flow.from;
      const other = direction === 'ingress' ? flow.from : flow.to;
      if (podsOfParty(own.party).length === 0) continue;
      const namespace = namespaceOf(own);
      const name = `${direction === 'ingress' ? 'to' : 'from'}-${nameOf(own)}`;
      const rule = {
        [direction === 'ingress' ? 'from' : 'to']: peersOf(index, other, namespace),
        ports: portsOf(flow),
      };
      const key = `${namespace}/${name}`;
      const known = found.get(key);
      const rules = [...(known?.spec?.[direction] ?? []), rule];
      found.set(key, policy(namespace, name, selectorOf(index, own), direction, rules));
    }
  }
  const distinct = new Map<string, NetworkPolicy>();
  for (const one of found.values()) {
    const key = JSON.stringify([one.metadata?.namespace, one.spec]);
    if (!distinct.has(key)) distinct.set(key, one);
  }
  return [...distinct.values()];
}

/** A policy for one direction. A name longer than a label may be is cut. */
export function policy(
  namespace: string,
  name: string,
  podSelector: LabelSelector,
  direction: 'ingress' | 'egress',
  rules: readonly object[],
): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: name.slice(0, 63), namespace },
    spec: {
      podSelector,
      policyTypes: [direction === 'ingress' ? 'Ingress' : 'Egress'],
      ...(rules.length === 0 ? {} : { [direction]: rules }),
    },
  };
}

function portsOf({ ports }: Flow): readonly NetworkPolicyPort[] {
  return ports.map(({ protocol, port }) => ({ protocol, port }));
}

function namespaceOf({ party }: Side): string {
  return podsOfParty(party)[0]?.metadata?.namespace || 'default';
}

function nameOf({ party }: Side): string {
  return party.ref.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function peersOf(index: ClusterIndex, side: Side, namespace: string): readonly NetworkPolicyPeer[] {
  const { end, party } = side;
  if (end.type === 'internet') {
    return [
      { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] } },
      { ipBlock: { cidr: '::/0', except: ['fc00::/7'] } },
    ];
  }
  if (end.type === 'address' && podsOfParty(party).length === 0) {
    const range = parseCidr(end.cidr);
    return range === undefined ? [] : toCidrs(range).map((cidr) => ({ ipBlock: { cidr } }));
  }
  const own = namespaceOf(side);
  const byName = { namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: own } } };
  if (end.type === 'object' && end.kind === 'Namespace') return [own === namespace ? { podSelector: {} } : byName];
  const podSelector = selectorOf(index, side);
  return [own === namespace ? { podSelector } : { ...byName, podSelector }];
}

/** The labels by which the pods of an end are meant: those of its workload, else those that all its pods share. */
export function selectorOf(index: ClusterIndex, { end, party }: Side): LabelSelector {
  if (end.type === 'selector') return end.selector;
  if (end.type === 'object' && end.kind === 'Namespace') return {};
  const service = party.service?.spec?.selector;
  if (service) return { matchLabels: service };
  const kind = WORKLOAD_KINDS.find((candidate) => candidate === party.ref.kind);
  const object: Workload | undefined =
    kind === undefined ? undefined : index.get(kind, party.ref.namespace, party.ref.name);
  const selector = object?.spec?.selector as LabelSelector | undefined;
  if (selector?.matchLabels !== undefined || selector?.matchExpressions !== undefined) return selector;
  const pods = podsOfParty(party);
  const shared = Object.entries(pods[0]?.metadata?.labels ?? {}).filter(
    ([key, value]) => !VOLATILE.test(key) && pods.every((pod) => pod.metadata?.labels?.[key] === value),
  );
  if (shared.length === 0)
    throw new UsageError(`the pods of ${party.words} share no label by which a policy could mean them`);
  return { matchLabels: Object.fromEntries(shared) };
}
