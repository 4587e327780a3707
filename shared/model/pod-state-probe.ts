import { hideSecrets } from '../util/hide-secrets.ts';
import type { ClusterEvent } from './objects.ts';
import type { Container, Pod, Probe } from './objects-pod.ts';
import type { RunningContainer } from './pods.ts';
import { isSideName } from './side-ports.ts';

export type ProbeType = 'startup' | 'liveness' | 'readiness';

/** What went wrong in one attempt, read off the kubelet's words; no prose. */
export type ProbeFailureKind =
  | 'http-status'
  | 'refused'
  | 'timeout'
  | 'unknown-port'
  | 'server-speaks-http'
  | 'server-speaks-tls'
  | 'no-route'
  | 'reset'
  | 'dns'
  | 'grpc-not-serving'
  | 'grpc-unimplemented'
  | 'exec-missing'
  | 'exec-timeout'
  | 'exec'
  | 'other';

/** The latest failure of one probe of one container, as an event tells it. */
export interface ProbeFailure {
  readonly type: ProbeType;
  readonly kind: ProbeFailureKind;
  /** The HTTP status for `http-status`. */
  readonly status: number | undefined;
  /** The kubelet's words without the leading `Readiness probe failed:`. */
  readonly message: string;
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** Seconds of a probe with the API's defaults filled in (API reference, Probe). */
export interface ProbeTimes {
  readonly initialDelay: number;
  readonly period: number;
  readonly timeout: number;
  readonly failureThreshold: number;
  /** Passes in a row that count as one. */
  readonly successThreshold: number;
  /** Seconds after the container's start at which an always failing probe has used up its attempts. */
  readonly budget: number;
}

/** The times of a probe in seconds, with the defaults of the API. */
export function probeTimes(probe: Probe): ProbeTimes {
  const initialDelay = probe.initialDelaySeconds ?? 0;
  const period = probe.periodSeconds ?? 10;
  const failureThreshold = probe.failureThreshold ?? 3;
  return {
    initialDelay,
    period,
    timeout: probe.timeoutSeconds ?? 1,
    failureThreshold,
    successThreshold: probe.successThreshold ?? 1,
    budget: initialDelay + period * failureThreshold,
  };
}

/** The probe of a type, when the container has it. */
export function probeOf(container: Container, type: ProbeType): Probe | undefined {
  if (type === 'startup') return container.startupProbe;
  return type === 'liveness' ? container.livenessProbe : container.readinessProbe;
}

/** The port a probe connects to: a number, a name as written, or undefined for exec probes. */
export function probePort(probe: Probe): number | string | undefined {
  return probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
}

/** The number behind a probe's port. Names are looked up in the same container only, as the kubelet does. */
export function probePortNumber(probe: Probe, container: Container): number | undefined {
  const port = probePort(probe);
  if (typeof port !== 'string') return port;
  if (/^\d+$/.test(port)) return Number(port);
  return (container.ports ?? []).find((declared) => declared.name === port)?.containerPort;
}

/** True when the probe goes to a port that the container does not declare although it declares others for its callers. */
export function probesUndeclaredPort(container: Container, probe: Probe): boolean {
  const port = probePortNumber(probe, container);
  const declared = (container.ports ?? []).filter((entry) => (entry.protocol ?? 'TCP') === 'TCP');
  const forCallers = declared.some((entry) => !isSideName(entry.name));
  return port !== undefined && forCallers && !declared.some((entry) => entry.containerPort === port);
}

/**
 * The app container that a startup probe of a native sidecar asks: it starts only when that probe has passed, so that
 * neither ever does (KEP-753). Told by the port that the app declares and the sidecar does not.
 */
export function asksWhoWaits(
  pod: Pod,
  { nativeSidecar, spec }: Pick<RunningContainer, 'nativeSidecar' | 'spec'>,
  type: ProbeType,
): string | undefined {
  const probe = nativeSidecar && type === 'startup' ? spec.startupProbe : undefined;
  const port = probe === undefined ? undefined : probePortNumber(probe, spec);
  const declares = ({ ports = [] }: Container): boolean => ports.some(({ containerPort }) => containerPort === port);
  if (port === undefined || declares(spec)) return undefined;
  return (pod.spec?.containers ?? []).find(declares)?.name;
}

/** `http-get :8080/healthz`, `https-get :8443/`, `tcp :5432`, `grpc :9090`, `exec [cat /tmp/ready]`. */
export function formatProbe(probe: Probe): string {
  if (probe.httpGet !== undefined) {
    const { scheme = 'HTTP', host = '', port = '', path = '/' } = probe.httpGet;
    return `${scheme.toLowerCase()}-get ${host}:${port}${hideSecrets(path.startsWith('/') ? path : `/${path}`)}`;
  }
  if (probe.tcpSocket !== undefined) return `tcp ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port ?? ''}`;
  if (probe.grpc !== undefined) {
    const service = probe.grpc.service ?? '';
    return `grpc :${probe.grpc.port ?? ''}${service === '' ? '' : ` service ${service}`}`;
  }
  const command = hideSecrets((probe.exec?.command ?? []).join(' ').replace(/\s+/g, ' '));
  return `exec [${command.length > 60 ? `${command.slice(0, 59)}…` : command}]`;
}

// The kubelet writes `Readiness probe failed: …` and `Readiness probe errored: …`, from 1.32 on `errored and resulted
// in unknown state: …` (pkg/kubelet/prober/prober.go).
const SHAPE =
  /^(Readiness|Liveness|Startup) probe (?:failed|errored)(?: and resulted in unknown state)?:?\s*([\s\S]*)$/;

/**
 * The latest failure of a container's probe among the events of its pod. Events without a fieldPath count when no other
 * container can be meant (`only`), or when they name the port that this one alone is asked on.
 */
export function lastProbeFailure(
  events: readonly ClusterEvent[],
  container: string,
  type: ProbeType,
  only: boolean,
  port?: number,
): ProbeFailure | undefined {
  for (let at = events.length - 1; at >= 0; at--) {
    const event = events[at];
    if (event === undefined || event.reason !== 'Unhealthy') continue;
    const about = containerOfEvent(event);
    if (about === undefined ? !only && !namesPort(event.message, port) : about !== container) continue;
    const match = SHAPE.exec(event.message);
    if (match === null || match[1]?.toLowerCase() !== type) continue;
    const message = (match[2] ?? '').trim();
    const { kind, status } = classifyProbeFailure(message);
    return { type, kind, status, message, count: event.count, firstSeen: event.firstSeen, lastSeen: event.lastSeen };
  }
  return undefined;
}

/** Whether the words of an event name a port: `10.1.2.3:8080`. */
export function namesPort(message: string, port: number | undefined): boolean {
  return port !== undefined && new RegExp(`:${port}(?!\\d)`).test(message);
}

/** The container that an event of a pod is about: `spec.containers{app}`. */
export function containerOfEvent(event: ClusterEvent): string | undefined {
  return /^spec\.\w+\{(.+)\}$/.exec(event.object.fieldPath ?? '')?.[1];
}

/** Sorts the kubelet's words, several versions of them, into kinds. */
export function classifyProbeFailure(message: string): { kind: ProbeFailureKind; status: number | undefined } {
  const status = /HTTP probe failed with statuscode: (\d+)/.exec(message)?.[1];
  if (status !== undefined) return { kind: 'http-status', status: Number(status) };
  return { kind: KINDS.find(([pattern]) => pattern.test(message))?.[1] ?? guess(message), status: undefined };
}

const KINDS: readonly (readonly [RegExp, ProbeFailureKind])[] = [
  [/server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/, 'server-speaks-http'],
  [/malformed HTTP (response|status code|version)/, 'server-speaks-tls'],
  [/strconv\.Atoi: parsing|couldn't find port|could ?n.t find port|invalid port/, 'unknown-port'],
  [/responded with "[A-Z_]+"|service unhealthy|NOT_SERVING/, 'grpc-not-serving'],
  [
    /does not implement the grpc health protocol|unknown service grpc\.health|code = (Unimplemented|NotFound)/,
    'grpc-unimplemented',
  ],
  [
    /failed to exec in container: timeout|command .* timed out|exec probe timed out|code = DeadlineExceeded desc = (?:failed to exec|context)/,
    'exec-timeout',
  ],
  [/executable file not found|exec failed: .*no such file or directory/, 'exec-missing'],
  [/connection refused/, 'refused'],
  [
    /i\/o timeout|context deadline exceeded|Client\.Timeout exceeded|timeout: (failed to connect|health rpc)|request canceled/,
    'timeout',
  ],
  [/no route to host|network is unreachable|host is down/, 'no-route'],
  [/connection reset by peer|\bEOF\b|server closed|broken pipe/, 'reset'],
  [/no such host|server misbehaving/, 'dns'],
];

/** What is left is the output of an exec probe, unless it carries the marks of Go's network errors. */
function guess(message: string): ProbeFailureKind {
  return /^(Get|Head) "|^dial |rpc error/.test(message) ? 'other' : 'exec';
}
