import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { podsWithAddress } from '../../../../shared/model/held-addresses.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isReady, isTerminating, podKey } from '../../../../shared/model/pods.ts';
import { formatRef, type Ref } from '../../../../shared/model/refs.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { bestPort } from '../ports/port-fixes.ts';
import { PORT_USES } from '../ports/port-uses.ts';
import { elsewhereWords } from '../ports/port-words.ts';
import { type Serving, servingOf } from '../ports/serving.ts';
import { isSelectorless, type ManualEndpoint, manualEndpoints } from './manual-endpoints.ts';

/** A hand-made endpoint is a pod that runs well, and the port written beside it is one on which the pod does not listen. */
export const manualPortNotServed = defineCheck<ServiceSubject>({
  id: 'netsvc/manual-port-not-served',
  group: 'endpoints',
  needs: ['EndpointSlice', 'Pod'],
  uses: ['Endpoints', ...PORT_USES],
  applies: isSelectorless,
  run: (subject, { index }) => {
    const all = manualEndpoints(index, subject).filter((endpoint) => endpoint.ready);
    const dead = all.flatMap((endpoint) => deadPorts(index, endpoint));
    const [first] = dead;
    if (first === undefined) return [];
    const { endpoint, port, at, serving, pod } = first;
    const astray = new Set(dead.map((one) => one.endpoint)).size / all.length;
    const to = bestPort({ port }, serving.ports);
    return [
      endpointsMessages.SVC517.raise({
        subject: endpoint.holder.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          address: endpoint.address,
          pod: podKey(pod),
          port,
          instead: elsewhereWords(serving),
        },
        severity: astray === 1 ? 'critical' : 'warning',
        impact: astray,
        pods: dead.map((one) => podKey(one.pod)),
        evidence: dead.slice(0, 4).map((one) => ({
          fact: `port ${one.port} of ${one.endpoint.address}, pod ${podKey(one.pod)}, which ${elsewhereWords(one.serving)}`,
          source: formatRef(one.endpoint.holder.ref),
        })),
        fixes:
          to === undefined ? [] : [portFix(endpoint.holder.ref, `${endpoint.holder.portsPath}/${at}/port`, port, to)],
      }),
    ];
  },
});

interface DeadPort {
  readonly endpoint: ManualEndpoint;
  readonly pod: Pod;
  readonly port: number;
  /** Its place in the list of the holder. */
  readonly at: number;
  readonly serving: Extract<Serving, { state: 'elsewhere' }>;
}

function deadPorts(index: ClusterIndex, endpoint: ManualEndpoint): readonly DeadPort[] {
  const [pod, second] = podsWithAddress(index, endpoint.address);
  // On a node's network anybody may listen at that address.
  if (pod === undefined || second !== undefined || pod.spec?.hostNetwork === true) return [];
  if (!isReady(pod) || isTerminating(pod)) return [];
  const { ports } = endpoint.holder;
  return ports.flatMap(({ port, protocol = 'TCP' }, at): readonly DeadPort[] => {
    if (typeof port !== 'number') return [];
    const claimed = new Set(ports.flatMap((other, place) => (place === at ? [] : (other.port ?? []))));
    const serving = servingOf(index, pod, { port, protocol, claimed, side: false });
    return serving.state === 'elsewhere' ? [{ endpoint, pod, port, at, serving }] : [];
  });
}

function portFix({ kind, namespace, name }: Ref, path: string, from: number, to: number): Fix {
  const line = (value: number): string =>
    patchLine(kind.toLowerCase(), namespace, name, [{ op: 'replace', path, value }], 'json');
  return { title: `send to ${to} instead`, command: line(to), risk: 'low', undo: line(from) };
}
