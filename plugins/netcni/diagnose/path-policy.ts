import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { declaredPorts } from '../../../shared/model/pods.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import { detectEnforcement, underEnforcement } from '../../../shared/policy/enforcement/enforcement.ts';
import { evaluate } from '../../../shared/policy/evaluate/evaluate.ts';
import type { SideWalk, Verdict } from '../../../shared/policy/evaluate/verdict.ts';
import { policyFactsOf } from '../../../shared/policy/facts-of-index.ts';
import { buildPolicyModel } from '../../../shared/policy/model.ts';
import type { Protocol } from '../../../shared/policy/rules/port-set.ts';

/** A port that policies are asked about. */
export interface PathPort {
  readonly protocol: Protocol;
  readonly port: number;
}

/** What policies say of one port, on both sides. */
export interface PathPolicy {
  readonly port: PathPort;
  readonly verdict: Verdict;
  /** Denied by rules that nothing enforces. */
  readonly unenforced: boolean;
}

/** Ports that a pod declares; TCP 80 stands for any where it declares none. */
export function portsOf(pod: Pod): readonly PathPort[] {
  const ports = declaredPorts(pod.spec).map(({ port, protocol }) => ({ port, protocol: protocol as Protocol }));
  return ports.length === 0 ? [{ protocol: 'TCP', port: 80 }] : ports.slice(0, 4);
}

/** The verdict of all policies for each port. */
export function policiesOnPath(
  index: ClusterIndex,
  from: Pod,
  to: Pod,
  ports: readonly PathPort[],
): readonly PathPolicy[] {
  const model = buildPolicyModel(policyFactsOf(index));
  const enforcement = detectEnforcement({
    daemonSets: index.list('DaemonSet'),
    pods: index.list('Pod'),
    nodes: index.list('Node'),
  });
  return ports.map((port) => {
    const verdict = evaluate(model, { type: 'pod', pod: from }, { type: 'pod', pod: to }, port);
    const real = underEnforcement(verdict, enforcement);
    return { port, verdict: real, unenforced: real.reasons.some(({ code }) => code === 'notEnforced') };
  });
}

/** Who decided on a side, in a few words. */
export function decisionWords({ decision, answer }: SideWalk): string {
  switch (decision.by) {
    case 'default':
      return 'no policy selects the pod';
    case 'exempt':
      return 'policies do not apply';
    case 'rule':
      return `${decision.action === 'allow' ? 'allowed' : 'denied'} by ${formatRef(decision.policy)}, rule ${decision.rule.index + 1}`;
    case 'isolation':
      return `denied: isolated by ${decision.policies.map(formatRef).join(', ')}, no rule matches`;
    default:
      return answer === 'depends' ? 'not decided by what was read' : answer;
  }
}
