import { distance } from 'fastest-levenshtein';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { PodClass } from '../../../../shared/policy/many/classes.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { DIRECTIONS, type Direction, type NamedPort, type Rule } from '../../../../shared/policy/rules/rules.ts';
import { type DeclaredPort, declaredPortsOf, resolveNamedPort } from '../../../../shared/policy/rules/units.ts';
import { compareText, joinNames, plural } from '../../../../shared/util/text.ts';
import { countPods, firstField, firstWords } from '../../lint/members.ts';
import { atField, changeFix } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { portMessages } from '../../messages/ports.ts';
import { ruleWords } from '../../words/policies.ts';
import { portProblem } from '../form/form-problems.ts';
import { destinationsOf, portPlace } from './destinations.ts';

/**
 * A port name that no destination pod declares. Some pods of a mixture without it are normal: the policy of a whole
 * namespace names a port that only the metrics exporters have.
 */
export const unknownPortName = defineCheck<PolicySubject>({
  id: 'netpol/unknown-port-name',
  group: 'ports',
  needs: ['Pod'],
  uses: POLICY_FACT_KINDS.filter((kind) => kind !== 'Pod'),
  run: (subject, { index }) =>
    DIRECTIONS.flatMap((direction) =>
      (subject.compiled?.[direction] ?? []).flatMap((rule) =>
        rule.ports.named.flatMap((port) => judge(index, subject, direction, rule, port) ?? []),
      ),
    ),
});

function judge(
  index: ClusterIndex,
  subject: PolicySubject,
  direction: Direction,
  rule: Rule,
  port: NamedPort,
): Finding | undefined {
  // A number in quotes, or capitals: the check of the form tells what is wrong with it.
  if (portProblem({ port: port.name }) !== undefined) return undefined;
  const text = port.protocol === undefined ? `"${port.name}"` : `"${port.name}" (${port.protocol})`;
  const place = portPlace(subject, direction, rule, port.name);
  const words = ruleWords(subject.ref, direction, rule);
  if (direction === 'egress' && rule.peers !== 'any' && rule.peers.length > 0 && rule.peers.every(isOutside)) {
    return portMessages.POL201.raise({
      subject: subject.ref,
      confidence: 'proven',
      args: { rule: words, port: text, who: 'addresses have no port names', near: '', fixes: [] },
      evidence: [
        atField(index, subject, place?.field ?? '', 'port names belong to pods; the peers are address blocks'),
      ],
    });
  }
  const destinations = destinationsOf(index, subject, direction, rule);
  if (destinations.length === 0 || destinations.some(({ unit }) => resolveNamedPort(unit.pod, port).length > 0)) {
    return undefined;
  }
  const declared = declaredBy(destinations);
  const otherProtocol = declared.find(({ name }) => name === port.name);
  const near = otherProtocol ?? nearestPort(port.name, declared);
  return portMessages.POL201.raise({
    subject: subject.ref,
    args: {
      rule: words,
      port: text,
      who: podsWords(destinations),
      near: nearText(declared, otherProtocol, near),
      fixes: fixesOf(index, subject, place, port, near),
    },
    evidence: [
      atField(index, subject, place?.field ?? `spec.${direction}[${rule.index}]`, `port ${text}`),
      {
        fact:
          declared.length === 0 ? 'no container port is declared' : `declared: ${joinNames(declared.map(portText), 6)}`,
        source: firstField(destinations, 'spec.containers'),
      },
    ],
  });
}

function isOutside(peer: Exclude<Rule['peers'], 'any'>[number]): boolean {
  return peer.type === 'block' || peer.type === 'domains' || peer.type === 'nodes';
}

function podsWords(classes: readonly PodClass[]): string {
  const count = countPods(classes);
  return count === 1
    ? `${firstWords(classes)} declares no port of that name`
    : `none of the ${plural(count, 'pod')} it means declares it`;
}

function declaredBy(classes: readonly PodClass[]): readonly DeclaredPort[] {
  const all = new Map<string, DeclaredPort>();
  for (const { unit } of classes) for (const port of declaredPortsOf(unit.pod)) all.set(portText(port), port);
  return [...all].sort(([a], [b]) => compareText(a, b)).map(([, port]) => port);
}

/** `http=8080/TCP`, or `8080/TCP` for a port without a name. */
function portText({ name, number, protocol }: DeclaredPort): string {
  return `${name === '' ? '' : `${name}=`}${number}/${protocol}`;
}

function nearestPort(wanted: string, declared: readonly DeclaredPort[]): DeclaredPort | undefined {
  const named = declared.filter(({ name }) => name !== '');
  const [best] = [...named].sort((a, b) => distance(a.name, wanted) - distance(b.name, wanted));
  if (best === undefined) return undefined;
  const close = distance(best.name, wanted) <= 2 || best.name.includes(wanted) || wanted.includes(best.name);
  return close || named.length === 1 ? best : undefined;
}

function nearText(
  declared: readonly DeclaredPort[],
  otherProtocol: DeclaredPort | undefined,
  near: DeclaredPort | undefined,
): string {
  if (otherProtocol !== undefined) return `; they have it for ${otherProtocol.protocol}`;
  if (near !== undefined) return `; nearest: ${portText(near)}`;
  return declared.length === 0 ? '' : `; they declare ${joinNames(declared.map(portText))}`;
}

function fixesOf(
  index: ClusterIndex,
  subject: PolicySubject,
  place: { readonly path: string } | undefined,
  { name }: NamedPort,
  near: DeclaredPort | undefined,
): readonly Fix[] {
  if (place === undefined || near === undefined) return [];
  const { path } = place;
  if (near.name === name) {
    const protocol = path.replace(/port$/, 'protocol');
    const title = `open it for ${near.protocol}`;
    return [changeFix(index, subject, { title, op: 'add', path: protocol, value: near.protocol, risk: 'low' })];
  }
  const title = `open port ${near.name} instead`;
  return [changeFix(index, subject, { title, op: 'replace', path, value: near.name, old: name, risk: 'low' })];
}
