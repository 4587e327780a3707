import type { Fix } from '../../../../shared/messages/finding.ts';
import { keptFirst } from '../../../../shared/util/kubectl.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/**
 * Makes the Service anew without its ClusterIP, which nothing can change in place
 * (pkg/apis/core/validation: `clusterIPs[0]` may not change once set). None where that would lose more than an
 * address: what a load balancer was given, and Endpoints made by hand, which go with the Service.
 */
export function newAddressFix({ type, name, namespace, selector }: ServiceSubject): readonly Fix[] {
  if (type === 'LoadBalancer' || selector === undefined) return [];
  return [
    {
      title: 'give the Service another ClusterIP: it is deleted and made anew, and callers must ask for its name again',
      ...keptFirst(
        'service',
        namespace,
        name,
        `sed -e '/^  clusterIP:/d' -e '/^  clusterIPs:/,/^  [a-z]/{/^  clusterIPs:/d;/^  - /d;}' before.yaml | kubectl replace --force -f -`,
      ),
      risk: 'low',
    },
  ];
}
