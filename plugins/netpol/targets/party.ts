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

/** Members that no label and no port name tells apart, each with how many they are. */
export interface Like {
  readonly unit: Unit;
  readonly count: number;
}

/** One member of each sort: no rule of any policy can tell it from those that it stands for. */
export function likesOf(model: PolicyModel, { members }: Party): readonly Like[] {
  if (members.length === 1) return members.map((unit) => ({ unit, count: 1 }));
  const usage = usageOf(model);
  const classOf = model.memo('netpol/class-of-pod', () => {
    const map = new Map<Pod, number>();
    for (const { id, pods } of labelClassesOf(model).classes) for (const pod of pods) map.set(pod, id);
    return map;
  });
  const found = new Map<string, { readonly unit: Unit; count: number }>();
  for (const unit of members) {
    const key = likeKey(unit, classOf, usage);
    const known = found.get(key);
    if (known === undefined) found.set(key, { unit, count: 1 });
    else known.count++;
  }
  return [...found.values()];
}

function likeKey(unit: Unit, classOf: ReadonlyMap<Pod, number>, usage: Usage): string {
  if (unit.type === 'node') return unit.name;
  if (unit.type === 'range') return `${unit.range.family} ${unit.range.first}`;
  const ports = (unit.pod.spec?.containers ?? []).map(({ ports: all }) => all ?? []);
  const families = unit.addresses.map(({ family }) => family).join('');
  const place = unit.hostNetwork ? unit.nodeName : '';
  const address = usage.blocks ? addressKey(unit.pod, usage) : '';
  return `${classOf.get(unit.pod) ?? unit.name} ${JSON.stringify(ports)} ${families} ${place} ${address}`;
}
