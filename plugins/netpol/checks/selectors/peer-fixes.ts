import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatSelector } from '../../../../shared/model/selectors.ts';
import type { PodsPeer } from '../../../../shared/policy/rules/rules.ts';
import { NAMESPACE_NAME_LABEL } from '../../../../shared/policy/rules/units.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import type { NearWords } from '../../lint/nearest-words.ts';
import { changeFix } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { type PlacedPeer, peerPath } from './peers.ts';
import { corrected } from './policy-selects-nothing.ts';

/** What sets a namespace selector right that no namespace meets. */
export function namespaceFixes(
  index: ClusterIndex,
  subject: PolicySubject,
  place: PlacedPeer,
  peer: PodsPeer,
  near: NearWords | undefined,
): readonly Fix[] {
  const { matchLabels = {}, matchExpressions } = peer.namespaceSelector ?? {};
  const asked = [...Object.keys(matchLabels), ...(matchExpressions ?? []).flatMap((one) => one.key ?? [])];
  const keys = [...new Set(asked)];
  if (keys.length === 0) return [];
  const show: Fix = {
    title: `see who has the ${keys.length === 1 ? 'label' : 'labels'} ${joinNames(keys)}`,
    command: `kubectl get namespaces -L ${keys.join(',')}`,
    risk: 'none',
  };
  if (near === undefined) return [show];
  const { object, misses } = near.nearest;
  const byName = (title: string): Fix =>
    changeFix(index, subject, {
      title,
      op: 'replace',
      path: `${peerPath(place)}/namespaceSelector`,
      value: { matchLabels: { [NAMESPACE_NAME_LABEL]: object.name } },
      old: peer.namespaceSelector,
      risk: 'low',
    });
  const one = subject.kind === 'NetworkPolicy';
  // The name label belongs to the API server: another value can only be a slip in the policy.
  if (keys.includes(NAMESPACE_NAME_LABEL)) return one ? [byName(`select namespace ${object.name}`), show] : [show];
  const labels = misses.map(({ key, values, found, operator }) =>
    operator === 'In' && values.length === 1 ? { set: `${key}=${values[0]}`, key, found } : undefined,
  );
  const wanted = labels.flatMap((label) => label ?? []);
  // Which of several values is meant is for people to say; the name is one that is there.
  if (wanted.length < labels.length) {
    return one ? [byName(`select namespace ${object.name} by its name`), show] : [show];
  }
  const overwrite = wanted.some(({ found }) => found !== undefined) ? ' --overwrite' : '';
  const back = wanted.map(({ key, found }) => (found === undefined ? `${key}-` : `${key}=${found}`)).join(' ');
  const label: Fix = {
    title: `give namespace ${object.name} the ${wanted.length === 1 ? 'label' : 'labels'}`,
    command: `kubectl label namespace ${object.name} ${wanted.map(({ set }) => set).join(' ')}${overwrite}`,
    risk: 'low',
    undo: `kubectl label namespace ${object.name} ${back}${overwrite}`,
  };
  return one && keys.length === 1 ? [label, byName('or select the namespace by its name')] : [label, show];
}

/** What sets a pod selector right that no pod meets; `away` is the namespace where such pods are. */
export function podFixes(
  index: ClusterIndex,
  subject: PolicySubject,
  place: PlacedPeer,
  peer: PodsPeer,
  near: NearWords | undefined,
  away: string | undefined,
): readonly Fix[] {
  const show: Fix = {
    title: 'see the labels of the pods',
    command: `kubectl get pods ${peer.namespace === undefined ? '-A' : `-n ${peer.namespace}`} --show-labels`,
    risk: 'none',
  };
  if (subject.kind !== 'NetworkPolicy') return [show];
  if (away !== undefined && peer.namespace !== undefined) {
    const value = { matchLabels: { [NAMESPACE_NAME_LABEL]: away } };
    const path = `${peerPath(place)}/namespaceSelector`;
    return [
      changeFix(index, subject, { title: `mean the pods of namespace ${away}`, op: 'add', path, value, risk: 'low' }),
      show,
    ];
  }
  const fixed = near?.slip === true ? corrected(peer.podSelector, near.nearest) : undefined;
  if (fixed === undefined || (peer.podSelector.matchExpressions ?? []).length > 0) return [show];
  return [
    changeFix(index, subject, {
      title: `mean ${formatSelector({ matchLabels: fixed })} instead`,
      op: 'replace',
      path: `${peerPath(place)}/podSelector/matchLabels`,
      value: fixed,
      old: peer.podSelector.matchLabels,
      risk: 'low',
    }),
    show,
  ];
}
