import type { ClusterIndex } from '../../model/cluster-index.ts';
import { compareText } from '../../util/text.ts';
import { type ServerMetrics, summarisePage } from './summarise-page.ts';

/** The metrics of one server or node cache. */
export interface NamedMetrics {
  readonly pod: string;
  readonly program: 'coredns' | 'node-cache';
  readonly metrics: ServerMetrics;
}

/** How long after the first page `metrics-later.txt` was read. */
export const LATER_SECONDS_PATH = 'tools/coredns/metrics-later-seconds.txt';

/** What servers counted between their page and one read a moment later, after they were asked, by pod. */
export function countedLater(index: ClusterIndex): ReadonlyMap<string, ServerMetrics> {
  return index.memo('dns/metrics-later', () => {
    const texts = new Map(index.tools('tools/coredns').map(({ path, text }) => [path, text]));
    const seconds = Number(texts.get(LATER_SECONDS_PATH));
    return new Map(
      [...texts].flatMap(([path, text]): [string, ServerMetrics][] => {
        const pod = /\/([^/]+)\/metrics-later\.txt$/.exec(path)?.[1];
        const earlier = texts.get(path.replace(/-later\.txt$/, '.txt'));
        if (pod === undefined || earlier === undefined) return [];
        return [
          [pod, summarisePage(text, { now: index.now, earlier, seconds: Number.isFinite(seconds) ? seconds : 0 })],
        ];
      }),
    );
  });
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
