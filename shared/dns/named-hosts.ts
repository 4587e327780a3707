import type { ClusterIndex } from '../model/cluster-index.ts';
import type { PodSpec } from '../model/objects-pod.ts';
import { type ClusterName, meaningFor, parseClusterName, plainName } from './service-names.ts';

/** A name of the cluster that a pod's specification holds, as it is written there. */
export interface NamedService {
  readonly name: string;
  readonly meant: ClusterName;
}

/** The host of a URL or of HOST:PORT, and words with dots that could be one. */
const HOST =
  /(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^\s/@:,'"]*:[^\s/@,'"]*@)?([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?)(?=[:/,;\s'")\]]|$)/g;

/**
 * Names of Services in environment and arguments: those with `svc` in them, and short ones that an existing Service has.
 * A bare word counts only in a URL or before a port.
 */
export function servicesNamedIn(
  index: ClusterIndex,
  spec: PodSpec | undefined,
  namespace: string,
): readonly NamedService[] {
  const found = new Map<string, NamedService>();
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const texts = containers.flatMap((container) => [
    ...(container.env ?? []).flatMap(({ value }) => (value === undefined ? [] : [value])),
    ...(container.command ?? []),
    ...(container.args ?? []),
  ]);
  for (const text of texts) {
    for (const match of String(text).matchAll(HOST)) {
      const [whole = '', host = ''] = match;
      const after = String(text)[(match.index ?? 0) + whole.length] ?? '';
      const addressed = whole.includes('://') || /^:\d/.test(String(text).slice((match.index ?? 0) + whole.length));
      if (/^[\d.]+$/.test(host) || after === '(') continue;
      const meant = meaning(index, host, namespace, addressed);
      if (meant !== undefined) found.set(plainName(host), { name: host, meant });
    }
  }
  return [...found.values()];
}

function meaning(index: ClusterIndex, host: string, namespace: string, addressed: boolean): ClusterName | undefined {
  const full = parseClusterName(host);
  if (full !== undefined) return full;
  if (!addressed) return undefined;
  const own = (service: string): boolean => index.get('Service', namespace, service) !== undefined;
  const meant = meaningFor(host, namespace, own);
  return meant !== undefined && index.get('Service', meant.namespace, meant.service) !== undefined ? meant : undefined;
}
