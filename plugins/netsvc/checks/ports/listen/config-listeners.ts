import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Container, Pod } from '../../../../../shared/model/objects-pod.ts';
import { shorten } from '../../../../../shared/util/text.ts';
import { FORMATS } from './config-formats.ts';
import type { Listener } from './listener.ts';

/** A socket that a mounted configuration asks for, and the ConfigMap it stands in. */
export interface ConfiguredListener {
  readonly listener: Listener;
  readonly configMap: string;
  readonly file: string;
}

/**
 * The sockets that configuration files ask for which a pod mounts from ConfigMaps: of nginx, Spring Boot, Redis,
 * PostgreSQL and others. Which of several mounts a container uses is not told by the pruned facts; its program must fit.
 */
export function listenersOfConfig(index: ClusterIndex, pod: Pod, container: Container): readonly ConfiguredListener[] {
  const line = [...(container.command ?? []), ...(container.args ?? [])].join(' ');
  const program = `${container.image ?? ''} ${line}`;
  const variables = (container.env ?? []).map(({ name }) => name ?? '').join(' ');
  const formats = FORMATS.filter(
    (format) =>
      format.program.test(program) &&
      (format.named === undefined || format.named.test(line)) &&
      format.overriddenBy?.test(`${line} ${variables}`) !== true,
  );
  const namespace = pod.metadata?.namespace ?? '';
  return (pod.spec?.volumes ?? []).flatMap(({ configMap }) => {
    const name = configMap?.name;
    const data = name === undefined ? undefined : index.get('ConfigMap', namespace, name)?.data;
    if (name === undefined || data === undefined) return [];
    return Object.entries(data).flatMap(([file, text]) =>
      formats
        .filter((format) => format.file.test(file))
        .flatMap((format) => format.read(String(text)))
        .map((socket) => ({
          configMap: name,
          file,
          listener: { ...socket, role: 'main' as const, words: shorten(socket.words, 76) },
        })),
    );
  });
}
