import type { ClusterIndex } from '../../model/cluster-index.ts';
import { compareText } from '../../util/text.ts';
import { type ServerMetrics, summarisePage } from './summarise-page.ts';

/** The metrics of one server or node cache. */
export interface NamedMetrics {
  readonly pod: string;
  readonly program: 'coredns' | 'node-cache';
  readonly metrics: ServerMetrics;
}

/** Metrics pages that were kept: `tools/coredns/POD/metrics.txt`, `tools/nodecache/POD/metrics.txt`. */
export function metricsOf(index: ClusterIndex): readonly NamedMetrics[] {
  return index.memo('dns/metrics', () => {
    const found = [
      ...index.tools('tools/coredns').map((output) => ({ ...output, program: 'coredns' as const })),
      ...index.tools('tools/nodecache').map((output) => ({ ...output, program: 'node-cache' as const })),
    ];
    const earlier = new Map(index.tools('tools').map(({ path, text }) => [path, text]));
    return found
      .flatMap(({ path, text, program }): readonly NamedMetrics[] => {
        const match = /\/([^/]+)\/metrics\.txt$/.exec(path);
        if (match === null) return [];
        const first = earlier.get(path.replace(/metrics\.txt$/, 'metrics-before.txt'));
        const seconds = Number(earlier.get(path.replace(/metrics\.txt$/, 'metrics-seconds.txt')));
        const since = first === undefined || !(seconds > 0) ? {} : { earlier: first, seconds };
        return [{ pod: match[1] ?? '', program, metrics: summarisePage(text, { now: index.now, ...since }) }];
      })
      .sort((a, b) => compareText(a.program, b.program) || compareText(a.pod, b.pod));
  });
}
