import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import type { NearMiss } from '../../../../shared/policy/near-misses.ts';
import type { AccessPort } from '../../../../shared/policy/service-access.ts';
import { shellQuote } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** A policy that lets the Service's own namespace in on the closed ports. */
export function allowFix(subject: ServiceSubject, closed: readonly AccessPort[]): Fix {
  const name = `allow-${subject.name}`;
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: subject.namespace },
    spec: {
      podSelector: { matchLabels: subject.selector },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ podSelector: {} }],
          ports: closed.map((port) => ({ protocol: port.protocol, port: port.targetPort })),
        },
      ],
    },
  };
  return {
    title: `let pods of namespace ${subject.namespace} in (add a namespaceSelector for callers elsewhere)`,
    command: `echo ${shellQuote(JSON.stringify(policy))} | kubectl apply -f -`,
    risk: 'low',
    undo: `kubectl delete networkpolicy ${name} -n ${subject.namespace}`,
  };
}

/** Writes the targetPort where the rule has the Service port. Only for a plain NetworkPolicy whose entry is found. */
export function portFix(
  index: ClusterIndex,
  policy: Ref,
  rule: number,
  servicePort: number,
  targetPorts: readonly number[],
): Fix | undefined {
  const target = targetPorts[0];
  if (policy.kind !== 'NetworkPolicy' || target === undefined) return undefined;
  const ports = index.get('NetworkPolicy', policy.namespace, policy.name)?.spec?.ingress?.[rule]?.ports ?? [];
  const at = ports.findIndex((entry) => entry.port === servicePort);
  if (at < 0) return undefined;
  const patch = (value: number): string =>
    `kubectl patch networkpolicy ${policy.name} -n ${policy.namespace ?? ''} --type=json -p ` +
    shellQuote(JSON.stringify([{ op: 'replace', path: `/spec/ingress/${rule}/ports/${at}/port`, value }]));
  return {
    title: `open the pods' port ${target} instead`,
    command: patch(target),
    risk: 'low',
    undo: patch(servicePort),
  };
}

/** Gives the nearest namespace or pod the label that the rule wants, where one is plainly meant. */
export function labelFix(miss: Extract<NearMiss, { kind: 'peerMatchesNothing' }>): readonly Fix[] {
  const [key, value] = Object.entries(miss.selector.matchLabels ?? {})[0] ?? [];
  if (key === undefined || value === undefined) return [];
  const named = miss.nearest.find((entry) => entry.named || entry.similar !== undefined) ?? miss.nearest[0];
  const show: Fix = {
    title: `see who carries the label ${key}`,
    command: miss.on === 'namespace' ? `kubectl get namespaces -L ${key}` : `kubectl get pods -A -L ${key}`,
    risk: 'none',
  };
  if (
    miss.on !== 'namespace' ||
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
