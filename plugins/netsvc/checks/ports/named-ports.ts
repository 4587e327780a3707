import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import { type DeclaredPort, declaredPorts, targetPortOf } from '../../../../shared/model/pods.ts';
import { compareText, joinNames } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type Backend, backendsOf } from './backends.ts';

/** A Service port that goes to a name, and how the pods stand to it. */
export interface NamedPort {
  readonly port: ServicePort;
  readonly name: string;
  readonly all: readonly Backend[];
  /** Declare no port of that name at all. */
  readonly without: readonly Backend[];
  /** Declare the name for another protocol only. */
  readonly otherProtocol: readonly Backend[];
}

/** The Service's ports whose targetPort is a name. A Service port without pods is left out. */
export function namedPorts(index: ClusterIndex, subject: ServiceSubject): readonly NamedPort[] {
  return subject.ports.flatMap((port): readonly NamedPort[] => {
    const name = targetPortOf(port);
    if (typeof name !== 'string') return [];
    const all = backendsOf(index, subject, port);
    if (all.length === 0) return [];
    const unresolved = all.filter(({ number }) => number === undefined);
    const byName = (backend: Backend): boolean =>
      declaredPorts(backend.pod.spec).some((declared) => declared.name === name);
    return [
      {
        port,
        name,
        all,
        without: unresolved.filter((backend) => !byName(backend)),
        otherProtocol: unresolved.filter(byName),
      },
    ];
  });
}

/** Every different port that some pods declare, by number. */
export function declaredBy(backends: readonly Backend[]): readonly DeclaredPort[] {
  const found = new Map<string, DeclaredPort>();
  for (const { pod } of backends) {
    for (const declared of declaredPorts(pod.spec)) {
      found.set(`${declared.port}/${declared.protocol}/${declared.name ?? ''}`, declared);
    }
  }
  return [...found.values()].sort((a, b) => a.port - b.port || compareText(a.name ?? '', b.name ?? ''));
}

/** `they declare http=8080, metrics=9090`, or that they declare nothing. */
export function declaredWords(backends: readonly Backend[]): string {
  const declared = declaredBy(backends);
  if (declared.length === 0) return 'they declare no ports at all';
  const words = declared.map(({ name, port, protocol }) => {
    const number = protocol === 'TCP' ? String(port) : `${port}/${protocol}`;
    return name === undefined || name === '' ? number : `${name}=${number}`;
  });
  return `they declare ${joinNames(words, 5)}`;
}
