import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Container, Pod } from '../../../../../shared/model/objects-pod.ts';
import { shorten } from '../../../../../shared/util/text.ts';
import { hostClass, type Listener, portNumber } from './listener.ts';

/** A socket that a mounted configuration asks for, and the ConfigMap it stands in. */
export interface ConfiguredListener {
  readonly listener: Listener;
  readonly configMap: string;
}

const LISTEN = /^[ \t]*listen[ \t]+(?:([\w.*]+|\[[0-9a-fA-F:.]*\]):)?(\d{2,5})\b([^;\n]*);/gm;

/**
 * The `listen` lines of the nginx configurations that a pod mounts from ConfigMaps (ngx_http_core_module, `listen`).
 * Only for containers that run nginx; which of several mounts the container uses is not told by the pruned facts.
 */
export function listenersOfConfig(index: ClusterIndex, pod: Pod, container: Container): readonly ConfiguredListener[] {
  const program = `${container.image ?? ''} ${(container.command ?? []).join(' ')} ${(container.args ?? []).join(' ')}`;
  if (!/\b(nginx|openresty)/.test(program)) return [];
  const namespace = pod.metadata?.namespace ?? '';
  return (pod.spec?.volumes ?? []).flatMap(({ configMap }) => {
    const name = configMap?.name;
    const data = name === undefined ? undefined : index.get('ConfigMap', namespace, name)?.data;
    if (name === undefined || data === undefined) return [];
    return Object.values(data).flatMap((text) =>
      [...text.matchAll(LISTEN)].map(([whole, host = '', port, rest = '']) => ({
        configMap: name,
        listener: {
          port: portNumber(port),
          host: host === '' ? ('any' as const) : hostClass(host),
          protocol: /\budp\b/.test(rest) ? ('UDP' as const) : ('TCP' as const),
          role: 'main' as const,
          words: shorten(whole, 80),
        },
      })),
    );
  });
}
