import type { KubeObject } from '../../../shared/model/objects.ts';
import type { EnvVar, PodSpec } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { deployment, namespace, pod, service, slicesFor } from '../../../shared/testing/builders.ts';

const web = service('web', { clusterIP: '10.96.10.10', clusterIPs: ['10.96.10.10'] });
const webPods = [pod('web-1')];

/** A sound Service `web` (10.96.10.10, port 80) in namespace `shop`, and namespace `data` beside it. */
export const soundWebAndNamespaces: readonly KubeObject[] = [
  web,
  ...webPods,
  ...slicesFor(web, webPods),
  namespace('shop'),
  namespace('data'),
];

/** A Deployment `front` with this environment: somebody who calls. */
export function front(env: readonly EnvVar[], where = 'shop', spec: Partial<PodSpec> = {}): Workload {
  const template = {
    metadata: { labels: { app: 'front' } },
    spec: { containers: [{ name: 'app', image: 'example/front:1', env }], ...spec },
  };
  return deployment('front', { app: 'front' }, { template }, { namespace: where });
}
