import { defineMessages, message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** SVC101 to SVC149: which pods the selector means. */
export const selectorMessages = defineMessages({
  SVC101: message<{
    service: string;
    selector: string;
    /** `no pod in namespace shop carries`. */
    carried: string;
    /** `has app=web-v2 instead of app=web`, empty when no workload is near. */
    difference: string;
    nearest: string;
    /** Others that are equally near; empty when there is none. */
    also: string;
    /** What the namespace has, when nothing is near. */
    instead: string;
    fixes: readonly Fix[];
  }>({
    slug: 'selector-matches-no-pod',
    severity: 'critical',
    rung: 10,
    covers: ['SVC205', 'SVC243'],
    title: 'the selector matches no pod',
    summary: ({ service, selector, carried, difference, nearest, also, instead }) =>
      `Service ${service} selects ${selector}, which ${carried}` +
      (nearest === '' ? '' : `; ${nearest} ${difference}`) +
      (also === '' ? '' : ` (equally near: ${also})`) +
      (instead === '' ? '' : `; ${instead}`),
    explain:
      'A Service sends requests to the pods whose labels contain every key and value of spec.selector. When none does, ' +
      'it has no endpoints: connections to the ClusterIP are refused or time out, and a headless name does not resolve.\n' +
      'Mend the side that is wrong. The selector of a Service can be changed at any time. Labels of pods are changed in the ' +
      "workload's template, and only where its own selector (immutable) allows.",
    fixes: ({ fixes }) => fixes,
  }),
  SVC102: message<{
    service: string;
    selector: string;
    namespace: string;
    other: string;
    pods: number;
    workload: string;
  }>({
    slug: 'pods-in-other-namespace',
    severity: 'critical',
    rung: 10,
    title: 'the pods are in another namespace',
    summary: ({ service, selector, namespace, other, pods, workload }) =>
      `the pods that Service ${service} selects (${selector}) are in namespace ${other}` +
      (workload === '' ? ` (${pods})` : ` (${workload}, ${pods === 1 ? '1 pod' : `${pods} pods`})`) +
      `; a Service selects only in its own namespace, ${namespace}`,
    explain:
      'A Service and its pods must be in the same namespace. This one finds no pod in its own, and pods with exactly the ' +
      'wanted labels run in another.\n' +
      'Create the Service beside its pods, and let callers use its full name SERVICE.NAMESPACE; or leave an ExternalName ' +
      'Service under the old name for callers that cannot change.',
  }),
  SVC103: message<{ service: string; wanted: string; idle: string; active: string; found: string; ready: number }>({
    slug: 'selector-left-behind',
    severity: 'critical',
    rung: 10,
    covers: ['SVC201'],
    title: 'the selector still names the version that was switched off',
    summary: ({ service, wanted, idle, active, found, ready }) =>
      `Service ${service} still selects ${wanted}, ${idle}; ${active} (${found}) has ${ready} ready ${ready === 1 ? 'pod' : 'pods'} and gets no requests`,
    explain:
      'In a blue/green switch the new version is started beside the old one, the selector of the Service is turned to it, ' +
      'and then the old one is taken away. Here the last step was done without the one before, or the switch was undone ' +
      'on one side only.\n' +
      'Turn the selector to the version that runs, or start the old version again.',
  }),
  SVC104: message<{ service: string; pods: string; workload: string; change: string; fixes: readonly Fix[] }>({
    slug: 'pods-relabelled',
    severity: 'critical',
    rung: 11,
    covers: ['SVC212'],
    title: 'labels of running pods were changed by hand',
    summary: ({ service, pods, workload, change }) =>
      `${pods} of ${workload} ${change}, changed on the pods themselves, so Service ${service} does not select them; the template is right`,
    explain:
      'The pods were made with the labels that the Service selects, and carry others now: someone used kubectl label pod, ' +
      'often to take a pod out of rotation for a look. The workload does not put labels of running pods back.\n' +
      'Label the pods again, or restart the workload: new pods get the labels of the template.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC105: message<{
    service: string;
    selector: string;
    strangers: string;
    why: string;
    share: string;
    fixes: readonly Fix[];
  }>({
    slug: 'selector-too-wide',
    severity: 'warning',
    confidence: 'likely',
    rung: 13,
    title: 'the selector catches pods of another app',
    summary: ({ service, selector, strangers, why, share }) =>
      `the selector ${selector} of Service ${service} also matches ${strangers}, ${why}: ${share}`,
    explain:
      'A selector with few keys matches every pod that carries them, whatever app it belongs to. kube-proxy spreads ' +
      'connections over all matching Ready pods, so a share of them reaches pods that do not serve this port, or serve ' +
      'something else.\n' +
      'Add the key that tells the right pods apart to the selector.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC106: message<{
    service: string;
    workload: string;
    pods: string;
    difference: string;
    why: string;
    fixes: readonly Fix[];
  }>({
    slug: 'template-not-rolled-out',
    severity: 'critical',
    rung: 16,
    covers: ['SVC212'],
    title: 'the running pods still carry the labels of an older template',
    summary: ({ service, workload, pods, difference, why }) =>
      `Service ${service} selects what the template of ${workload} says, but its ${pods} ${difference}: ${why}`,
    explain:
      'The labels of the template were changed and the selector of the Service with them, but the pods that run were made ' +
      'from the older template. Until they are replaced the Service has no endpoints.\n' +
      'Let the rollout go on, or restart the pods of a workload that is updated by hand (OnDelete).',
    fixes: ({ fixes }) => fixes,
  }),
  SVC107: message<{ service: string; workload: string; difference: string; left: string; fixes: readonly Fix[] }>({
    slug: 'new-pods-not-selected',
    severity: 'warning',
    rung: 14,
    title: 'the new revision carries labels that the Service does not select',
    summary: ({ service, workload, difference, left }) =>
      `the new revision of ${workload} ${difference}, so Service ${service} selects ${left} only and loses every endpoint as the rollout ends`,
    explain:
      'A release changed the labels of the pod template. Pods of the old revision still match the selector and serve; pods ' +
      'of the new one do not. When the rollout is complete, the Service matches nothing.\n' +
      'Turn the selector to the new labels once the new pods are ready, or undo the rollout.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC108: message<{
    service: string;
    selected: string;
    meant: string;
    other: string;
    why: string;
    fixes: readonly Fix[];
  }>({
    slug: 'selector-of-another-app',
    severity: 'critical',
    confidence: 'likely',
    rung: 13,
    covers: ['SVC401', 'SVC405'],
    title: 'the selector points at another app than the name says',
    summary: ({ service, selected, meant, other, why }) =>
      `Service ${service} selects the pods of ${selected}, while ${meant} is selected by ${other}: ${why}`,
    explain:
      'The selector matches pods, but they are those of another workload: a Service that was copied and not changed in ' +
      'full. A workload of the name of the Service runs beside and nothing selects it.\n' +
      'Turn the selector to the labels of that workload.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC109: message<{ service: string; pods: string; why: string; share: string; fixes: readonly Fix[] }>({
    slug: 'one-off-pod-in-rotation',
    severity: 'warning',
    confidence: 'likely',
    rung: 13,
    title: 'a pod started by hand is in rotation',
    summary: ({ service, pods, why, share }) =>
      `${pods}, which no workload owns, is behind Service ${service}: it ${why}; ${share}`,
    explain:
      'A pod that was started by hand (kubectl run, a copy for debugging) carries the labels that the Service selects. As ' +
      'soon as it is Ready it gets its share of the requests, whether it serves them or not. A pod without a readiness ' +
      'probe is Ready as soon as it runs.\n' +
      'Take the label away from the pod, or delete it when it is no longer needed.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC110: message<{ service: string; job: string; pods: string; why: string; share: string; fixes: readonly Fix[] }>({
    slug: 'job-pod-in-rotation',
    severity: 'warning',
    confidence: 'likely',
    rung: 13,
    title: 'running pods of a Job are in rotation',
    summary: ({ service, job, pods, why, share }) =>
      `${job} has ${pods} with the labels of Service ${service}, which ${why}: ${share}`,
    explain:
      'Jobs (migrations, backups, reports) are often made from the same chart and carry the labels of the app. While such ' +
      'a pod runs it is Ready and the Service sends it requests that it does not serve; errors come and go with the Job.\n' +
      'Give the pods of the Job a label of their own, or add a key to the selector that they lack.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC111: message<{ service: string; pods: string; from: string; rotating: boolean }>({
    slug: 'released-pods',
    severity: 'info',
    title: 'pods were released by their ReplicaSet',
    summary: ({ service, pods, from, rotating }) =>
      `${pods} once belonged to ${from} and nobody owns it now: its labels were changed by hand` +
      (rotating
        ? `; Service ${service} still sends requests to it`
        : `; Service ${service} does not select it any more`),
    explain:
      'When a label that a ReplicaSet selects is changed on a pod, the ReplicaSet lets the pod go and makes another. The ' +
      'released pod runs on until somebody deletes it, and no rollout updates it.\n' +
      'Delete it when it is no longer needed.',
  }),
  SVC112: message<{ service: string; workload: string; labels: string; fixes: readonly Fix[] }>({
    slug: 'selector-missing',
    severity: 'critical',
    confidence: 'likely',
    rung: 10,
    covers: ['SVC501'],
    title: 'the Service has no selector, and a workload of its name has none to serve it',
    summary: ({ service, workload, labels }) =>
      `Service ${service} has no selector and no endpoints, while ${workload} of the same name has ready pods (${labels})`,
    explain:
      'Without spec.selector Kubernetes does not look for pods: somebody must write the EndpointSlices. That is meant for ' +
      'servers outside the cluster. Here nobody wrote any, and a workload with the name of the Service runs beside it: the ' +
      'selector was most likely lost.\n' +
      'Give the Service the labels of the workload as its selector.',
    fixes: ({ fixes }) => fixes,
  }),
  SVC114: message<{ workload: string; selector: string; labels: string }>({
    slug: 'template-differs-from-own-selector',
    severity: 'critical',
    rung: 9,
    covers: ['SVC101'],
    title: "the workload's template lacks the labels of its own selector",
    summary: ({ workload, selector, labels }) =>
      `${workload} selects ${selector}, but its template carries ${labels}: the API server refuses it`,
    explain:
      'spec.selector of a Deployment, StatefulSet, DaemonSet or ReplicaSet must match the labels of its own template. The ' +
      'API server answers "selector does not match template labels" and nothing is created.\n' +
      'Make the two agree; the selector of an existing workload cannot be changed, so change the template or make it anew.',
  }),
  SVC115: message<{ service: string; others: string; verb: string; workload: string }>({
    slug: 'several-services-on-one-workload',
    severity: 'info',
    title: 'other Services select the same pods',
    summary: ({ service, others, verb, workload }) =>
      `${others} ${verb} the pods of ${workload} too, beside Service ${service}`,
    explain:
      'Several Services may stand before the same pods, for other ports, names or types. Whatever happens to these pods is ' +
      'seen through all of them.',
  }),
});
