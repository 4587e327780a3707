import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../model/objects.ts';
import { modernise } from './modernise.ts';

describe('objects of older versions', () => {
  it('Ingress: backends are written as today', () => {
    const old = {
      apiVersion: 'networking.k8s.io/v1beta1',
      spec: {
        backend: { serviceName: 'fallback', servicePort: 'http' },
        rules: [
          { host: 'a', http: { paths: [{ path: '/', backend: { serviceName: 'web', servicePort: '80' } }] } },
          { host: 'b' },
        ],
      },
    } as KubeObject;
    expect(modernise('Ingress', old)).toMatchObject({
      spec: {
        defaultBackend: { service: { name: 'fallback', port: { name: 'http' } } },
        rules: [{ http: { paths: [{ backend: { service: { name: 'web', port: { number: 80 } } } }] } }, { host: 'b' }],
      },
    });
    expect(JSON.stringify(modernise('Ingress', old))).not.toContain('serviceName');
  });

  it('EndpointSlice: node and zone come from the topology labels', () => {
    const topology = { 'kubernetes.io/hostname': 'n1', 'topology.kubernetes.io/zone': 'a' };
    const old = { apiVersion: 'discovery.k8s.io/v1beta1', endpoints: [{ addresses: ['10.0.0.1'], topology }] };
    expect(modernise('EndpointSlice', old as KubeObject)).toMatchObject({
      endpoints: [{ addresses: ['10.0.0.1'], nodeName: 'n1', zone: 'a' }],
    });
  });

  it('of today stay as they are', () => {
    const ingress = { apiVersion: 'networking.k8s.io/v1', spec: {} } as KubeObject;
    expect(modernise('Ingress', ingress)).toBe(ingress);
    expect(modernise('Pod', ingress)).toBe(ingress);
  });
});
