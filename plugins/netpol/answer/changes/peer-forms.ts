import type { Labels } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { NAMESPACE_NAME_LABEL, type Unit } from '../../../../shared/policy/rules/units.ts';
import { toCidrs } from '../../../../shared/util/addresses.ts';
import type { PairVerdict } from '../judge-pair.ts';

/** The narrowest peer that means an endpoint, seen from a policy's namespace. */
export function peerOf(unit: Unit, namespace: string | undefined): object {
  if (unit.type === 'range') return { ipBlock: { cidr: toCidrs(unit.range)[0] ?? '' } };
  // A pod on the host network, if it is one and not some on several nodes, is met by its node's address.
  const [address] = unit.type === 'node' || (unit.hostNetwork && unit.nodeName !== '') ? unit.addresses : [];
  const range = address && { family: address.family, first: address.value, last: address.value };
  if (unit.type === 'node' || range !== undefined) {
    return { ipBlock: { cidr: range === undefined ? '' : (toCidrs(range)[0] ?? '') } };
  }
  const podSelector = { matchLabels: lastingLabels(unit.pod) };
  if (unit.namespace.name === namespace) return { podSelector };
  return { namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: unit.namespace.name } }, podSelector };
}

/** The same for policies of administrators: their `pods` peer always names namespaces as well. */
export function adminPods(unit: Extract<Unit, { type: 'pod' }>): object {
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: unit.namespace.name } },
    podSelector: { matchLabels: lastingLabels(unit.pod) },
  };
}

/** The port that was asked about, as a rule of a NetworkPolicy lists it. */
export function portOf({ question }: PairVerdict): object {
  return { protocol: question.protocol, port: question.port };
}

/** Labels that controllers put on single pods or revisions; a policy that names them ends with the next rollout. */
const PASSING =
  /^(pod-template-hash|controller-revision-hash|pod-template-generation|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|controller-uid|job-name|batch\.kubernetes\.io\/.*)$/;

/** The labels of a pod that its successors will have too. */
export function lastingLabels(pod: Pod): Labels {
  return Object.fromEntries(Object.entries(pod.metadata?.labels ?? {}).filter(([key]) => !PASSING.test(key)));
}
