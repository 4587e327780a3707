import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import { KINDS } from '../../../shared/model/kinds.ts';
import type { Report } from '../../../shared/report/report.ts';

/** Says of every finding in which file and line its object stands, for objects from files. */
export function withPlaces(index: ClusterIndex, report: Report): Report {
  const place = (finding: Finding): Finding => placed(index, finding);
  return {
    ...report,
    causes: report.causes.map(place),
    findings: report.findings.map(place),
    ...(report.items === undefined
      ? {}
      : {
          items: report.items.map((item) => ({
            ...item,
            causes: item.causes.map(place),
            findings: item.findings.map(place),
          })),
        }),
  };
}

function placed(index: ClusterIndex, finding: Finding): Finding {
  const [, path, line] = /^(.*):(\d+)$/.exec(placeOf(index, finding) ?? '') ?? [];
  return path === undefined ? finding : { ...finding, place: { path, line: Number(line) } };
}

/** `shop.yaml:12`, the place that a finding is about; undefined for objects of a cluster. */
export function placeOf(index: ClusterIndex, finding: Finding): string | undefined {
  const { kind, namespace, name } = finding.subject;
  // A finding about one word knows its own line, and one about a rule says it with its first fact.
  const [first] = finding.evidence;
  const own = finding.code === 'POL325' ? first?.source : / \((\S.*:\d+)\)$/.exec(first?.source ?? '')?.[1];
  const metadata = namespace === undefined ? { name } : { namespace, name };
  return own ?? (kind in KINDS ? index.origin({ metadata }, kind as KindName) : undefined);
}
