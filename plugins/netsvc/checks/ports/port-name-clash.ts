import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { declaredPorts, targetPortOf } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { stemOf } from '../selector/version-words.ts';
import { backendsOf, isFault } from './backends.ts';
import { containerSigns } from './container-signs.ts';
import { targetPortFix } from './port-fixes.ts';
import { PORT_USES } from './port-uses.ts';
import { portEvidence, portWords } from './port-words.ts';

const SIDECAR = /proxy|sidecar|exporter|metrics|agent|envoy|mesh|log|init|auth|cache|adapter|helper/;

/** The words or variables of a container name the port on the pod's own address: `--upstream=http://127.0.0.1:8080`. */
function passesOnTo(index: ClusterIndex, pod: Pod, name: string, port: number): boolean {
  const container = containerSigns(index, pod).find((one) => one.name === name);
  if (container === undefined) return false;
  const values = [...container.env.values()].map(({ value }) => value ?? '');
  const upstream = new RegExp(`(127\\.0\\.0\\.1|localhost|\\[::1\\]):${port}(?!\\d)`);
  return [container.line.text, ...values].some((text) => upstream.test(text));
}

/** One name, two numbers in a pod: the Service takes the first container's, whichever was meant. */
export const portNameClash = defineCheck<ServiceSubject>({
  id: 'netsvc/port-name-clash',
  group: 'ports',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    subject.ports.flatMap((port) => {
      const name = targetPortOf(port);
      if (typeof name !== 'string') return [];
      for (const backend of backendsOf(index, subject, port)) {
        const same = declaredPorts(backend.pod.spec).filter(
          (declared) => declared.name === name && declared.protocol === (port.protocol ?? 'TCP'),
        );
        const [winner] = same;
        const loser = same.find((declared) => declared.port !== winner?.port);
        if (winner === undefined || loser === undefined) continue;
        // A proxy that is told to pass on to the other port is where callers are meant to arrive.
        const fronts = passesOnTo(index, backend.pod, winner.container, loser.port);
        const app = stemOf(backend.owner.name);
        // The first container is the app itself by its name: the Service does what was meant.
        const named =
          ([app, subject.name, 'app', 'main', 'server', 'web'].includes(winner.container) ||
            SIDECAR.test(loser.container)) &&
          !SIDECAR.test(winner.container);
        const meant = !isFault(backend.serving) && (fronts || named);
        const words = (one: typeof winner): string => `${one.port} of container ${one.container}`;
        return [
          portsMessages.SVC409.raise({
            subject: subject.ref,
            args: {
              service: `${subject.namespace}/${subject.name}`,
              port: portWords(subject, port),
              name,
              winner: words(winner),
              loser: words(loser),
            },
            severity: meant ? 'info' : 'warning',
            impact: meant ? 0 : 0.5 / subject.ports.length,
            evidence: [
              ...portEvidence(subject, port),
              ...[winner, loser].map((one) => ({
                fact: `containerPort ${one.port} named ${name}`,
                source: `${formatRef(backend.owner)} container ${one.container} ports`,
              })),
            ],
            fixes: meant ? [] : [targetPortFix(subject, port, loser.port)],
          }),
        ];
      }
      return [];
    }),
});
