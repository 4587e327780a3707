import { isIP } from 'node:net';
import type { LabelSelector, ObjectMeta } from '../../../../shared/model/objects.ts';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../../../../shared/model/objects-network.ts';
import { parseAddress, parseCidr } from '../../../../shared/util/addresses.ts';

/** A field that the API server would refuse, with what is wrong with it. */
export interface FormProblem {
  /** Below the field that was asked about: `.matchExpressions[0].operator`; empty for the field itself. */
  readonly field: string;
  readonly problem: string;
}

/** Label keys and values: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_KEY = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Names of objects: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
const NAME = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** What the API refuses of the name and the labels of an object. */
export function metaProblems({ name = '', labels }: ObjectMeta): readonly FormProblem[] {
  const wrong = selectorProblems({ matchLabels: labels ?? {} }).map(({ field, problem }) => ({
    field: field.replace('.matchLabels', 'metadata.labels'),
    problem,
  }));
  if (name === '' || NAME.test(name)) return wrong;
  return [
    { field: 'metadata.name', problem: `"${name}" is no name: small letters, digits, - and . between them` },
    ...wrong,
  ];
}

/** What the API refuses of a LabelSelector (API reference, LabelSelectorRequirement). */
export function selectorProblems(selector: LabelSelector | null | undefined): readonly FormProblem[] {
  if (selector === undefined || selector === null) return [];
  const labels = Object.entries(selector.matchLabels ?? {}).flatMap(([key, value]) => {
    const field = `.matchLabels.${key}`;
    if (!LABEL_KEY.test(key)) return [{ field, problem: `${key} is no label key` }];
    // A number or boolean is told by the check for words without quotes, with its line.
    if (typeof value === 'string' && !LABEL_VALUE.test(value))
      return [{ field, problem: `${value} is no label value` }];
    return [];
  });
  const expressions = (selector.matchExpressions ?? []).flatMap((requirement, at): readonly FormProblem[] => {
    const { key = '', operator = '', values = [] } = requirement ?? {};
    const field = `.matchExpressions[${at}]`;
    if (!LABEL_KEY.test(key)) return [{ field: `${field}.key`, problem: `"${key}" is no label key` }];
    switch (operator) {
      case 'In':
      case 'NotIn':
        if (values.length === 0) return [{ field, problem: `${operator} needs values` }];
        return values.flatMap((value) =>
          typeof value !== 'string' || LABEL_VALUE.test(value)
            ? []
            : [{ field, problem: `${value} is no label value` }],
        );
      case 'Exists':
      case 'DoesNotExist':
        return values.length === 0 ? [] : [{ field, problem: `${operator} takes no values` }];
      default:
        return [{ field: `${field}.operator`, problem: `"${operator}" is none of In, NotIn, Exists, DoesNotExist` }];
    }
  });
  return [...labels, ...expressions];
}

/** What the API refuses of a peer, apart from its except list. */
export function peerProblems(peer: NetworkPolicyPeer | null): readonly FormProblem[] {
  const { ipBlock, podSelector, namespaceSelector } = peer ?? {};
  if (!ipBlock && !podSelector && !namespaceSelector) {
    return [
      {
        field: '',
        problem: 'a peer needs podSelector, namespaceSelector or ipBlock; for everybody leave the list out',
      },
    ];
  }
  if (ipBlock && (podSelector || namespaceSelector)) {
    return [{ field: '', problem: 'ipBlock stands alone in its list item, without selectors' }];
  }
  if (ipBlock && !isCidr(ipBlock.cidr)) {
    return [{ field: '.ipBlock.cidr', problem: `"${ipBlock.cidr ?? ''}" is no address block such as 10.0.0.0/8` }];
  }
  return [
    ...selectorProblems(podSelector).map(({ field, problem }) => ({ field: `.podSelector${field}`, problem })),
    ...selectorProblems(namespaceSelector).map(({ field, problem }) => ({
      field: `.namespaceSelector${field}`,
      problem,
    })),
  ];
}

/** A bare address is no block. */
export function isCidr(text: string | undefined): boolean {
  return text?.includes('/') === true && parseCidr(text) !== undefined;
}

/**
 * As the definitions of the cluster-wide kinds have it: without leading zeros, and no IPv4 address written as IPv6
 * (isCIDR of the API server's CEL library, which is Go's netip.ParsePrefix without mapped addresses).
 */
export function isStrictCidr(text: string | undefined): boolean {
  const [, address = '', bits = ''] = /^([^/]*)\/(0|[1-9]\d*)$/.exec(text ?? '') ?? [];
  const mapped = parseAddress(address)?.family === 4 && address.includes(':');
  return bits !== '' && isIP(address) !== 0 && !mapped && isCidr(text);
}

/** What the API refuses of a port (API reference, NetworkPolicyPort). */
export function portProblem(entry: NetworkPolicyPort | null): string | undefined {
  const { port, endPort, protocol } = entry ?? {};
  if (protocol === '') return 'protocol is empty; for TCP leave it out';
  const unknown = protocol === undefined || protocol === null ? undefined : protocolProblem(protocol);
  if (unknown !== undefined) return unknown;
  if (typeof port === 'number' && !isPort(port)) {
    return `port ${port} is not between 1 and 65535${port === 0 ? '; for every port leave it out' : ''}`;
  }
  if (typeof port === 'string') {
    if (/^\d+$/.test(port)) return `port "${port}" is text; a number has no quotes`;
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(port) || !/[a-z]/.test(port) || port.length > 15) {
      return `"${port}" is no port name: at most 15 of a-z, 0-9 and -, one letter at least`;
    }
  }
  if (endPort === undefined || endPort === null) return undefined;
  if (port === undefined || port === null) return `endPort ${endPort} stands without port`;
  if (typeof port === 'string') return `endPort ${endPort} stands beside the port name "${port}"; it needs a number`;
  if (!isPort(endPort)) return `endPort ${endPort} is not between 1 and 65535`;
  return endPort < port ? `endPort ${endPort} is smaller than port ${port}` : undefined;
}

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];

/** What is wrong with the name of a protocol; undefined for one that is known. */
export function protocolProblem(protocol: string): string | undefined {
  if (PROTOCOLS.includes(protocol)) return undefined;
  const upper = protocol.toUpperCase();
  const hint = PROTOCOLS.includes(upper) ? `; write ${upper}` : ', only TCP, UDP and SCTP are';
  return `protocol ${protocol === '' ? '""' : protocol} is not known${hint}`;
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65535;
}
