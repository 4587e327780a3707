import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { isolating } from '../../../../shared/policy/model.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { policyMessages } from '../../messages/policy.ts';
import { podCallersModelIn } from '../../policy-facts.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';

/** Calico and Cilium policies that concern the pods: their existence is told, their effect is not guessed. */
export const policyNotJudged = defineCheck<ServiceSubject>({
  id: 'netsvc/policy-not-judged',
  group: 'policy',
  needs: ['Pod'],
  uses: POLICY_FACT_KINDS.filter((kind) => kind !== 'Pod'),
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const model = podCallersModelIn(index);
    if (!model.policies.some(({ unjudged }) => unjudged !== undefined && unjudged.why !== 'notSeen')) return [];
    const found = new Map<string, string>();
    for (const pod of subjectPods(index, subject)) {
      for (const { policy } of isolating(model, pod, 'ingress')) {
        if (policy.unjudged?.why === 'notSeen' || policy.unjudged === undefined) continue;
        found.set(formatRef(policy.ref), policy.ref.kind);
      }
    }
    if (found.size === 0) return [];
    return [
      policyMessages.SVC607.raise({
        subject: subject.ref,
        args: {
          policies: joinNames([...found.keys()], 2),
          why: `: ${joinNames([...new Set(found.values())], 2)} rules have a language of their own`,
        },
        evidence: [...found.keys()].slice(0, 4).map((name) => ({ fact: 'selects pods of the Service', source: name })),
      }),
    ];
  },
});
