import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import type { OwnNetwork } from '../../../../shared/policy/rules/own-network.ts';
import { DIRECTIONS, type Direction, type Rule } from '../../../../shared/policy/rules/rules.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { lintModelIn, ownNetworksOf } from '../../lint/lint-facts.ts';
import { classesOf } from '../../lint/members.ts';
import { atField } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { ruleMessages } from '../../messages/rules.ts';
import { NETWORK_KINDS } from '../../own-networks.ts';
import { ruleWords } from '../../words/policies.ts';
import { networkWords } from '../../words/reasons.ts';

/**
 * Rules that mean pods of another network alone (OKEP-5193, "Network Policy": "configuring network policies that allow
 * traffic between namespaces that connect to different user-defined primary networks will have no effect").
 */
export const acrossNetworks = defineCheck<PolicySubject>({
  id: 'netpol/across-networks',
  group: 'priorities',
  needs: ['Namespace'],
  uses: [...POLICY_FACT_KINDS.filter((kind) => kind !== 'Namespace'), ...NETWORK_KINDS],
  applies: ({ kind }, { index }) => kind === 'NetworkPolicy' && ownNetworksOf(index).length > 0,
  run: (subject, { index }) =>
    DIRECTIONS.flatMap((direction) =>
      (subject.compiled?.[direction] ?? []).flatMap((rule) => judge(index, subject, direction, rule) ?? []),
    ),
});

function judge(index: ClusterIndex, subject: PolicySubject, direction: Direction, rule: Rule): Finding | undefined {
  const { namespace, ref } = subject;
  if (namespace === undefined || rule.peers === 'any' || rule.peers.length === 0) return undefined;
  const model = lintModelIn(index);
  const meant = rule.peers.map((peer) => (peer.type === 'pods' ? classesOf(model, peer) : []));
  const others = [...new Set(meant.flatMap((classes) => classes.map(({ unit }) => unit.namespace.name)))];
  const networks = new Map(ownNetworksOf(index).map((network) => [network.namespace, network]));
  const [from, to] = direction === 'ingress' ? [undefined, namespace] : [namespace, undefined];
  if (meant.some((classes) => classes.length === 0 || classes.some(({ unit }) => unit.hostNetwork))) return undefined;
  if (!others.every((other) => isApart(networks, from ?? other, to ?? other))) return undefined;
  const own = networks.get(namespace) ?? networks.get(others[0] ?? '');
  return ruleMessages.POL317.raise({
    subject: ref,
    args: { rule: ruleWords(ref, direction, rule), direction, others: joinNames(others, 3), namespace },
    evidence: [
      atField(index, subject, `spec.${direction}[${rule.index}]`, `means pods of namespace ${joinNames(others, 3)}`),
      { fact: networkWords(own?.namespace ?? ''), source: `Namespace ${own?.namespace ?? ''} metadata.labels` },
    ],
  });
}

/** Where names are asked for, which every network reaches. */
const DNS = ['kube-system', 'openshift-dns'];

/** Whether no traffic from the pods of one namespace to those of the other can pass, whatever policies say. */
function isApart(networks: ReadonlyMap<string, OwnNetwork>, from: string, to: string): boolean {
  const [source, target] = [networks.get(from), networks.get(to)];
  if (from === to || (source === undefined && target === undefined)) return false;
  if (source !== undefined && target === undefined) return !DNS.includes(to);
  if (source === undefined) return target?.open.length === 0;
  return ![...source.shared, ...source.perhaps, ...source.servicesOnly].includes(to);
}
