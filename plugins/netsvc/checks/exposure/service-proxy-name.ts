import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** Well-known label: kube-proxy leaves Services with it to the proxy that it names (KEP-2447). */
const LABEL = 'service.kubernetes.io/service-proxy-name';

/** A Service that kube-proxy is told to ignore. */
export const serviceProxyName = defineCheck<ServiceSubject>({
  id: 'netsvc/service-proxy-name',
  group: 'exposure',
  needs: [],
  applies: (subject) => !subject.headless && subject.type !== 'ExternalName',
  run: (subject) => {
    const proxy = subject.service.metadata?.labels?.[LABEL];
    if (proxy === undefined) return [];
    return [
      exposureMessages.SVC580.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          namespace: subject.namespace,
          name: subject.name,
          proxy,
        },
        evidence: [{ fact: `${LABEL}=${proxy}`, source: `${formatRef(subject.ref)} metadata.labels` }],
      }),
    ];
  },
});
