import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { isApplied } from '../../../../shared/model/applied.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { NetworkPolicy } from '../../../../shared/model/objects-network.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { DIRECTIONS } from '../../../../shared/policy/rules/rules.ts';
import { plural } from '../../../../shared/util/text.ts';
import { atField, changeFix } from '../../lint/places.ts';
import { type PolicySubject, writtenPolicy } from '../../lint/policy-subject.ts';
import { ruleMessages } from '../../messages/rules.ts';
import { peerWords } from '../../words/peers.ts';

const TYPE = { ingress: 'Ingress', egress: 'Egress' } as const;

/** What policyTypes says, or what its absence means, against the rules that stand below it. */
export const policyTypes = defineCheck<PolicySubject>({
  id: 'netpol/policy-types',
  group: 'policy types',
  needs: ['NetworkPolicy'],
  uses: ['Pod'],
  applies: ({ kind }) => kind === 'NetworkPolicy',
  run: (subject, { index }) => {
    const spec = writtenPolicy(subject)?.spec ?? {};
    const types = spec.policyTypes ?? [];
    return types.length > 0
      ? [...leftOut(index, subject, types), ...withoutRules(index, subject)]
      : notWritten(index, subject, spec);
  },
});

function leftOut(index: ClusterIndex, subject: PolicySubject, types: readonly string[]): readonly Finding[] {
  const spec = writtenPolicy(subject)?.spec;
  return DIRECTIONS.flatMap((direction) => {
    const rules = spec?.[direction] ?? [];
    if (rules.length === 0 || types.includes(TYPE[direction])) return [];
    const list = types.join(', ');
    return [
      ruleMessages.POL301.raise({
        subject: subject.ref,
        args: {
          policy: formatRef(subject.ref),
          rules: plural(rules.length, `${direction} rule`),
          direction,
          types: `[${list}]`,
          fixes: [
            changeFix(index, subject, {
              title: `let the ${direction} rules count`,
              op: 'replace',
              path: '/spec/policyTypes',
              value: [...types, TYPE[direction]],
              old: types,
              risk: 'high',
            }),
          ],
        },
        evidence: [
          atField(index, subject, 'spec.policyTypes', list),
          atField(index, subject, `spec.${direction}`, plural(rules.length, 'rule')),
        ],
      }),
    ];
  });
}

/** Rules for one direction, and the other one listed and empty. A policy without any rule is a deny-all, and right. */
function withoutRules(index: ClusterIndex, subject: PolicySubject): readonly Finding[] {
  const { compiled } = subject;
  if (compiled === undefined) return [];
  return DIRECTIONS.flatMap((direction) => {
    const other = direction === 'ingress' ? 'egress' : 'ingress';
    if (!compiled.affects[direction] || compiled[direction].length > 0 || compiled[other].length === 0) return [];
    // Shutting ingress beside egress rules is usual for workers that serve nothing.
    if (direction === 'ingress') return [];
    const pods = compiled.subject === undefined ? 'its pods' : peerWords(compiled.subject);
    return [
      ruleMessages.POL303.raise({
        subject: subject.ref,
        args: { policy: formatRef(subject.ref), direction, pods },
        evidence: [
          atField(index, subject, 'spec.policyTypes', `lists ${TYPE[direction]}, and spec.${direction} has no rule`),
        ],
      }),
    ];
  });
}

function notWritten(
  index: ClusterIndex,
  subject: PolicySubject,
  spec: NonNullable<NetworkPolicy['spec']>,
): readonly Finding[] {
  // The API server writes policyTypes into what it stores.
  if (isApplied(subject.object)) return [];
  const ingress = (spec.ingress ?? []).length > 0 || Array.isArray(spec.ingress);
  const egress = spec.egress ?? undefined;
  if (egress !== undefined && egress.length === 0) {
    const then = 'egress is not denied, as only ingress counts';
    return [raise(index, subject, 'an empty egress list', then, ingress ? ['Ingress', 'Egress'] : ['Egress'])];
  }
  if (egress === undefined || ingress) return [];
  const then = 'ingress counts too, and nobody is let in';
  return [raise(index, subject, 'egress rules only', then, ['Egress'])];
}

function raise(
  index: ClusterIndex,
  subject: PolicySubject,
  what: string,
  then: string,
  types: readonly string[],
): Finding {
  return ruleMessages.POL302.raise({
    subject: subject.ref,
    args: {
      policy: formatRef(subject.ref),
      what,
      then,
      fixes: [
        changeFix(index, subject, {
          title: 'write policyTypes out',
          op: 'add',
          path: '/spec/policyTypes',
          value: types,
          risk: 'high',
        }),
      ],
    },
    evidence: [atField(index, subject, 'spec', `${what}, no policyTypes`)],
  });
}
