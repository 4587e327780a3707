import type { ClusterIndex } from '../../model/cluster-index.ts';

/** What was logged within so many seconds goes on; CoreDNS writes no times into its lines. */
export const RECENT_SECONDS = 90;

/** Where the last lines of a server's log are kept. */
export function recentLogPath(pod: string, container: string): string {
  return `tools/coredns/${pod}/${container}.recent.log`;
}

/** The lines of the last seconds before the facts were taken; undefined when nobody asked for them. */
export function recentLog(index: ClusterIndex, pod: string, container: string): string | undefined {
  const path = recentLogPath(pod, container);
  return index.tools('tools/coredns').find((output) => output.path === path)?.text;
}
