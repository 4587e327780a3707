import type { Finding } from '../../../shared/messages/finding.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { Report } from '../../../shared/report/report.ts';
import { plural, wrap } from '../../../shared/util/text.ts';
import { policyMessages } from '../messages/reach.ts';
import type { Resolved } from '../targets/not-found.ts';
import type { Asked } from './ask.ts';

/** What an end came to that is nobody whose policies could be asked. */
export type Nobody = Exclude<Resolved, { readonly type: 'party' }>;

/** Why there is no answer, in a few words. */
export function nobodyWords(end: Nobody): string {
  if (end.type === 'unseen') return `${end.what} could not be looked at (${end.reason})`;
  const { name = '', namespace = '' } = end.service.metadata ?? {};
  return `no pod stands behind ${formatRef({ kind: 'Service', namespace, name })}`;
}

/** The answer about something that could not be looked at, or that has no pods. */
export function unseenReport({ snapshot, index, gaps }: Asked, command: string, end: Nobody): Report {
  const finding = end.type === 'empty' ? emptyFinding(end) : undefined;
  return {
    command,
    target: finding?.subject,
    takenAt: index.takenAt,
    source: sourceName(snapshot),
    verdict: 'unknown',
    headline: `could not tell: ${nobodyWords(end)}`,
    causes: [],
    findings: finding === undefined ? [] : [finding],
    notChecked: gaps.notChecked,
    coverage: { ran: 0, of: 1 },
    ladder: [],
    layout: 'answer',
    ...(finding === undefined ? {} : { sections: [{ type: 'text', lines: linesOf(finding) }] }),
  };
}

function emptyFinding({ service, podsThere }: Extract<Nobody, { type: 'empty' }>): Finding {
  const { name = '', namespace = '' } = service.metadata ?? {};
  const subject = { kind: 'Service', namespace, name };
  const selector = Object.entries(service.spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  const fact =
    selector.length === 0
      ? 'it has no selector, and no EndpointSlice gives it addresses'
      : `selector ${selector.join(',')} matches 0 of ${plural(podsThere, 'pod')} of the namespace`;
  return policyMessages.POL002.raise({
    subject,
    args: { service: formatRef(subject), name, namespace },
    evidence: [{ fact, source: `${formatRef(subject)} spec.selector` }],
  });
}

function linesOf({ evidence, fixes }: Finding): readonly string[] {
  return [
    ...evidence.flatMap(({ fact }) => wrap(fact, 80, '  ')),
    ...fixes.flatMap(({ title, command }) => [`${title}:`, `    ${command}`]),
  ];
}
