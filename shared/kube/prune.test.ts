import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../model/objects.ts';
import type { Pod } from '../model/objects-pod.ts';
import { prune } from './prune.ts';

const some = { managedFields: false, everything: false, single: false };

describe('pruning', () => {
  it('keeps every container and every field that is read, and changes no fact', () => {
    const pod = {
      metadata: { name: 'web', labels: { constructor: 'x' } },
      spec: {
        containers: [{ name: 'a', securityContext: {}, readinessProbe: { httpGet: { port: 'http' } } }],
        initContainers: [{ name: 'sidecar', restartPolicy: 'Always', volumeMounts: [] }],
        ephemeralContainers: null,
        volumes: [
          { name: 'v', secret: { secretName: 's', defaultMode: 420 } },
          { name: 'e', emptyDir: {} },
        ],
        tolerations: [{ key: 'a' }],
      },
      status: {
        podIPs: [{ ip: '10.0.0.1' }],
        containerStatuses: [{ name: 'a', ready: false, allocatedResources: {} }],
      },
    };
    const before = structuredClone(pod);
    expect(prune('Pod', pod as unknown as Pod, some)).toEqual({
      metadata: { name: 'web', labels: { constructor: 'x' } },
      spec: {
        containers: [{ name: 'a', readinessProbe: { httpGet: { port: 'http' } } }],
        initContainers: [{ name: 'sidecar', restartPolicy: 'Always' }],
        ephemeralContainers: null,
        volumes: [{ name: 'v', secret: { secretName: 's' } }, { name: 'e' }],
        tolerations: [{ key: 'a' }],
      },
      status: { podIPs: [{ ip: '10.0.0.1' }], containerStatuses: [{ name: 'a', ready: false }] },
    });
    expect(pod).toEqual(before);
  });

  it('drops the images of a node and the binary data of a ConfigMap', () => {
    const node = { status: { images: [{}], addresses: [] } } as KubeObject;
    expect(prune('Node', node, some)).toEqual({ status: { addresses: [] } });
    const map = { data: { a: 'b' }, binaryData: { c: 'd' } } as KubeObject;
    expect(prune('ConfigMap', map, some)).toEqual({ data: { a: 'b' } });
    expect(prune('ConfigMap', map, { ...some, everything: true })).toEqual(map);
  });

  it('leaves kinds of others alone, but for managedFields', () => {
    const route = { metadata: { name: 'a', managedFields: [] }, spec: { to: { name: 'web' } } } as KubeObject;
    expect(prune('Route', route, some)).toEqual({ metadata: { name: 'a' }, spec: { to: { name: 'web' } } });
    expect(prune('Route', { spec: {} } as KubeObject, some)).toEqual({ spec: {} });
  });
});
