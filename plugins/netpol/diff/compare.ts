import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Enforcement } from '../../../shared/policy/enforcement/enforcement.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { NO_PORTS, unionPorts } from '../../../shared/policy/rules/port-set.ts';
import type { Gaps } from '../actions/gaps.ts';
import { waysIn } from '../ways-in.ts';
import type { Places } from '../words/places.ts';
import { changeOf, type Passing } from './changes.ts';
import type { ControllerRow } from './diff-json.ts';
import { emptiedServices } from './emptied-services.ts';
import { servedPortsIn } from './served-ports.ts';
import { lostServices, type ServiceLoss } from './services.ts';
import { type DiffEnd, type Sides, sidesOf } from './sides.ts';
import { type Summary, summarise } from './summary.ts';

/** One of the two states. */
export interface State {
  readonly snapshot: Snapshot;
  readonly index: ClusterIndex;
  readonly model: PolicyModel;
}

/** Objects that the change makes, alters or deletes, by name. */
export interface ObjectChanges {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
  readonly unchanged: number;
}

export interface Compared {
  readonly before: State;
  readonly after: State;
  readonly source: string;
  readonly enforcement: Enforcement;
  readonly gaps: Pick<Gaps, 'notChecked' | 'incomplete'>;
  readonly places: Places;
  readonly objects: ObjectChanges;
  readonly sides: Sides;
  readonly summary: Summary;
  readonly services: readonly ServiceLoss[];
  /** Those that lead to no pod any more, as they are afterwards. */
  readonly emptied: readonly Service[];
  readonly controller: readonly ControllerRow[];
  /** Workloads of the one state that the other does not have. */
  readonly fresh: readonly DiffEnd[];
  readonly gone: readonly DiffEnd[];
}

/** Compares two states; what they need to be told is in `about`. */
export function compare(
  before: State,
  after: State,
  about: Pick<Compared, 'source' | 'enforcement' | 'gaps' | 'places' | 'objects'>,
): Compared {
  const sides = sidesOf(before.model, after.model, servedPortsIn(after.index));
  const summary = summarise(sides);
  const ends = sides.groups.flatMap((group) => group.ends);
  return {
    before,
    after,
    ...about,
    sides,
    summary,
    services: lostServices(before.index, summary),
    emptied: emptiedServices(before, after),
    controller: controllerRows(before, after, ends),
    fresh: ends.filter((end) => end.before.length === 0),
    gone: ends.filter((end) => end.after.length === 0),
  };
}

/** Paths through Ingress, Route and Gateway objects that change, workload by workload. */
function controllerRows(before: State, after: State, ends: readonly DiffEnd[]): readonly ControllerRow[] {
  const [a, b] = [passings(before, ends, 'before'), passings(after, ends, 'after')];
  return ends.flatMap((to) => {
    const change = changeOf(a.get(to), b.get(to));
    return change === undefined ? [] : [{ to, change: { ...change, ends: 'both' } as const }];
  });
}

function passings(
  { index, model }: State,
  ends: readonly DiffEnd[],
  side: 'before' | 'after',
): ReadonlyMap<DiffEnd, Passing> {
  const found = new Map<DiffEnd, Passing>();
  const ways = waysIn(index, model);
  if (ways.length === 0) return found;
  const endOf = new Map(ends.flatMap((end) => end[side].map((pod) => [pod, end] as const)));
  for (const { unit, allowed, depends } of ways) {
    const end = endOf.get(unit.pod);
    if (end === undefined) continue;
    const known = found.get(end);
    const some = unionPorts(known?.some ?? NO_PORTS, allowed);
    found.set(end, { some, every: some, depends: unionPorts(known?.depends ?? NO_PORTS, depends) });
  }
  return found;
}
