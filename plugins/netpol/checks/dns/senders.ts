import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { judge } from '../../../../shared/policy/evaluate/side.ts';
import { buildProfiles, judgedBy, type Profile } from '../../../../shared/policy/many/profiles.ts';
import { hasPort, type Protocol } from '../../../../shared/policy/rules/port-set.ts';
import type { Policy } from '../../../../shared/policy/rules/rules.ts';
import type { Unit } from '../../../../shared/policy/rules/units.ts';
import { lintModelIn } from '../../lint/lint-facts.ts';
import { classesIn } from '../../lint/members.ts';

/** Pods that the same policies hold back in what they send. */
export interface Senders {
  readonly profile: Profile;
  readonly pods: readonly Pod[];
  /** NetworkPolicies that isolate them for egress, in their order. */
  readonly policies: readonly Policy[];
}

/**
 * The isolated senders by the policy that is told about them: the first that allows something. Pods that no policy
 * allows anything are cut off on purpose, and have no names to ask for. Pods on the host network use the node's resolver.
 */
export function sendersOf(index: ClusterIndex, policy: Policy | undefined): readonly Senders[] {
  if (policy === undefined) return [];
  const model = lintModelIn(index);
  const byPolicy = model.memo('lint/senders', () => {
    const classes = classesIn(model);
    const { of } = model.memo('lint/profiles/egress', () => buildProfiles(model, classes, 'egress'));
    const pods = new Map<Profile, Pod[]>();
    for (const cls of classes.classes) {
      const profile = of[cls.id];
      if (profile === undefined || profile.tiers.length === 0 || cls.unit.hostNetwork) continue;
      const list = pods.get(profile);
      if (list === undefined) pods.set(profile, [...cls.pods]);
      else list.push(...cls.pods);
    }
    const result = new Map<Policy, Senders[]>();
    for (const [profile, members] of pods) {
      const policies = profile.tiers
        .filter(({ name }) => name === 'networkPolicy')
        .flatMap(({ groups }) => groups.flat())
        .filter((one) => profile.selects(one) === 'yes');
      const told = policies.find(({ egress }) => egress.some(({ peers }) => peers === 'any' || peers.length > 0));
      if (told === undefined) continue;
      const list = result.get(told) ?? [];
      result.set(told, list);
      list.push({ profile, pods: members, policies });
    }
    return result;
  });
  return byPolicy.get(policy) ?? [];
}

/**
 * The pods that a policy without rules cuts off: it selects them, no policy lets them send anything, and it lets
 * nobody else send either. Where others of its pods may send, the rest is meant to be silent.
 */
export function cutOffBy(index: ClusterIndex, policy: Policy | undefined): readonly Pod[] {
  // Beside rules for the other direction it is told as a direction that was perhaps listed by mistake.
  if (policy?.affects.egress !== true || policy.egress.length + policy.ingress.length > 0) return [];
  const model = lintModelIn(index);
  const classes = classesIn(model);
  const { of } = model.memo('lint/profiles/egress', () => buildProfiles(model, classes, 'egress'));
  const own = classes.classes.filter((cls) => !cls.unit.hostNetwork && of[cls.id]?.selects(policy) === 'yes');
  const silent = own.every(({ id }) =>
    of[id]?.tiers.every(
      ({ name, groups }) => name === 'networkPolicy' && groups.flat().every(({ egress }) => egress.length === 0),
    ),
  );
  return silent ? own.flatMap(({ pods }) => pods) : [];
}

/** Whether the policies of some senders let them reach a unit on a port. */
export function mayReach(
  index: ClusterIndex,
  { profile }: Senders,
  to: Unit,
  protocol: Protocol,
  port: number,
): 'yes' | 'no' | 'maybe' {
  const model = lintModelIn(index);
  const { allow, deny } = judge(judgedBy(profile, to), model.context);
  if (!hasPort(allow, protocol, port)) return 'no';
  return hasPort(deny, protocol, port) ? 'maybe' : 'yes';
}

/** Over several servers: one that answers is enough, and one that may is a doubt. */
export function mayReachAny(
  index: ClusterIndex,
  senders: Senders,
  servers: readonly Unit[],
  protocol: Protocol,
  port: number,
): 'yes' | 'no' | 'maybe' {
  const answers = servers.map((to) => mayReach(index, senders, to, protocol, port));
  return answers.includes('yes') ? 'yes' : answers.includes('maybe') ? 'maybe' : 'no';
}
