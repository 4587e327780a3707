import type { Pod } from '../../../shared/model/objects-pod.ts';
import { inFamily } from '../../../shared/policy/evaluate/evaluate.ts';
import type { Answer } from '../../../shared/policy/evaluate/verdict.ts';
import { addressKey, labelClassesOf, usageOfBlocks } from '../../../shared/policy/many/classes.ts';
import type { AllowedPorts } from '../../../shared/policy/many/pair-sets.ts';
import { portsOfSets } from '../../../shared/policy/many/pair-sets.ts';
import { survey } from '../../../shared/policy/many/survey.ts';
import { isolating, type PolicyModel } from '../../../shared/policy/model.ts';
import { matchPeer } from '../../../shared/policy/rules/match.ts';
import {
  ALL_PORTS,
  intersectPorts,
  NO_PORTS,
  type PortSet,
  portRange,
  subtractPorts,
  unionPorts,
} from '../../../shared/policy/rules/port-set.ts';
import type { Direction, Peer, Rule } from '../../../shared/policy/rules/rules.ts';
import type { Unit } from '../../../shared/policy/rules/units.ts';
import { type AddressRange, formatRange } from '../../../shared/util/addresses.ts';
import { type Like, likesOf, type Party, placeless } from '../targets/party.ts';
import type { AskedPort } from '../targets/ports.ts';
import { nodeMates } from './node-mates.ts';
import { type Via, viasOf } from './vias.ts';

/** Others that reach the target, or do not, on the same ports and by the same rules. */
export interface ReachGroup {
  readonly answer: Answer;
  readonly pods: readonly Pod[];
  readonly ranges: readonly AddressRange[];
  readonly ports: PortSet;
  readonly via: readonly Via[];
  /** Members of the target that they reach, where it is not all of them. */
  readonly only: readonly Unit[];
  /** Each of the pods reaches the members of its own node, one of these, because it shares the node; empty elsewhere. */
  readonly nodes: readonly string[];
}

/** Everybody else by what passes between them and a party. `direction` is the party's side: `ingress` for its sources. */
export function reachGroups(
  model: PolicyModel,
  party: Party,
  asked: readonly AskedPort[] | undefined,
  direction: Direction,
): readonly ReachGroup[] {
  const own = new Set(party.members.flatMap((unit) => (unit.type === 'pod' ? [unit.pod] : [])));
  const likes = likesOf(model, party);
  const merged = new Map<string, { group: ReachGroup; readonly likes: Like[] }>();
  const local: ReachGroup[] = [];
  for (const like of likes) {
    for (const group of groupsOfLike(model, like, asked, direction, own)) {
      if (group.nodes.length > 0) {
        local.push(group);
        continue;
      }
      const key = likes.length === 1 ? String(merged.size) : keyOfGroup(group);
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { group, likes: [like] });
      else known.likes.push(like);
    }
  }
  const others = [...merged.values()].map(({ group, likes: some }) =>
    some.length === likes.length
      ? group
      : { ...group, only: some.flatMap(({ onNodes }) => [...onNodes.values()].flat()) },
  );
  return [...others, ...local];
}

/** Groups of different members of the target are one when they say the same of the same others. */
function keyOfGroup({ answer, pods, ranges, ports, via }: ReachGroup): string {
  const names = pods.map(({ metadata }) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`);
  const told = via.map(({ direction, decision, ports: own }) => [direction, decision, own]);
  return JSON.stringify([answer, ports, told, names, ranges.map(formatRange)]);
}

function groupsOfLike(
  model: PolicyModel,
  like: Like,
  asked: readonly AskedPort[] | undefined,
  direction: Direction,
  own: ReadonlySet<Pod>,
): readonly ReachGroup[] {
  const near = nodeMates(model, like, direction, own);
  const whole = near.size === 0 ? like.unit : placeless(like.unit);
  // A Service of one family is reached over that one, whatever its pods have.
  const family = asked?.[0]?.family;
  const unit = family === undefined ? whole : inFamily(whole, family);
  const wanted = asked === undefined ? ALL_PORTS : wantedPorts(unit, asked);
  const { outcomes, pods, outside } = survey(model, unit, direction, 'both');
  const splitter = createSplitter(model, unit, direction);
  const groups: ReachGroup[] = [];
  const add = (ports: AllowedPorts, members: Pick<ReachGroup, 'pods' | 'ranges'>, sample: Unit): void => {
    for (const [answer, set] of partsOf(ports, wanted, asked !== undefined)) {
      // Who shares a node with a member is not kept out of that one.
      const told = answer === 'no' ? members.pods.filter((pod) => !near.has(pod)) : members.pods;
      if (told.length + members.ranges.length === 0) continue;
      const via = viasOf(model, unit, sample, direction, set, answer);
      groups.push({ answer, ...members, pods: told, ports: set, via, only: [], nodes: [] });
    }
  };
  const isTold = (pod: Pod): boolean => !own.has(pod) && (like.onNodes.size > 1 || !near.has(pod));
  for (const [outcome, list] of pods) {
    const ports = portsOfSets(outcomes.get(outcome));
    for (const members of splitter(list.filter(isTold))) {
      const [first] = members;
      if (first !== undefined) add(ports, { pods: members, ranges: [] }, model.unitOf(first));
    }
  }
  for (const [outcome, ranges] of outside) {
    const ports = portsOfSets(outcomes.get(outcome));
    for (const part of splitter.ranges(ranges.filter((range) => family === undefined || range.family === family))) {
      const [first] = part;
      if (first !== undefined) add(ports, { pods: [], ranges: part }, { type: 'range', range: first });
    }
  }
  for (const [pod, { member, ports }] of near) {
    const other = model.unitOf(pod);
    for (const [answer, set] of partsOf(ports, wanted, asked !== undefined)) {
      const via = viasOf(model, member, other, direction, set, answer);
      groups.push({ answer, pods: [pod], ranges: [], ports: set, via, only: [], nodes: [other.nodeName] });
    }
  }
  return groups;
}

/** The ports asked about by answer. Who gets in somewhere is kept out of the rest by no rule worth telling, unless asked. */
function partsOf(
  { allowed, depends }: AllowedPorts,
  wanted: PortSet,
  asked: boolean,
): readonly (readonly [Answer, PortSet])[] {
  const yes = intersectPorts(allowed, wanted);
  const maybe = subtractPorts(intersectPorts(depends, wanted), yes);
  const no = subtractPorts(subtractPorts(wanted, yes), maybe);
  const parts: readonly (readonly [Answer, PortSet])[] = [
    ['yes', yes],
    ['depends', maybe],
    ['no', asked || yes.length + maybe.length === 0 ? no : NO_PORTS],
  ];
  return parts.filter(([, set]) => set.length > 0);
}

function wantedPorts(unit: Unit, asked: readonly AskedPort[]): PortSet {
  return asked.reduce<PortSet>((all, { protocol, on }) => {
    const port = on(unit);
    return port === undefined ? all : unionPorts(all, portRange(protocol, port));
  }, NO_PORTS);
}

interface Splitter {
  (pods: readonly Pod[]): readonly (readonly Pod[])[];
  ranges(all: readonly AddressRange[]): readonly (readonly AddressRange[])[];
}

/** Splits others by which peers of the unit's own rules mean them, so that one explanation holds for all of a part. */
function createSplitter(model: PolicyModel, unit: Unit, direction: Direction): Splitter {
  const rules: readonly Rule[] =
    unit.type === 'pod' ? isolating(model, unit, direction).flatMap(({ policy }) => policy[direction]) : [];
  const peers = rules.flatMap(({ peers: list }) => (list === 'any' ? [] : list));
  const blocks = peers.filter((peer) => peer.type === 'block');
  const others = peers.filter(({ type }) => type !== 'block');
  const keyOf = (list: readonly Peer[], other: Unit): string =>
    list.map((peer) => matchPeer(peer, other, model.context)[0]).join('');
  const classOf = new Map<Pod, string>();
  if (others.length > 0) {
    for (const cls of labelClassesOf(model).classes) {
      const key = keyOf(others, cls.unit);
      for (const pod of cls.pods) classOf.set(pod, key);
    }
  }
  // Pods that lie in the same blocks are alike: most clusters have far more pods than their policies have blocks.
  const usage = usageOfBlocks(blocks);
  const byPlace = new Map<string, string>();
  const blocksOf = (pod: Pod): string => {
    const place = `${pod.spec?.hostNetwork === true} ${addressKey(pod, usage)}`;
    let key = byPlace.get(place);
    if (key === undefined) {
      key = keyOf(blocks, model.unitOf(pod));
      byPlace.set(place, key);
    }
    return key;
  };
  const split = (pods: readonly Pod[]): readonly (readonly Pod[])[] => {
    if (peers.length === 0) return [pods];
    const parts = new Map<string, Pod[]>();
    for (const pod of pods) {
      const key = (classOf.get(pod) ?? '') + (blocks.length === 0 ? '' : blocksOf(pod));
      const part = parts.get(key);
      if (part === undefined) parts.set(key, [pod]);
      else part.push(pod);
    }
    return [...parts.values()];
  };
  const ranges = (all: readonly AddressRange[]): readonly (readonly AddressRange[])[] => {
    const parts = new Map<string, AddressRange[]>();
    for (const range of all) {
      const key = keyOf(blocks, { type: 'range', range });
      const part = parts.get(key) ?? [];
      parts.set(key, part);
      part.push(range);
    }
    return [...parts.values()];
  };
  return Object.assign(split, { ranges });
}
