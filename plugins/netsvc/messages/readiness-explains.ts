const ROTATION =
  'A pod gets requests only while it is Ready, that is while the readiness probes of all its containers pass. ';

/** The long texts of `readiness.ts`. */
export const readinessExplains = {
  status:
    `${ROTATION}The probe was answered with an HTTP status outside 200 to 399, so something listens and says no.\n` +
    '404: the path of the probe does not exist on this server. 401 or 403: it wants credentials that a probe does not ' +
    'send; a probe needs a path of its own. 500 or 503: the app says that it cannot work, most often because something ' +
    'that it depends on (a database, a queue, another Service) does not answer: its log and the body of the answer say which.',
  refused:
    `${ROTATION}Nothing listens on the port of the probe at the address of the pod: the app is not up yet, has ended its ` +
    'listener, listens on another port, or only on 127.0.0.1 (the kubelet connects to the address of the pod).',
  timeout:
    `${ROTATION}The probe gave up after timeoutSeconds (1 second when nothing is set). Under load, with a small CPU limit ` +
    'or during garbage collection a healthy app may take longer.\n' +
    'Give the probe more time and let it ask for little; a probe should not call other services.',
  port:
    `${ROTATION}The probe names a port that its container does not declare. The kubelet looks port names up in the ` +
    'container that has the probe, not in its neighbours, and the probe can never pass.',
  scheme:
    `${ROTATION}The probe speaks HTTPS to a server that speaks HTTP, or the other way round. Set scheme to what the server ` +
    'speaks on this port. A TLS server answers plain HTTP with status 400, an empty answer or noise; the kubelet does not ' +
    'verify certificates, so a self-signed one is no obstacle.',
  exec:
    `${ROTATION}The probe runs a command in the container and it does not end with 0 in time: the command is not in the ` +
    'image, a file it looks for is not there, or the app says no. The output is in the event.',
  grpc:
    `${ROTATION}The probe calls the gRPC health service (grpc.health.v1.Health/Check). NOT_SERVING: the app says no. ` +
    'Unimplemented: the server has no health service. A timeout to connect: nothing listens there, or the server speaks ' +
    'no gRPC on this port.',
  wrongPort:
    `${ROTATION}The probe connects to a port that the container does not declare, while it declares another one, and the ` +
    'connection is refused. Most likely the number was left behind when the port of the app changed.',
  unseen:
    `${ROTATION}It has not passed. What it was answered is told only in events, which are kept for an hour and were not ` +
    'found. Ask the probe yourself, or read the log of the container.',
  liveness:
    'A liveness probe that fails failureThreshold times in a row makes the kubelet kill the container and start it again. ' +
    'Its budget is initialDelaySeconds + periodSeconds × failureThreshold: an app that needs longer to start is killed ' +
    'before it can become ready, for ever (CrashLoopBackOff). A probe that asks for the wrong path or port kills a healthy ' +
    'app the same way, and one that is too strict kills it under load.\n' +
    'Give slow starts a startupProbe, which holds the liveness probe back until it passes; keep liveness lenient and ' +
    'independent of other services.',
  startup:
    'Until the startup probe passes, the other probes wait and the pod is not ready; when it fails failureThreshold times ' +
    'the kubelet kills the container and starts it again. Its budget is initialDelaySeconds + periodSeconds × ' +
    'failureThreshold and must be longer than the slowest start.',
  gate:
    'A readiness gate is one more condition that some controller must set to True before the pod counts as Ready: load ' +
    'balancer controllers use them to wait for their target groups. All containers are ready; the controller has not set ' +
    'the condition (it does not run, lacks rights, or waits for something), or set it to False.',
  starting:
    'The pods are younger than their probes allow them to be before they must answer. If this is a fresh start, wait; if ' +
    'they have been restarted, look at what ended them. The pods count as not ready until then.\n' +
    'A server that refuses its probe and says nothing else is taken for one that starts in its first minute, or for as long ' +
    'as its command waits before it and as Ready pods of the same workload needed.',
  noProbe:
    'A container without a readiness probe is ready as soon as it runs. This one runs and is reported as not ready: its ' +
    'startup probe has not passed, its status is old (the kubelet of the node is behind), or it has only just started.',
  minReady:
    'minReadySeconds makes a workload count a pod as available only after it has been Ready for that long. It slows ' +
    'rollouts; requests go to the pod as soon as it is Ready.',
  standby:
    'An app that elects a leader may let only the leader be Ready: the others answer their readiness probe with no until ' +
    'they lead. One ready endpoint is then all there is to be. If every replica is meant to serve, ask the probe of one ' +
    'that is not ready.',
} as const;
