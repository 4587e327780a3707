import type { Pod } from '../../../shared/model/objects-pod.ts';
import { addressKey, labelClassesOf, usageOf } from '../../../shared/policy/many/classes.ts';
import { type AllowedPorts, pairSets, portsOfSets } from '../../../shared/policy/many/pair-sets.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { samePorts } from '../../../shared/policy/rules/port-set.ts';
import type { Direction } from '../../../shared/policy/rules/rules.ts';
import type { Unit } from '../../../shared/policy/rules/units.ts';
import { type Like, placeless } from '../targets/party.ts';

/** What passes between a pod and the members of a party on its own node. */
export interface NodeMate {
  readonly member: Unit;
  readonly ports: AllowedPorts;
}

/**
 * Others for which it matters that they share a node with a member: one of the two is on the host network and can pass for
 * the node, whose traffic with its own pods is always let through (Kubernetes documentation, Network Policies). They are
 * told apart from the rest, as what they may says nothing of the members on other nodes.
 */
export function nodeMates(
  model: PolicyModel,
  { unit, onNodes }: Like,
  direction: Direction,
  own: ReadonlySet<Pod>,
): ReadonlyMap<Pod, NodeMate> {
  const found = new Map<Pod, NodeMate>();
  // A node selector sees a pod of the host network by its node; such a party is judged where it is.
  if (unit.type !== 'pod' || model.context.traits.hostNetwork === 'asPods') return found;
  if (unit.hostNetwork && onNodes.size === 1) return found;
  const keyOf = createKeys(model, onNodes.size > 1);
  const known = new Map<unknown, NodeMate | undefined>();
  for (const pod of unit.hostNetwork ? model.pods : hostPods(model)) {
    const node = pod.spec?.nodeName ?? '';
    const member = node === '' || own.has(pod) ? undefined : onNodes.get(node)?.[0];
    if (member === undefined) continue;
    const key = keyOf(pod);
    if (!known.has(key)) known.set(key, mateOf(model, member, model.unitOf(pod), direction));
    const mate = known.get(key);
    if (mate !== undefined) found.set(pod, mate);
  }
  return found;
}

/** Undefined where the node makes no difference. */
function mateOf(model: PolicyModel, member: Unit, other: Unit, direction: Direction): NodeMate | undefined {
  const between = (one: Unit): AllowedPorts =>
    portsOfSets(direction === 'ingress' ? pairSets(model, other, one) : pairSets(model, one, other));
  const [ports, elsewhere] = [between(member), between(placeless(member))];
  const same = samePorts(ports.allowed, elsewhere.allowed) && samePorts(ports.depends, elsewhere.depends);
  return same ? undefined : { member, ports };
}

/** Pods with equal keys are judged alike. Of one node there are so few pods that each is a sort of its own. */
function createKeys(model: PolicyModel, many: boolean): (pod: Pod) => unknown {
  if (!many) return (pod) => pod;
  const usage = usageOf(model);
  const classOf = new Map<Pod, number>();
  for (const { id, pods } of labelClassesOf(model).classes) for (const pod of pods) classOf.set(pod, id);
  return (pod) =>
    `${classOf.get(pod)} ${usage.nodes ? pod.spec?.nodeName : ''} ${usage.blocks ? addressKey(pod, usage) : ''}`;
}

function hostPods(model: PolicyModel): readonly Pod[] {
  return model.memo('netpol/host-pods', () => model.pods.filter(({ spec }) => spec?.hostNetwork === true));
}
