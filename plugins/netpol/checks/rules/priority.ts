import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { intersectPorts } from '../../../../shared/policy/rules/port-set.ts';
import {
  DIRECTIONS,
  type Direction,
  type Peer,
  type Policy,
  type Rule,
} from '../../../../shared/policy/rules/rules.ts';
import type { AdminNetworkPolicy } from '../../../../shared/policy/rules/types.ts';
import { overlaps } from '../../../../shared/util/addresses.ts';
import { lintModelIn } from '../../lint/lint-facts.ts';
import { classesOf, selectedClasses } from '../../lint/members.ts';
import { atField, atFieldOf, changeFix } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { ruleMessages } from '../../messages/rules.ts';
import { ruleWords } from '../../words/policies.ts';
import { coversPods, coversRule } from './coverage.ts';

const uses = POLICY_FACT_KINDS.filter((kind) => kind !== 'Namespace');

/** A rule of an ordered tier behind one that covers its pods, peers and ports. A Pass before it does not decide. */
export const ruleIsNeverReached = defineCheck<PolicySubject>({
  id: 'netpol/rule-is-never-reached',
  group: 'priorities',
  needs: ['Namespace'],
  uses,
  applies: ({ kind }) => kind !== 'NetworkPolicy',
  run: (subject, { index }) =>
    DIRECTIONS.flatMap((direction) =>
      (subject.compiled?.[direction] ?? []).flatMap((rule) => judgeRule(index, subject, direction, rule) ?? []),
    ),
});

function judgeRule(index: ClusterIndex, subject: PolicySubject, direction: Direction, rule: Rule): Finding | undefined {
  const own = subject.compiled;
  if (own?.subject === undefined) return undefined;
  const pods = own.subject;
  for (const policy of tierOf(index, own)) {
    const before = policy.priority < own.priority;
    if (!(policy === own || before) || policy.subject === undefined) continue;
    if (policy !== own && !coversPods(policy.subject, pods)) continue;
    for (const other of policy[direction]) {
      if (policy === own && other.index >= rule.index) break;
      if (other.failClosed === true || !coversRule(other, rule)) continue;
      const opposite = other.action !== rule.action;
      return ruleMessages.POL313.raise({
        subject: subject.ref,
        severity: opposite ? 'warning' : 'info',
        args: {
          rule: ruleWords(own.ref, direction, rule),
          by: ruleWords(policy.ref, direction, other),
          opposite,
          fixes: opposite ? earlierFixes(index, subject, direction, rule, policy, other) : [],
        },
        evidence: [
          atField(
            index,
            subject,
            `spec.${direction}[${rule.index}]`,
            `action ${rule.action}, priority ${own.priority}`,
          ),
          atFieldOf(
            index,
            policy.ref,
            `spec.${direction}[${other.index}]`,
            `action ${other.action}, priority ${policy.priority}, for the same pods, peers and ports or more`,
          ),
        ],
      });
    }
  }
  return undefined;
}

/** A longer list of rules is better moved by hand than by a patch that repeats all of it. */
const MOVED = 4;

/** What lets the rule be asked before the one that covers it: its place, or the number of its policy. */
function earlierFixes(
  index: ClusterIndex,
  subject: PolicySubject,
  direction: Direction,
  rule: Rule,
  wide: Policy,
  by: Rule,
): readonly Fix[] {
  const own = subject.compiled;
  if (own === undefined) return [];
  if (wide !== own) {
    const free = freePriority(index, own, wide.priority, -1);
    return free === undefined ? [] : [priorityFix(index, subject, own, free, `ask it before ${formatRef(wide.ref)}`)];
  }
  const spec = (subject.object as AdminNetworkPolicy).spec?.[direction] ?? [];
  if (spec.length > MOVED) return [];
  const value = [
    ...spec.slice(0, by.index),
    spec[rule.index],
    ...spec.filter((_, at) => at >= by.index && at !== rule.index),
  ];
  const title = `put rule ${rule.index + 1} before rule ${by.index + 1}`;
  return [
    changeFix(index, subject, { title, op: 'replace', path: `/spec/${direction}`, value, old: spec, risk: 'high' }),
  ];
}

function priorityFix(index: ClusterIndex, subject: PolicySubject, own: Policy, value: number, title: string): Fix {
  return changeFix(index, subject, {
    title,
    op: 'replace',
    path: '/spec/priority',
    value,
    old: own.priority,
    risk: 'high',
  });
}

/** The nearest number below or above one that no policy of the tier has; the API allows 0 to 1000. */
function freePriority(index: ClusterIndex, own: Policy, from: number, step: 1 | -1): number | undefined {
  const taken = new Set(tierOf(index, own).map(({ priority }) => priority));
  let free = from + step;
  while (taken.has(free)) free += step;
  return free < 0 || free > 1000 ? undefined : free;
}

/** Two policies of one tier with one number; told of the later one by name. */
export const samePriority = defineCheck<PolicySubject>({
  id: 'netpol/same-priority',
  group: 'priorities',
  needs: ['Namespace'],
  uses,
  applies: ({ kind }) => kind === 'AdminNetworkPolicy' || kind === 'ClusterNetworkPolicy',
  run: (subject, { index }) => {
    const own = subject.compiled;
    if (own === undefined) return [];
    const peers = tierOf(index, own).filter((other) => other.priority === own.priority);
    const place = peers.indexOf(own);
    return peers.slice(0, Math.max(place, 0)).map((other) => raiseSame(index, subject, own, other));
  },
});

function raiseSame(index: ClusterIndex, subject: PolicySubject, own: Policy, other: Policy): Finding {
  const model = lintModelIn(index);
  const selected = new Set(selectedClasses(model, own));
  const shared = selectedClasses(model, other).filter((cls) => selected.has(cls));
  const clash = shared.length === 0 ? undefined : clashOf(index, own, other);
  const conflict =
    clash !== undefined
      ? `contradict each other: ${clash}`
      : shared.length > 0
        ? 'select some of the same pods'
        : 'select different pods today';
  return ruleMessages.POL315.raise({
    subject: subject.ref,
    severity: clash !== undefined ? 'warning' : 'info',
    args: {
      policy: formatRef(own.ref),
      other: formatRef(other.ref),
      priority: own.priority,
      conflict,
      fixes: [-1 as const, 1 as const].flatMap((step) => {
        const free = freePriority(index, own, own.priority, step);
        const first = formatRef(step < 0 ? own.ref : other.ref);
        return free === undefined
          ? []
          : [priorityFix(index, subject, own, free, `${step < 0 ? '' : 'or '}let ${first} decide first`)];
      }),
    },
    evidence: [
      atField(index, subject, 'spec.priority', `priority ${own.priority}`),
      atFieldOf(index, other.ref, 'spec.priority', `priority ${other.priority}`),
    ],
  });
}

/** Rules of two policies that could mean the same traffic and do different things with it. */
function clashOf(index: ClusterIndex, a: Policy, b: Policy): string | undefined {
  for (const direction of DIRECTIONS) {
    for (const rule of a[direction]) {
      const other = b[direction].find((one) => one.action !== rule.action && meet(index, one, rule));
      if (other === undefined) continue;
      return `${direction} rule ${rule.index + 1} of the one says ${rule.action}, rule ${other.index + 1} of the other ${other.action}`;
    }
  }
  return undefined;
}

/** Whether two rules may mean some of the same traffic. */
export function meet(index: ClusterIndex, a: Rule, b: Rule): boolean {
  const ports =
    a.ports.named.length + b.ports.named.length > 0 || intersectPorts(a.ports.fixed, b.ports.fixed).length > 0;
  if (!ports) return false;
  if (a.peers === 'any' || b.peers === 'any') return true;
  const others = b.peers;
  return a.peers.some((one) => others.some((two) => meetPeers(index, one, two)));
}

function meetPeers(index: ClusterIndex, a: Peer, b: Peer): boolean {
  if (a.type === 'pods' && b.type === 'pods') {
    const model = lintModelIn(index);
    const meant = new Set(classesOf(model, a));
    return classesOf(model, b).some((cls) => meant.has(cls));
  }
  if (a.type === 'block' && b.type === 'block') {
    return a.range !== undefined && b.range !== undefined && overlaps(a.range, b.range);
  }
  return a.type !== 'pods' && b.type !== 'pods';
}

/** The policies of an ordered tier, in their order. */
function tierOf(index: ClusterIndex, { tier }: Policy): readonly Policy[] {
  return index.memo(`netpol/lint/tier/${tier}`, () =>
    lintModelIn(index)
      .policies.filter((policy) => policy.tier === tier)
      .sort((a, b) => a.priority - b.priority),
  );
}
