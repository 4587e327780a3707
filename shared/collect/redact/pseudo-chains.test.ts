import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../model/objects.ts';
import { snapshotOf } from '../../testing/builders.ts';
import { chainHashes, renameChains } from './pseudo-chains.ts';

const svc = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', namespace: 'default' },
  spec: { ports: [{ name: 'https', port: 443, protocol: 'TCP' }] },
};
const slice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['172.31.0.1'] }],
  ports: [{ name: 'https', port: 443, protocol: 'TCP' }],
};

describe('chainHashes', () => {
  it('knows the names that kube-proxy gives: default/kubernetes:https is KUBE-SVC-NPX46M4PTMTKRN6Y everywhere', () => {
    const hashes = chainHashes(
      snapshotOf([svc as KubeObject, slice as KubeObject]),
      (name) => name,
      (address) => address,
    );
    expect(hashes.get('NPX46M4PTMTKRN6Y')).toBe('NPX46M4PTMTKRN6Y');
    expect(hashes.size).toBe(2);
  });

  it('gives the names that the pseudonyms would have had', () => {
    const renamed = chainHashes(
      snapshotOf([svc as KubeObject]),
      (name) => name.replace('kubernetes', 'svc-1'),
      (address) => address,
    );
    const other = { ...svc, metadata: { name: 'svc-1', namespace: 'default' } };
    const native = chainHashes(
      snapshotOf([other as KubeObject]),
      (name) => name,
      (address) => address,
    );
    expect(renamed.get('NPX46M4PTMTKRN6Y')).toBe([...native.keys()][0]);
    expect(renameChains('-j KUBE-SVC-NPX46M4PTMTKRN6Y -j KUBE-SEP-AAAAAAAAAAAAAAAA', renamed)).toBe(
      `-j KUBE-SVC-${[...native.keys()][0]} -j KUBE-SEP-AAAAAAAAAAAAAAAA`,
    );
  });
});
