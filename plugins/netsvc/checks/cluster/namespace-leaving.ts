import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** The namespace is being deleted: what is in it goes away, and the API server lets nothing new in. */
export const namespaceLeaving = defineCheck<ServiceSubject>({
  id: 'netsvc/namespace-leaving',
  group: 'cluster',
  needs: [],
  uses: ['Namespace', 'EndpointSlice', 'Pod'],
  run: (subject, { index, now }) => {
    const namespace = index.get('Namespace', undefined, subject.namespace);
    if (namespace?.status?.phase !== 'Terminating') return [];
    const serves = endpointRows(index, subject.service).some((row) => row.ready);
    const since = ago(namespace.metadata?.deletionTimestamp, now);
    return [
      clusterMessages.SVC813.raise({
        subject: { kind: 'Namespace', name: subject.namespace },
        args: { namespace: subject.namespace },
        severity: serves ? 'warning' : 'critical',
        evidence: [
          {
            fact: `phase is Terminating${since === '' ? '' : `, deleted ${since}`}`,
            source: `Namespace ${subject.namespace} status.phase`,
          },
        ],
      }),
    ];
  },
});
