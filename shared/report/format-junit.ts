import type { Finding } from '../messages/finding.ts';
import { escapeMarkup } from './escape-markup.ts';
import { itemsOf } from './items-of.ts';
import type { FailOn, Report, ReportItem } from './report.ts';
import { exitCode } from './report.ts';

/** JUnit XML, a test case for each object: faults at or above the limit fail it, what could not be told skips it. */
export function formatJunit(report: Report, failOn: FailOn): string {
  const cases = itemsOf(report).map((item) => testCase(report, item, failOn));
  const failed = cases.filter(({ outcome }) => outcome === 'failed').length;
  const skipped = cases.filter(({ outcome }) => outcome === 'skipped').length;
  const counts = `tests="${cases.length}" failures="${failed}" errors="0" skipped="${skipped}"`;
  // Manifests have no time, and an empty one is no valid value.
  const timestamp = report.takenAt === '' ? '' : ` timestamp="${attribute(report.takenAt)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${attribute(report.command)}" ${counts}>`,
    `  <testsuite name="${attribute(report.command)}" ${counts}${timestamp} hostname="${attribute(report.source)}">`,
    ...cases.flatMap(({ lines }) => lines),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

interface Case {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly lines: readonly string[];
}

function testCase(report: Report, item: ReportItem, failOn: FailOn): Case {
  const { target } = item;
  const open = `    <testcase classname="${attribute(target.namespace ?? 'cluster')}" name="${attribute(`${target.kind} ${target.name}`)}"`;
  const code = exitCode({ ...report, ...item }, failOn);
  if (code === 0) return { outcome: 'passed', lines: [`${open}/>`] };
  if (code === 3) {
    return {
      outcome: 'skipped',
      lines: [`${open}>`, `      <skipped message="${attribute(item.headline)}"/>`, '    </testcase>'],
    };
  }
  const findings = [...item.causes, ...(failOn === 'info' ? item.findings : [])];
  return { outcome: 'failed', lines: [`${open}>`, ...failureLines(findings, item), '    </testcase>'] };
}

/** One failure element: readers of JUnit files show only the first. */
function failureLines(findings: readonly Finding[], item: ReportItem): readonly string[] {
  const codes = findings.map((finding) => finding.code).join(', ');
  const text = findings.flatMap((finding) => [
    `${finding.code} ${finding.summary}`,
    ...finding.evidence.map(({ fact, source }) => `  ${fact}${source === '' ? '' : ` (${source})`}`),
    ...finding.fixes.map((fix) => `  fix: ${fix.command}`),
  ]);
  return [
    `      <failure type="${attribute(codes)}" message="${attribute(item.headline)}">`,
    escapeMarkup(text.join('\n')),
    '      </failure>',
  ];
}

function attribute(text: string): string {
  return escapeMarkup(text).replace(/\n/g, '&#10;');
}
