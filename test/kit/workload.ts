import type { KubeObject } from '../cluster/api.ts';
import { images } from '../cluster/build/images.ts';

/** A pod that answers HTTP with its name, on a node of choice. */
export function webPod(namespace: string, name: string, node?: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: 'web' } },
    spec: {
      ...(node === undefined ? {} : { nodeName: node }),
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'web',
          image: images.web,
          args: ['serve', '8080'],
          ports: [{ name: 'http', containerPort: 8080 }],
          readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 2, timeoutSeconds: 5 },
        },
      ],
    },
  };
}

/** A pod that waits, with the tools to look at a network from inside. */
export function probePod(namespace: string, name: string, node?: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      ...(node === undefined ? {} : { nodeName: node }),
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'probe', image: images.probe }],
    },
  };
}

export function service(namespace: string, name: string, selector: Readonly<Record<string, string>>): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}
