import type { Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import type { Reason } from '../../../shared/policy/evaluate/verdict.ts';
import { addressKey, labelClassesOf, type Usage, usageOf } from '../../../shared/policy/many/classes.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import type { Unit } from '../../../shared/policy/rules/units.ts';

/** Who takes part in a question: the pods, nodes or addresses that an end came to. */
export interface Party {
  /** `Service shop/web`, `pods app=web of shop`, `the internet`. */
  readonly words: string;
  readonly ref: Ref;
  readonly members: readonly Unit[];
  /** The Service that was asked about; its members are the pods behind it. */
  readonly service?: Service;
  /** What had to be assumed. */
  readonly notes: readonly Reason[];
}

/** The pods of a party. */
export function podsOfParty({ members }: Party): readonly Pod[] {
  return members.flatMap((unit) => (unit.type === 'pod' ? [unit.pod] : []));
}

/** A party as the one that sends: a Service never does, the pods behind it do. */
export function senderWords({ words, service }: Party): string {
  return service === undefined ? words : `pods of ${words}`;
}

/** Members that no label and no port name tells apart. */
export interface Like {
  /** Stands for all of them: on no node where they are on several, as what passes on one node passes nowhere else. */
  readonly unit: Unit;
  readonly count: number;
  /** The members by the node that they are on; nodes and addresses are on none. */
  readonly onNodes: ReadonlyMap<string, readonly Unit[]>;
}

/** One member of each sort: no rule of any policy can tell it from those that it stands for. */
export function likesOf(model: PolicyModel, { members }: Party): readonly Like[] {
  if (members.length === 1) return [likeOf(members)];
  const usage = usageOf(model);
  const classOf = model.memo('netpol/class-of-pod', () => {
    const map = new Map<Pod, number>();
    for (const { id, pods } of labelClassesOf(model).classes) for (const pod of pods) map.set(pod, id);
    return map;
  });
  const found = grouped(members, (unit) => likeKey(unit, classOf, usage));
  return [...found.values()].map(likeOf);
}

function likeOf(units: readonly Unit[]): Like {
  const onNodes = grouped(units, nodeOf);
  const [first] = units;
  if (first === undefined) throw new Error('a sort of members has none');
  return { unit: onNodes.size > 1 ? placeless(first) : first, count: units.length, onNodes };
}

function grouped(units: readonly Unit[], keyOf: (unit: Unit) => string): ReadonlyMap<string, readonly Unit[]> {
  const groups = new Map<string, Unit[]>();
  for (const unit of units) {
    const key = keyOf(unit);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [unit]);
    else group.push(unit);
  }
  return groups;
}

/** A unit as if it were on no node, so that nothing of the node's own traffic is seen. */
export function placeless(unit: Unit): Unit {
  return unit.type === 'pod' ? { ...unit, addresses: unit.addresses, nodeName: '' } : unit;
}

function nodeOf(unit: Unit): string {
  return unit.type === 'pod' ? unit.nodeName : '';
}

function likeKey(unit: Unit, classOf: ReadonlyMap<Pod, number>, usage: Usage): string {
  if (unit.type === 'node') return unit.name;
  if (unit.type === 'range') return `${unit.range.family} ${unit.range.first}`;
  const ports = (unit.pod.spec?.containers ?? []).map(({ ports: all }) => all ?? []);
  const families = unit.addresses.map(({ family }) => family).join('');
  const place = unit.hostNetwork && usage.nodes ? unit.nodeName : '';
  const address = usage.blocks ? addressKey(unit.pod, usage) : '';
  return `${classOf.get(unit.pod) ?? unit.name} ${JSON.stringify(ports)} ${families} ${place} ${address}`;
}
