import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import { readinessExplains as why } from './readiness-explains.ts';

/** What every message about a failing probe is told. */
export interface ProbeArgs {
  /** `readiness probe http-get :8081/healthz`. */
  readonly probe: string;
  /** `container app`. */
  readonly container: string;
  /** `in all 3 pods of Deployment web`. */
  readonly where: string;
  /** What became of it, in the kubelet's words. */
  readonly failure: string;
  /** `, not ready for 5m`, with what else must be known; may be empty. */
  readonly since: string;
}

const fails = ({ probe, container, where, failure, since }: ProbeArgs): string =>
  `${probe} of ${container} fails ${where}: ${failure}${since}`;

/** SVC301 to SVC349: pods that run and are not ready. */
export const readinessMessages = defineMessages({
  SVC301: message<ProbeArgs>({
    slug: 'probe-answered-with-error',
    severity: 'critical',
    rung: 45,
    title: 'a probe is answered with an HTTP error',
    summary: fails,
    explain: why.status,
  }),
  SVC302: message<ProbeArgs>({
    slug: 'probe-connection-refused',
    severity: 'critical',
    rung: 45,
    title: 'nothing listens where the probe connects',
    summary: fails,
    explain: why.refused,
  }),
  SVC303: message<ProbeArgs>({
    slug: 'probe-times-out',
    severity: 'critical',
    rung: 45,
    title: 'a probe times out',
    summary: fails,
    explain: why.timeout,
  }),
  SVC304: message<ProbeArgs>({
    slug: 'probe-port-name-unknown',
    severity: 'critical',
    rung: 44,
    title: 'a probe names a port that its container does not have',
    summary: fails,
    explain: why.port,
  }),
  SVC305: message<ProbeArgs>({
    slug: 'probe-scheme-wrong',
    severity: 'critical',
    rung: 44,
    title: 'a probe speaks the wrong protocol',
    summary: fails,
    explain: why.scheme,
  }),
  SVC306: message<ProbeArgs>({
    slug: 'probe-command-fails',
    severity: 'critical',
    rung: 45,
    title: 'the command of a probe fails',
    summary: fails,
    explain: why.exec,
  }),
  SVC307: message<ProbeArgs>({
    slug: 'probe-grpc-fails',
    severity: 'critical',
    rung: 45,
    title: 'a gRPC health probe fails',
    summary: fails,
    explain: why.grpc,
  }),
  SVC308: message<ProbeArgs>({
    slug: 'probe-port-wrong',
    severity: 'critical',
    confidence: 'likely',
    rung: 44,
    title: 'a probe asks on another port than the container serves',
    summary: fails,
    explain: why.wrongPort,
  }),
  SVC309: message<ProbeArgs>({
    slug: 'probe-does-not-pass',
    severity: 'critical',
    rung: 46,
    title: 'a probe does not pass',
    summary: fails,
    explain: why.unseen,
  }),
  SVC310: message<ProbeArgs & { budget: string; restarts: string }>({
    slug: 'liveness-probe-kills',
    severity: 'critical',
    rung: 40,
    title: 'the liveness probe keeps killing a container',
    summary: ({ probe, container, where, failure, budget, restarts }) =>
      `the ${probe} kills ${container} ${where}: ${failure} (kill budget ${budget}${restarts})`,
    explain: why.liveness,
  }),
  SVC311: message<ProbeArgs & { budget: string; restarts: string }>({
    slug: 'startup-probe-kills',
    severity: 'critical',
    rung: 40,
    title: 'the startup probe keeps killing a container',
    summary: ({ probe, container, where, failure, budget, restarts }) =>
      `the ${probe} kills ${container} ${where}: ${failure} (start budget ${budget}${restarts})`,
    explain: why.startup,
  }),
  SVC312: message<{ pods: string; gate: string; state: string }>({
    slug: 'readiness-gate-closed',
    severity: 'critical',
    rung: 45,
    title: 'a readiness gate keeps the pods out',
    summary: ({ pods, gate, state }) => `readiness gate ${gate} keeps ${pods} out of rotation: ${state}`,
    explain: why.gate,
  }),
  SVC313: message<{ pods: string; stage: string; detail: string }>({
    slug: 'pods-starting',
    severity: 'warning',
    confidence: 'possible',
    rung: 48,
    title: 'the pods are starting',
    summary: ({ pods, stage, detail }) => `${pods}: ${stage}${detail}`,
    explain: why.starting,
  }),
  SVC314: message<{ container: string; where: string; since: string }>({
    slug: 'container-not-ready',
    severity: 'critical',
    confidence: 'likely',
    rung: 46,
    title: 'a container without a readiness probe is not ready',
    summary: ({ container, where, since }) =>
      `${container} runs without a readiness probe and is not ready ${where}${since}`,
    explain: why.noProbe,
  }),
  SVC315: message<{ workload: string; seconds: number; waiting: string }>({
    slug: 'waits-for-min-ready-seconds',
    severity: 'info',
    role: 'note',
    title: 'pods wait for minReadySeconds',
    summary: ({ workload, seconds, waiting }) =>
      `minReadySeconds ${seconds} keeps ${waiting} of ${workload}, Ready, from counting as available; the Service uses them already`,
    explain: why.minReady,
  }),
  SVC316: message<{ pods: string; answer: string; leader: string; by: string }>({
    slug: 'pods-stand-by',
    severity: 'info',
    role: 'note',
    confidence: 'likely',
    title: 'pods stand by for the one that leads',
    summary: ({ pods, answer, leader, by }) =>
      `${pods} stand by: ${leader} ${by} and alone is Ready; the others keep out of rotation (${answer})`,
    explain: why.standby,
  }),
});
