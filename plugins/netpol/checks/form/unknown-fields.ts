import { distance } from 'fastest-levenshtein';
import type { FormProblem } from './form-problems.ts';

/** The fields of an object, and of the objects of a list; null where any name may stand or a value ends it. */
type Fields = { readonly [name: string]: Fields | null };

const SELECTOR: Fields = { matchLabels: null, matchExpressions: { key: null, operator: null, values: null } };

const RULE: Fields = (() => {
  const ipBlock: Fields = { cidr: null, except: null };
  const peers: Fields = { podSelector: SELECTOR, namespaceSelector: SELECTOR, ipBlock };
  // Peers under the name of the other direction are a mistake of their own.
  return { from: peers, to: peers, ports: { protocol: null, port: null, endPort: null } };
})();

/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ */
const SPEC: Fields = { podSelector: SELECTOR, policyTypes: null, ingress: RULE, egress: RULE };

export interface UnknownField extends FormProblem {
  /** A field of the API is spelt nearly so. */
  readonly isSlip: boolean;
}

/**
 * Fields of a NetworkPolicy that the API does not have. kubectl refuses them; a server that is told not to validate drops
 * them, and a misspelt selector then means every pod, a misspelt list of rules none.
 */
export function unknownFields(spec: unknown): readonly UnknownField[] {
  const problems: UnknownField[] = [];
  addFields(spec, SPEC, 'spec', problems);
  return problems;
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
    else if (own !== null) addFields(inner, own, `${path}.${name}`, problems);
  }
}

/** Names that are this many letters away or fewer are taken for slips. */
const NEAR = 3;

function noSuchField(name: string, fields: Fields): Omit<UnknownField, 'field'> {
  const [near] = Object.keys(fields)
    .map((known) => ({ known, away: distance(name.toLowerCase(), known.toLowerCase()) }))
    .filter(({ away }) => away <= NEAR)
    .sort((a, b) => a.away - b.away);
  return near === undefined
    ? { problem: `the API has no such field here, only ${Object.keys(fields).join(', ')}`, isSlip: false }
    : { problem: `the API has no such field; ${near.known} is near`, isSlip: true };
}
