import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { type Weight, weightIn } from '../../../../shared/diagnose/denial-weight.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { formatRef, refKey, refOf } from '../../../../shared/model/refs.ts';
import { enforcementIn } from '../../../../shared/policy/enforcement/enforcement-of-index.ts';
import { isolating, type PolicyModel } from '../../../../shared/policy/model.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import type { NearMiss } from '../../../../shared/policy/services/near-misses.ts';
import {
  type AccessPort,
  type ServiceAccess,
  serviceAccess,
  someoneIsLetIn,
} from '../../../../shared/policy/services/service-access.ts';
import { joinAnd, joinNames, plural } from '../../../../shared/util/text.ts';
import { policyMessages } from '../../messages/policy.ts';
import { podCallersModelIn } from '../../policy-facts.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { closedToPods, clusterFix } from './cluster-denial.ts';
import { peerWords } from './peer-words.ts';
import { allowFix, labelFixes } from './policy-fixes.ts';
import { keepsCallerOut } from './policy-keeps-caller-out.ts';
import { opensWords, type PortMiss, rulePortFix } from './port-misses.ts';
import { blockFix, serviceBlocks } from './service-blocks.ts';
import { couldSee, type PeerMiss, strayPeers } from './stray-peers.ts';

/**
 * Ingress policies that leave pods of the Service without any caller. Pods that the same policies select are judged
 * together, so that a policy which closes only one version of the pods is seen too.
 */
export const policyLetsNobodyIn = defineCheck<ServiceSubject>({
  id: 'netsvc/policy-lets-nobody-in',
  group: 'policy',
  needs: ['NetworkPolicy', 'Pod'],
  uses: POLICY_FACT_KINDS.filter((kind) => kind !== 'NetworkPolicy' && kind !== 'Pod'),
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index, sweep, from }) => {
    if (keepsCallerOut(index, subject, from)) return [];
    const pods = subjectPods(index, subject);
    if (pods.length === 0) return [];
    return groupBySelection(podCallersModelIn(index), pods).flatMap((group) => {
      const closed = judgeGroup(index, subject, group, pods.length);
      return closed ?? (sweep === true ? [] : strayPeers(index, subject, group));
    });
  },
  undecided: (subject, { index }) => {
    const { status, reason } = index.seen('Namespace', '*');
    if (status === 'ok' || enforcementIn(index).enforced === 'no') return undefined;
    const model = podCallersModelIn(index);
    // Nobody is known to be let in, and whom the labels of namespaces let in was not seen.
    return groupBySelection(model, subjectPods(index, subject)).every((group) =>
      someoneIsLetIn(model, subject.service, group),
    )
      ? undefined
      : reason;
  },
});

/** Pods that the same policies select for ingress; pods that none selects are left out. */
function groupBySelection(model: PolicyModel, pods: readonly Pod[]): readonly (readonly Pod[])[] {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const selecting = isolating(model, pod, 'ingress').filter(({ selects }) => selects === 'yes');
    if (selecting.length === 0) continue;
    const key = selecting.map(({ policy }) => refKey(policy.ref)).join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [pod]);
    else group.push(pod);
  }
  return [...groups.values()];
}

/** Undefined when somebody is let in to every port. */
function judgeGroup(
  index: ClusterIndex,
  subject: ServiceSubject,
  pods: readonly Pod[],
  allPods: number,
): readonly Finding[] | undefined {
  const model = podCallersModelIn(index);
  if (someoneIsLetIn(model, subject.service, pods)) return undefined;
  const access = serviceAccess(model, subject.service, pods);
  const shut = access.ports.filter((port) => port.anySource === 'no' && port.unresolved.length < pods.length);
  const closed = shut.length > 0 ? shut : closedToPods(subject, access);
  const weight = weightIn(index);
  if (closed.length === 0) return onlyServices(index, subject, access, weight, pods.length / allPods);
  const partly = pods.length < allPods || closed.length < access.ports.length;
  const severity = partly && weight.severity === 'critical' ? 'warning' : weight.severity;
  const common = {
    subject: subject.ref,
    severity,
    impact: weight.severity === 'critical' ? (pods.length / allPods) * (closed.length / access.ports.length) : 0.2,
  };
  const portMisses = access.nearMisses.filter((miss): miss is PortMiss => isPortMiss(miss, closed));
  const peerMisses = access.nearMisses.filter((miss): miss is PeerMiss => miss.kind === 'peerMatchesNothing');
  if (shut.length > 0 && someRuleOpensThePort(access, portMisses)) {
    // The rules open the port for peers; that these match nothing is only sure when all that could match was seen.
    if (peerMisses.length === 0 || !peerMisses.every((miss) => couldSee(index, subject.namespace, miss))) return [];
    const confidence = weight.confidence === 'proven' ? 'likely' : weight.confidence;
    return [lostLabel(index, access, peerMisses, weight, { ...common, confidence })];
  }
  const portMiss = portMisses[0];
  if (portMiss !== undefined) {
    return [wrongPort(index, access, closed, portMiss, weight, { ...common, confidence: weight.confidence })];
  }
  return [denied(subject, access, closed, pods, allPods, weight, { ...common, confidence: weight.confidence })];
}

function isPortMiss(miss: NearMiss, closed: readonly AccessPort[]): boolean {
  if (miss.kind === 'servicePortInsteadOfTargetPort')
    return closed.some((port) => port.servicePort === miss.servicePort);
  return miss.kind === 'otherPorts' || miss.kind === 'unknownPortName';
}

/** Whether some allow rule opens the closed port for peers of its own: then the peers are what is wrong. */
function someRuleOpensThePort(access: ServiceAccess, portMisses: readonly PortMiss[]): boolean {
  return access.policies.some(({ policy, rules }) =>
    rules.some(
      (rule) =>
        rule.action === 'allow' &&
        rule.peers !== 'any' &&
        !portMisses.some((miss) => refKey(miss.policy) === refKey(policy) && miss.rule.index === rule.index),
    ),
  );
}

interface Common {
  readonly subject: ServiceSubject['ref'];
  readonly severity: Weight['severity'];
  readonly confidence: Weight['confidence'];
  readonly impact: number;
}

function wrongPort(
  index: ClusterIndex,
  access: ServiceAccess,
  closed: readonly AccessPort[],
  miss: PortMiss,
  weight: Weight,
  common: Common,
): Finding {
  const servicePort = miss.kind === 'servicePortInsteadOfTargetPort' ? miss.servicePort : undefined;
  const target =
    miss.kind === 'unknownPortName'
      ? joinAnd(closed.map((port) => `${port.targetPort}/${port.protocol}`))
      : joinAnd(miss.targetPorts.map((port) => `${port}/${miss.protocol}`));
  const fix = rulePortFix(index, miss, closed);
  return policyMessages.SVC602.raise({
    ...common,
    args: {
      policy: formatRef(miss.policy),
      opens: opensWords(miss),
      opensServicePort: servicePort !== undefined,
      targetPorts: target,
      enforcement: weight.words,
      fixes: fix === undefined ? [] : [fix],
    },
    evidence: [...policyEvidence(access), ...weight.evidence],
  });
}

function lostLabel(
  index: ClusterIndex,
  access: ServiceAccess,
  misses: readonly PeerMiss[],
  weight: Weight,
  common: Common,
): Finding {
  const first = misses[0] as PeerMiss;
  const words = peerWords(first);
  return policyMessages.SVC603.raise({
    ...common,
    args: { policy: formatRef(first.policy), ...words, enforcement: weight.words, fixes: labelFixes(index, first) },
    evidence: [
      ...misses.slice(1, 4).map((miss) => {
        const { lets, missing } = peerWords(miss);
        return {
          fact: `it would also let in ${lets}, but ${missing}`,
          source: `${formatRef(miss.policy)} ingress[${miss.rule.index}]`,
        };
      }),
      ...policyEvidence(access),
      ...weight.evidence,
    ],
  });
}

/** Blocks in which only Services have addresses let nobody in, although on paper an address outside could be let in. */
function onlyServices(
  index: ClusterIndex,
  subject: ServiceSubject,
  access: ServiceAccess,
  weight: Weight,
  share: number,
): readonly Finding[] | undefined {
  const blocks = serviceBlocks(index, access);
  const [first] = blocks ?? [];
  if (blocks === undefined || first === undefined) return undefined;
  const [service] = first.services;
  return [
    policyMessages.SVC603.raise({
      subject: subject.ref,
      severity: weight.severity,
      confidence: weight.confidence === 'proven' ? 'likely' : weight.confidence,
      impact: weight.severity === 'critical' ? share : 0.2,
      args: {
        policy: formatRef(first.policy),
        lets: `addresses in ${first.cidr}`,
        missing: 'only Services have theirs there: policies see the addresses of the pods that call',
        nearest: '',
        enforcement: weight.words,
        fixes: [blockFix(first)],
      },
      evidence: [
        {
          fact: `ClusterIP ${service.spec?.clusterIP ?? ''} is in ${first.cidr}, the address of no pod and no node is`,
          source: `${formatRef(refOf(service, 'Service'))} spec.clusterIP`,
        },
        ...policyEvidence(access),
        ...weight.evidence,
      ],
    }),
  ];
}

function denied(
  subject: ServiceSubject,
  access: ServiceAccess,
  closed: readonly AccessPort[],
  pods: readonly Pod[],
  allPods: number,
  weight: Weight,
  common: Common,
): Finding {
  const policies = access.policies.filter((policy) => policy.unjudged === undefined);
  return policyMessages.SVC601.raise({
    ...common,
    args: {
      policies: joinNames(
        policies.map(({ policy }) => formatRef(policy)),
        2,
      ),
      pods: pods.length === allPods ? 'the pods' : `${pods.length} of ${plural(allPods, 'pod')}`,
      service: `${subject.namespace}/${subject.name}`,
      ports: joinAnd(closed.map((port) => `port ${port.targetPort}/${port.protocol}`)),
      enforcement: weight.words,
      partly: closed.length < access.ports.length,
      fixes: [clusterFix(access) ?? allowFix(subject, closed)],
    },
    evidence: [...policyEvidence(access), ...weight.evidence],
  });
}

function policyEvidence(access: ServiceAccess): readonly { fact: string; source: string }[] {
  return access.policies.slice(0, 4).map(({ policy, selects, rules }) => ({
    fact:
      `selects ${plural(selects.length, 'pod')} of the Service for ingress and has ` +
      (rules.length === 0
        ? 'no rule'
        : `${plural(rules.length, 'rule')}: ports ${joinAnd(rules.map((rule) => rule.ports))}`),
    source: formatRef(policy),
  }));
}
