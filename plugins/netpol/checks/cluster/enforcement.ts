import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { plural } from '../../../../shared/util/text.ts';
import type { ClusterSubject } from '../../lint/cluster-subject.ts';
import { enforcementOf } from '../../lint/lint-facts.ts';
import { type PolicySubject, policySubjects } from '../../lint/policy-subject.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import { switchOn } from './enforcement-fixes.ts';
import { featuresMissing } from './features.ts';

/** Told first: while nothing enforces policies, what they say does not matter. */
export const policiesAreNotEnforced = defineCheck<ClusterSubject>({
  id: 'netpol/policies-are-not-enforced',
  group: 'enforcement',
  needs: [],
  uses: POLICY_FACT_KINDS,
  run: ({ namespace }, { index }) => {
    const { enforced, by, plugins } = enforcementOf(index);
    const policies = policySubjects(index, namespace);
    const [first] = policies;
    if (enforced !== 'no' || first === undefined) return [];
    return [
      clusterMessages.POL401.raise({
        subject: namespace === undefined ? first.ref : { kind: 'Namespace', name: namespace },
        args: {
          plugin: by === undefined ? '' : ` (${by})`,
          count: `${plural(policies.length, 'policy', 'policies')} ${policies.length === 1 ? 'is' : 'are'}`,
          fixes: switchOn(index),
        },
        evidence: plugins.flatMap(({ name, evidence }) =>
          evidence.slice(0, 2).map(({ fact, source }) => ({ fact: `network plugin ${name}: ${fact}`, source })),
        ),
      }),
    ];
  },
});

/** What the plugin that enforces does not know, and a policy of the scope uses. */
export const featureMissingInPlugin = defineCheck<ClusterSubject>({
  id: 'netpol/feature-missing-in-plugin',
  group: 'enforcement',
  needs: [],
  uses: POLICY_FACT_KINDS,
  run: ({ namespace }, { index }) => {
    const enforcement = enforcementOf(index);
    if (enforcement.enforced === 'no' || enforcement.by === undefined) return [];
    const subjects = policySubjects(index, namespace);
    return featuresMissing(enforcement).flatMap(({ feature, effect, uses, source }) => {
      const using = subjects.filter(uses);
      return using.length === 0 ? [] : [raise(index, enforcement.by ?? '', feature, effect, using, source)];
    });
  },
});

function raise(
  index: ClusterIndex,
  plugin: string,
  feature: string,
  effect: string,
  using: readonly PolicySubject[],
  source: string,
): Finding {
  const [first] = using;
  const others = using.length - 1;
  const ref = first?.ref ?? { kind: 'NetworkPolicy', name: '' };
  return clusterMessages.POL402.raise({
    subject: ref,
    args: {
      plugin,
      feature,
      policies: `${formatRef(ref)}${others === 0 ? '' : ` (and ${others} more)`}`,
      effect,
    },
    evidence: [
      { fact: `uses ${feature}`, source: `${formatRef(ref)}${placeText(index, first)}` },
      { fact: `network plugin ${plugin}`, source },
    ],
  });
}

function placeText(index: ClusterIndex, subject: PolicySubject | undefined): string {
  const place = subject === undefined ? undefined : index.origin(subject.object, subject.kind);
  return place === undefined ? '' : ` (${place})`;
}
