import type { Evidence, Finding } from '../../../shared/messages/finding.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import { evaluateUnits } from '../../../shared/policy/evaluate/evaluate.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { ALL_PORTS, type PortSet, subtractPorts, toPortRanges } from '../../../shared/policy/rules/port-set.ts';
import type { Unit } from '../../../shared/policy/rules/units.ts';
import type { Report, Section } from '../../../shared/report/report.ts';
import { joinNames, plural, wrap } from '../../../shared/util/text.ts';
import { rangesWords, refValue } from '../answer/end-values.ts';
import { changeMessages } from '../messages/change.ts';
import { closedByWords } from '../words/closed-by.ts';
import { portsValue, portWords } from '../words/ports.ts';
import { reasonWords } from '../words/reasons.ts';
import type { Compared } from './compare.ts';
import { controllerFindings, controllerSections, lostPathsWords } from './controller-paths.ts';
import type { ServiceLoss } from './services.ts';
import type { DiffEnd, Group } from './sides.ts';
import { type Effect, type Incoming, portsOf } from './summary.ts';

/** Which changes are fine; any other makes the exit status 1. */
export type Expect = 'none' | 'gained' | 'lost' | 'any';

/** Receivers that become a finding of their own; more are counted. */
const MOST = 100;

/** Names in one phrase. */
const NAMES = 4;

/** What a change does to connectivity, as a report; `expect` says which effects count as faults. */
export function diffReport(compared: Compared, expect: Expect): Report {
  const { summary, services, gaps, enforcement, before } = compared;
  const bad: readonly Effect[] =
    expect === 'any'
      ? []
      : expect === 'gained'
        ? ['lost']
        : expect === 'lost'
          ? ['gained']
          : ['lost', 'idle', 'gained'];
  const causes = bad.flatMap((effect) => [
    ...findingsOf(compared, effect),
    ...(effect === 'lost' || effect === 'gained' ? controllerFindings(compared, effect) : []),
  ]);
  const unsure = gaps.incomplete !== undefined || (causes.length === 0 && summary.unsure > 0 && expect !== 'any');
  const verdict = causes.length > 0 ? 'degraded' : unsure ? 'unknown' : 'healthy';
  const nothing =
    summary.added +
      summary.removed +
      summary.changed +
      summary.unsure +
      summary.lost +
      summary.idle +
      summary.gained +
      compared.controller.length ===
    0;
  const not =
    enforcement.enforced === 'no'
      ? `${reasonWords({ code: 'notEnforced', by: enforcement.by ?? '' })}; told as if it were. `
      : '';
  return {
    command: 'netpol diff',
    target: undefined,
    takenAt: before.index.takenAt,
    source: compared.source,
    verdict,
    word:
      summary.lost > 0 || lostPathsWords(compared) !== undefined
        ? 'LOSES'
        : summary.gained > 0
          ? 'GAINS'
          : summary.unsure > 0
            ? 'UNSURE'
            : nothing
              ? 'SAME'
              : 'CHANGES',
    headline: `${not}${headlineOf(compared)}`,
    causes,
    findings: [],
    notChecked: [...gaps.notChecked, ...enforcementGap(compared)],
    coverage: { ran: 1, of: 1 },
    ladder: [],
    layout: 'list',
    items:
      causes.length === 0
        ? []
        : causes.map((cause) => ({
            target: cause.subject,
            verdict: 'degraded',
            headline: cause.summary,
            causes: [cause],
            findings: [],
            notChecked: [],
          })),
    sections: sectionsOf(compared),
    data: {
      expect,
      enforcement: { enforced: enforcement.enforced, by: enforcement.by ?? null },
      objects: compared.objects,
      summary: {
        added: summary.added,
        removed: summary.removed,
        changed: summary.changed,
        lost: summary.lost,
        lostUnserved: summary.idle,
        gained: summary.gained,
        undecided: summary.unsure,
      },
      newWorkloads: compared.fresh.map(({ ref }) => refValue(ref)),
      goneWorkloads: compared.gone.map(({ ref }) => refValue(ref)),
      services: services.map(serviceData),
      workloads: summary.receivers.flatMap(({ group, incoming }) =>
        group.ends.slice(0, MOST).map(({ ref }) => ({
          ...refValue(ref),
          lost: portsValue(portsOf(incoming, 'lost')),
          lostUnserved: portsValue(portsOf(incoming, 'idle')),
          gained: portsValue(portsOf(incoming, 'gained')),
        })),
      ),
    },
  };
}

function headlineOf(compared: Compared): string {
  const { summary, services, gaps, controller } = compared;
  if (gaps.incomplete !== undefined) return `what the change would do is not sure: ${gaps.incomplete}`;
  const { receivers, lost, idle, gained, unsure, added, removed, changed } = summary;
  const count = (effect: Effect): number =>
    receivers.reduce(
      (sum, { group, incoming }) =>
        sum + (incoming.some((one) => one.effect === effect) ? Math.max(group.ends.length, 1) : 0),
      0,
    );
  const paths = lost === 0 ? lostPathsWords(compared) : undefined;
  const parts = [
    ...(paths === undefined ? [] : [paths]),
    ...(lost > 0 ? [`${plural(count('lost'), 'receiver')} would lose traffic${serviceWords(services)}`] : []),
    ...(lost === 0 && idle > 0 ? [`traffic is lost only on ports that nobody serves`] : []),
    ...(gained > 0 ? [`${plural(count('gained'), 'receiver')} could be reached by more`] : []),
    ...(unsure > 0 && lost + gained === 0 ? [`for ${plural(count('unsure'), 'receiver')} it is not decided`] : []),
  ];
  if (parts.length > 0) return parts.join('; ');
  if (controller.length > 0) return 'only paths through Ingress, Route and Gateway objects change';
  if (added + removed + changed > 0) return 'only workloads that come or go make a difference';
  return 'no connection changes';
}

function serviceWords(services: readonly ServiceLoss[]): string {
  if (services.length === 0) return '';
  const names = [...new Set(services.map(({ service: { metadata } }) => `${metadata?.namespace}/${metadata?.name}`))];
  return `, behind ${names.length === 1 ? 'Service' : 'Services'} ${joinNames(names)}`;
}

function enforcementGap({ enforcement }: Compared): Report['notChecked'] {
  if (enforcement.enforced !== 'unknown') return [];
  return [{ check: 'enforcement', reason: 'no network plugin was seen that enforces policies; --cni NAME says it' }];
}

function findingsOf(compared: Compared, effect: Effect): readonly Finding[] {
  const message = effect === 'gained' ? changeMessages.POL502 : changeMessages.POL501;
  const findings: Finding[] = [];
  for (const { group, incoming } of compared.summary.receivers) {
    const own = incoming.filter((one) => one.effect === effect);
    if (own.length === 0) continue;
    const receivers: readonly (DiffEnd | undefined)[] = group.ends.length > 0 ? group.ends : [undefined];
    for (const end of receivers) {
      if (findings.length === MOST) return findings;
      const because = effect === 'gained' ? undefined : whyClosed(compared, group, end, own);
      findings.push(
        message.raise({
          subject: end?.ref ?? { kind: 'Address', name: rangesWords(group.ranges) },
          confidence: compared.enforcement.enforced === 'no' || effect === 'idle' ? 'possible' : 'proven',
          args: {
            receiver: end === undefined ? rangesWords(group.ranges) : formatRef(end.ref),
            ports: changedPorts(portsOf(own, effect)),
            senders: joinNames(
              own.flatMap((one) => senderNames(one, end)),
              NAMES,
            ),
            because: because === undefined ? '' : `: ${because}`,
          },
          evidence: own.map(
            (one): Evidence => ({
              fact: `${effect === 'idle' ? 'lost, where nobody serves' : effect}: ${changedPorts(one.ports)} from ${sendersWords(one, end)}`,
              source: '',
            }),
          ),
        }),
      );
    }
  }
  return findings;
}

/** `Deployment shop/web, Deployment shop/api and 7 more`. */
function sendersWords(one: Incoming, end: DiffEnd | undefined): string {
  const names = senderNames(one, end);
  const hidden = one.senders - toldOf(one, end);
  return hidden > 0
    ? `${names.slice(0, NAMES).join(', ')} and ${hidden + Math.max(names.length - NAMES, 0)} more`
    : joinNames(names, NAMES);
}

/** How many of the senders the samples are; each group of addresses counts as one. */
function toldOf({ samples }: Incoming, end: DiffEnd | undefined): number {
  return samples.reduce(
    (sum, { ends }) => sum + (ends.length > 0 ? ends.filter((sender) => sender !== end).length : 1),
    0,
  );
}

function senderNames(one: Incoming, end: DiffEnd | undefined): readonly string[] {
  // Parts of the address space that other policies tell apart are one here.
  const ranges = one.samples.flatMap((group) => (group.ends.length > 0 ? [] : group.ranges));
  const names = [
    ...one.samples.flatMap((group) => group.ends.filter((sender) => sender !== end).map(({ ref }) => formatRef(ref))),
    ...(ranges.length === 0 ? [] : [rangesWords(ranges)]),
  ];
  return one.within && end !== undefined ? [...names, 'its own other pods'] : names;
}

/** Which policy stands in the way afterwards, for one of those who lose. */
function whyClosed(
  compared: Compared,
  group: Group,
  end: DiffEnd | undefined,
  lost: readonly Incoming[],
): string | undefined {
  const [first] = lost;
  const range = first === undefined ? undefined : toPortRanges(first.ports)[0];
  const sender = first?.samples.find((one) => one !== group) ?? first?.samples[0];
  if (range === undefined || sender === undefined) return undefined;
  const { model } = compared.after;
  const from = unitOf(
    model,
    sender,
    sender.ends.find((one) => one !== end),
  );
  const to = unitOf(model, group, end);
  if (from === undefined || to === undefined) return undefined;
  const question = { protocol: range.protocol, port: range.from };
  return closedByWords(evaluateUnits(model, from, to, question), compared.places);
}

function unitOf(model: PolicyModel, group: Group, end: DiffEnd | undefined): Unit | undefined {
  const [range] = group.ranges;
  if (range !== undefined) return { type: 'range', range };
  const [pod] = (end ?? group.ends[0])?.after ?? [];
  return pod === undefined ? undefined : model.unitOf(pod);
}

function sectionsOf(compared: Compared): readonly Section[] {
  const { summary, services, objects, fresh, gone } = compared;
  const sections: Section[] = [];
  const objectLines = [
    ...(['created', 'changed', 'deleted'] as const).flatMap((what) =>
      objects[what].length === 0 ? [] : [`${what}: ${joinNames(objects[what], 6)}`],
    ),
    ...(objects.unchanged > 0 ? [`unchanged: ${plural(objects.unchanged, 'object')}`] : []),
    ...(fresh.length > 0
      ? [
          `new: ${joinNames(
            fresh.map(({ ref }) => formatRef(ref)),
            6,
          )}`,
        ]
      : []),
    ...(gone.length > 0
      ? [
          `gone: ${joinNames(
            gone.map(({ ref }) => formatRef(ref)),
            6,
          )}`,
        ]
      : []),
  ];
  if (objectLines.length > 0)
    sections.push({ type: 'text', title: 'Objects', lines: objectLines.flatMap((line) => wrap(line, 78, '  ')) });
  if (services.length > 0) {
    const lines = services.flatMap((loss) => wrapItem(serviceLine(loss)));
    sections.push({ type: 'text', title: 'Services that would lose traffic', lines });
  }
  for (const [effect, title] of [
    ['lost', 'Lost'],
    ['gained', 'Gained'],
    ['unsure', 'Not decided'],
  ] as const) {
    const lines = linesOf(compared, effect);
    if (lines.length > 0) sections.push({ type: 'text', title, lines });
  }
  sections.push(...controllerSections(compared));
  if (summary.idle > 0) sections.push({ type: 'text', title: 'Lost where nobody serves', lines: idleLines(compared) });
  const { added, removed, changed } = summary;
  if (added + removed + changed > 0) {
    sections.push({
      type: 'text',
      lines: [`Pairs: ${added} added, ${removed} removed, ${changed} changed; every one with -o json`],
    });
  }
  return sections;
}

/** A line, not a list: that a policy closes every port but the one that is used is what it is for. */
function idleLines({ summary: { receivers } }: Compared): readonly string[] {
  const closed = receivers.filter(({ incoming }) => incoming.some(({ effect }) => effect === 'idle'));
  const names = closed.flatMap(({ group }) => group.ends.map(({ ref }) => formatRef(ref)));
  const text =
    `ports of ${joinNames(names, NAMES)} that no container there declares and no Service sends to; this is no loss, ` +
    'unless a program listens on a port that it does not declare (-o json has the ports)';
  return wrapItem(text);
}

/** What is left is often shorter to say: `every port but TCP 8080`. */
function changedPorts(set: PortSet): string {
  const rest = subtractPorts(ALL_PORTS, set);
  const most = rest.length > 0 && rest.length < set.length && toPortRanges(rest).length <= 3;
  return most ? `every port but ${portWords(rest)}` : portWords(set);
}

/** Receivers that are listed; the rest is in the JSON. */
const LISTED = 40;

function linesOf(compared: Compared, effect: Effect): readonly string[] {
  const lines: string[] = [];
  let hidden = 0;
  let shown = 0;
  for (const { group, incoming } of compared.summary.receivers) {
    const own = incoming.filter((one) => one.effect === effect);
    if (own.length === 0) continue;
    if (shown === LISTED) {
      hidden += Math.max(group.ends.length, 1);
      continue;
    }
    shown++;
    const receiver =
      group.ends.length === 0
        ? rangesWords(group.ranges)
        : joinNames(
            group.ends.map(({ ref }) => formatRef(ref)),
            3,
          );
    const end = group.ends.length === 1 ? group.ends[0] : undefined;
    lines.push(...wrap(receiver, 80, '  '));
    for (const one of own) lines.push(...wrapItem(`${changedPorts(one.ports)} from ${sendersWords(one, end)}`, '    '));
    const because = effect === 'lost' ? whyClosed(compared, group, end, own) : undefined;
    if (because !== undefined) lines.push(...wrap(because, 80, '      '));
  }
  return hidden > 0 ? [...lines, `  ${plural(hidden, 'more receiver')}: -o json`] : lines;
}

function wrapItem(text: string, indent = '  '): readonly string[] {
  return wrap(text, 80, `${indent}  `).map((line, at) => (at === 0 ? `${indent}- ${line.trimStart()}` : line));
}

function serviceLine({ service, servicePort, protocol, targetPort, incoming, senders }: ServiceLoss): string {
  const { namespace = '', name = '' } = service.metadata ?? {};
  const names = incoming.flatMap((one) => senderNames(one, undefined));
  const more = senders - incoming.reduce((sum, one) => sum + toldOf(one, undefined), 0);
  const from =
    more > 0
      ? `${names.slice(0, NAMES).join(', ')} and ${more + Math.max(names.length - NAMES, 0)} more`
      : joinNames(names, NAMES);
  const target = targetPort === servicePort ? '' : ` (${targetPort} on the pods)`;
  return `${namespace}/${name} ${servicePort}/${protocol}${target}: from ${from === '' ? 'its own pods' : from}`;
}

function serviceData({ service, servicePort, protocol, targetPort, senders }: ServiceLoss): object {
  const { namespace = '', name = '' } = service.metadata ?? {};
  return { namespace, name, port: servicePort, protocol, targetPort, senders };
}
