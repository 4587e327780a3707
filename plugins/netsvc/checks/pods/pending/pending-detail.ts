import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../../shared/model/objects.ts';
import { nodeCondition, nodeStanding } from '../../../../../shared/model/pod-state-node.ts';
import type { SchedulingRefusals } from '../../../../../shared/model/pod-state-scheduling.ts';
import { parseQuantity } from '../../../../../shared/util/quantity.ts';
import { compareText, joinNames, shellQuote, shorten } from '../../../../../shared/util/text.ts';
import { isPatchable, patchContainer } from '../containers/workload-commands.ts';
import type { ServicePod } from '../service-pods.ts';
import { nodeFixes, nodeNeeds, takesNode } from './node-needs.ts';
import { NO_DETAIL, type PendingDetail } from './pending-addition.ts';
import { affinityDetail, claimDetail, hostPortDetail, spreadDetail } from './pending-rules.ts';
import { repellingTaints, taintDetail } from './pending-taints.ts';
import { formatResource, podRequest, requestOf } from './resource-amounts.ts';

/** Compares a pod that was refused with the nodes and claims at hand. */
export function pendingDetail(index: ClusterIndex, entry: ServicePod, refusals: SchedulingRefusals): PendingDetail {
  const main = mainDetail(index, entry, refusals);
  const full = ['cpu', 'memory', 'resource', 'pods-full'].includes(refusals.main?.class ?? '');
  if (!full || !refusals.refusals.some((one) => one.class === 'cordoned')) return main;
  // The room that the others lack may be on a node that a drain has closed.
  const closed = nodesDetail(index, entry);
  return {
    words: main.words + closed.words,
    evidence: [...main.evidence, ...closed.evidence],
    fixes: [...closed.fixes, ...main.fixes],
  };
}

function mainDetail(index: ClusterIndex, entry: ServicePod, refusals: SchedulingRefusals): PendingDetail {
  switch (refusals.main?.class) {
    case 'cpu':
      return resourceDetail(index, entry, 'cpu');
    case 'memory':
      return resourceDetail(index, entry, 'memory');
    case 'resource': {
      const resource = /Insufficient (\S+)/.exec(refusals.main.text)?.[1];
      return resource === undefined ? deviceDetail(entry) : resourceDetail(index, entry, resource);
    }
    case 'node-selector':
      return selectorDetail(index, entry);
    case 'taint':
      return taintDetail(index, entry, refusals.main.text);
    case 'host-port':
      return hostPortDetail(index, entry);
    case 'volume':
      return withSelector(index, entry, refusals, claimDetail(index, entry, refusals.main.text));
    case 'affinity':
      return affinityDetail(index, entry);
    case 'spread':
      return spreadDetail(
        index,
        entry,
        !/missing required label/.test(refusals.main.text) && refusals.refusals.some(({ class: it }) => it === 'taint'),
      );
    case 'pods-full':
      return { ...NO_DETAIL, fixes: [offersFix('see how many pods each node takes', 'pods')] };
    case 'cordoned':
    case 'node-down':
      return withSelector(index, entry, refusals, nodesDetail(index, entry));
    case 'node-short':
      return pressureDetail(index);
    default:
      return NO_DETAIL;
  }
}

function resourceDetail(index: ClusterIndex, entry: ServicePod, resource: string): PendingDetail {
  const request = podRequest(entry.pod.spec, resource);
  if (request === 0) return NO_DETAIL;
  const all = index.list('Node');
  const open = all.filter((node) => node.spec?.unschedulable !== true && repellingTaints(node, entry).length === 0);
  const nodes = open.length === 0 ? all : open;
  const amounts = nodes.map((node) => parseQuantity(node.status?.allocatable?.[resource]) ?? 0);
  const largest = Math.max(0, ...amounts);
  const asks = `each pod requests ${resource} ${formatResource(resource, request)}`;
  const node = nodes[amounts.indexOf(largest)]?.metadata?.name ?? '';
  const size = `${formatResource(resource, largest)} allocatable`;
  const offers =
    largest === 0
      ? 'no node offers any'
      : request > largest
        ? `the largest node (${node}) has ${size}`
        : `of the ${size} on the largest node (${node}) less is left`;
  const has = nodes.length === 0 ? '' : `, ${offers}`;
  const container = [...(entry.pod.spec?.containers ?? [])].sort(
    (a, b) => requestOf(b, resource) - requestOf(a, resource),
  )[0];
  const evidence: Evidence[] = [
    {
      fact: `${asks}${has}`,
      source: `Pod ${entry.key} spec.containers${nodes.length === 0 ? '' : ', Node status.allocatable'}`,
    },
  ];
  // Limit and request of a device must be equal (Kubernetes, extended resources), and half a device is no remedy.
  if (!DIVISIBLE.has(resource))
    return { words: `; ${asks}${has}`, evidence, fixes: [offersFix('see which nodes offer it', resource)] };
  if (container === undefined || !isPatchable(entry.owner)) return { words: `; ${asks}${has}`, evidence, fixes: [] };
  const old = requestOf(container, resource);
  const lower = formatResource(resource, roundDown(resource, largest > 0 && request > largest ? largest / 2 : old / 2));
  const patch = (value: string): string =>
    patchContainer(entry.owner, container.name ?? '', { resources: { requests: { [resource]: value } } });
  return {
    words: `; ${asks}${has}`,
    evidence,
    fixes: [
      {
        title: `request less ${resource} (adjust to what container ${container.name ?? ''} needs)`,
        command: patch(lower),
        risk: 'low',
        undo: patch(String(container.resources?.requests?.[resource] ?? formatResource(resource, old))),
      },
    ],
  };
}

/** Devices that pods ask for by ResourceClaim (dynamic resource allocation). */
function deviceDetail(entry: ServicePod): PendingDetail {
  return {
    ...NO_DETAIL,
    fixes: [
      {
        title: 'see the claims, and which devices the nodes offer',
        command: `kubectl get resourceclaims -n ${entry.pod.metadata?.namespace ?? ''}; kubectl get resourceslices`,
        risk: 'none',
      },
    ],
  };
}

const DIVISIBLE: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** Lists the nodes with what they have of a resource; dots in its name are escaped for kubectl's column paths. */
function offersFix(title: string, resource: string): Fix {
  const path = resource.replaceAll('.', '\\.');
  return {
    title,
    command: `kubectl get nodes -o ${shellQuote(`custom-columns=NODE:.metadata.name,ALLOCATABLE:.status.allocatable.${path}`)}`,
    risk: 'none',
  };
}

/** To 10 millicores, whole mebibytes or whole units, so that the command reads well. */
function roundDown(resource: string, value: number): number {
  if (resource === 'cpu') return Math.max(0.01, Math.floor(value * 100) / 100);
  if (resource === 'memory' || resource.endsWith('storage')) return Math.max(1, Math.floor(value / 2 ** 20)) * 2 ** 20;
  return Math.floor(value);
}

/** Only some nodes reach the volume or take pods, and the pod asks for certain nodes as well. */
function withSelector(
  index: ClusterIndex,
  entry: ServicePod,
  { refusals }: SchedulingRefusals,
  main: PendingDetail,
): PendingDetail {
  if (!refusals.some((one) => one.class === 'node-selector')) return main;
  const asks = selectorDetail(index, entry);
  return {
    words: main.words + asks.words,
    evidence: [...main.evidence, ...asks.evidence],
    fixes: [...main.fixes, ...asks.fixes],
  };
}

function selectorDetail(index: ClusterIndex, entry: ServicePod): PendingDetail {
  const { wants, have } = nodeNeeds(index, entry.pod.spec);
  if (wants === '') return NO_DETAIL;
  const words = `; the pod asks for ${wants}${have === '' ? '' : `, ${have}`}`;
  return {
    words,
    evidence: [
      { fact: `asks for nodes with ${wants}${have === '' ? '' : `; ${have}`}`, source: `Pod ${entry.key} spec` },
    ],
    fixes: nodeFixes(index, entry.owner, entry.pod.spec),
  };
}

function nodesDetail(index: ClusterIndex, { pod }: ServicePod): PendingDetail {
  const nodes = index.list('Node');
  const names = (list: readonly Node[]): string[] => list.map((node) => node.metadata?.name ?? '').sort(compareText);
  const closed = nodes.filter((node) => node.spec?.unschedulable === true);
  const cordoned = names(closed);
  // One that the pod may use, where there is such a one.
  const [open = cordoned[0]] = names(closed.filter((node) => takesNode(pod.spec, node)));
  const down = names(nodes.filter((node) => nodeStanding(index, node.metadata?.name).is === 'not-ready'));
  const parts: string[] = [];
  if (cordoned.length > 0) parts.push(`cordoned: ${joinNames(cordoned, 3)}`);
  if (down.length > 0) parts.push(`not ready: ${joinNames(down, 3)}${whyDown(index, down[0])}`);
  if (parts.length === 0) return NO_DETAIL;
  return {
    words: ` (${parts.join('; ')})`,
    evidence: [
      ...cordoned.slice(0, 3).map((name) => ({ fact: 'spec.unschedulable is true', source: `Node ${name}` })),
      ...down.slice(0, 3).map((name) => downEvidence(index, name)),
    ],
    fixes:
      open === undefined
        ? []
        : [
            {
              title: 'let the node take pods again, when its maintenance is over',
              command: `kubectl uncordon ${open}`,
              risk: 'low',
              undo: `kubectl cordon ${open}`,
            },
          ],
  };
}

/** `, NetworkPluginNotReady`: the first node's reason, read out of its message where that is more exact. */
function whyDown(index: ClusterIndex, name: string | undefined): string {
  const standing = nodeStanding(index, name);
  if (standing.is !== 'not-ready') return '';
  const reason = /reason:(\w+)/.exec(standing.message)?.[1] ?? standing.reason;
  return reason === '' ? '' : `, ${reason}`;
}

function downEvidence(index: ClusterIndex, name: string): Evidence {
  const standing = nodeStanding(index, name);
  const { status, reason, message } =
    standing.is === 'not-ready' ? standing : { status: 'not True', reason: '', message: '' };
  return {
    fact: `condition Ready is ${status}${reason === '' ? '' : `, ${reason}`}${message === '' ? '' : `: "${shorten(message, 200)}"`}`,
    source: `Node ${name} status.conditions`,
  };
}

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** Nodes that run short of something: the kubelet sets the taint, and takes it off when there is room again. */
function pressureDetail(index: ClusterIndex): PendingDetail {
  const short = index.list('Node').flatMap((node) =>
    PRESSURES.flatMap((type) => {
      const condition = nodeCondition(node, type);
      return condition?.status === 'True' ? [{ name: node.metadata?.name ?? '', condition }] : [];
    }),
  );
  if (short.length === 0) return NO_DETAIL;
  return {
    words: ` (${joinNames(
      short.map(({ name, condition }) => `${name}: ${condition.type ?? ''}`),
      3,
    )})`,
    evidence: short.slice(0, 3).map(({ name, condition }) => ({
      fact: `condition ${condition.type ?? ''} is True, ${condition.reason ?? ''}: "${shorten(condition.message ?? '', 160)}"`,
      source: `Node ${name} status.conditions`,
    })),
    fixes: short.slice(0, 1).map(({ name }) => ({
      title: 'see what fills the node, then free it',
      command: `kubectl describe node ${name}`,
      risk: 'none',
    })),
  };
}
