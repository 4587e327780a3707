import { policyFix } from '../../../../shared/diagnose/policy-fix.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import type { Direction } from '../../../../shared/policy/rules/rules.ts';
import { NAMESPACE_NAME_LABEL } from '../../../../shared/policy/rules/units.ts';
import type { NearMiss } from '../../../../shared/policy/services/near-misses.ts';
import type { AccessPort } from '../../../../shared/policy/services/service-access.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { comesNear, elsewhereOf } from './peer-words.ts';

/** A policy that lets the Service's own namespace in on the closed ports. */
export function allowFix(subject: ServiceSubject, closed: readonly AccessPort[]): Fix {
  const title = `let pods of namespace ${subject.namespace} in (add a namespaceSelector for callers elsewhere)`;
  return policyFix(title, `allow-${subject.name}`, subject.namespace, {
    podSelector: { matchLabels: subject.selector },
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [{ podSelector: {} }],
        ports: closed.map((port) => ({ protocol: port.protocol, port: port.targetPort })),
      },
    ],
  });
}

/** Writes another port into the entry of a rule. Only for a plain NetworkPolicy whose entry is found. */
export function portFix(
  index: ClusterIndex,
  policy: Ref,
  rule: number,
  entry: { readonly port: number | string },
  to: number | string,
  direction: Direction = 'ingress',
): Fix | undefined {
  const at = portsOf(index, policy, rule, direction).findIndex(({ port }) => port === entry.port);
  if (at < 0) return undefined;
  const path = `/spec/${direction}/${rule}/ports/${at}/port`;
  const patch = (value: number | string): string =>
    patchLine('networkpolicy', policy.namespace, policy.name, [{ op: 'replace', path, value }], 'json');
  return { title: `open the pods' port ${to} instead`, command: patch(to), risk: 'low', undo: patch(entry.port) };
}

/** Writes the right protocol into the entry of an ingress rule that has the right number. */
export function protocolFix(
  index: ClusterIndex,
  policy: Ref,
  rule: number,
  targetPorts: readonly number[],
  protocol: string,
): Fix | undefined {
  const ports = portsOf(index, policy, rule, 'ingress');
  const at = ports.findIndex(({ port }) => targetPorts.some((target) => target === port));
  if (at < 0) return undefined;
  const path = `/spec/ingress/${rule}/ports/${at}/protocol`;
  const patch = (op: object): string => patchLine('networkpolicy', policy.namespace, policy.name, [op], 'json');
  const old = ports[at]?.protocol;
  return {
    title: `open it for ${protocol}`,
    command: patch({ op: 'add', path, value: protocol }),
    risk: 'low',
    undo: patch(old === undefined ? { op: 'remove', path } : { op: 'add', path, value: old }),
  };
}

function portsOf(index: ClusterIndex, policy: Ref, rule: number, direction: Direction) {
  if (policy.kind !== 'NetworkPolicy') return [];
  return index.get('NetworkPolicy', policy.namespace, policy.name)?.spec?.[direction]?.[rule]?.ports ?? [];
}

type PeerMiss = Extract<NearMiss, { kind: 'peerMatchesNothing' }>;

/** Brings the rule and those who are plainly meant together: by the label in the rule, or by that of the namespace. */
export function labelFixes(index: ClusterIndex, miss: PeerMiss): readonly Fix[] {
  const [other] = elsewhereOf(miss);
  if (other !== undefined) return miss.policy.kind === 'NetworkPolicy' ? [namespaceFix(miss, other)] : [];
  const inRule = ruleLabelFix(index, miss);
  return [...(inRule === undefined ? [] : [inRule]), ...labelFix(miss)];
}

/** Lets the same pods in from the namespace in which they are. */
function namespaceFix({ policy, rule, peer }: PeerMiss, namespace: string): Fix {
  const path = `/spec/ingress/${rule.index}/from/${peer}/namespaceSelector`;
  const patch = (op: object): string => patchLine('networkpolicy', policy.namespace, policy.name, [op], 'json');
  return {
    title: `let them in from namespace ${namespace}`,
    command: patch({ op: 'add', path, value: { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace } } }),
    risk: 'low',
    undo: patch({ op: 'remove', path }),
  };
}

/** Writes the label that the nearest pods or namespace have into the peer of the rule. */
function ruleLabelFix(index: ClusterIndex, miss: PeerMiss): Fix | undefined {
  const { policy, rule, peer, on } = miss;
  const [nearest] = miss.nearest;
  const [lack] = nearest?.misses ?? [];
  if (policy.kind !== 'NetworkPolicy' || nearest?.misses.length !== 1 || lack === undefined || !comesNear(miss))
    return undefined;
  const field = on === 'namespace' ? 'namespaceSelector' : 'podSelector';
  const spec = index.get('NetworkPolicy', policy.namespace, policy.name)?.spec;
  const old = spec?.ingress?.[rule.index]?.from?.[peer]?.[field]?.matchLabels?.[lack.key];
  const meant = lack.found === undefined ? nearest.similar : { key: lack.key, value: lack.found };
  if (old === undefined || meant === undefined) return undefined;
  const at = (key: string): string =>
    `/spec/ingress/${rule.index}/from/${peer}/${field}/matchLabels/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const patch = (from: string, to: string, value: string): string =>
    patchLine(
      'networkpolicy',
      policy.namespace,
      policy.name,
      [...(from === to ? [] : [{ op: 'remove', path: at(from) }]), { op: 'add', path: at(to), value }],
      'json',
    );
  return {
    title: `let in ${on === 'namespace' ? 'namespaces' : 'pods'} labelled ${meant.key}=${meant.value} instead, if they are meant`,
    command: patch(lack.key, meant.key, meant.value),
    risk: 'low',
    undo: patch(meant.key, lack.key, old),
  };
}

/** Gives the nearest namespace the label that the rule wants, where one is plainly meant. */
function labelFix(miss: PeerMiss): readonly Fix[] {
  const [wanted] = miss.selector.matchExpressions ?? [];
  const listed = wanted?.operator === 'In' ? [wanted.key, wanted.values?.[0]] : [];
  const [key, value] = Object.entries(miss.selector.matchLabels ?? {})[0] ?? listed;
  if (key === undefined || value === undefined) return [];
  const named = miss.nearest.find((entry) => entry.named || entry.similar !== undefined) ?? miss.nearest[0];
  const show: Fix = {
    title: `see who carries the label ${key}`,
    command: miss.on === 'namespace' ? `kubectl get namespaces -L ${key}` : `kubectl get pods -A -L ${key}`,
    risk: 'none',
  };
  if (
    miss.on !== 'namespace' ||
    // The API server writes it, and sets it back.
    key === NAMESPACE_NAME_LABEL ||
    named === undefined ||
    !(named.named || named.similar !== undefined || miss.podsElsewhere.length > 0)
  ) {
    return [show];
  }
  const old = named.misses.find((entry) => entry.key === key)?.found;
  return [
    {
      title: `give namespace ${named.object.name} the label that the rule wants`,
      command: `kubectl label namespace ${named.object.name} ${key}=${value}${old === undefined ? '' : ' --overwrite'}`,
      risk: 'low',
      undo: `kubectl label namespace ${named.object.name} ${old === undefined ? `${key}-` : `${key}=${old} --overwrite`}`,
    },
    show,
  ];
}
