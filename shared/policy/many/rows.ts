import type { SideSets } from '../evaluate/decide.ts';
import { judge } from '../evaluate/side.ts';
import type { PolicyModel } from '../model.ts';
import { type Grouping, namesOf } from './face-groups.ts';
import type { Face } from './faces.ts';
import type { Outcomes } from './outcomes.ts';
import { createPartition } from './partition.ts';
import { judgedBy, namesIn, type Profile, peersIn } from './profiles.ts';

/** Outcomes by group. Two bytes each, unless there are very many different ones. */
export type Row = Uint16Array | Int32Array;

/** The outcomes of a profile towards every group, one row per profile, made when first asked for. */
export function rowsOf(
  model: PolicyModel,
  grouping: Grouping,
  outcomes: Outcomes,
  count: number,
): (profile: Profile) => Row {
  const rows = new Array<Row | undefined>(count).fill(undefined);
  const open = new Uint16Array(grouping.groups.length);
  return (profile) => {
    let row = rows[profile.id];
    if (row === undefined) {
      row = profile.tiers.length === 0 ? open : buildRow(model, profile, grouping, outcomes);
      rows[profile.id] = row;
    }
    return row;
  };
}

/** Only the peers that this profile's rules name can make a difference, so few groups need to be judged. */
function buildRow(model: PolicyModel, profile: Profile, { groups, membersOf }: Grouping, outcomes: Outcomes): Row {
  const partition = createPartition(groups.length);
  for (const members of new Set(peersIn(profile.tiers, profile.direction).map(membersOf))) {
    partition.refine(members.yes);
    partition.refine(members.maybe);
  }
  if (profile.direction === 'egress' && namesIn(profile.tiers, 'egress').length > 0) {
    partition.refineBy(groups.length + 1, (id) => namesOf(groups[id]?.face));
  }
  const judged = new Array<number | undefined>(partition.count()).fill(undefined);
  const row = new Int32Array(groups.length);
  let highest = 0;
  for (const { id, face } of groups) {
    const part = partition.group[id] ?? 0;
    let outcome = judged[part];
    if (outcome === undefined) {
      outcome = outcomes.intern(judgeFace(model, profile, face));
      judged[part] = outcome;
    }
    row[id] = outcome;
    if (outcome > highest) highest = outcome;
  }
  return highest < 65536 ? Uint16Array.from(row) : row;
}

/** What a profile's policies say about one face. */
function judgeFace(model: PolicyModel, profile: Profile, { unit }: Face): SideSets {
  return judge(judgedBy(profile, unit), model.context);
}
