import { KubeApi, type KubeObject } from '../api.ts';
import type { Say } from '../build/components.ts';
import { endpointSlices, namespaces, node, pod, policy, type ScaleSize, service } from './objects.ts';

/** Requests under way at once: enough to keep the server busy, few enough not to time out. */
const lanes = 48;

/** Writes a whole cluster's objects through the REST API, as fast as the server takes them. */
export async function load(kubeconfig: string, size: ScaleSize, say: Say): Promise<void> {
  const api = new KubeApi(kubeconfig, { sockets: lanes });
  const core = (namespace: string | undefined, kind: string): string => `/api/v1/namespaces/${namespace ?? ''}/${kind}`;
  const timed = async (what: string, count: number, one: (at: number) => Promise<void>): Promise<void> => {
    const started = Date.now();
    await inLanes(count, one);
    const seconds = (Date.now() - started) / 1000;
    say(`${String(count).padStart(6)} ${what} in ${seconds.toFixed(1)} s`);
  };
  const create = async (path: string, object: KubeObject): Promise<void> => {
    await api.send('POST', path, object, { timeoutMs: 60_000 });
  };
  try {
    const all = namespaces(size);
    await timed('namespaces', all.length, async (at) => {
      const object = all[at];
      if (object !== undefined) {
        await create('/api/v1/namespaces', object);
      }
    });
    await timed('nodes', size.nodes, (at) => create('/api/v1/nodes', node(at)));
    await timed('services with their slices', size.services, async (at) => {
      const object = service(size, at);
      const { namespace } = object.metadata;
      await create(core(namespace, 'services'), object);
      for (const slice of endpointSlices(size, at)) {
        await create(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, slice);
      }
    });
    await timed('policies', size.policies, async (at) => {
      const object = policy(size, at);
      await create(`/apis/networking.k8s.io/v1/namespaces/${object.metadata.namespace}/networkpolicies`, object);
    });
    await timed('pods with status', size.pods, async (at) => {
      const { object, status } = pod(size, at);
      const path = core(object.metadata.namespace, 'pods');
      await create(path, object);
      await api.send('PATCH', `${path}/${object.metadata.name}/status`, status, {
        type: 'application/merge-patch+json',
        timeoutMs: 60_000,
      });
    });
  } finally {
    api.close();
  }
}

async function inLanes(count: number, one: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await one(next - 1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
}
