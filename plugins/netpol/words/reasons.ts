import { formatRef } from '../../../shared/model/refs.ts';
import type { Reason } from '../../../shared/policy/evaluate/verdict.ts';
import { joinAnd, joinNames } from '../../../shared/util/text.ts';
import type { Naming } from './misses.ts';

/** Why an answer is not simply read off the rules, as a sentence without its full stop. */
export function reasonWords(reason: Reason, name: Naming = formatRef): string {
  switch (reason.code) {
    case 'hostNetwork':
      return `${name(reason.pod)} is on the host network: some network plugins see it as a pod, most as its node`;
    case 'nodeLocal':
      return `traffic between a pod and its own node${reason.node === '' ? '' : ` (${reason.node})`} is always allowed`;
    case 'self':
      return 'a pod always reaches itself';
    case 'podFinished':
      return `${name(reason.pod)} has finished: nothing sends or listens any more`;
    case 'addressKept':
      return `${name(reason.pod)} is met by its address (${reason.cidr}): true if no address translation changes it on the way`;
    case 'namespaceLabelsUnknown':
      return `the labels of namespace ${reason.namespace} are not known`;
    case 'nodeLabelsUnknown':
      return `the labels of node ${reason.node || '(not placed yet)'} are not known`;
    case 'noAddress':
      return `${name(reason.endpoint)} has no address yet, so ${reason.cidr} may hold it or not`;
    case 'someAddresses':
      return `only one of the addresses of ${name(reason.endpoint)} is in ${reason.cidr}`;
    case 'domainNames':
      return `which addresses ${joinNames(reason.names)} stand for is known only while traffic flows`;
    case 'samePriority':
      return `${joinAnd(reason.policies.map(formatRef))} have the same priority and say different things: which one acts is not defined`;
    case 'networkApart':
      return `${networkWords(reason.namespace)}${APART[reason.why]}`;
    case 'notJudged':
      return notJudged(reason, name);
    case 'family':
      return `over IPv4 the answer is ${reason.ipv4}, over IPv6 ${reason.ipv6}`;
    case 'partOfRange':
      return reason.parts.map(({ answer, ranges }) => `${ANSWERS[answer]} for ${joinNames(ranges)}`).join('; ');
    case 'addressIs':
      return `${reason.address} is the address of ${name(reason.object)}, which was judged instead`;
    case 'notEnforced':
      return `nothing enforces network policy here${reason.by === '' ? '' : ` (${reason.by})`}, so what policies deny passes all the same`;
    case 'enforcementUnknown':
      return 'whether anything enforces network policy here was not seen';
  }
}

/** Several reasons, each told once; the address blocks that may hold one endpoint are told together. */
export function reasonsWords(reasons: readonly Reason[], name: Naming = formatRef): readonly string[] {
  const blocks = new Map<string, Set<string>>();
  for (const reason of reasons) {
    if (reason.code !== 'noAddress') continue;
    const key = name(reason.endpoint);
    blocks.set(key, (blocks.get(key) ?? new Set()).add(reason.cidr));
  }
  const words = reasons.map((reason) => {
    const cidrs = reason.code === 'noAddress' ? [...(blocks.get(name(reason.endpoint)) ?? [])] : [];
    return reason.code === 'noAddress' && cidrs.length > 1
      ? reasonWords({ ...reason, cidr: joinNames(cidrs, 3) }, name)
      : reasonWords(reason, name);
  });
  return [...new Set(words)];
}

/** What a namespace has that keeps its pods apart from others. */
export function networkWords(namespace: string): string {
  return `namespace ${namespace} is on a network of its own (user-defined network)`;
}

const APART: Readonly<Record<Extract<Reason, { code: 'networkApart' }>['why'], string>> = {
  sharing: ', and whether the other end shares it or is connected with it is not known',
  servicesOnly:
    ', which is connected with that of the other end for Services alone: by the address of a pod it does not pass',
  openPorts:
    ', and for a port that its pod keeps open to others (k8s.ovn.org/open-default-ports) policies may not count',
};

const ANSWERS = { yes: 'allowed', no: 'denied', depends: 'not decided' } as const;

function notJudged({ policies, pod, why, reason }: Extract<Reason, { code: 'notJudged' }>, name: Naming): string {
  if (why === 'notSeen') return `the policies of ${name(pod)} could not be read (${reason})`;
  const many = policies.length > 1;
  return `${joinNames(policies.map(formatRef))} select${many ? '' : 's'} ${name(pod)}, and ${reason} policies are not judged here`;
}
