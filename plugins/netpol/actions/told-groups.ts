import type { Pod } from '../../../shared/model/objects-pod.ts';
import { formatRef, type Ref, refKey } from '../../../shared/model/refs.ts';
import { unitRef } from '../../../shared/policy/evaluate/explain-peer.ts';
import type { Answer } from '../../../shared/policy/evaluate/verdict.ts';
import { isolating } from '../../../shared/policy/model.ts';
import type { Unit } from '../../../shared/policy/rules/units.ts';
import type { Section } from '../../../shared/report/report.ts';
import { joinNames, plural, wrap } from '../../../shared/util/text.ts';
import { rangesWords, refValue } from '../answer/end-values.ts';
import { coversInternet } from '../answer/internet.ts';
import type { ReachGroup } from '../answer/reach-groups.ts';
import type { Via } from '../answer/vias.ts';
import { type Who, whoOf } from '../answer/who.ts';
import { policyWords, ruleWords } from '../words/policies.ts';
import { portsValue, portWords } from '../words/ports.ts';
import { reasonsWords, reasonWords } from '../words/reasons.ts';
import type { Asked } from './ask.ts';

/** Groups with one explanation and equal ports, told together. */
export interface Told {
  readonly who: Who;
  readonly pods: number;
  readonly title: string;
  readonly via: readonly Via[];
  readonly group: ReachGroup;
}

/** The groups of one answer, those with the same title as one. `but` are the pods that were asked about. */
export function toldGroups(
  asked: Asked,
  groups: readonly ReachGroup[],
  answer: Answer,
  but: ReadonlySet<Pod>,
): readonly Told[] {
  const merged = new Map<string, { group: ReachGroup }>();
  const podsOnly = meansPodsOnly(asked, but);
  for (const group of groups.filter((one) => one.answer === answer)) {
    const title = titleOf(asked, group) + (group.ranges.length > 0 && isByDefault(group) ? podsOnly : '');
    const known = merged.get(title);
    if (known === undefined) merged.set(title, { group });
    else {
      const { group: old } = known;
      known.group = {
        ...old,
        // A pod that shares a node with members of several sorts is one pod.
        pods: [...new Set([...old.pods, ...group.pods])],
        ranges: [...old.ranges, ...group.ranges],
        nodes: [...new Set([...old.nodes, ...group.nodes])],
      };
    }
  }
  return [...merged].map(([title, { group }]) => ({
    title,
    group,
    via: group.via,
    pods: group.pods.length,
    who: whoIn(asked, group, but),
  }));
}

/** Pods that share a node with those asked about are counted by their nodes. */
function whoIn({ model }: Asked, { pods, ranges, nodes }: ReachGroup, but: ReadonlySet<Pod>): Who {
  const who = whoOf(model, pods, ranges, but);
  if (nodes.length === 0) return who;
  const host = pods.every(({ spec }) => spec?.hostNetwork === true) ? ' on the host network' : '';
  return { ...who, words: [`${plural(pods.length, 'pod')}${host} of ${joinNames(nodes, 3)}`] };
}

function isByDefault({ via }: ReachGroup): boolean {
  return via.every(({ decision, direction }) => decision.by === 'default' && direction === 'ingress');
}

/**
 * Who denies all pods by a policy of the cluster may take that for all traffic. Its ingress rules know no peer but pods
 * (AdminNetworkPolicyIngressPeer), so that addresses outside pass it by.
 */
function meansPodsOnly({ model }: Asked, pods: ReadonlySet<Pod>): string {
  for (const pod of pods) {
    for (const { policy } of isolating(model, pod, 'ingress')) {
      if (policy.tier !== 'networkPolicy' && policy.ingress.some(({ action }) => action === 'deny')) {
        return `; the ingress rules of ${formatRef(policy.ref)} mean pods only`;
      }
    }
  }
  return '';
}

/** `TCP 5432, by NetworkPolicy data/db-in, ingress rule 1 (db.yaml:12)`. */
function titleOf(asked: Asked, { ports, via, only, answer, pods, nodes }: ReachGroup): string {
  const rules =
    nodes.length > 0 && answer !== 'no'
      ? [NEAR[answer]]
      : via.map((one) => {
          const words = viaWords(asked, one, answer, pods);
          return via.length > 1 ? `${words} on ${portWords(one.ports)}` : words;
        });
  const some = only.length === 0 ? '' : ` (only ${onlyWords(asked, only)})`;
  const port = portWords(ports);
  return `${port.charAt(0).toUpperCase()}${port.slice(1)}${some}: ${joinNames(rules, 3)}`;
}

/** Why who shares a node passes. */
const NEAR = {
  yes: reasonWords({ code: 'nodeLocal', node: '' }),
  depends:
    'most network plugins take who is on the host network for its node, whose traffic with its own pods is always allowed',
} as const;

const NOBODY: ReadonlySet<Pod> = new Set();

/** `over IPv4`, or the names of some members of what was asked about. */
function onlyWords(asked: Asked, units: readonly Unit[]): string {
  const ranges = units.flatMap((unit) => (unit.type === 'range' ? [unit.range] : []));
  if (ranges.length === units.length) {
    const families = [...new Set(ranges.map(({ family }) => family))];
    return families.length === 1 && coversInternet(ranges) ? `over IPv${families[0]}` : rangesWords(ranges);
  }
  const pods = units.flatMap((unit) => (unit.type === 'pod' ? [unit.pod] : []));
  return pods.length < units.length
    ? joinNames(
        units.map((unit) => asked.name(unitRef(unit))),
        2,
      )
    : joinNames(whoOf(asked.model, pods, [], NOBODY).words, 2);
}

function viaWords(
  { model, places, name: naming }: Asked,
  { direction, decision, reasons }: Via,
  answer: Answer,
  pods: readonly Pod[],
): string {
  // Pods that no rule tells apart are judged by one of them, and a reason that names that one holds for all.
  const inGroup = (ref: Ref): boolean =>
    pods.length > 1 && pods.some((pod) => refKey(unitRef(model.unitOf(pod))) === refKey(ref));
  const name = (ref: Ref): string => `${naming(ref)}${inGroup(ref) ? ', for one,' : ''}`;
  const family = reasons.find(({ code }) => code === 'family');
  if (family !== undefined) return reasonWords(family);
  switch (decision.by) {
    case 'rule':
      return `${answer === 'no' ? 'denied by ' : ''}${ruleWords(decision.policy, direction, decision.rule, places)}`;
    case 'isolation':
      return `no ${direction} rule of ${joinNames(
        decision.policies.map((policy) => policyWords(policy, places)),
        2,
      )} matches`;
    case 'default':
      return `no policy stands against it`;
    case 'exempt':
      return reasons.length === 0 ? 'no policy applies' : joinNames(reasonsWords(reasons, name), 1);
    case 'nothing':
      return joinNames(reasonsWords(reasons, name), 2);
  }
}

/** More names than this are counted; -o wide shows all. */
const MOST_NAMES = 12;

/** A group for people: by what, on which ports, and who. */
export function groupSection({ title, who }: Told, prefix: string, wide: boolean): Section {
  const shown = wide || who.words.length <= MOST_NAMES + 1 ? who.words : who.words.slice(0, MOST_NAMES);
  const hidden = who.words.length - shown.length;
  const head = textSection(`${prefix}${title}`);
  const more = hidden === 0 ? [] : [`    and ${hidden} more: -o wide`];
  return { ...head, lines: [...head.lines, ...shown.flatMap((word) => wrap(word, 80, '    ')), ...more] };
}

/** A group as the JSON has it. */
export function groupData({ places }: Asked, { who, pods, group }: Told, answer: string): object {
  return {
    answer,
    ports: portsValue(group.ports),
    who: who.values,
    pods,
    words: who.words,
    ...(group.nodes.length === 0 ? {} : { ofNodes: group.nodes }),
    ...(group.only.length === 0 ? {} : { onlyTo: group.only.map((unit) => refValue(unitRef(unit))) }),
    by: group.via.map(({ ports, direction, decision, reasons }) => ({
      ports: portsValue(ports),
      direction,
      decision: decision.by,
      ...(decision.by === 'rule'
        ? {
            policy: refValue(decision.policy),
            rule: decision.rule.index,
            ...(decision.rule.name === undefined ? {} : { ruleName: decision.rule.name }),
            ...placeOf(places.rule(decision.policy, direction, decision.rule.index)),
          }
        : {}),
      ...(decision.by === 'isolation' ? { policies: decision.policies.map((ref) => formatRef(ref)) } : {}),
      reasons: reasons.map((reason) => reasonWords(reason)),
    })),
  };
}

function placeOf(place: string | undefined): { readonly place?: string } {
  return place === undefined ? {} : { place };
}

/** A text as lines of 80 columns, what follows the first one indented. */
export function textSection(text: string): Extract<Section, { type: 'text' }> {
  return { type: 'text', lines: wrap(text, 80, '  ').map((line, at) => (at === 0 ? line.trimStart() : line)) };
}
