import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../../../../shared/model/objects-network.ts';
import { parseCidr } from '../../../../shared/util/addresses.ts';
import { changeFix } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';

/** A field such as `spec.ingress[0].from[1]` as a JSON pointer. */
export function pointerOf(field: string): string {
  return `/${field.replaceAll('.', '/').replaceAll('[', '/').replaceAll(']', '')}`;
}

/** What a port entry was surely meant to be: capitals, a number without quotes, the ends of a range in order. */
export function portFixes(
  index: ClusterIndex,
  subject: PolicySubject,
  field: string,
  entry: NetworkPolicyPort | null,
): readonly Fix[] {
  const { port, endPort, protocol } = entry ?? {};
  const replace = (title: string, name: string, value: unknown, old: unknown): readonly Fix[] => [
    changeFix(index, subject, { title, op: 'replace', path: `${pointerOf(field)}${name}`, value, old, risk: 'low' }),
  ];
  const upper = protocol?.toUpperCase();
  if (upper !== undefined && upper !== protocol && ['TCP', 'UDP', 'SCTP'].includes(upper)) {
    return replace(`write ${upper}`, '/protocol', upper, protocol);
  }
  if (typeof port === 'string' && /^\d+$/.test(port)) {
    return replace('write the number without quotes', '/port', Number(port), port);
  }
  if (typeof port === 'number' && typeof endPort === 'number' && endPort >= 1 && endPort < port) {
    return replace('put the ends in order', '', { ...entry, port: endPort, endPort: port }, entry);
  }
  return [];
}

/** What a peer was surely meant to be: a single address with its prefix length, selectors and block as two items. */
export function peerFixes(
  index: ClusterIndex,
  subject: PolicySubject,
  field: string,
  peer: NetworkPolicyPeer | null,
  list: readonly (NetworkPolicyPeer | null)[],
): readonly Fix[] {
  const { ipBlock, podSelector, namespaceSelector } = peer ?? {};
  const at = Number(/\[(\d+)\]$/.exec(field)?.[1]);
  if (!ipBlock) {
    // An empty item beside others means nobody; alone it may stand for everybody, which only people know.
    if (podSelector || namespaceSelector || list.length < 2) return [];
    const path = pointerOf(field);
    return [
      changeFix(index, subject, { title: 'take the empty item out', op: 'remove', path, old: peer, risk: 'low' }),
    ];
  }
  if (podSelector || namespaceSelector) {
    const selectors = { ...(namespaceSelector && { namespaceSelector }), ...(podSelector && { podSelector }) };
    return [
      changeFix(index, subject, {
        title: 'write two list items (the pods or the addresses)',
        op: 'replace',
        path: pointerOf(field).replace(/\/\d+$/, ''),
        value: list.flatMap((item, place) => (place === at ? [selectors, { ipBlock }] : [item])),
        old: list,
        risk: 'high',
      }),
    ];
  }
  const { cidr = '' } = ipBlock;
  if (cidr.includes('/') || parseCidr(cidr) === undefined) return [];
  return [
    changeFix(index, subject, {
      title: 'mean the one address',
      op: 'replace',
      path: `${pointerOf(field)}/ipBlock/cidr`,
      value: `${cidr}/${cidr.includes(':') ? 128 : 32}`,
      old: cidr,
      risk: 'low',
    }),
  ];
}

/** `ingress` in small letters. */
export function policyTypeFixes(index: ClusterIndex, subject: PolicySubject, at: number, type: string): readonly Fix[] {
  const value = ['Ingress', 'Egress'].find((known) => known.toLowerCase() === String(type).toLowerCase());
  if (value === undefined) return [];
  const path = `/spec/policyTypes/${at}`;
  return [changeFix(index, subject, { title: `write ${value}`, op: 'replace', path, value, old: type, risk: 'low' })];
}
