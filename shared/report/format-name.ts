import { itemsOf } from './items-of.ts';
import type { Report } from './report.ts';

/**
 * Names for scripts, as `kubectl get -o name` prints them: of a sweep the objects that are not healthy, of one diagnosis
 * the objects to blame. Nothing when all is well.
 */
export function formatNames(report: Report): string {
  const refs =
    report.items === undefined
      ? report.causes.map((cause) => cause.subject)
      : itemsOf(report)
          .filter((item) => item.verdict !== 'healthy')
          .map((item) => item.target);
  return [...new Set(refs.map((ref) => `${ref.kind.toLowerCase()}/${ref.name}`))].join('\n');
}
