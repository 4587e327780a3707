import type { Fix } from '../../../../shared/messages/finding.ts';
import type { Container, Probe } from '../../../../shared/model/objects-pod.ts';
import { asksWhoWaits, type ProbeType, probePort, probeTimes } from '../../../../shared/model/pod-state-probe.ts';
import { targetPortOf } from '../../../../shared/model/pods.ts';
import { hideSecrets } from '../../../../shared/util/hide-secrets.ts';
import { shellQuote } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isInTemplate, logs, patchContainer } from '../pods/containers/workload-commands.ts';
import { type FailingProbe, tinyCpuLimit } from './failing-probes.ts';

/** Changes of the probe that mend it, or the command that shows what it is answered. */
export function probeFixes(subject: ServiceSubject, failing: FailingProbe): readonly Fix[] {
  const { fault, failure, probe, container } = failing;
  switch (fault) {
    case 'wrong-port':
    case 'unknown-port':
      return [...portFix(subject, failing), ...proof(failing)];
    case 'timeout': {
      const { timeout } = probeTimes(probe);
      const patient = Math.max(5, timeout * 3);
      return [
        ...cpuFix(failing),
        ...change(
          failing,
          `give the probe ${patient} seconds instead of ${timeout}`,
          { timeoutSeconds: patient },
          {
            timeoutSeconds: timeout,
          },
        ),
        ...proof(failing),
      ];
    }
    case 'scheme': {
      const scheme = failure?.kind === 'server-speaks-http' ? 'HTTP' : 'HTTPS';
      const former = probe.httpGet?.scheme ?? 'HTTP';
      return change(failing, `speak ${scheme} to it`, { httpGet: { scheme } }, { httpGet: { scheme: former } });
    }
    case 'status':
      return [...pathFix(failing), ...proof(failing)];
    case 'exec':
      return failure?.kind === 'exec-missing'
        ? [...socketInstead(subject, failing), ...proof(failing)]
        : proof(failing);
    case 'grpc':
      // A server that speaks HTTP/1 leaves the client's HTTP/2 greeting unanswered, which looks like a slow one.
      return failure?.kind === 'grpc-unimplemented' || failure?.kind === 'timeout'
        ? [...socketInstead(subject, failing), ...proof(failing)]
        : proof(failing);
    default:
      return [
        ...hostFix(failing),
        ...laterFix(failing),
        ...proof(failing),
        {
          title: 'read the log of the container',
          command: logs(failing.pod.metadata?.namespace ?? '', failing.name, container.name, false),
          risk: 'none',
        },
      ];
  }
}

function cpuFix(failing: FailingProbe): readonly Fix[] {
  const limit = tinyCpuLimit(failing);
  const { owner, container } = failing;
  if (limit === undefined || !isInTemplate(failing, container.name)) return [];
  const patch = (cpu: string): string =>
    patchContainer(owner, container.name, { resources: { limits: { cpu } } }, container.nativeSidecar);
  return [
    { title: 'give it more CPU (adjust to what it needs)', command: patch('500m'), risk: 'low', undo: patch(limit) },
  ];
}

/** The field of a container that holds a probe. */
export function probeField(type: ProbeType): 'readinessProbe' | 'livenessProbe' | 'startupProbe' {
  return `${type}Probe`;
}

/** A change of some fields of the probe, and back; nothing where the template cannot be changed in place. */
export function change(
  failing: FailingProbe,
  title: string,
  fields: Readonly<Record<string, unknown>>,
  former: Readonly<Record<string, unknown>>,
): readonly Fix[] {
  if (!isInTemplate(failing, failing.container.name)) return [];
  const { owner, container, type } = failing;
  const patch = (value: Readonly<Record<string, unknown>>): string =>
    patchContainer(owner, container.name, { [probeField(type)]: value }, container.nativeSidecar);
  return [{ title, command: patch(fields), risk: 'low', undo: patch(former) }];
}

function portFix(subject: ServiceSubject, failing: FailingProbe): readonly Fix[] {
  const { probe, container } = failing;
  const port = servedPort(subject, container.spec);
  const handler = probe.httpGet !== undefined ? 'httpGet' : probe.tcpSocket !== undefined ? 'tcpSocket' : 'grpc';
  if (port === undefined) return [];
  return change(
    failing,
    `probe port ${port}, which the container declares`,
    { [handler]: { port } },
    { [handler]: { port: probePort(probe) } },
  );
}

/** Without a host of its own a probe asks the pod. */
function hostFix(failing: FailingProbe): readonly Fix[] {
  const handler = failing.probe.httpGet !== undefined ? 'httpGet' : 'tcpSocket';
  const host = failing.probe.httpGet?.host ?? failing.probe.tcpSocket?.host ?? '';
  if (host === '') return [];
  return change(failing, 'ask the pod itself', { [handler]: { host: null } }, { [handler]: { host } });
}

/** A sidecar that waits for the app may start, and be ready once the app is. */
function laterFix(failing: FailingProbe): readonly Fix[] {
  const { owner, pod, container, type } = failing;
  if (asksWhoWaits(pod, container, type) === undefined || !isInTemplate(failing, container.name)) return [];
  const { startupProbe, readinessProbe } = container.spec;
  const moved = readinessProbe === undefined;
  const patch = (fields: Readonly<Record<string, unknown>>): string =>
    patchContainer(owner, container.name, fields, true);
  return [
    {
      title: `let ${container.name} start before the app${moved ? ': its startup probe becomes its readiness probe' : ', without a startup probe'}`,
      command: patch({ startupProbe: null, ...(moved ? { readinessProbe: startupProbe } : {}) }),
      risk: 'low',
      undo: patch({ startupProbe, ...(moved ? { readinessProbe: null } : {}) }),
    },
  ];
}

/** The declared port that the Service sends to, else the first one that is declared. */
export function servedPort(subject: ServiceSubject, container: Container): number | undefined {
  const declared = (container.ports ?? []).filter((port) => (port.protocol ?? 'TCP') === 'TCP');
  const targets = subject.ports.map(targetPortOf);
  const served = declared.find(
    (port) => targets.includes(port.containerPort ?? -1) || (port.name !== undefined && targets.includes(port.name)),
  );
  return (served ?? declared[0])?.containerPort;
}

/** The path of another probe of the same container, which is known to pass. */
function pathFix(failing: FailingProbe): readonly Fix[] {
  const { container, type, probe, failure } = failing;
  if (failure?.status !== 404 || probe.httpGet === undefined) return [];
  const { readinessProbe, livenessProbe, startupProbe } = container.spec;
  const others: readonly (readonly [ProbeType, Probe | undefined])[] = [
    ['readiness', container.status?.ready === true ? readinessProbe : undefined],
    ['liveness', livenessProbe],
    ['startup', container.status?.started === true ? startupProbe : undefined],
  ];
  const restarts = container.status?.restartCount ?? 0;
  const other = others.find(
    ([name, candidate]) =>
      name !== type &&
      !(name === 'liveness' && restarts > 0) &&
      candidate?.httpGet?.path !== undefined &&
      candidate.httpGet.path !== probe.httpGet?.path,
  );
  const path = other?.[1]?.httpGet?.path;
  if (path === undefined) return [];
  const former = probe.httpGet.path ?? '/';
  return change(
    failing,
    `ask for ${path}, as the ${other?.[0]} probe does`,
    { httpGet: { path } },
    { httpGet: { path: former } },
  );
}

/** A connection to the served port instead of a probe that the image cannot answer. */
function socketInstead(subject: ServiceSubject, failing: FailingProbe): readonly Fix[] {
  const port = servedPort(subject, failing.container.spec) ?? failing.probe.grpc?.port;
  if (port === undefined) return [];
  const { exec, grpc } = failing.probe;
  const words = (exec?.command ?? []).join(' ');
  // The way back would print the password that the command holds.
  if (hideSecrets(words) !== words) return [];
  const drop = exec === undefined ? { grpc: null } : { exec: null };
  const former = exec === undefined ? { grpc } : { exec };
  return change(
    failing,
    `probe by connecting to port ${port} instead`,
    { ...drop, tcpSocket: { port } },
    { ...former, tcpSocket: null },
  );
}

/** Asks what the probe asks, by hand. */
export function proof({ probe, pod, name, container }: FailingProbe): readonly Fix[] {
  const namespace = pod.metadata?.namespace ?? '';
  if (probe.exec !== undefined) {
    const command = hideSecrets((probe.exec.command ?? []).map(shellQuote).join(' '));
    return [
      {
        title: "run the probe's command by hand",
        command: `kubectl exec ${name} -n ${namespace} -c ${container.name} -- ${command}`,
        risk: 'none',
      },
    ];
  }
  const port = probePort(probe);
  if (probe.httpGet === undefined || typeof port !== 'number') return [];
  const scheme = probe.httpGet.scheme === 'HTTPS' ? 'https:' : '';
  const path = probe.httpGet.path ?? '/';
  return [
    {
      title: 'see what the server answers',
      command: `kubectl get --raw ${shellQuote(`/api/v1/namespaces/${namespace}/pods/${scheme}${name}:${port}/proxy${hideSecrets(path.startsWith('/') ? path : `/${path}`)}`)}`,
      risk: 'none',
    },
  ];
}
