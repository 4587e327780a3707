import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { isAllPorts } from '../../../../shared/policy/rules/port-set.ts';
import { DIRECTIONS, type Direction, type Policy, type Rule } from '../../../../shared/policy/rules/rules.ts';
import { compareText } from '../../../../shared/util/text.ts';
import { lintModelIn } from '../../lint/lint-facts.ts';
import { atField, atFieldOf, changeFix } from '../../lint/places.ts';
import { type PolicySubject, writtenPolicy } from '../../lint/policy-subject.ts';
import { ruleMessages } from '../../messages/rules.ts';
import { peerWords } from '../../words/peers.ts';
import { ruleNumber } from '../../words/policies.ts';
import { coversPods, coversRule } from './coverage.ts';

/** Rules of one policy that another rule of it covers. Two rules that cover each other are told once. */
export const ruleAddsNothing = defineCheck<PolicySubject>({
  id: 'netpol/rule-adds-nothing',
  group: 'rules',
  needs: ['NetworkPolicy'],
  applies: ({ kind }) => kind === 'NetworkPolicy',
  run: (subject, { index }) =>
    DIRECTIONS.flatMap((direction) =>
      (subject.compiled?.[direction] ?? []).flatMap((rule, at, all) => {
        const by = all.find(
          (other, place) => other !== rule && coversRule(other, rule) && (place < at || !coversRule(rule, other)),
        );
        if (by === undefined || isEmptyRule(rule)) return [];
        return [
          ruleMessages.POL311.raise({
            subject: subject.ref,
            args: {
              policy: formatRef(subject.ref),
              rule: ruleNumber(direction, rule),
              by: ruleNumber(direction, by),
            },
            evidence: [
              atField(index, subject, `spec.${direction}[${rule.index}]`, `covered by spec.${direction}[${by.index}]`),
            ],
          }),
        ];
      }),
    ),
});

/** A rule whose peers or ports were all refused is another fault. */
function isEmptyRule({ peers, ports }: Rule): boolean {
  return (peers !== 'any' && peers.length === 0) || (ports.fixed.length === 0 && ports.named.length === 0);
}

/** A second policy of the namespace with the same selector and rules. */
export const policySaysTheSame = defineCheck<PolicySubject>({
  id: 'netpol/policy-says-the-same',
  group: 'rules',
  needs: ['NetworkPolicy'],
  applies: ({ kind }) => kind === 'NetworkPolicy',
  run: (subject, { index }) => {
    const first = index
      .memo(`netpol/lint/same/${subject.namespace}`, () => firstOfSame(index, subject.namespace))
      .get(subject.ref.name);
    if (first === undefined || first === subject.ref.name) return [];
    const other = `NetworkPolicy ${subject.namespace}/${first}`;
    return [
      ruleMessages.POL312.raise({
        subject: subject.ref,
        args: { policy: formatRef(subject.ref), other },
        evidence: [atField(index, subject, 'spec', `the same podSelector, policyTypes and rules as ${other}`)],
      }),
    ];
  },
});

/** By name, the first policy of the namespace that says the same. */
function firstOfSame(index: ClusterIndex, namespace: string | undefined): ReadonlyMap<string, string> {
  const bySpec = new Map<string, string>();
  const named = index
    .list('NetworkPolicy', namespace)
    .map(({ metadata, spec }) => ({ name: metadata?.name ?? '', spec }));
  return new Map(
    named
      .sort((a, b) => compareText(a.name, b.name))
      .map(({ name, spec }) => {
        const text = canonical(spec ?? {});
        const first = bySpec.get(text) ?? name;
        bySpec.set(text, first);
        return [name, first];
      }),
  );
}

/** JSON with keys in order, so that equal objects have equal texts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join()}}`;
}

/** An allow-all for all pods of a deny-all, which then denies nothing. Told of the one that allows. */
export const denyIsUndone = defineCheck<PolicySubject>({
  id: 'netpol/deny-is-undone',
  group: 'rules',
  needs: ['NetworkPolicy'],
  uses: POLICY_FACT_KINDS.filter((kind) => kind !== 'NetworkPolicy'),
  applies: ({ kind }) => kind === 'NetworkPolicy',
  run: (subject, { index }) =>
    DIRECTIONS.flatMap((direction) => {
      const { compiled } = subject;
      if (compiled?.subject === undefined || !compiled[direction].some(isOpen)) return [];
      const pods = compiled.subject;
      const undone = denialsIn(index, subject.namespace, direction).find(
        (other) => other !== compiled && other.subject !== undefined && coversPods(pods, other.subject),
      );
      if (undone === undefined) return [];
      return [
        ruleMessages.POL314.raise({
          subject: subject.ref,
          args: {
            policy: formatRef(subject.ref),
            direction,
            deny: formatRef(undone.ref),
            pods: peerWords(pods),
            fixes: openRuleFixes(index, subject, direction),
          },
          evidence: [
            atField(index, subject, `spec.${direction}`, 'a rule without peers and ports: everything'),
            atFieldOf(index, undone.ref, `spec.${direction}`, `has no ${direction} rule: denies everything`),
          ],
        }),
      ];
    }),
});

/** Without its open rules the policy allows what its others say, and beside a deny-all nothing more. */
function openRuleFixes(index: ClusterIndex, subject: PolicySubject, direction: Direction): readonly Fix[] {
  const at = (subject.compiled?.[direction] ?? []).findIndex(isOpen);
  const old = writtenPolicy(subject)?.spec?.[direction]?.[at];
  return [
    changeFix(index, subject, {
      title: 'if the deny-all is meant, take the rule for everybody out',
      op: 'remove',
      path: `/spec/${direction}/${at}`,
      old,
      risk: 'high',
    }),
  ];
}

function isOpen({ peers, ports }: Rule): boolean {
  return peers === 'any' && isAllPorts(ports.fixed);
}

function denialsIn(index: ClusterIndex, namespace: string | undefined, direction: Direction): readonly Policy[] {
  return index.memo(`netpol/lint/denials/${namespace}/${direction}`, () =>
    lintModelIn(index).policies.filter(
      ({ tier, ref, affects, [direction]: rules }) =>
        tier === 'networkPolicy' && ref.namespace === namespace && affects[direction] && rules.length === 0,
    ),
  );
}
