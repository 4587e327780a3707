import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { POLICY_FACT_KINDS } from '../../../../shared/policy/model-of-index.ts';
import { plural } from '../../../../shared/util/text.ts';
import { atField } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { portMessages } from '../../messages/ports.ts';
import { cutOffBy } from './senders.ts';

/** A deny-all of egress to which no policy makes an exception yet: often the first step, and the whole outage. */
export const cutOff = defineCheck<PolicySubject>({
  id: 'netpol/egress-cut-off',
  group: 'dns',
  needs: ['Pod', 'NetworkPolicy'],
  uses: POLICY_FACT_KINDS.filter((kind) => kind !== 'Pod' && kind !== 'NetworkPolicy'),
  applies: ({ kind, compiled }) => kind === 'NetworkPolicy' && compiled?.affects.egress === true,
  run: (subject, { index }) => {
    const pods = cutOffBy(index, subject.compiled);
    if (pods.length === 0) return [];
    return [
      portMessages.POL224.raise({
        subject: subject.ref,
        args: { policy: formatRef(subject.ref), pods: plural(pods.length, 'pod') },
        evidence: [atField(index, subject, 'spec.policyTypes', 'Egress, and no policy has an egress rule for them')],
      }),
    ];
  },
});
