import type { Service } from '../../../shared/model/objects-network.ts';
import { nameOf, namespaceOrDefault } from '../../../shared/model/refs.ts';
import type { Report } from '../../../shared/report/report.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';
import { refValue } from '../answer/end-values.ts';
import { portsValue } from '../words/ports.ts';
import { reasonWords } from '../words/reasons.ts';
import type { Compared } from './compare.ts';
import { lostPathsWords } from './controller-paths.ts';
import { type Expect, unexpected } from './diff-findings.ts';
import { sectionsOf } from './diff-sections.ts';
import { NAMES } from './diff-words.ts';
import type { ServiceLoss } from './services.ts';
import { type Effect, portsOf, type Summary } from './summary.ts';

/** Receivers of a group that are told one by one in the JSON. */
const MOST = 100;

/** What a change does to connectivity, as a report; `expect` says which effects count as faults. */
export function diffReport(compared: Compared, expect: Expect): Report {
  const { summary, services, emptied, gaps, enforcement, before } = compared;
  const causes = unexpected(compared, expect);
  const open = openTo(compared.summary, expect);
  const incomplete = gaps.incomplete !== undefined;
  const verdict = incomplete || (causes.length === 0 && open) ? 'unknown' : causes.length > 0 ? 'degraded' : 'healthy';
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
    word: incomplete ? 'UNSURE' : wordOf(compared),
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
        undecided: summary.mayLose + summary.mayGain,
      },
      newWorkloads: compared.fresh.map(({ ref }) => refValue(ref)),
      goneWorkloads: compared.gone.map(({ ref }) => refValue(ref)),
      services: services.map(serviceData),
      servicesWithoutPods: emptied.map((service) => ({
        namespace: namespaceOrDefault(service),
        name: nameOf(service),
      })),
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

/** Whether something may happen, not surely, that is not expected. */
function openTo({ mayLose, mayGain }: Summary, expect: Expect): boolean {
  return (
    (expect !== 'any' && expect !== 'lost' && mayLose > 0) || (expect !== 'any' && expect !== 'gained' && mayGain > 0)
  );
}

function wordOf(compared: Compared): string {
  const { summary, controller, emptied, fresh, gone } = compared;
  if (summary.lost > 0 || emptied.length > 0 || lostPathsWords(compared) !== undefined) return 'LOSES';
  if (summary.gained > 0) return 'GAINS';
  if (summary.mayLose + summary.mayGain > 0) return 'UNSURE';
  const changes = summary.added + summary.removed + summary.changed + summary.idle + controller.length;
  return changes + fresh.length + gone.length === 0 ? 'SAME' : 'CHANGES';
}

function headlineOf(compared: Compared): string {
  const { summary, services, gaps, controller, emptied } = compared;
  if (gaps.incomplete !== undefined) return `what the change would do is not sure: ${gaps.incomplete}`;
  const { receivers, lost, idle, gained, mayLose, mayGain, added, removed, changed } = summary;
  const count = (...effects: readonly Effect[]): number =>
    receivers.reduce(
      (sum, { group, incoming }) =>
        sum + (incoming.some((one) => effects.includes(one.effect)) ? Math.max(group.ends.length, 1) : 0),
      0,
    );
  const paths = lost === 0 ? lostPathsWords(compared) : undefined;
  const parts = [
    ...(emptied.length === 0 ? [] : [`${emptiedWords(emptied)} would lead to no pod`]),
    ...(paths === undefined ? [] : [paths]),
    ...(lost > 0 ? [`${plural(count('lost'), 'receiver')} would lose traffic${serviceWords(services)}`] : []),
    ...(lost === 0 && idle > 0 ? [`traffic is lost only on ports that nobody serves`] : []),
    ...(gained > 0 ? [`${plural(count('gained'), 'receiver')} could be reached by more`] : []),
    ...(mayLose + mayGain > 0 && lost + gained === 0
      ? [`for ${plural(count('mayLose', 'mayGain'), 'receiver')} it is not decided`]
      : []),
  ];
  if (parts.length > 0) return parts.join('; ');
  if (controller.length > 0) return 'only paths through Ingress, Route and Gateway objects change';
  if (added + removed + changed > 0) return 'only workloads that come or go make a difference';
  return 'no connection changes';
}

function emptiedWords(services: readonly Service[]): string {
  const names = services.map((service) => `${namespaceOrDefault(service)}/${nameOf(service)}`);
  return `${names.length === 1 ? 'Service' : 'Services'} ${joinNames(names, NAMES)}`;
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

function serviceData({ service, servicePort, protocol, targetPort, senders }: ServiceLoss): object {
  const { namespace = '', name = '' } = service.metadata ?? {};
  return { namespace, name, port: servicePort, protocol, targetPort, senders };
}
