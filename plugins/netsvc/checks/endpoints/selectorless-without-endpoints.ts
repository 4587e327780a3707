import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { applyLine } from '../../../../shared/util/kubectl.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { formatPorts, selectorFixFor } from './likely-workload.ts';
import { isSelectorless, manualEndpoints } from './manual-endpoints.ts';

/** A Service without selector that nobody gave an endpoint. */
export const selectorlessWithoutEndpoints = defineCheck<ServiceSubject>({
  id: 'netsvc/selectorless-without-endpoints',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  uses: ['Endpoints', ...WORKLOAD_KINDS],
  applies: isSelectorless,
  run: (subject, { index }) => {
    if (manualEndpoints(index, subject).length > 0) return [];
    // Endpoints with addresses that reached no slice are a fault of their own.
    const endpoints = index.get('Endpoints', subject.namespace, subject.name);
    if ((endpoints?.subsets ?? []).length > 0) return [];
    const known = index.seen('Endpoints', subject.namespace).status === 'ok';
    return [
      endpointsMessages.SVC501.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          what: known ? 'no EndpointSlice or Endpoints holds an address' : 'no EndpointSlice holds an address',
          fixes: fixesOf(index, subject),
        },
        evidence: [
          {
            fact: 'spec.selector is empty, so Kubernetes looks for no pods',
            source: `${formatRef(subject.ref)} spec.selector`,
          },
          {
            fact: `0 EndpointSlices with an address carry kubernetes.io/service-name=${subject.name}`,
            source: `EndpointSlices of namespace ${subject.namespace}`,
          },
        ],
      }),
    ];
  },
});

function fixesOf(index: ClusterIndex, subject: ServiceSubject): readonly Fix[] {
  const byPods = selectorFixFor(index, subject);
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${subject.name}-1`,
      namespace: subject.namespace,
      labels: {
        'kubernetes.io/service-name': subject.name,
        'endpointslice.kubernetes.io/managed-by': 'staff',
      },
    },
    addressType: 'IPv4',
    ports: formatPorts(subject),
    endpoints: [{ addresses: ['ADDRESS'], conditions: { ready: true } }],
  };
  return [
    ...(byPods === undefined ? [] : [byPods]),
    {
      title: 'write the addresses yourself (replace ADDRESS)',
      command: applyLine(slice),
      risk: 'low',
      undo: `kubectl delete endpointslice ${subject.name}-1 -n ${subject.namespace}`,
    },
  ];
}
