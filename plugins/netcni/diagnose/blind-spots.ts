import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import { isWhollyRead } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { agentGroups } from '../facts/agents.ts';

/** Something that was not seen, and what could not be judged for it. */
export interface BlindSpot {
  readonly check: string;
  readonly reason: string;
  /** Without it nobody may call the network sound. */
  readonly essential: boolean;
}

/** What of the network could not be looked at. Kinds that checks need and lack are told by the checks themselves. */
export function blindSpots(index: ClusterIndex): readonly BlindSpot[] {
  const spots: BlindSpot[] = [];
  const sets = index.seen('DaemonSet');
  const groups = agentGroups(index);
  const agents = groups.some(({ pods }) => pods.length > 0);
  // A plugin inside the kubelet's own process has no agents to look for.
  const inProcess = detectNetwork(index).primary?.alive === 'in-process';
  if (!agents && !inProcess && sets.status !== 'ok')
    spots.push({ check: 'agents', reason: sets.reason, essential: true });
  for (const { title, sets: own, podsRead } of groups) {
    if (podsRead || own.length === 0) continue;
    const namespace = own[0]?.metadata?.namespace ?? '';
    const { status, reason } = index.seen('Pod', namespace);
    if (status !== 'ok' || !isWhollyRead(index, 'Pod', namespace)) {
      spots.push({ check: `pods of ${title}`, reason: `${reason} (namespace ${namespace})`, essential: false });
    }
  }
  const pods = index.seen('Pod');
  if (pods.status !== 'ok') spots.push({ check: 'pods and their addresses', reason: pods.reason, essential: false });
  const events = index.seen('Event');
  if (pods.status === 'ok' && events.status !== 'ok') {
    spots.push({ check: 'why pods wait for their network', reason: events.reason, essential: false });
  }
  return spots;
}
