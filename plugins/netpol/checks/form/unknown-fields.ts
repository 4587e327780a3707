import { distance } from 'fastest-levenshtein';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { LintedKind } from '../../lint/policy-subject.ts';
import type { FormProblem } from './form-problems.ts';

/**
 * The fields of an object, and of the objects of a list; null where any name may stand or a value ends it, false for one
 * that belongs to another place, which is a mistake of its own.
 */
type Fields = { readonly [name: string]: Fields | null | false };

const SELECTOR: Fields = { matchLabels: null, matchExpressions: { key: null, operator: null, values: null } };

const PORTS: Fields = { protocol: null, port: null, endPort: null };

const PEERS: Fields = {
  podSelector: SELECTOR,
  namespaceSelector: SELECTOR,
  ipBlock: { cidr: null, except: null },
};

const PODS: Fields = { namespaceSelector: SELECTOR, podSelector: SELECTOR };

const INGRESS_PEERS: Fields = { namespaces: SELECTOR, pods: PODS };

const EGRESS_PEERS: Fields = { ...INGRESS_PEERS, nodes: SELECTOR, networks: null };

const OLDER_PORTS: Fields = {
  ports: {
    portNumber: { protocol: null, port: null },
    namedPort: null,
    portRange: { protocol: null, start: null, end: null },
  },
  protocols: false,
};

const NEWER_PORTS: Fields = (() => {
  const destination: Fields = { destinationPort: { number: null, range: { start: null, end: null } } };
  const protocols = { tcp: destination, udp: destination, sctp: destination, destinationNamedPort: null };
  return { protocols, ports: false };
})();

function adminSpec(head: Fields, ports: Fields, egressPeers: Fields): Fields {
  const rule: Fields = { name: null, action: null, ...ports };
  return {
    ...head,
    subject: { namespaces: SELECTOR, pods: PODS },
    ingress: { ...rule, from: { ...INGRESS_PEERS, nodes: false, networks: false, domainNames: false } },
    egress: { ...rule, to: egressPeers },
  };
}

/**
 * https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ and
 * kubernetes-sigs/network-policy-api, apis/v1alpha1 and apis/v1alpha2.
 */
const SPECS: Readonly<Record<LintedKind, Fields>> = {
  NetworkPolicy: {
    podSelector: SELECTOR,
    policyTypes: null,
    ingress: { from: PEERS, to: false, ports: PORTS },
    egress: { to: PEERS, from: false, ports: PORTS },
  },
  AdminNetworkPolicy: adminSpec({ priority: null }, OLDER_PORTS, { ...EGRESS_PEERS, domainNames: null }),
  BaselineAdminNetworkPolicy: adminSpec({}, OLDER_PORTS, EGRESS_PEERS),
  ClusterNetworkPolicy: adminSpec({ tier: null, priority: null }, NEWER_PORTS, { ...EGRESS_PEERS, domainNames: null }),
};

export interface UnknownField extends FormProblem {
  /** A field of the API is spelt nearly so. */
  readonly isSlip: boolean;
}

/**
 * Fields of a policy that the API does not have. kubectl refuses them; a server that is told not to validate drops
 * them, and a misspelt selector then means every pod, a misspelt list of rules none.
 */
export function unknownFieldsOf(kind: LintedKind, object: KubeObject): readonly UnknownField[] {
  const problems: UnknownField[] = [];
  addFields((object as { readonly spec?: unknown }).spec, SPECS[kind], 'spec', problems);
  return problems;
}

/** A third of the letters wrong, the same letters in another order, or a part of the name: a slip, and no new field. */
function isNear(name: string, known: string, away: number): boolean {
  return (
    away <= Math.max(1, Math.floor(name.length / 3)) ||
    [...name].sort().join('') === [...known].sort().join('') ||
    (name.length > 3 && known.includes(name))
  );
}

function addFields(value: unknown, fields: Fields, path: string, problems: UnknownField[]): void {
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) addFields(value[at], fields, `${path}[${at}]`, problems);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const own = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (own === undefined) problems.push({ field: `${path}.${name}`, ...noSuchField(name, fields) });
    else if (own !== null && own !== false) addFields(inner, own, `${path}.${name}`, problems);
  }
}

function noSuchField(name: string, fields: Fields): Omit<UnknownField, 'field'> {
  const here = Object.keys(fields).filter((known) => fields[known] !== false);
  const [near] = here
    .map((known) => ({ known, away: distance(name.toLowerCase(), known.toLowerCase()) }))
    .filter(({ known, away }) => isNear(name.toLowerCase(), known.toLowerCase(), away))
    .sort((a, b) => a.away - b.away);
  return near === undefined
    ? { problem: `the API has no such field here, only ${here.join(', ')}`, isSlip: false }
    : { problem: `the API has no such field; ${near.known} is near`, isSlip: true };
}
