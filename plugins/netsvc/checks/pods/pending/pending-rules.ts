import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { LabelSelector } from '../../../../../shared/model/objects.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { type Claim, claimsOf, isAbsent } from '../../../../../shared/model/pod-state-preparing.ts';
import { isFinished, podKey } from '../../../../../shared/model/pods.ts';
import { rolloutOf } from '../../../../../shared/model/rollouts.ts';
import { formatSelector, matchesSelector } from '../../../../../shared/model/selectors.ts';
import { changedCopy, keptFirst } from '../../../../../shared/util/kubectl.ts';
import { joinNames, shellQuote } from '../../../../../shared/util/text.ts';
import { nearestNamed } from '../config/config-fixes.ts';
import {
  isPatchable,
  oldPodFirst,
  patchContainer,
  patchTemplateSpec,
  target,
} from '../containers/workload-commands.ts';
import { eventEvidence } from '../pod-evidence.ts';
import type { ServicePod } from '../service-pods.ts';
import type { PendingDetail } from './pending-addition.ts';

/** Which host ports the pod wants and who has them. */
export function hostPortDetail(index: ClusterIndex, entry: ServicePod): PendingDetail {
  const wanted = hostPorts(entry.pod);
  if (wanted.length === 0) return { words: '', evidence: [], fixes: [] };
  const holders = index
    .list('Pod')
    .filter((pod) => !isFinished(pod) && pod.spec?.nodeName !== undefined && podKey(pod) !== entry.key)
    .flatMap((pod) =>
      hostPorts(pod)
        .filter((port) => wanted.some((mine) => mine.port === port.port && mine.protocol === port.protocol))
        .map((port) => `${podKey(pod)} on ${pod.spec?.nodeName ?? ''} (${port.port}/${port.protocol})`),
    );
  const ports = joinNames(
    wanted.map((port) => `${port.port}/${port.protocol}`),
    3,
  );
  const held = holders.length === 0 ? '' : `, held by ${joinNames(holders, 2)}`;
  const evidence: Evidence[] = [{ fact: `hostPort ${ports}${held}`, source: `Pod ${entry.key} spec.containers` }];
  const fixes: Fix[] = [];
  const first = wanted[0];
  if (first !== undefined && isPatchable(entry.owner)) {
    const patch = (hostPort: number | null): string =>
      patchContainer(entry.owner, first.container, { ports: [{ containerPort: first.containerPort, hostPort }] });
    fixes.push({
      title: 'drop the hostPort; the Service does not need it',
      command: patch(null),
      risk: 'low',
      undo: patch(first.port),
    });
  }
  return { words: `; the pod wants hostPort ${ports}${held}`, evidence, fixes: [...fixes, ...scaleFix(index, entry)] };
}

function hostPorts(pod: Pod): { port: number; protocol: string; container: string; containerPort: number }[] {
  return [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, protocol = 'TCP', containerPort = 0 }) =>
      hostPort === undefined || hostPort === 0
        ? []
        : [{ port: hostPort, protocol, container: container.name ?? '', containerPort }],
    ),
  );
}

/** `ExternalProvisioning`, `ProvisioningFailed` */
const PROVISIONING = /Provisioning/;

/** Whether a claim of the pod is known to have its volume. */
export function isBound(index: ClusterIndex, { pod }: ServicePod, name: string): boolean {
  const claim = index.get('PersistentVolumeClaim', pod.metadata?.namespace, name) as Claim | undefined;
  return claim?.status?.phase === 'Bound';
}

/** Whether something was asked to make the volume of a claim: the scheduler has chosen a node by then. */
export function isProvisioned(index: ClusterIndex, entry: ServicePod, name: string): boolean {
  const metadata = { name, namespace: entry.pod.metadata?.namespace ?? '' };
  return (
    !isBound(index, entry, name) &&
    index
      .events({ kind: 'PersistentVolumeClaim', metadata }, 'PersistentVolumeClaim')
      .some(({ reason }) => PROVISIONING.test(reason ?? ''))
  );
}

/** The state of the claims that a pod waits for. */
export function claimDetail(index: ClusterIndex, entry: ServicePod, text: string): PendingDetail {
  const namespace = entry.pod.metadata?.namespace ?? '';
  const evidence: Evidence[] = [];
  const words: string[] = [];
  const fixes: Fix[] = [];
  const near = (name: string): string => nearestNamed(index, 'PersistentVolumeClaim', namespace, name);
  for (const name of claimsOf(entry.pod)) {
    const claim = index.get('PersistentVolumeClaim', namespace, name) as Claim | undefined;
    const source = `PersistentVolumeClaim ${namespace}/${name}`;
    if (claim === undefined) {
      if (text.includes(`"${name}" is being deleted`)) {
        words.push(`claim ${name} is being deleted; it goes when no pod uses it`);
      } else if (text.includes(`"${name}"`)) {
        words.push(`claim ${name} does not exist in namespace ${namespace}${near(name)}`);
      } else if (isAbsent(index, 'PersistentVolumeClaim', namespace, name)) {
        words.push(`claim ${name} does not exist${near(name)}`);
        evidence.push({ fact: `no such claim in namespace ${namespace}`, source });
      } else {
        // The events of a claim are often recorded where the claim itself is not.
        const event = index
          .events({ kind: 'PersistentVolumeClaim', metadata: { namespace, name } }, 'PersistentVolumeClaim')
          .at(-1);
        words.push(`the pod uses claim ${name}${event === undefined ? '' : `: ${event.message}`}`);
        if (event !== undefined) evidence.push(eventEvidence(event, index.now));
      }
      fixes.push({ title: 'see which claims there are', command: `kubectl get pvc -n ${namespace}`, risk: 'none' });
      continue;
    }
    const phase = claim.status?.phase ?? 'unknown';
    if (phase === 'Bound' && !/affinity|zone/.test(text)) continue;
    const storageClass = claim.spec?.storageClassName;
    const told = index.events(claim, 'PersistentVolumeClaim');
    const event = told.findLast(({ reason }) => PROVISIONING.test(reason ?? '')) ?? told.at(-1);
    const unknown = storageClass !== undefined && event?.message.includes(`"${storageClass}" not found`) === true;
    const of =
      storageClass === undefined
        ? ''
        : ` (storageClassName ${storageClass === '' ? '""' : storageClass}${unknown ? ', which does not exist' : ''})`;
    const provisioner = /external provisioner '([^']+)'/.exec(event?.message ?? '')?.[1];
    const waits = provisioner === undefined ? '' : `, waiting for provisioner ${provisioner}`;
    words.push(`claim ${name} is ${phase}${of}${waits}`);
    evidence.push({ fact: `phase ${phase}${of}`, source: `${source} status` });
    if (event !== undefined) evidence.push(eventEvidence(event, index.now));
    fixes.push(phase === 'Bound' ? boundFix(claim) : unboundFix(namespace, name));
    if (unknown) fixes.push(otherClassFix(namespace, name));
  }
  if (/max volume count/.test(text)) {
    fixes.push({
      title: 'see how many volumes each node may hold',
      command: `kubectl get csinodes -o ${shellQuote('custom-columns=NODE:.metadata.name,DRIVERS:.spec.drivers[*].name,MAX:.spec.drivers[*].allocatable.count')}`,
      risk: 'none',
    });
  }
  return { words: words.length === 0 ? '' : `; ${words.join('; ')}`, evidence, fixes };
}

function unboundFix(namespace: string, name: string): Fix {
  return {
    title: 'see why the claim is not bound, and which storage classes there are',
    command: `kubectl describe pvc ${name} -n ${namespace}; kubectl get storageclass`,
    risk: 'none',
  };
}

/** Nothing is stored yet in a claim that was never bound; its class cannot be changed in place. */
function otherClassFix(namespace: string, name: string): Fix {
  return {
    title: 'make the claim again with a class that exists (in the place of <CLASS>)',
    ...keptFirst(
      'pvc',
      namespace,
      name,
      `${changedCopy('pvc', namespace, name, { spec: { storageClassName: '<CLASS>' } })} | kubectl replace --force -f -`,
    ),
    risk: 'low',
  };
}

/** The volume is there, and only some nodes reach it. */
function boundFix(claim: Claim): Fix {
  const volume = claim.spec?.volumeName ?? '';
  return {
    title: 'see on which nodes its volume can be used',
    command: `kubectl get pv ${volume} -o ${shellQuote('jsonpath={.spec.nodeAffinity.required}')}`,
    risk: 'none',
  };
}

/** Required (anti-)affinity between pods: which rule, and how many replicas fit. */
export function affinityDetail(index: ClusterIndex, entry: ServicePod): PendingDetail {
  const affinity = entry.pod.spec?.affinity as { podAffinity?: PodRule; podAntiAffinity?: PodRule } | undefined;
  const key =
    affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined
      ? 'podAntiAffinity'
      : 'podAffinity';
  const terms = affinity?.[key]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const fixes = [...rolloutFix(index, entry), ...scaleFix(index, entry)];
  if (terms.length === 0) return { words: '', evidence: [], fixes };
  const topology = joinNames(
    terms.map((term) => term.topologyKey ?? ''),
    2,
  );
  const wanted = terms.map((term) => selectorWords(term.labelSelector)).filter((words) => words !== '');
  const whom =
    wanted.length === 0 ? '' : ` ${key === 'podAffinity' ? 'to' : 'against'} pods with ${joinNames(wanted, 2)}`;
  const rule = `required ${key}${whom} by ${topology}${key === 'podAffinity' ? peersInWords(index, entry, terms) : ''}`;
  if (isPatchable(entry.owner)) {
    fixes.push({
      title: 'or drop the required rule (the preferred form spreads pods without blocking them)',
      command: patchTemplateSpec(entry.owner, { affinity: { [key]: null } }),
      risk: 'low',
      undo: patchTemplateSpec(entry.owner, { affinity: { [key]: affinity?.[key] } }),
    });
  }
  return {
    words: `; the pod has ${rule}`,
    evidence: [{ fact: rule, source: `Pod ${entry.key} spec.affinity` }],
    fixes,
  };
}

interface PodTerm {
  readonly topologyKey?: string;
  readonly labelSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: LabelSelector;
}

interface PodRule {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodTerm[];
}

function selectorWords(selector: LabelSelector | undefined): string {
  return selector === undefined ? '' : formatSelector(selector);
}

/** Affinity to pods that are not there can never be met; only said of the pod's own namespace, read whole. */
function peersInWords(index: ClusterIndex, entry: ServicePod, terms: readonly PodTerm[]): string {
  const namespace = entry.pod.metadata?.namespace ?? '';
  const unmet = terms.some(
    ({ labelSelector, namespaces, namespaceSelector }) =>
      labelSelector !== undefined &&
      (namespaces ?? []).length === 0 &&
      namespaceSelector === undefined &&
      index.seen('Pod', namespace).whole &&
      !index.list('Pod', namespace).some((pod) => matchesSelector(labelSelector, pod.metadata?.labels)),
  );
  return unmet ? ', and no pod of the namespace carries these labels' : '';
}

/**
 * Topology spread constraints that forbid placement. Unless the constraint honors taints, nodes that the pod may never
 * use count as places without pods, so that no other place may take more than maxSkew (spec.nodeTaintsPolicy: Ignore).
 */
export function spreadDetail(index: ClusterIndex, entry: ServicePod, tainted: boolean): PendingDetail {
  const hard = (entry.pod.spec?.topologySpreadConstraints ?? []).filter(
    (constraint) => constraint.whenUnsatisfiable !== 'ScheduleAnyway',
  );
  if (hard.length === 0) return { words: '', evidence: [], fixes: [] };
  const nodes = index.list('Node');
  const rules = hard.map(({ topologyKey = '', maxSkew = 1 }) => {
    const labelled = nodes.filter((node) => node.metadata?.labels?.[topologyKey] !== undefined).length;
    const there = nodes.length === 0 ? '' : `, ${labelled} of ${nodes.length} nodes carry that label`;
    return `topologyKey ${topologyKey}, maxSkew ${maxSkew}${there}`;
  });
  const source = `Pod ${entry.key} spec.topologySpreadConstraints`;
  const counted = tainted && hard.some(({ nodeTaintsPolicy }) => nodeTaintsPolicy !== 'Honor');
  const patch = (change: Readonly<Record<string, string | null>>): string =>
    patchTemplateSpec(entry.owner, {
      // Both are the keys by which the API merges the list.
      topologySpreadConstraints: hard.map(({ topologyKey = '' }) => ({ topologyKey, ...change })),
    });
  const fixes: Fix[] = [
    {
      title: 'spread where possible, but do not block',
      command: patch({ whenUnsatisfiable: 'ScheduleAnyway' }),
      risk: 'low',
      undo: patch({ whenUnsatisfiable: 'DoNotSchedule' }),
    },
  ];
  if (counted) {
    fixes.unshift({
      title: 'do not count tainted nodes as places',
      command: patch({ whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor' }),
      risk: 'low',
      undo: patch({ whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Ignore' }),
    });
  }
  const ignored = 'nodes with taints that the pod does not tolerate count as empty places (nodeTaintsPolicy Ignore)';
  return {
    words: `; ${[...rules, ...(counted ? [ignored] : [])].join('; ')}`,
    evidence: [...rules, ...(counted ? [ignored] : [])].map((fact) => ({ fact, source })),
    fixes: isPatchable(entry.owner) ? fixes : [],
  };
}

/** The rule of the old pods keeps the new ones away, whatever the template says by now. */
function rolloutFix(index: ClusterIndex, { owner }: ServicePod): readonly Fix[] {
  const { olderReady = 0, deployment } = rolloutOf(index, owner) ?? {};
  return olderReady === 0 || deployment === undefined ? [] : [oldPodFirst(owner, deployment)];
}

/** As many replicas as run already. */
function scaleFix(index: ClusterIndex, entry: ServicePod): readonly Fix[] {
  const object = entry.workload?.object;
  const running = object?.status?.readyReplicas ?? 0;
  const wanted = object?.spec?.replicas ?? 1;
  if (object === undefined || running === 0 || running >= wanted || entry.owner.kind === 'DaemonSet') return [];
  const nodes = index.list('Node').length;
  return [
    {
      title: `ask for no more replicas than run (${running}${nodes > 0 ? ` on ${nodes} nodes` : ''})`,
      command: `kubectl scale ${target(entry.owner)} --replicas=${running}`,
      risk: 'none',
      undo: `kubectl scale ${target(entry.owner)} --replicas=${wanted}`,
    },
  ];
}
