import { type CheckContext, defineCheck } from '../../../../shared/diagnose/check.ts';
import { type Weight, weightIn } from '../../../../shared/diagnose/denial-weight.ts';
import { clusterDnsOf } from '../../../../shared/dns/cluster-dns.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { topOwner, WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { isFinished, isTerminating, podKey } from '../../../../shared/model/pods.ts';
import { formatRef, type Ref, refKey, refOf } from '../../../../shared/model/refs.ts';
import { podsOf } from '../../../../shared/model/services.ts';
import type { SideWalk } from '../../../../shared/policy/evaluate/verdict.ts';
import { POLICY_FACT_KINDS, policyModelOf } from '../../../../shared/policy/model-of-index.ts';
import { callerAccess } from '../../../../shared/policy/services/caller-access.ts';
import { someoneIsLetIn } from '../../../../shared/policy/services/service-access.ts';
import { joinAnd, joinNames } from '../../../../shared/util/text.ts';
import { policyMessages } from '../../messages/policy.ts';
import { podCallersModelIn } from '../../policy-facts.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { referencesTo } from '../names/callers.ts';
import { letAskDns, letThroughFixes } from './caller-fixes.ts';
import { decidingPolicies, deniedSide, missesOf, type WalkMiss } from './walk-misses.ts';

/**
 * Whether policies let a caller reach the pods of the Service, and the cluster's DNS: the pod named by `--from`, else the
 * workloads that name the Service in their environment or arguments.
 */
export const policyKeepsCallerOut = defineCheck<ServiceSubject>({
  id: 'netsvc/policy-keeps-the-caller-out',
  group: 'policy',
  needs: ['Pod'],
  uses: [
    'NetworkPolicy',
    'Service',
    'ConfigMap',
    ...WORKLOAD_KINDS,
    ...POLICY_FACT_KINDS.filter((kind) => kind !== 'NetworkPolicy' && kind !== 'Pod'),
  ],
  // Of two namespaces each may hold the policy that denies: what was read of one of them can be judged.
  applies: (subject, { index, from }) =>
    from === undefined
      ? knownCallers(index, subject).length > 0
      : [subject.namespace, from.namespace].some((one) => index.seen('NetworkPolicy', one).status === 'ok'),
  run: (subject, { index, from }) => {
    if (from !== undefined) {
      const pod = index.get('Pod', from.namespace, from.pod);
      if (pod === undefined) return [];
      const asked = { pod, words: `pod ${podKey(pod)}`, known: false };
      return [...towardsService(index, subject, asked), ...towardsDns(index, subject, asked)];
    }
    // What keeps everybody out is told as that.
    const open = someoneIsLetIn(podCallersModelIn(index), subject.service, subjectPods(index, subject));
    return knownCallers(index, subject).flatMap((caller) => [
      ...(open ? towardsService(index, subject, caller) : []),
      ...towardsDns(index, subject, caller),
    ]);
  },
  undecided: (subject, { index, from }) => {
    const { status, reason } = index.seen('Namespace', '*');
    return status !== 'ok' && hangsOnLabels(index, subject, from) ? reason : undefined;
  },
});

/** Whether policies judge the caller asked about by labels of namespaces, which were not read. */
function hangsOnLabels(index: ClusterIndex, subject: ServiceSubject, from: CheckContext['from']): boolean {
  const caller = from === undefined ? undefined : index.get('Pod', from.namespace, from.pod);
  if (caller === undefined) return false;
  const { ports } = callerAccess(policyModelOf(index), caller, subject.service, subjectPods(index, subject));
  return ports.some(({ no, depends }) => no.length === 0 && depends.length > 0);
}

interface Asking {
  readonly pod: Pod;
  readonly words: string;
  /** Nobody asked about it: it names the Service in its environment or arguments. */
  readonly known: boolean;
}

/** How many workloads are judged that nobody asked about. */
const MOST = 5;

/** One running pod for each workload that names the Service; the Service's own pods may mean themselves. */
function knownCallers(index: ClusterIndex, subject: ServiceSubject): readonly Asking[] {
  if (subject.selector === undefined || index.list('NetworkPolicy').length === 0) return [];
  return index.memoOf(subject.service, 'netsvc/policy/known-callers', () => {
    const own = new Set(subjectPods(index, subject));
    const found = new Map<string, Asking>();
    for (const { caller, where } of referencesTo(index, subject.namespace, subject.name)) {
      const key = refKey(caller.ref);
      if (found.has(key) || found.size >= MOST) continue;
      const pod = podOf(index, caller.ref);
      if (pod === undefined || own.has(pod)) continue;
      const place = caller.namespace === subject.namespace ? '' : ` of namespace ${caller.namespace}`;
      found.set(key, {
        pod,
        words: `${caller.ref.kind} ${caller.ref.name}${place} (${where} names the Service)`,
        known: true,
      });
    }
    return [...found.values()];
  });
}

function podOf(index: ClusterIndex, ref: Ref): Pod | undefined {
  if (ref.kind === 'Pod') return index.get('Pod', ref.namespace, ref.name);
  const pods = index.list('Pod', ref.namespace).filter((pod) => !isFinished(pod) && !isTerminating(pod));
  return pods.find((pod) => refKey(topOwner(index, pod) ?? refOf(pod, 'Pod')) === refKey(ref));
}

function towardsService(index: ClusterIndex, subject: ServiceSubject, asking: Asking): readonly Finding[] {
  const { pod: caller, words, known } = asking;
  const pods = subjectPods(index, subject);
  const access = callerAccess(policyModelOf(index), caller, subject.service, pods);
  const weight = weightOf(index, known);
  return access.ports.flatMap((port) => {
    const walk = deniedSide(port);
    if (port.no.length === 0 || walk === undefined) return [];
    const misses = missesOf(walk, { service: subject.service, port });
    return [
      policyMessages.SVC604.raise({
        subject: subject.ref,
        severity: port.yes.length > 0 && weight.severity === 'critical' ? 'warning' : weight.severity,
        confidence: weight.confidence,
        impact: port.no.length / (port.no.length + port.yes.length),
        args: {
          caller: words,
          side: walk.direction,
          policies: decidingPolicies(walk),
          port: `port ${port.told?.port ?? port.targetPort}/${port.protocol}`,
          service: `${subject.namespace}/${subject.name}`,
          why: misses[0]?.words ?? '',
          enforcement: weight.words,
          fixes: letThroughFixes(index, walk, caller, subject.service, port, misses),
        },
        evidence: [...walkEvidence(walk, misses), ...weight.evidence],
      }),
    ];
  });
}

function towardsDns(index: ClusterIndex, subject: ServiceSubject, asking: Asking): readonly Finding[] {
  const { pod: caller, words, known } = asking;
  const dns = clusterDnsOf(index)?.service;
  if (dns === undefined || dns === subject.service) return [];
  const access = callerAccess(policyModelOf(index), caller, dns, podsOf(index, dns));
  const closed = access.ports.filter((port) => port.servicePort === 53 && port.yes.length === 0 && port.no.length > 0);
  const port = closed.find((one) => deniedSide(one) !== undefined);
  const walk = port === undefined ? undefined : deniedSide(port);
  if (port === undefined || walk === undefined || !closed.some(({ protocol }) => protocol === 'UDP')) return [];
  const weight = weightOf(index, known);
  return [
    policyMessages.SVC605.raise({
      subject: subject.ref,
      severity: weight.severity,
      confidence: weight.confidence,
      args: {
        caller: words,
        policies: decidingPolicies(walk),
        ports: joinAnd(closed.map(({ protocol }) => `${protocol} 53`)),
        enforcement: weight.words,
        fixes: walk.decision.by === 'isolation' ? [letAskDns(caller, dns, walk.direction)] : [],
      },
      evidence: [...walkEvidence(walk, missesOf(walk, { service: dns, port })), ...weight.evidence],
    }),
  ];
}

/** That a workload names the Service does not prove that it calls it now. */
function weightOf(index: ClusterIndex, known: boolean): Weight {
  const weight = weightIn(index);
  if (!known || weight.severity !== 'critical') return weight;
  return { ...weight, severity: 'warning', confidence: 'likely' };
}

/** Whether the ingress side of the Service keeps this caller out of some port: what is wrong there is then told for it. */
export function keepsCallerOut(index: ClusterIndex, subject: ServiceSubject, from: CheckContext['from']): boolean {
  const caller = from === undefined ? undefined : index.get('Pod', from.namespace, from.pod);
  if (caller === undefined) return false;
  const { ports } = callerAccess(policyModelOf(index), caller, subject.service, subjectPods(index, subject));
  return ports.some((port) => port.no.length > 0 && deniedSide(port)?.direction === 'ingress');
}

function walkEvidence(walk: SideWalk, misses: readonly WalkMiss[]): readonly Evidence[] {
  const policies = joinNames(decidingPolicies(walk), 2);
  if (misses.length === 0) return [{ fact: `no ${walk.direction} rule matches`, source: policies }];
  return misses.slice(0, 4).map(({ words, policy }) => ({ fact: words, source: formatRef(policy) }));
}
