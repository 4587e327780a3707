import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import {
  asksWhoWaits,
  formatProbe,
  probePort,
  probePortNumber,
  probesUndeclaredPort,
  probeTimes,
} from '../../../../shared/model/pod-state-probe.ts';
import { conditionOf, runningContainers, wasReadySince } from '../../../../shared/model/pods.ts';
import { ago, formatDuration } from '../../../../shared/util/duration.ts';
import { hideSecrets } from '../../../../shared/util/hide-secrets.ts';
import { joinNames, shorten, timesTold } from '../../../../shared/util/text.ts';
import { commandLine, podSource, QUOTE } from '../pods/pod-evidence.ts';
import type { ServicePod } from '../pods/service-pods.ts';
import { type FailingProbe, tinyCpuLimit } from './failing-probes.ts';

const MINUTE = 60_000;

/** `readiness probe http-get :8081/healthz`. */
export function probeInWords({ type, probe }: FailingProbe): string {
  return `${type} probe ${formatProbe(probe)}`;
}

/** `container app`, `sidecar istio-proxy` for native sidecars. */
export function probedContainer({ container }: FailingProbe): string {
  return `${container.nativeSidecar ? 'sidecar' : 'container'} ${container.name}`;
}

/** What a probe says and asks: it may name who else is needed. */
export function probeTexts({ failure, probe }: FailingProbe): readonly string[] {
  return [failure?.message ?? '', (probe.exec?.command ?? []).join(' ')];
}

/** What became of the probe, with the numbers that decide. */
export function failureInWords(failing: FailingProbe): string {
  const { fault, failure, probe, container } = failing;
  const { timeout } = probeTimes(probe);
  const said = failure === undefined ? '' : withoutFrames(failure.message);
  const elsewhere = redirect(failing);
  if (elsewhere !== undefined) return `it is redirected to ${elsewhere}: ${said.replace(/^Get "[^"]*": /, '')}`;
  switch (fault) {
    case 'status':
      return `HTTP probe failed with statuscode: ${failure?.status ?? '?'}`;
    case 'timeout':
      return `no answer within timeoutSeconds ${timeout}${slowed(failing)}${said === '' ? '' : ` (${said})`}`;
    case 'unknown-port':
      return `no port of the container is called "${probePort(probe) ?? ''}"${declared(failing)}`;
    case 'wrong-port':
      return `${failure === undefined ? 'it has not passed' : 'connection refused'} on port ${probePort(probe) ?? ''}, which the container does not declare${declared(failing)}`;
    case 'refused':
      return `connection refused on port ${probePort(probe) ?? ''}${askedHost(failing)}${deadlock(failing)}`;
    case 'scheme':
      return failure?.kind === 'server-speaks-http'
        ? `it speaks ${probe.httpGet?.scheme ?? 'HTTPS'}, the server speaks HTTP (${said})`
        : `it speaks ${probe.httpGet?.scheme ?? 'HTTP'}, the server does not (${said})`;
    case 'exec':
      return said === '' ? 'its command does not end with 0' : said;
    case 'unseen':
      return `it has not passed${container.status?.started === true ? '' : ' yet'}; no event says why`;
    default:
      return (said === '' ? 'it fails' : said) + askedHost(failing) + unheard(failing);
  }
}

/** No connection to a port that nobody declares: that of the probe is the wrong one, it seems. */
function unheard(failing: FailingProbe): string {
  const { probe, container, failure } = failing;
  return /failed to connect/.test(failure?.message ?? '') && probesUndeclaredPort(container.spec, probe)
    ? `; the container does not declare port ${probePort(probe)}${declared(failing)}`
    : '';
}

function slowed(failing: FailingProbe): string {
  const limit = tinyCpuLimit(failing);
  return limit === undefined ? '' : ` under a CPU limit of ${limit}`;
}

function deadlock({ pod, container, type }: FailingProbe): string {
  const app = asksWhoWaits(pod, container, type);
  return app === undefined ? '' : `, which is that of container ${app}: ${app} starts only after this probe has passed`;
}

/** Where the answer sent the kubelet on, which follows redirects to the same host and names the last URL it asked. */
export function redirect({ failure, probe, container }: FailingProbe): string | undefined {
  const [, url, scheme, port = scheme === 'https' ? '443' : '80'] =
    /^Get "((https?):\/\/(?:\[[^\]]*\]|[^\s/":]+)(?::(\d+))?[^"]*)"/.exec(failure?.message ?? '') ?? [];
  const asked = probePortNumber(probe, container.spec);
  if (url === undefined || probe.httpGet === undefined || asked === undefined) return undefined;
  return scheme === (probe.httpGet.scheme ?? 'HTTP').toLowerCase() && port === String(asked)
    ? undefined
    : hideSecrets(url);
}

/** A probe with a host of its own does not ask the pod. */
function askedHost({ probe }: FailingProbe): string {
  const host = probe.httpGet?.host ?? probe.tcpSocket?.host ?? '';
  return host === '' ? '' : `; the probe asks host ${host} instead of the pod`;
}

/** The kubelet's words without the frames that the runtime puts around them. */
function withoutFrames(message: string): string {
  const core = message
    .replace(/^rpc error: code = \w+ desc = /, '')
    .replace(/^failed to exec in container: (?:failed to start exec "[^"]*": )?/, '')
    .replace(/^OCI runtime exec failed: exec failed: (?:unable to start container process: )?/, '')
    .replace(/: unknown$/, '');
  return shorten(hideSecrets(core), 140);
}

function declared({ container }: FailingProbe): string {
  const ports = (container.spec.ports ?? []).map((port) =>
    port.name === undefined ? String(port.containerPort ?? '') : `${port.name} ${port.containerPort ?? ''}`,
  );
  return ports.length === 0 ? ' (it declares no port)' : ` (it declares ${joinNames(ports, 4)})`;
}

/**
 * `, not ready for 5m` when it was ready before; `, never ready since it started 5m ago` otherwise. Of facts without a
 * time of their own nothing shorter than a minute is told: it is only a lower bound.
 */
export function sinceInWords({ now, orLater }: ClusterIndex, failing: FailingProbe): string {
  const started = failing.container.status?.state?.running?.startedAt;
  const lost = Date.parse(conditionOf(failing.pod, 'Ready')?.lastTransitionTime ?? '');
  if (wasReadySince(failing.pod, started))
    return orLater && now - lost < MINUTE ? '' : `, not ready for ${formatDuration(now - lost)}`;
  if (orLater && now - Date.parse(started ?? '') < MINUTE) return ', never ready since it started';
  const when = ago(started, now);
  return when === '' ? '' : `, never ready since it started ${when}`;
}

/** Counts of containers, the event, the probe's values, what the container runs, and what the reader may ask. */
export function probeEvidence(index: ClusterIndex, failing: FailingProbe): readonly Evidence[] {
  const { failure, probe, container, type } = failing;
  const evidence: Evidence[] = [containersEvidence(failing)];
  if (failure !== undefined) {
    const from = failure.firstSeen === failure.lastSeen ? '' : `, first ${ago(failure.firstSeen, index.now)}`;
    const last = ago(failure.lastSeen, index.now);
    evidence.push({
      fact: `"${capital(type)} probe failed: ${shorten(hideSecrets(failure.message), QUOTE)}" (${timesTold(failure.count)}${last === '' ? '' : `, last ${last}`}${from})`,
      source: `Event Unhealthy on ${podSource(failing)}`,
    });
  }
  const { initialDelay, period, timeout, failureThreshold } = probeTimes(probe);
  evidence.push({
    fact: `${formatProbe(probe)}: initialDelaySeconds ${initialDelay}, periodSeconds ${period}, timeoutSeconds ${timeout}, failureThreshold ${failureThreshold}`,
    source: `${podSource(failing)} spec of ${container.name}, ${type}Probe`,
  });
  const ports = (container.spec.ports ?? []).map((port) => `${port.containerPort ?? ''}/${port.protocol ?? 'TCP'}`);
  const runs = commandLine(container.spec);
  if (['refused', 'wrong-port', 'unknown-port', 'status', 'unseen', 'grpc'].includes(failing.fault)) {
    const port = portVariables(failing);
    const facts = [
      ports.length === 0 ? 'declares no port' : `declares port ${joinNames(ports, 4)}`,
      ...(runs === '' ? [] : [`runs: ${runs}`]),
      ...(port === '' ? [] : [`environment ${port}`]),
    ];
    evidence.push({ fact: `container ${container.name} ${facts.join('; ')}`, source: `${podSource(failing)} spec` });
  }
  return evidence;
}

/** `PORT=9090`: variables that name a port and hold a number. */
function portVariables({ container }: FailingProbe): string {
  const found = (container.spec.env ?? []).filter(
    ({ name = '', value = '' }) => /(^|_)PORT$/i.test(name) && /^\d{1,5}$/.test(value),
  );
  return joinNames(
    found.map(({ name = '', value = '' }) => `${name}=${value}`),
    3,
  );
}

/** `1 of 2 containers ready; not ready: istio-proxy`. */
export function containersEvidence(entry: ServicePod): Evidence {
  const all = runningContainers(entry.pod);
  const unready = all.filter((container) => container.status?.ready !== true);
  const names = unready.map((container) => `${container.nativeSidecar ? 'sidecar ' : ''}${container.name}`);
  return {
    fact: `${all.length - unready.length} of ${all.length} containers ready${names.length === 0 ? '' : `; not ready: ${joinNames(names, 4)}`}`,
    source: `${podSource(entry)} status.containerStatuses`,
  };
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
