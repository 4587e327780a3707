import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';

/** Where answers of kube-proxies are kept among the facts: `tools/kube-proxy/NODE/healthz.txt`. */
export const HEALTH_FOLDER = 'tools/kube-proxy';

/** What the kube-proxy of a node said of itself. */
export interface ProxyHealth {
  readonly node: string;
  readonly path: string;
  /**
   * `late`: it answers that its rules lag behind. `silent`: it took the connection and said nothing. `refused`: nobody
   * listens there, which is a fault only where its siblings of the same settings do.
   */
  readonly state: 'well' | 'late' | 'silent' | 'refused' | 'unknown';
  readonly lastUpdated: string | undefined;
  readonly said: string;
}

/** Every answer that was recorded. */
export function proxyHealth(index: ClusterIndex): readonly ProxyHealth[] {
  return index.tools(HEALTH_FOLDER).flatMap(({ path, text }) => {
    const node = /^tools\/kube-proxy\/(.+)\/healthz\.txt$/.exec(path)?.[1];
    if (node === undefined) return [];
    const [status = '', ...rest] = text.split('\n');
    const body = rest.join('\n');
    const page = parse(body);
    return [{ node, path, state: stateOf(status, body, page), lastUpdated: page?.lastUpdated, said: body.trim() }];
  });
}

/** The page of kubernetes/kubernetes pkg/proxy/healthcheck/proxy_health.go. */
interface Page {
  readonly lastUpdated?: string;
  readonly nodeEligible?: boolean;
}

function parse(text: string): Page | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'lastUpdated' in value ? (value as Page) : undefined;
  } catch {
    return undefined;
  }
}

function stateOf(status: string, body: string, page: Page | undefined): ProxyHealth['state'] {
  if (status === '200') return 'well';
  // A node that is going away answers 503 on purpose, so that load balancers leave it.
  if (status === '503' && page !== undefined) return page.nodeEligible === false ? 'well' : 'late';
  if (/dial tcp \S+: connect: connection refused/.test(body)) return 'refused';
  // No route, a page of somebody else: it listens elsewhere, or the API server does not get there.
  return /did not answer within|deadline exceeded/i.test(body) && !/dial tcp/i.test(body) ? 'silent' : 'unknown';
}
