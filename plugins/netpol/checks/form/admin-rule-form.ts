/**
 * What the definitions of AdminNetworkPolicy and ClusterNetworkPolicy refuse in a rule, apart from fields that they do
 * not have (`unknown-fields.ts`).
 * Source: kubernetes-sigs/network-policy-api, config/crd, and the validation marks of its types.
 */
import type { LabelSelector } from '../../../../shared/model/objects.ts';
import type {
  AdminNetworkPolicy,
  AdminPeer,
  AdminRule,
  AdminSubject,
  ClusterNetworkPolicy,
  ClusterRule,
} from '../../../../shared/policy/rules/types.ts';
import { type FormProblem, isStrictCidr } from './form-problems.ts';

export type AnyRule = AdminRule & ClusterRule;

/** Any of the cluster-wide kinds: each has some of these fields. */
export type AnyAdminPolicy = AdminNetworkPolicy & ClusterNetworkPolicy;

/** The longest name of a rule, in characters. */
const LONGEST_NAME = 100;

/** The most networks, and domain names, of one peer. */
const MOST_ADDRESSES = 25;

/**
 * ClusterNetworkPolicyEgressPeer.domainNames: a name with two labels at least, or such a name behind `*.`. `A-z` is what
 * the definition says, so `_` may stand first.
 */
const DOMAIN = /^(\*\.)?([A-z0-9]([-A-Za-z0-9_]*[A-Za-z0-9])?\.)+[A-z0-9]([-A-Za-z0-9_]*[A-Za-z0-9])?\.?$/;

/** What the definition of a kind says otherwise than that of another. */
export interface KindForm {
  /** The most rules in a direction, and the most peers and ports of a rule. */
  readonly most: number;
  /** The field that the kind has for ports. */
  readonly ports: 'ports' | 'protocols';
  /** What `pods` cannot be without. */
  readonly pods: readonly ('namespaceSelector' | 'podSelector')[];
}

/** The problems of one rule. A field that is null is as one that is absent, an entry that is null is refused. */
export function adminRuleProblems(rule: AnyRule | null, form: KindForm): readonly FormProblem[] {
  const { name = '', from, to, ports, protocols } = rule ?? {};
  const problems: FormProblem[] = [];
  const add = (field: string, problem: string): void => {
    problems.push({ field, problem });
  };
  if (name.length > LONGEST_NAME) add('.name', `${name.length} characters, and ${LONGEST_NAME} are the most`);
  for (const [field, list] of Object.entries({ from, to, ports, protocols })) {
    if ((list ?? []).length > form.most) add(`.${field}`, `${list?.length} entries, and ${form.most} are the most`);
  }
  for (const [field, list] of Object.entries({ from, to })) {
    (list ?? []).forEach((peer, at) => {
      for (const problem of peerProblems(peer, form)) add(`.${field}[${at}]`, problem);
      const outward = (['networks', 'nodes', 'domainNames'] as const).find((name) => peer?.[name]);
      if (field === 'from' && outward !== undefined)
        add(`.from[${at}].${outward}`, 'from has namespaces and pods alone; addresses and nodes stand under to');
    });
  }
  const other = form.ports === 'ports' ? 'protocols' : 'ports';
  // Dropped, it would leave a rule for every port.
  if (rule?.[other]) add(`.${other}`, `this kind has ${form.ports}; ${other} belongs to the other one`);
  for (const [field, list] of Object.entries({ ports, protocols })) {
    if (list?.length === 0) add(`.${field}`, 'the list is empty; for every port leave it out');
    (list ?? []).forEach((entry, at) => {
      for (const problem of portProblems(entry as Entry | null)) add(`.${field}[${at}]`, problem);
    });
  }
  const named = [...(ports ?? []), ...(protocols ?? [])].some(
    (entry) => entry && ('namedPort' in entry || 'destinationNamedPort' in entry),
  );
  if (named && (to ?? []).some((peer) => peer && ('networks' in peer || 'nodes' in peer || 'domainNames' in peer))) {
    add('', 'a port name stands beside networks, nodes or domainNames, which have no port names');
  }
  return problems;
}

function peerProblems(peer: AdminPeer | null, form: KindForm): readonly string[] {
  const { namespaces, pods, nodes, networks, domainNames } = peer ?? {};
  if (isEmpty(peer)) return ['exactly one field of a peer must be set, and none is'];
  const set = [namespaces, pods, nodes, networks, domainNames].filter((field) => field !== undefined && field !== null);
  if (set.length > 1) return ['exactly one field of a peer must be set'];
  const problems = [...podsProblems(peer ?? {}, form), ...bareProblems(nodes)];
  for (const [field, list] of Object.entries({ networks, domainNames })) {
    if (list?.length === 0) problems.push(`${field} is empty`);
    if ((list ?? []).length > MOST_ADDRESSES) problems.push(`more than ${MOST_ADDRESSES} ${field}`);
    if (new Set(list).size < (list ?? []).length) problems.push(`${field} names one twice`);
  }
  for (const cidr of networks ?? []) {
    if (!isStrictCidr(cidr)) problems.push(`"${cidr}" is no address block such as 10.0.0.0/8`);
  }
  for (const name of domainNames ?? []) {
    if (!DOMAIN.test(name)) problems.push(`"${name}" is no domain name such as example.com or *.example.com`);
  }
  return problems;
}

/** What the definitions refuse of `namespaces` and `pods`, in a peer and in a subject. */
export function podsProblems({ namespaces, pods }: AdminSubject, form: KindForm): string[] {
  const problems: string[] = [];
  if (pods) {
    for (const name of form.pods) {
      if (!pods[name]) problems.push(`pods needs ${name}; {} stands for all`);
    }
  }
  for (const selector of [namespaces, pods?.namespaceSelector, pods?.podSelector]) {
    problems.push(...bareProblems(selector));
  }
  return problems;
}

function bareProblems(selector: LabelSelector | null | undefined): readonly string[] {
  const bare = (selector?.matchExpressions ?? []).some(
    (one) => !one || one.key === undefined || one.operator === undefined,
  );
  return bare ? ['an expression needs key and operator'] : [];
}

interface Range {
  readonly start?: number;
  readonly end?: number;
}

/** A port of either kind of policy. */
interface Entry {
  readonly portNumber?: { readonly port?: number };
  readonly portRange?: Range;
  readonly tcp?: Numbers;
  readonly udp?: Numbers;
  readonly sctp?: Numbers;
}

interface Numbers {
  readonly destinationPort?: { readonly number?: number; readonly range?: Range };
}

function portProblems(entry: Entry | null): readonly string[] {
  if (isEmpty(entry)) return ['exactly one field of a port must be set, and none is'];
  if (namesIn(entry).length > 1) return ['exactly one field of a port must be set'];
  const { portNumber, portRange, tcp, udp, sctp } = entry ?? {};
  if (portNumber) return numberProblems(portNumber.port);
  // AdminNetworkPolicy asks for a greater end in words alone.
  if (portRange) return rangeProblems(portRange, () => true);
  const numbers = tcp ?? udp ?? sctp;
  if (numbers === undefined || numbers === null) return [];
  const { destinationPort } = numbers;
  if (isEmpty(numbers) || (destinationPort !== undefined && isEmpty(destinationPort))) {
    return ['a protocol needs destinationPort with a number or a range'];
  }
  const { number, range } = destinationPort ?? {};
  if (number !== undefined && range !== undefined) return ['destinationPort has a number or a range, not both'];
  return range ? rangeProblems(range, (start, end) => start < end) : number === undefined ? [] : numberProblems(number);
}

function numberProblems(port: number | undefined): readonly string[] {
  return isPort(port) ? [] : [`port ${port ?? 'missing'} is not between 1 and 65535`];
}

function rangeProblems({ start, end }: Range, fits: (start: number, end: number) => boolean): readonly string[] {
  for (const [field, port] of Object.entries({ start, end })) {
    if (!isPort(port)) return [`${field} ${port ?? 'missing'} is not between 1 and 65535`];
  }
  return fits(start ?? 0, end ?? 0) ? [] : [`start ${start} is not smaller than end ${end}`];
}

function isPort(port: number | undefined): boolean {
  return Number.isInteger(port) && (port ?? 0) >= 1 && (port ?? 0) <= 65535;
}

function isEmpty(value: object | null | undefined): boolean {
  return namesIn(value).length === 0;
}

/** The fields that are set. */
function namesIn(value: object | null | undefined): readonly string[] {
  return Object.entries(value ?? {}).flatMap(([name, own]) => (own === null || own === undefined ? [] : [name]));
}
