import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** What every message about one container is told. */
export interface ContainerArgs {
  /** `container app`, `init container migrate (2 of 2)`, `sidecar istio-proxy`. */
  readonly container: string;
  /** `in all 3 pods of Deployment web`. */
  readonly where: string;
}

interface ImageArgs extends ContainerArgs {
  readonly image: string;
  readonly reason: string;
  readonly answer: string;
}

const pull = ({ image, container, where, reason, answer }: ImageArgs): string =>
  `image ${image} of ${container} cannot be pulled ${where} (${reason}): ${answer}`;

/** SVC222 to SVC233, SVC247: containers that do not start or do not keep running. */
export const podsContainersMessages = defineMessages({
  SVC222: message<ImageArgs>({
    slug: 'image-not-found',
    severity: 'critical',
    rung: 25,
    title: 'the registry has no such image',
    summary: pull,
    explain:
      'The registry answered and knows no image of this name and tag: a typing error, a tag that was never pushed or was ' +
      'deleted, or an image for another platform. Docker Hub gives the same answer for private images when no credentials ' +
      'were sent.\nSet an image that exists, or push this one.',
  }),
  SVC223: message<ImageArgs>({
    slug: 'image-pull-refused',
    severity: 'critical',
    rung: 25,
    title: 'the registry refuses to hand out the image',
    summary: pull,
    explain:
      'The registry wants credentials, and those of the pod are missing, expired or not entitled. They come from ' +
      'spec.imagePullSecrets of the pod, from its ServiceAccount, or from the kubelet. A pull secret must be of type ' +
      "kubernetes.io/dockerconfigjson and live in the pod's namespace.",
  }),
  SVC224: message<ImageArgs>({
    slug: 'registry-unreachable',
    severity: 'critical',
    rung: 25,
    title: 'the node cannot reach the registry',
    summary: pull,
    explain:
      'The container runtime of the node, not the pod, connects to the registry, with the resolver, proxy and certificates ' +
      'of the node. The name does not resolve, the connection fails, or the certificate is not trusted.\n' +
      'Check the host part of the image first; then try from a node.',
  }),
  SVC225: message<ImageArgs>({
    slug: 'image-not-usable',
    severity: 'critical',
    rung: 25,
    title: 'the image cannot be used',
    summary: ({ image, container, where, reason, answer }) =>
      `image ${image} of ${container} cannot be ${/^(ImagePullBackOff|ErrImagePull)$/.test(reason) ? 'pulled' : 'used'} ${where} (${reason}): ${answer}`,
    explain:
      'The name is not a valid reference, the pull policy forbids pulling while the node does not have the image, the ' +
      'registry limits the rate, or the node cannot unpack it (platform, disk space).',
  }),
  SVC226: message<ContainerArgs & { missing: string }>({
    slug: 'config-missing',
    severity: 'critical',
    rung: 22,
    title: 'a Secret or ConfigMap that the container needs is missing',
    summary: ({ container, where, missing }) =>
      `${container} cannot be created ${where} (CreateContainerConfigError): ${missing}`,
    explain:
      'The environment of the container takes values from a Secret or ConfigMap (env.valueFrom, envFrom) that is not in the ' +
      "pod's namespace or has no such key. The kubelet tries again by itself: once the object is there, the container starts " +
      'within a minute or two.',
  }),
  SVC227: message<ContainerArgs & { reason: string; detail: string }>({
    slug: 'container-cannot-be-created',
    severity: 'critical',
    rung: 23,
    title: 'the container cannot be created',
    summary: ({ container, where, reason, detail }) =>
      `${container} cannot be created ${where} (${reason})${detail === '' ? '' : `: ${detail}`}`,
    explain:
      'The kubelet or the container runtime refuses the settings of the container: its user (runAsNonRoot), a sub path of a ' +
      'volume, a device, a security profile. The message of the waiting state says which.',
  }),
  SVC228: message<ContainerArgs & { reason: string; detail: string }>({
    slug: 'container-cannot-start',
    severity: 'critical',
    rung: 28,
    title: "the container's command cannot be started",
    summary: ({ container, where, reason, detail }) => `${container} cannot start ${where} (${reason}): ${detail}`,
    explain:
      'The container was created, but its first process could not be run: command is not in the image (a typing error, ' +
      'another base image, a shell form without a shell), is not executable, or was built for another platform. A failing ' +
      'postStart hook ends here too.\nCompare command and args of the template with what the image holds.',
  }),
  SVC229: message<ContainerArgs & { end: string; restarts: string; reason: string }>({
    slug: 'container-crashes',
    severity: 'critical',
    rung: 35,
    title: 'a container keeps crashing',
    summary: ({ container, where, end, restarts, reason }) =>
      `${container} crashes ${where}${reason}: ${end}${restarts}`,
    explain:
      'The process ends by itself with an error, the kubelet starts it again and waits longer each time (CrashLoopBackOff, ' +
      'up to 5 minutes). Exit codes above 128 are signals: 137 is SIGKILL, 139 a segmentation fault, 143 SIGTERM; 127 is a ' +
      'command that was not found, 126 one that may not be executed.\n' +
      'The log of the run before says why.',
  }),
  SVC230: message<ContainerArgs & { limit: string; restarts: string; code: number }>({
    slug: 'out-of-memory',
    severity: 'critical',
    rung: 34,
    title: 'a container needs more memory than its limit',
    summary: ({ container, where, limit, restarts, code }) =>
      `${container} is OOMKilled ${where}: it needs more memory than ${limit} (exit code ${code}${restarts})`,
    explain:
      'The kernel killed the process because the container reached its memory limit (or the node ran out of memory, when ' +
      'there is no limit). Raise resources.limits.memory to what the process needs, with room for peaks, or make it use ' +
      'less: runtimes that do not look at the limit by themselves need to be told (JVM heap, GOMEMLIMIT, Node.js heap).',
  }),
  SVC231: message<ContainerArgs & { restarts: string }>({
    slug: 'container-exits',
    severity: 'critical',
    rung: 36,
    title: 'a container ends without an error again and again',
    summary: ({ container, where, restarts }) =>
      `${container} ends by itself with exit code 0 (Completed) ${where}${restarts}: its command is no server that keeps running`,
    explain:
      'Pods of a Deployment, StatefulSet or DaemonSet are to run for ever (restartPolicy Always), so a process that ends ' +
      'well is started again, and the back-off grows (CrashLoopBackOff). Usually the command is a one-off task, a shell ' +
      'without input, or a server that went to the background.\nRun the server in the foreground, or make it a Job.',
  }),
  SVC232: message<ContainerArgs & { end: string; restarts: string; reason: string }>({
    slug: 'init-container-fails',
    severity: 'critical',
    rung: 30,
    title: 'an init container fails',
    summary: ({ container, where, end, restarts, reason }) => `${container} fails ${where}${reason}: ${end}${restarts}`,
    explain:
      'Init containers run one after the other before the others start, and each must end with 0. This one does not, so the ' +
      'app never starts. Its log says why.',
  }),
  SVC233: message<ContainerArgs & { since: string; job: string }>({
    slug: 'init-container-runs-long',
    severity: 'critical',
    confidence: 'likely',
    rung: 30,
    title: 'an init container does not come to its end',
    summary: ({ container, where, since, job }) =>
      `${container} has not ended ${where}${since}; the app starts only after it${job}`,
    explain:
      'Init containers run one after the other before the others start. This one is still running: it waits for something ' +
      '(a database, another Service, a migration lock) or has much to do. Its log says what it waits for.\n' +
      'When it waits for another Service, that one is the root: run this tool on it.',
  }),
  SVC247: message<ContainerArgs & { reason: string; restarts: string; port: number; holder: string }>({
    slug: 'port-taken-in-pod',
    severity: 'critical',
    rung: 33,
    title: 'the port that a container wants is taken',
    summary: ({ container, where, reason, restarts, port, holder }) =>
      `${container} cannot listen on port ${port} ${where}${reason}${restarts}: ${holder} has it`,
    explain:
      'All containers of a pod share one network namespace, and pods with hostNetwork that of their node, so each port can ' +
      'be listened on once. The second that wants it fails with "address already in use", and is started again and again. ' +
      'The scheduler keeps pods with hostNetwork apart only where they declare their ports.\n' +
      'Give one of the two another port, and its probes and the Service with it.',
  }),
  SVC248: message<{ workload: string; need: string; where: string; instead: string }>({
    slug: 'needs-not-written',
    severity: 'warning',
    confidence: 'likely',
    rung: 22,
    title: 'manifests name a Secret, ConfigMap, claim or account that they do not hold',
    summary: ({ workload, need, where, instead }) => `${workload} needs ${need} (${where}): ${instead}`,
    explain:
      'These files were never applied. A pod whose environment, volume or service account names an object that its ' +
      'namespace does not have waits or is refused (CreateContainerConfigError, FailedMount, FailedCreate). Here other ' +
      'objects of the kind are written beside it and this one is not: it may be misspelt, or come another way (an ' +
      'operator, a pipeline, an earlier apply).\nWrite the name of the object that is meant, or add it.',
  }),
  SVC250: message<{ container: string; pod: string; words: string }>({
    slug: 'refused-by-a-dependency',
    severity: 'info',
    role: 'note',
    confidence: 'likely',
    title: 'the log tells of a dependency that refuses the app',
    summary: ({ container, pod, words }) =>
      `requests reach the app, but the log of container ${container} in pod ${pod} tells of one that is refused: ${words}`,
    explain:
      'The pods are Ready and requests reach them. Their log tells that a server says no to somebody for want of rights or ' +
      'with wrong credentials: most often a database, a broker or an API to the app (then what needs it fails inside the ' +
      'app); in the log of a database, the database to one of its clients.\n' +
      'Compare user, password and grants on both sides; of a Secret that was changed, containers that took it as environment ' +
      'variables know only after a restart.',
  }),
  SVC249: message<{ message: string }>({
    slug: 'manifest-refused',
    severity: 'critical',
    rung: 5,
    title: 'a manifest that the API server refuses',
    summary: ({ message }) => `the API server would refuse ${message}`,
    explain:
      'A field of this manifest has another type than in the API: a number or true where text is wanted (labels, ' +
      'annotations, env values and ConfigMap data are always text), text where a number is, one value where a list is. ' +
      'kubectl apply ends with "cannot unmarshal" or "strict decoding error", and nothing of the object is stored.\n' +
      'The rest is judged as if the field were right. The server itself says so without storing anything: ' +
      'kubectl apply --dry-run=server -f FILE.',
  }),
});
