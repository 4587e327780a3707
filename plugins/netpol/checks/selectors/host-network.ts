import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import type { PodClass } from '../../../../shared/policy/many/classes.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { inBlock } from '../../../../shared/policy/rules/match.ts';
import type { Rule } from '../../../../shared/policy/rules/rules.ts';
import { formatAddress, parseAddress } from '../../../../shared/util/addresses.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { enforcementOf, lintModelIn } from '../../lint/lint-facts.ts';
import { classesOf, firstField, firstWords, podNames, selectedClasses } from '../../lint/members.ts';
import { atField, changeFix } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { selectorMessages } from '../../messages/selectors.ts';
import { peerWords } from '../../words/peers.ts';
import { ruleWords } from '../../words/policies.ts';
import { peerField, peerPath, placedPeers, writtenPeers } from './peers.ts';

const uses = POLICY_FACT_KINDS.filter((kind) => kind !== 'Pod');

/** The subject holds pods on the host network. One for all pods of a namespace may hold some without being wrong. */
export const selectsHostNetworkPods = defineCheck<PolicySubject>({
  id: 'netpol/selects-host-network-pods',
  group: 'host network',
  needs: ['Pod'],
  uses,
  run: (subject, { index }) => {
    const model = lintModelIn(index);
    const selected = selectedClasses(model, subject.compiled);
    const onHost = selected.filter(({ unit }) => unit.hostNetwork);
    const all = onHost.length === selected.length;
    const wanted = subject.compiled?.subject?.podSelector;
    const broad = Object.keys(wanted?.matchLabels ?? {}).length + (wanted?.matchExpressions ?? []).length === 0;
    if (onHost.length === 0 || (broad && !all) || traitIs(index, 'asPods')) return [];
    const names = podNames(onHost, 3);
    return [
      selectorMessages.POL106.raise({
        subject: subject.ref,
        severity: all ? 'warning' : 'info',
        args: {
          policy: formatRef(subject.ref),
          pods: podsWords(onHost, all),
          all,
          fixes: all ? offHost(index, onHost) : [],
        },
        evidence: [
          { fact: `hostNetwork: true on ${joinNames(names)}`, source: firstField(onHost, 'spec.hostNetwork') },
        ],
      }),
    ];
  },
});

/**
 * The way off the host network for an application: agents of the nodes (DaemonSets, static pods) need it, and several
 * workloads at once are no line to paste.
 */
function offHost(index: ClusterIndex, classes: readonly PodClass[]): readonly Fix[] {
  const model = lintModelIn(index);
  const owners = new Map(
    classes.flatMap(({ pods }) =>
      pods.map((pod) => [formatRef(model.workloadOf(pod)), model.workloadOf(pod)] as const),
    ),
  );
  const [owner, ...more] = owners.values();
  if (owner === undefined || more.length > 0) return [];
  const { kind, namespace, name } = owner;
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return [];
  if (index.get(kind, namespace, name)?.spec?.template?.spec?.hostNetwork !== true) return [];
  const line = (hostNetwork: boolean): string =>
    patchLine(kind.toLowerCase(), namespace, name, { spec: { template: { spec: { hostNetwork } } } });
  const title =
    'take its pods off the host network, if nothing asks for them at the address of their node (restarts them)';
  return [{ title, command: line(false), risk: 'high', undo: line(true) }];
}

/** A peer that means pods on the host network and no others. */
export const peerIsOnTheHostNetwork = defineCheck<PolicySubject>({
  id: 'netpol/peer-is-on-the-host-network',
  group: 'host network',
  needs: ['Pod'],
  uses,
  run: (subject, { index }) => {
    if (traitIs(index, 'asPods')) return [];
    const model = lintModelIn(index);
    return placedPeers(subject).flatMap((place) => {
      const { peer, direction, rule } = place;
      if (peer.type !== 'pods' || rule.action !== 'allow') return [];
      const meant = classesOf(model, peer);
      if (meant.length === 0 || meant.some(({ unit }) => !unit.hostNetwork)) return [];
      const nodes = addressesOf(meant);
      if (nodes.length > 0 && nodes.every((address) => inBlocks(rule, address))) return [];
      const blocks = nodes.map((address) => ({ ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` } }));
      const fixes: readonly Fix[] =
        subject.kind !== 'NetworkPolicy' || blocks.length === 0 || blocks.length > 5
          ? []
          : [
              changeFix(index, subject, {
                title: `allow the ${blocks.length === 1 ? 'address of the node' : 'addresses of the nodes'} as well`,
                op: 'replace',
                path: peerPath(place).replace(/\/\d+$/, ''),
                value: [...writtenPeers(subject, direction, rule), ...blocks],
                old: writtenPeers(subject, direction, rule),
                risk: 'low',
              }),
            ];
      return [
        selectorMessages.POL107.raise({
          subject: subject.ref,
          // Only where the plugin is known to see the node is it sure that the rule matches nothing.
          confidence: traitIs(index, 'asNodes') ? 'likely' : 'possible',
          severity: traitIs(index, 'asNodes') ? 'warning' : 'info',
          args: {
            rule: ruleWords(subject.ref, direction, rule),
            peer: rule.peers === 'any' || rule.peers.length < 2 ? undefined : peerWords(peer),
            pods: podsWords(meant, true),
            direction,
            fixes,
          },
          evidence: [
            atField(index, subject, peerField(place), `means ${joinNames(podNames(meant, 3))}`),
            ...(nodes.length === 0
              ? []
              : [{ fact: `their nodes have ${joinNames(nodes)}`, source: 'Pod status.hostIP' }]),
          ],
        }),
      ];
    });
  },
});

/** Whether a block of the same rule holds an address. */
function inBlocks({ peers }: Rule, text: string): boolean {
  const address = parseAddress(text);
  return (
    address !== undefined && peers !== 'any' && peers.some((peer) => peer.type === 'block' && inBlock(peer, address))
  );
}

function traitIs(index: ClusterIndex, wanted: 'asPods' | 'asNodes'): boolean {
  return enforcementOf(index).enforced !== 'no' && lintModelIn(index).context.traits.hostNetwork === wanted;
}

function podsWords(classes: readonly PodClass[], all: boolean): string {
  const names = podNames(classes, 2);
  const count = classes.reduce((sum, { pods }) => sum + pods.length, 0);
  if (count === 1) return firstWords(classes);
  return `${all ? '' : 'also '}${count} pods (${joinNames(names)})`;
}

function addressesOf(classes: readonly PodClass[]): readonly string[] {
  const all = classes.flatMap(({ pods }) => pods.flatMap(({ status }) => status?.hostIP ?? []));
  const units = classes.flatMap(({ unit }) => unit.addresses.map(formatAddress));
  return [...new Set(all.length > 0 ? all : units)].sort();
}
