import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** SVC201 to SVC212: the selector fits a workload, but the workload has no pod to offer. */
export const podsMissingMessages = defineMessages({
  SVC201: message<{ workload: string; how: string }>({
    slug: 'scaled-to-zero',
    severity: 'critical',
    rung: 12,
    title: 'the workload is scaled to 0',
    summary: ({ workload, how }) => `${workload} is scaled to 0 replicas${how}, so the Service has no pod`,
    explain:
      'The selector is right: the workload makes pods that carry these labels, but spec.replicas is 0 and it makes none.\n' +
      'An autoscaler does not undo this: a HorizontalPodAutoscaler stands still while the replicas of its target are 0 ' +
      '(condition ScalingActive False, reason ScalingDisabled).\n' +
      'Scale it up again, and look at who scaled it down: the manager in metadata.managedFields, the events of the ' +
      'workload, a pipeline that applies replicas: 0.',
  }),
  SVC202: message<{ workload: string; by: string }>({
    slug: 'scaled-to-zero-by-autoscaler',
    severity: 'info',
    role: 'note',
    rung: 12,
    title: 'an autoscaler keeps the workload at 0',
    summary: ({ workload, by }) => `${workload} is at 0 replicas; ${by} scales it to zero when it is idle`,
    explain:
      'An autoscaler that may go down to zero owns the number of replicas. That is a state, not a fault: the first event ' +
      'or request that it watches brings pods back.\n' +
      'If requests through this Service should have woken it, look at the autoscaler: its trigger, its events, and ' +
      'whether requests pass through the component that counts them.',
  }),
  SVC203: message<{ workload: string; replicas: number }>({
    slug: 'deployment-paused',
    severity: 'critical',
    rung: 12,
    title: 'a paused Deployment made no pods',
    summary: ({ workload, replicas }) =>
      `${workload} is paused (spec.paused: true) and has made none of its ${replicas} pods`,
    explain:
      'While a Deployment is paused its controller makes no ReplicaSet for a new template. One that was paused before its ' +
      'first rollout has no pods at all.\nResume it: the rollout goes on at once.',
  }),
  SVC204: message<{ workload: string; needs: string; nodes: string }>({
    slug: 'daemonset-fits-no-node',
    severity: 'critical',
    rung: 12,
    title: 'no node fits the DaemonSet',
    summary: ({ workload, needs, nodes }) => `${workload} wants 0 pods (desiredNumberScheduled 0): ${needs}${nodes}`,
    explain:
      'A DaemonSet makes one pod for every node that its nodeSelector and affinity match and whose taints it tolerates. ' +
      'It matches none. A selector that matches nothing is also a usual way to switch a DaemonSet off.\n' +
      'Label a node as the selector says, or correct the selector in the template.',
  }),
  SVC205: message<{ workload: string; state: string }>({
    slug: 'job-has-no-pod',
    severity: 'critical',
    rung: 12,
    title: 'the Job behind the Service runs no pod',
    summary: ({ workload, state }) => `${workload} ${state}, so the Service has no pod`,
    explain:
      'The pods that this Service selects belong to a Job. A Job that is suspended makes none, and the pods of one that ' +
      'has ended do not serve any more.\nA Service that should answer all the time needs a Deployment or a StatefulSet behind it.',
  }),
  SVC206: message<{ workload: string; missing: string; quota: string; detail: string }>({
    slug: 'quota-refuses-pods',
    severity: 'critical',
    rung: 15,
    title: 'a ResourceQuota refuses the pods',
    summary: ({ workload, missing, quota, detail }) =>
      `${missing} of ${workload} cannot be created: ResourceQuota ${quota} refuses (FailedCreate): ${detail}`,
    explain:
      'Before a pod is stored, the API server adds what it requests to what the namespace uses already. Above the hard ' +
      'limit of a ResourceQuota the pod is refused; the controller tries again, ever more slowly, and nothing appears ' +
      'among the pods.\n' +
      'A quota on requests or limits also refuses every pod that does not state them ("must specify").\n' +
      'Free room (scale something down), raise the quota, or lower the requests. After a change, the controller may wait ' +
      'some minutes before it tries again; `kubectl rollout restart` makes it try at once.',
  }),
  SVC207: message<{ workload: string; missing: string; account: string; namespace: string }>({
    slug: 'service-account-missing',
    severity: 'critical',
    rung: 15,
    title: 'the service account of the pods does not exist',
    summary: ({ workload, missing, account, namespace }) =>
      `${missing} of ${workload} cannot be created: serviceaccount "${account}" not found in namespace ${namespace}`,
    explain:
      'A pod is refused when the ServiceAccount in spec.serviceAccountName is not in its namespace. Create it, or name one ' +
      'that exists (default always does). Role bindings that it needs must be created with it.',
  }),
  SVC208: message<{ workload: string; missing: string; by: string; reason: string }>({
    slug: 'admission-refuses-pods',
    severity: 'critical',
    rung: 15,
    title: 'admission refuses the pods',
    summary: ({ workload, missing, by, reason }) => `${missing} of ${workload} cannot be created: ${by}: ${reason}`,
    explain:
      'Every pod passes admission: Pod Security levels of the namespace, LimitRanges, policies and webhooks. One of them ' +
      'refuses this template. The workload itself was accepted, so the refusal shows only in its events and conditions.\n' +
      'Change the template as the message asks, or the rule when the rule is wrong.',
  }),
  SVC209: message<{ workload: string; missing: string; webhook: string; reason: string }>({
    slug: 'admission-webhook-unreachable',
    severity: 'critical',
    rung: 15,
    title: 'an admission webhook does not answer',
    summary: ({ workload, missing, webhook, reason }) =>
      `${missing} of ${workload} cannot be created: the API server cannot call webhook "${webhook}": ${reason}`,
    explain:
      'A webhook with failurePolicy: Fail that cannot be reached blocks every pod it is asked about, in all namespaces of ' +
      'its scope. Its own Service is what is broken: run this tool on it.\n' +
      'As a last resort the webhook can be set to Ignore; policies are then not enforced until it is back.',
  }),
  SVC210: message<{ workload: string; missing: string; reason: string }>({
    slug: 'pods-cannot-be-created',
    severity: 'critical',
    rung: 15,
    title: 'the controller cannot create the pods',
    summary: ({ workload, missing, reason }) => `${missing} of ${workload} cannot be created: ${reason}`,
    explain:
      'The controller asks the API server for pods and is refused. The message is in the condition ReplicaFailure of a ' +
      'Deployment and its ReplicaSet, and in events with reason FailedCreate on the ReplicaSet, StatefulSet, DaemonSet or Job.',
  }),
  SVC211: message<{ workload: string; seen: string }>({
    slug: 'workload-not-observed',
    severity: 'critical',
    confidence: 'likely',
    rung: 11,
    covers: ['SVC212'],
    title: 'no controller acts on the workload',
    summary: ({ workload, seen }) => `no controller acts on ${workload}: ${seen}`,
    explain:
      'A controller writes to status.observedGeneration which version of the spec it has acted on. Here it lags behind or ' +
      'is absent, so nobody works on this object: the controller manager is down, has lost its lease, or is far behind.\n' +
      'Look at kube-controller-manager in kube-system; on a managed cluster ask the provider.',
  }),
  SVC212: message<{ workload: string; wanted: string; state: string }>({
    slug: 'workload-has-no-pods',
    severity: 'critical',
    confidence: 'likely',
    rung: 16,
    title: 'the workload should have pods and has none',
    summary: ({ workload, wanted, state }) => `${workload} should have ${wanted} and has none${state}`,
    explain:
      'The selector fits the workload, the workload wants pods, and there are none. Why is not in the facts at hand: events ' +
      'are kept for an hour only, and a StatefulSet writes refusals nowhere else.\n' +
      'Usual reasons: a ResourceQuota, a missing service account, an admission webhook, or a controller that is not running.',
  }),
});
