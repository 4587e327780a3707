import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import type { NodeStanding } from '../../../../../shared/model/pod-state-node.ts';
import { isTerminating } from '../../../../../shared/model/pods.ts';
import { refKey } from '../../../../../shared/model/refs.ts';
import { ago, formatDuration } from '../../../../../shared/util/duration.ts';
import { compareText, plural, shorten } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { isPatchable, patchTemplateSpec } from '../containers/workload-commands.ts';
import { eventEvidence, newestEvent, podSource } from '../pod-evidence.ts';
import { groupBy, ownerKey, podKeys, thePods } from '../pod-groups.ts';
import { type PodIn, podsIn, readyPods, type ServicePod, servicePods, weigh } from '../service-pods.ts';
import { POD_USES } from '../workloads-behind.ts';
import { LOOK_AT_NETWORK } from './sandbox-causes.ts';

/** Nodes that have failed under the pods, and kubelets that do not take up what is bound to them. */
export const nodeNotReady = defineCheck<ServiceSubject>({
  id: 'netsvc/node-not-ready',
  group: 'pods',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const pods = servicePods(index, subject);
    const lost = groupBy(podsIn(pods, 'node-lost'), (entry) => entry.state.name);
    const silent = groupBy(podsIn(pods, 'unclaimed'), (entry) => entry.state.name);
    const soon = groupBy(readyOnFailing(pods), (entry) => entry.pod.spec?.nodeName ?? '').filter(
      ([first]) => !lost.some(([other]) => other.state.name === first.pod.spec?.nodeName),
    );
    return [
      ...lost.map((group) => lostFinding(index, subject, group)),
      ...silent.map((group) => silentFinding(index, subject, group)),
      ...soon.map((group) => soonFinding(index, subject, group)),
    ];
  },
});

function lostFinding(
  index: ClusterIndex,
  subject: ServiceSubject,
  group: readonly [PodIn<'node-lost'>, ...PodIn<'node-lost'>[]],
): Finding {
  const [first] = group;
  const { name, node, proven, since } = first.state;
  const all = servicePods(index, subject);
  const when = ago(since, index.now);
  const event = newestEvent(index, first, ['NodeNotReady', 'TaintManagerEviction']);
  const replaced = areReplaced(all, group);
  const written = node.is === 'gone' && first.workload?.template?.spec?.nodeName === name;
  const noNetwork = node.is === 'not-ready' && /network ?(?:plugin|ready)|\bcni\b/i.test(node.message);
  const evidence: Evidence[] = [];
  if (node.is === 'not-ready') evidence.push(conditionEvidence(name, node));
  if (node.is === 'gone') evidence.push({ fact: `node ${name} is not among the nodes`, source: 'Node list' });
  if (!proven || node.is !== 'not-ready') {
    const ran = (first.pod.status?.containerStatuses ?? []).length > 0;
    evidence.push({
      fact: !ran
        ? 'no kubelet has taken up the pod: its status names no container'
        : `the pod is not Ready although its containers are, as the control plane marks pods of a silent node${when === '' ? '' : `, since ${when.replace(' ago', '')}`}`,
      source: `${podSource(first)} ${ran ? 'status.conditions' : 'status'}`,
    });
  }
  if (event !== undefined) evidence.push(eventEvidence(event, index.now));
  return podsMessages.SVC235.raise({
    subject: { kind: 'Node', name },
    args: {
      node: name,
      state: written ? 'does not exist (nodeName in the template names it)' : stateInWords(node, when),
      pods: `${thePods(group, all)}${replaced ? ', terminating and already replaced' : ''}`,
    },
    pods: podKeys([...group, ...replacementsOf(all, group)]),
    confidence: proven ? 'proven' : 'likely',
    evidence,
    ...(replaced ? { severity: 'info' } : weigh(subject, all, group)),
    fixes: [
      ...(written ? nodeNameFix(first, name) : []),
      ...(noNetwork ? [LOOK_AT_NETWORK] : []),
      { title: 'see what the node reports', command: `kubectl describe node ${name}`, risk: 'none' },
      ...(node.is === 'not-ready' && node.status === 'Unknown' ? [restartKubelet(name)] : []),
      ...(node.is === 'gone' || noNetwork
        ? []
        : [
            {
              title: 'when it will not come back: remove it, so that its pods are made elsewhere',
              command: `kubectl delete node ${name}`,
              risk: 'high' as const,
            },
          ]),
    ],
  });
}

/** A silent kubelet on a machine that still runs is the quickest to mend. */
function restartKubelet(node: string): Fix {
  return {
    title: 'when its machine still runs: start the kubelet there',
    command: `ssh ${node} sudo systemctl restart kubelet`,
    risk: 'low',
  };
}

/** The lost pods are only waiting for their node to let them go; as many as are wanted serve elsewhere. */
function areReplaced(all: readonly ServicePod[], lost: readonly ServicePod[]): boolean {
  const ready = readyPods(all);
  return lost.every(({ pod, owner, workload }) => {
    const wanted = workload?.object.spec?.replicas;
    const others = ready.filter((entry) => refKey(entry.owner) === refKey(owner));
    if (!isTerminating(pod)) return false;
    if (wanted === undefined)
      return madeSince(others, pod) >= lost.filter((entry) => refKey(entry.owner) === refKey(owner)).length;
    return wanted !== undefined && wanted > 0 && others.length >= wanted;
  });
}

/** Without the workload: pods that were made after a lost one was told to go stand in its place. */
function madeSince(others: readonly ServicePod[], { metadata }: Pod): number {
  const grace = (metadata?.deletionGracePeriodSeconds ?? 30) * 1000;
  const told = Date.parse(metadata?.deletionTimestamp ?? '') - grace - 1000;
  return others.filter(({ pod }) => Date.parse(pod.metadata?.creationTimestamp ?? '') >= told).length;
}

/** Pods that were to take the place of the lost ones and find no node: a consequence as long as the node is down. */
function replacementsOf(all: readonly ServicePod[], lost: readonly ServicePod[]): readonly ServicePod[] {
  const owners = new Set(lost.map(ownerKey));
  const oldest = lost.map((entry) => entry.pod.metadata?.creationTimestamp ?? '').sort(compareText)[0] ?? '';
  return podsIn(all, 'unscheduled').filter(
    (entry) => owners.has(ownerKey(entry)) && compareText(entry.pod.metadata?.creationTimestamp ?? '', oldest) > 0,
  );
}

function stateInWords(node: NodeStanding, when: string): string {
  // A snapshot without a time of its own may be dated by this very change.
  const lasts = when === '' || when === '0s ago' ? undefined : when.replace(' ago', '');
  if (node.is === 'gone') return 'does not exist any more';
  if (node.is !== 'not-ready') {
    return lasts === undefined ? 'is likely NotReady' : `has likely been NotReady for ${lasts}`;
  }
  const reason = node.reason === '' ? '' : `, ${node.reason}`;
  // `container runtime network not ready: NetworkReady=false reason:… message:Network plugin returns error: …`
  const told = node.message.replace(/^.*\bmessage:\s*(?=\S)/s, '');
  const message = told === '' ? '' : `: ${shorten(told, 120)}`;
  return `${lasts === undefined ? 'is NotReady' : `has been NotReady for ${lasts}`} (Ready ${node.status}${reason}${message})`;
}

function conditionEvidence(name: string, node: NodeStanding & { is: 'not-ready' }): Evidence {
  return {
    fact: `condition Ready is ${node.status}, reason ${node.reason}: "${shorten(node.message, 200)}"`,
    source: `Node ${name} status.conditions`,
  };
}

function silentFinding(
  index: ClusterIndex,
  subject: ServiceSubject,
  group: readonly [PodIn<'unclaimed'>, ...PodIn<'unclaimed'>[]],
): Finding {
  const [first] = group;
  const { name, since } = first.state;
  const all = servicePods(index, subject);
  const waited = index.now - Date.parse(since ?? '');
  const written = first.workload?.template?.spec?.nodeName === name;
  return podsMessages.SVC236.raise({
    subject: { kind: 'Node', name },
    args: {
      node: name,
      pods: thePods(group, all),
      state: `its kubelet has not taken ${group.length === 1 ? 'it' : 'them'} up${Number.isNaN(waited) ? '' : ` for ${formatDuration(waited)}`}${written ? '; nodeName is set in the template' : ''}`,
    },
    pods: podKeys(group),
    confidence: 'likely',
    evidence: [
      { fact: 'bound to a node, without start time and container status', source: `${podSource(first)} status` },
      ...(written
        ? [{ fact: `nodeName: ${name}`, source: `${first.owner.kind} ${first.owner.name} spec.template.spec` }]
        : []),
    ],
    ...weigh(subject, all, group),
    fixes: [
      ...(written ? nodeNameFix(first, name) : []),
      { title: 'see what the node reports', command: `kubectl describe node ${name}`, risk: 'none' },
    ],
  });
}

/** A name in the template bypasses the scheduler, and nobody checks that the node exists. */
function nodeNameFix(entry: ServicePod, name: string): readonly Fix[] {
  if (!isPatchable(entry.owner)) return [];
  return [
    {
      title: 'leave the choice of the node to the scheduler',
      command: patchTemplateSpec(entry.owner, { nodeName: null }),
      risk: 'low',
      undo: patchTemplateSpec(entry.owner, { nodeName: name }),
    },
  ];
}

/** Ready pods on a node that reports trouble: they may be lost soon, or are lost and not yet marked. */
function readyOnFailing(pods: readonly ServicePod[]): readonly PodIn<'ready'>[] {
  return podsIn(pods, 'ready').filter(({ state }) => state.node.is === 'not-ready');
}

function soonFinding(
  index: ClusterIndex,
  subject: ServiceSubject,
  group: readonly [PodIn<'ready'>, ...PodIn<'ready'>[]],
): Finding {
  const [first] = group;
  const { node } = first.state;
  const name = first.pod.spec?.nodeName ?? '';
  const all = servicePods(index, subject);
  const since = node.is === 'not-ready' ? node.since : undefined;
  return podsMessages.SVC235.raise({
    subject: { kind: 'Node', name },
    args: {
      node: name,
      state: stateInWords(node, ago(since, index.now)),
      pods: `${thePods(group, all)}, still in rotation`,
    },
    pods: podKeys(group),
    severity: 'warning',
    confidence: 'likely',
    // A kubelet that is silent may be gone with its pods; one that complains still runs them.
    impact:
      node.is === 'not-ready' && node.status === 'False' ? 0.1 : group.length / Math.max(1, readyPods(all).length),
    evidence: [
      ...(node.is === 'not-ready' ? [conditionEvidence(name, node)] : []),
      { fact: `${plural(group.length, 'pod')} of the Service on it still Ready`, source: podSource(first) },
    ],
    fixes: [{ title: 'see what the node reports', command: `kubectl describe node ${name}`, risk: 'none' }],
  });
}
