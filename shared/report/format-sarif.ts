import type { Finding, Severity } from '../messages/finding.ts';
import type { Ref } from '../model/refs.ts';
import { itemsOf } from './items-of.ts';
import type { Report } from './report.ts';

const LEVELS: Readonly<Record<Severity, string>> = { critical: 'error', warning: 'warning', info: 'note' };

/**
 * SARIF 2.1.0: a rule for each code that was found, a result for each finding on each object. Objects of a cluster are
 * logical locations; the artifact path that some readers ask for is the file, or made of kind, namespace and name.
 */
export function sarifValue(report: Report): unknown {
  const results = itemsOf(report).flatMap((item) =>
    [...item.causes, ...item.findings].map((finding) => ({ finding, target: item.target })),
  );
  const rules = [...new Map(results.map(({ finding }) => [finding.code, finding])).values()];
  const codes = rules.map((rule) => rule.code);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: `kubectl-${report.command.split(' ')[0] ?? ''}`,
            rules: rules.map(ruleOf),
          },
        },
        invocations: [
          {
            executionSuccessful: report.verdict !== 'unknown',
            toolExecutionNotifications: report.notChecked.map(({ check, reason }) => ({
              level: 'warning',
              message: { text: `not checked: ${check}: ${reason}` },
            })),
          },
        ],
        results: results.map(({ finding, target }) => resultOf(finding, target, codes)),
      },
    ],
  };
}

function ruleOf(finding: Finding): unknown {
  return {
    id: finding.code,
    name: finding.slug,
    shortDescription: { text: finding.slug.replaceAll('-', ' ') },
    fullDescription: { text: finding.explain },
    defaultConfiguration: { level: LEVELS[finding.severity] },
  };
}

function resultOf(finding: Finding, target: Ref, codes: readonly string[]): unknown {
  const fixes = finding.fixes.map((fix) => `${fix.title}: ${fix.command}`);
  return {
    ruleId: finding.code,
    ruleIndex: codes.indexOf(finding.code),
    level: LEVELS[finding.severity],
    message: { text: [finding.summary, ...finding.evidence.map(({ fact }) => fact), ...fixes].join('\n') },
    locations: [locationOf(finding.subject, finding.place)],
    relatedLocations: [locationOf(target)],
    partialFingerprints: { 'kubectl-net/v1': `${finding.code}/${nameOf(finding.subject)}/${nameOf(target)}` },
  };
}

function locationOf(ref: Ref, place: Finding['place'] = { path: nameOf(ref), line: 1 }): unknown {
  return {
    physicalLocation: {
      artifactLocation: { uri: place.path.split('/').map(encodeURIComponent).join('/') },
      region: { startLine: place.line },
    },
    logicalLocations: [{ name: ref.name, fullyQualifiedName: nameOf(ref), kind: 'resource' }],
  };
}

function nameOf(ref: Ref): string {
  return [ref.kind.toLowerCase(), ...(ref.namespace === undefined ? [] : [ref.namespace]), ref.name].join('/');
}
