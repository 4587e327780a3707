import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { ownerWorkload, topOwner } from '../../../../shared/model/owners.ts';
import { isFinished, isReady, podKey } from '../../../../shared/model/pods.ts';
import { formatRef, type Ref, refKey } from '../../../../shared/model/refs.ts';
import { podsMatching } from '../../../../shared/model/services.ts';
import { joinNames, plural, shorten } from '../../../../shared/util/text.ts';
import { portsMessages } from '../../messages/ports.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { oldPodFirst } from '../pods/containers/workload-commands.ts';
import { revisionOf } from './backends.ts';
import { type HostPort, holdersOf, hostPortRefusal, hostPortsOf } from './host-ports.ts';
import { workloadPatch } from './port-fixes.ts';
import { PORT_USES } from './port-uses.ts';

/** Pods that cannot be placed because the host port they want is taken on every node that fits. */
export const hostPortConflict = defineCheck<ServiceSubject>({
  id: 'netsvc/host-port-conflict',
  group: 'ports',
  needs: ['Pod'],
  uses: [...PORT_USES, 'Event'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const refused = podsMatching(index, subject.namespace, subject.selector ?? {}).flatMap((pod) => {
      const refusal = hostPortsOf(pod).length === 0 ? undefined : hostPortRefusal(index, pod);
      return refusal === undefined ? [] : [{ pod, refusal }];
    });
    const pods = subjectPods(index, subject);
    const serving = pods.filter(isReady).length;
    // Pods that the kubelet refused and that were replaced since are history.
    const current = refused.filter(({ pod }) => !isFinished(pod) || serving === 0);
    const [first] = current;
    if (first === undefined) return [];
    const wanted = hostPortsOf(first.pod);
    const holders = holdersOf(index, wanted).filter((pod) => !current.some((entry) => entry.pod === pod));
    const clashing = wanted.filter((want) => holders.length === 0 || holdersOf(index, [want]).length > 0);
    return [
      portsMessages.SVC415.raise({
        subject: topOwner(index, first.pod) ?? {
          kind: 'Pod',
          namespace: subject.namespace,
          name: first.pod.metadata?.name ?? '',
        },
        args: {
          service: `${subject.namespace}/${subject.name}`,
          pods: `${plural(current.length, 'pod')} (${joinNames(
            current.map(({ pod }) => pod.metadata?.name ?? ''),
            2,
          )})`,
          hostPort: joinNames(clashing.map(inWords), 3),
          holder: holderWords(index, first.pod, holders),
        },
        severity: serving === 0 ? 'critical' : 'warning',
        impact: serving === 0 ? 1 : 0.1,
        pods: current.map(({ pod }) => podKey(pod)),
        evidence: [
          { fact: shorten(first.refusal.text, 200), source: first.refusal.source },
          ...holders.slice(0, 4).map((pod) => ({
            fact: `holds hostPort ${joinNames(hostPortsOf(pod).map(inWords), 3)} on node ${pod.spec?.nodeName ?? ''}`,
            source: `Pod ${podKey(pod)}`,
          })),
        ],
        fixes: fixesOf(index, subject, first.pod, holders),
      }),
    ];
  },
});

function inWords({ port, protocol, address }: HostPort): string {
  return `${address === '' ? '' : `${address}:`}${port}/${protocol}`;
}

function ownerOf(index: ClusterIndex, pod: Pod): Ref {
  const { namespace = '', name = '' } = pod.metadata ?? {};
  return topOwner(index, pod) ?? { kind: 'Pod', namespace, name };
}

function holderWords(index: ClusterIndex, pod: Pod, holders: readonly Pod[]): string {
  if (holders.length === 0) return 'a pod that is not visible here';
  const own = refKey(ownerOf(index, pod));
  const names = [...new Set(holders.map((holder) => formatRef(ownerOf(index, holder))))];
  const nodes = [...new Set(holders.map((holder) => holder.spec?.nodeName ?? ''))].sort();
  const self = holders.every((holder) => refKey(ownerOf(index, holder)) === own);
  const who = self ? `its own other pods (${names.join('')}, one pod a node)` : joinNames(names, 3);
  return `${who} on ${nodes.length === 1 ? 'node' : 'nodes'} ${joinNames(nodes, 4)}`;
}

function fixesOf(index: ClusterIndex, subject: ServiceSubject, pod: Pod, holders: readonly Pod[]): readonly Fix[] {
  const workload = ownerWorkload(index, pod);
  if (workload === undefined || !['Deployment', 'StatefulSet'].includes(workload.kind)) return [];
  const own = holders.filter((holder) => refKey(ownerOf(index, holder)) === refKey(workload.ref));
  const kind = workload.kind.toLowerCase();
  const where = `${kind} ${workload.ref.name} -n ${subject.namespace}`;
  if (
    own.length > 0 &&
    own.some((holder) => revisionOf(holder) !== revisionOf(pod)) &&
    workload.kind === 'Deployment'
  ) {
    return [oldPodFirst(workload.ref, workload.object)];
  }
  if (own.length > 0) {
    const scale = (count: number): string => `kubectl scale ${where} --replicas=${count}`;
    return [
      {
        title: `run only as many pods as nodes have the port free (${own.length})`,
        command: scale(own.length),
        risk: 'low',
        undo: scale(workload.object.spec?.replicas ?? 1),
      },
    ];
  }
  const ops = (workload.template?.spec?.containers ?? []).flatMap((container, at) =>
    (container.ports ?? []).flatMap((port, nth) =>
      port.hostPort === undefined
        ? []
        : [{ path: `/spec/template/spec/containers/${at}/ports/${nth}/hostPort`, value: port.hostPort }],
    ),
  );
  if (ops.length === 0) return [];
  return [
    {
      title: 'give up the hostPort; the Service reaches the pods without it',
      command: workloadPatch(
        workload,
        ops.map(({ path }) => ({ op: 'remove', path })),
      ),
      risk: 'low',
      undo: workloadPatch(
        workload,
        ops.map(({ path, value }) => ({ op: 'add', path, value })),
      ),
    },
  ];
}
