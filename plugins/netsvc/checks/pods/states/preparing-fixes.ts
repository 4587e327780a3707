import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { ownerOrPod } from '../../../../../shared/model/owners.ts';
import { type Claim, claimsOf } from '../../../../../shared/model/pod-state-preparing.ts';
import { isFinished } from '../../../../../shared/model/pods.ts';
import { nameOf, refKey } from '../../../../../shared/model/refs.ts';
import { shorten } from '../../../../../shared/util/text.ts';
import { isPatchable, patch, patchTemplateSpec } from '../containers/workload-commands.ts';
import { QUOTE } from '../pod-evidence.ts';
import type { ServicePod } from '../service-pods.ts';

/** The kubelet quotes the whole call of `mount` before what it answered; the answer is what matters. */
export function mountWords(message: string): string {
  const [head = '', call] = message.split(/\s*Mounting command:/);
  const answer = /Output: ([\s\S]+)$/.exec(call ?? '')?.[1];
  const tidy = (text: string): string => text.replace(/" : /g, '": ').trim();
  return shorten(answer === undefined ? tidy(message) : `${tidy(head)}: ${tidy(answer)}`, QUOTE);
}

/** Pods that the attach controller says use a volume already: `Volume is already used by pod(s) a, b`. */
function holdersOf(message: string): readonly string[] {
  const names = /already used by pod\(s\) ([^"]+?)\s*$/.exec(message)?.[1] ?? '';
  return names.split(/,\s*/).filter((name) => name !== '');
}

/** `; claim data (ReadWriteOnce)`: the claim whose volume a message is about. */
export function claimInWords(index: ClusterIndex, { pod }: ServicePod, message: string): string {
  const volume = /volume "([^"]+)"/.exec(message)?.[1];
  const names = claimsOf(pod);
  const name = names.find((one) => claimNamed(index, pod, one)?.spec?.volumeName === volume) ?? names[0];
  if (name === undefined) return '';
  const modes = claimNamed(index, pod, name)?.spec?.accessModes ?? [];
  return `; claim ${name}${modes.length === 0 ? '' : ` (${modes.join(', ')})`}`;
}

/** A claim that a pod on another node uses too: the volumes of most serve one node at a time. */
export function sharedClaim(index: ClusterIndex, { pod }: ServicePod): readonly string[] {
  const { namespace = '' } = pod.metadata ?? {};
  const others = index
    .list('Pod', namespace)
    .filter((one) => !isFinished(one) && (one.spec?.nodeName ?? pod.spec?.nodeName) !== pod.spec?.nodeName);
  return claimsOf(pod).flatMap((name) => {
    if (claimNamed(index, pod, name)?.spec?.accessModes?.some((mode) => mode.endsWith('Many')) === true) return [];
    const holder = others.find((one) => claimsOf(one).includes(name));
    return holder === undefined
      ? []
      : [
          `pod ${nameOf(holder)} on node ${holder.spec?.nodeName ?? ''} uses claim ${name} too, which may serve one node only`,
        ];
  });
}

function claimNamed(index: ClusterIndex, { metadata }: Pod, name: string): Claim | undefined {
  return index.get('PersistentVolumeClaim', metadata?.namespace ?? '', name) as Claim | undefined;
}

/** Where the holders of a volume run. */
export function holderEvidence(index: ClusterIndex, entry: ServicePod, message: string): readonly Evidence[] {
  const namespace = entry.pod.metadata?.namespace ?? '';
  return holdersOf(message).flatMap((name) => {
    const holder = index.get('Pod', namespace, name);
    if (holder === undefined) return [];
    const going = holder.metadata?.deletionTimestamp === undefined ? '' : ', terminating';
    return [
      {
        fact: `holds the volume on node ${holder.spec?.nodeName ?? '?'} (${holder.status?.phase ?? '?'}${going}); this pod is on ${entry.pod.spec?.nodeName ?? '?'}`,
        source: `Pod ${namespace}/${name}`,
      },
    ];
  });
}

/**
 * A volume that one node at a time may use (ReadWriteOnce): a rolling update starts the new pod before the old one lets
 * go of it, which Recreate does not; any other holder has to be looked at.
 */
export function attachFixes(index: ClusterIndex, entry: ServicePod, message: string): readonly Fix[] {
  const namespace = entry.pod.metadata?.namespace ?? '';
  const holders = holdersOf(message);
  const look: readonly Fix[] =
    holders.length === 0
      ? []
      : [
          {
            title: 'see who holds the volume, and where',
            command: `kubectl get pod ${holders.join(' ')} -n ${namespace} -o wide`,
            risk: 'none',
          },
        ];
  const strategy = entry.workload?.object.spec?.strategy;
  const rolling = entry.owner.kind === 'Deployment' && strategy?.type !== 'Recreate';
  const ownHolder = holders.some((name) => {
    const holder = index.get('Pod', namespace, name);
    return holder !== undefined && refKey(ownerOrPod(index, holder)) === refKey(entry.owner);
  });
  if (!rolling || !ownHolder) return look;
  const to = (value: unknown): string => patch(entry.owner, { spec: { strategy: value } });
  return [
    {
      title: 'end the old pod before the new one starts (strategy Recreate)',
      command: to({ type: 'Recreate', rollingUpdate: null }),
      risk: 'high',
      undo: to(strategy ?? { type: 'RollingUpdate' }),
    },
    ...look,
  ];
}

/** A runtime class that the node's container runtime does not know. */
export function runtimeClassFixes(entry: ServicePod): readonly Fix[] {
  const name = entry.pod.spec?.runtimeClassName;
  if (name === undefined || !isPatchable(entry.owner)) return [];
  return [
    {
      title: 'run the pods with the default runtime',
      command: patchTemplateSpec(entry.owner, { runtimeClassName: null }),
      risk: 'low',
      undo: patchTemplateSpec(entry.owner, { runtimeClassName: name }),
    },
    {
      title: 'see what the class asks of the nodes',
      command: `kubectl get runtimeclass ${name} -o yaml`,
      risk: 'none',
    },
  ];
}
