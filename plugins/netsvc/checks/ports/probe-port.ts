import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { declaredPorts, isReady } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type Backend, backendsOf, byOwner, isFault } from './backends.ts';
import { HELPERS } from './container-signs.ts';
import { PORT_USES } from './port-uses.ts';
import { ownersWords } from './port-words.ts';
import { type ProbedPort, probedPorts } from './probe-ports.ts';

/** Istio's agent takes the probes of the app over and passes them on to it. */
const ISTIO_AGENT = 15020;

/** Notes on readiness probes that ask another port than the Service sends to, told where nothing else proves the port. */
export const probePort = defineCheck<ServiceSubject>({
  id: 'netsvc/probe-port',
  group: 'ports',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index }) => {
    const [port] = subject.ports;
    const backends = port === undefined ? [] : backendsOf(index, subject, port);
    return [...byOwner(backends).values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined || !isReady(first.pod)) return [];
      const probes = probedPorts(index, first.pod).filter(
        ({ kind, container, port: asked }) => kind === 'readiness' && !HELPERS.test(container) && asked !== ISTIO_AGENT,
      );
      const targets = new Set(
        subject.ports.flatMap(
          (other) => backendsOf(index, subject, other).find((b) => b.key === first.key)?.number ?? [],
        ),
      );
      const [probe] = probes;
      if (probe === undefined || probes.some((one) => targets.has(one.port))) return [];
      return [...asksAnother(subject, group, first, probe), ...undeclared(group, first, probe)];
    });
  },
});

function asksAnother(subject: ServiceSubject, group: readonly Backend[], first: Backend, probe: ProbedPort) {
  if (first.number === undefined || first.serving.state === 'served' || isFault(first.serving)) return [];
  return [
    portsMessages.SVC410.raise({
      subject: subject.ref,
      args: {
        service: `${subject.namespace}/${subject.name}`,
        probe: String(probe.port),
        number: first.number,
        owners: ownersWords(group),
      },
      evidence: [{ fact: probe.words, source: `${formatRef(first.owner)} container ${probe.container}` }],
    }),
  ];
}

function undeclared(group: readonly Backend[], first: Backend, probe: ProbedPort) {
  const declared = declaredPorts(first.pod.spec);
  if (declared.length === 0 || declared.some((port) => port.port === probe.port)) return [];
  return [
    portsMessages.SVC411.raise({
      subject: first.owner,
      args: {
        probe: String(probe.port),
        owners: ownersWords(group),
        declared: `they declare ${joinNames([...new Set(declared.map((port) => String(port.port)))], 5)}`,
      },
      evidence: [{ fact: probe.words, source: `${formatRef(first.owner)} container ${probe.container}` }],
    }),
  ];
}
