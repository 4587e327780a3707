import type { Fix } from '../../../../shared/messages/finding.ts';
import type { NetworkPolicy } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { formatRef, namespaceOrDefault } from '../../../../shared/model/refs.ts';
import type { PolicyFacts, PolicyModel } from '../../../../shared/policy/model.ts';
import { applyLine } from '../../../../shared/util/kubectl.ts';
import { peerWords } from '../../words/peers.ts';
import { ruleNumber } from '../../words/policies.ts';
import type { PairVerdict } from '../judge-pair.ts';
import { type Candidate, isNamed, NONE, withPolicy } from './candidate.ts';
import { applyStep, type ListStep, stepFix } from './patches.ts';
import { lastingLabels } from './peer-forms.ts';

/** Changes that may close what is open: take the peer or rule that lets in away, or isolate the receiver. */
export function closing(model: PolicyModel, facts: PolicyFacts, pair: PairVerdict): readonly Candidate[] {
  const { ingress } = pair.verdict;
  if (pair.to.type !== 'pod') return [];
  if (ingress.decision.by === 'default') return [isolate(model, facts, pair.to.pod)];
  if (ingress.decision.by !== 'rule') return [];
  const { policy, rule } = ingress.decision;
  const object = facts.networkPolicies?.find((one) => isNamed(one, policy));
  const walk = ingress.tiers
    .at(-1)
    ?.policies.find((one) => one.policy === policy)
    ?.rules.at(-1);
  if (policy.kind !== 'NetworkPolicy' || object === undefined || walk === undefined) return [];
  const peers = walk.peers === 'any' ? [] : walk.peers;
  const at = peers.findIndex(({ matched }) => matched === 'yes');
  const only = peers[at];
  const step: ListStep =
    peers.length > 1 && only !== undefined
      ? {
          path: `/spec/ingress/${rule.index}/from`,
          at,
          value: object.spec?.ingress?.[rule.index]?.from?.[at],
          op: 'remove',
        }
      : { path: '/spec/ingress', at: rule.index, value: object.spec?.ingress?.[rule.index], op: 'remove' };
  const what =
    peers.length > 1 && only !== undefined ? `the peer "${peerWords(only.peer)}"` : ruleNumber('ingress', rule);
  const fix = stepFix(object, policy.kind, step, true, `take ${what} out of ${formatRef(policy)}`);
  return [
    { fix, facts: withPolicy(facts, object, applyStep(object, step)), replaced: NONE, order: 0, side: 'ingress' },
  ];
}

function isolate(model: PolicyModel, facts: PolicyFacts, pod: Pod): Candidate {
  const namespace = namespaceOrDefault(pod);
  const name = `isolate-${model.workloadOf(pod).name}`;
  const policy: NetworkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec: { podSelector: { matchLabels: lastingLabels(pod) }, policyTypes: ['Ingress'], ingress: [] },
  };
  const fix: Fix = {
    title: `isolate the receiver, and add rules for those who may reach it`,
    command: applyLine(policy),
    risk: 'high',
    undo: `kubectl delete networkpolicy ${name} -n ${namespace}`,
  };
  const networkPolicies = [...(facts.networkPolicies ?? []), policy];
  return { fix, facts: { ...facts, networkPolicies }, replaced: NONE, order: 1, side: 'ingress' };
}
