import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isDnsLabel } from '../../../../shared/dns/service-names.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { namesMessages } from '../../messages/names.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** A name that cannot be a DNS label, in a manifest that the API server would refuse. */
export const serviceName = defineCheck<ServiceSubject>({
  id: 'netsvc/service-name',
  group: 'names',
  needs: [],
  run: (subject) => {
    const { name } = subject;
    // Since 1.34 a name may begin with a digit, as pods' names always could.
    if (name === '' || isDnsLabel(name)) return [];
    const why = name.includes('.') ? 'holds a dot' : /[A-Z]/.test(name) ? 'holds capital letters' : 'is no DNS label';
    return [
      namesMessages.SVC853.raise({
        subject: subject.ref,
        args: { name, why },
        evidence: [{ fact: `name ${name}`, source: `${formatRef(subject.ref)} metadata.name` }],
      }),
    ];
  },
});
