import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import { nodeAddresses } from '../../../../shared/model/held-addresses.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** externalIPs that no node holds: kube-proxy answers for them, and somebody outside must lead packets to a node. */
export const externalIps = defineCheck<ServiceSubject>({
  id: 'netsvc/external-ips',
  group: 'exposure',
  needs: ['Node'],
  applies: ({ service }) => (service.spec?.externalIPs ?? []).length > 0,
  run: (subject, { index }) => {
    if (!isWhollyRead(index, 'Node')) return [];
    const known = nodeAddresses(index);
    const foreign = (subject.service.spec?.externalIPs ?? []).filter((address) => !known.has(address));
    if (foreign.length === 0) return [];
    return [
      exposureMessages.SVC573.raise({
        subject: subject.ref,
        args: { service: `${subject.namespace}/${subject.name}`, addresses: joinNames(foreign, 3) },
        evidence: [
          { fact: `externalIPs ${joinNames(foreign, 5)}`, source: `${formatRef(subject.ref)} spec.externalIPs` },
          { fact: `none of ${index.list('Node').length} nodes lists them`, source: 'Nodes status.addresses' },
        ],
      }),
    ];
  },
});
