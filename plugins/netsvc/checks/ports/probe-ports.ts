import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { IntOrString } from '../../../../shared/model/objects.ts';
import type { Container, Pod, Probe } from '../../../../shared/model/objects-pod.ts';
import { isReady, podAddresses, type RunningContainer, runningContainers } from '../../../../shared/model/pods.ts';

export type ProbeKind = 'readiness' | 'liveness' | 'startup';

/** A port that the kubelet asks over the network, and whether the last answers were good. */
export interface ProbedPort {
  readonly container: string;
  readonly kind: ProbeKind;
  readonly port: number;
  /** The kubelet reaches the pod's own address, so that something listens there for others too. */
  readonly passes: boolean;
  /** `readinessProbe http-get :8080/healthz`. */
  readonly words: string;
}

/** Every port that a probe of the pod asks over the network. Probes of another host say nothing about this pod. */
export function probedPorts(index: ClusterIndex, pod: Pod): readonly ProbedPort[] {
  return runningContainers(pod).flatMap((running) =>
    probesOf(running.spec).flatMap(({ kind, probe }) => {
      const target = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
      const host = probe.httpGet?.host ?? probe.tcpSocket?.host;
      const port = resolve(running.spec, target);
      if (port === undefined || (host !== undefined && host !== '' && !podAddresses(pod).includes(host))) return [];
      return [
        {
          container: running.name,
          kind,
          port,
          passes: passes(index, pod, running, kind, probe),
          words: inWords(kind, probe, port),
        },
      ];
    }),
  );
}

/** Numbers in the commands of exec probes that succeed: something answers there, if only on the loopback address. */
export function numbersOfExecProbes(index: ClusterIndex, pod: Pod): ReadonlySet<number> {
  const found = new Set<number>();
  for (const running of runningContainers(pod)) {
    for (const { kind, probe } of probesOf(running.spec)) {
      if (probe.exec === undefined || !passes(index, pod, running, kind, probe)) continue;
      for (const [, digits] of (probe.exec.command ?? []).join(' ').matchAll(/(?:[:\s]|^)(\d{2,5})(?!\d)/g)) {
        found.add(Number(digits));
      }
    }
  }
  return found;
}

function probesOf(container: Container): readonly { readonly kind: ProbeKind; readonly probe: Probe }[] {
  const { readinessProbe, livenessProbe, startupProbe } = container;
  return [
    ...(readinessProbe === undefined ? [] : [{ kind: 'readiness' as const, probe: readinessProbe }]),
    ...(livenessProbe === undefined ? [] : [{ kind: 'liveness' as const, probe: livenessProbe }]),
    ...(startupProbe === undefined ? [] : [{ kind: 'startup' as const, probe: startupProbe }]),
  ];
}

function resolve(container: Container, target: IntOrString | undefined): number | undefined {
  if (typeof target === 'number') return target;
  if (target === undefined) return undefined;
  return container.ports?.find((port) => port.name === target)?.containerPort;
}

function passes(index: ClusterIndex, pod: Pod, running: RunningContainer, kind: ProbeKind, probe: Probe): boolean {
  const { status } = running;
  if (kind === 'readiness') return status?.ready ?? isReady(pod);
  if (kind === 'startup') return status?.started === true;
  const since = Date.parse(status?.state?.running?.startedAt ?? '');
  // A liveness probe that fails ends the container within this span, so one that lives longer passes.
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = probe;
  return index.now - since > (initialDelaySeconds + periodSeconds * (failureThreshold + 1)) * 1000;
}

function inWords(kind: ProbeKind, probe: Probe, port: number): string {
  const form =
    probe.httpGet !== undefined
      ? `http-get :${port}${probe.httpGet.path ?? '/'}`
      : probe.grpc !== undefined
        ? `grpc :${port}`
        : `tcp-socket :${port}`;
  return `${kind}Probe ${form}`;
}
