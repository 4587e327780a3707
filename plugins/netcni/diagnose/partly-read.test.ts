import { describe, expect, it } from 'vitest';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import type { Coverage } from '../../../shared/model/snapshot.ts';
import { snapshotOf, workload } from '../../../shared/testing/builders.ts';
import { calico } from '../testing/networks/calico.ts';
import { flannel } from '../testing/networks/flannel.ts';
import { configMap } from '../testing/networks/parts.ts';
import { checkReport } from './check-report.ts';

const NAMESPACED: readonly KindName[] = [
  'ConfigMap',
  'DaemonSet',
  'Deployment',
  'Event',
  'Pod',
  'ReplicaSet',
  'Service',
];

/** Recorded namespace by namespace, each with what it has: a kind without objects leaves no trace. */
function recorded(objects: readonly KubeObject[], namespaces: readonly string[]) {
  const kept = objects.filter(({ metadata }) => namespaces.includes(metadata?.namespace ?? namespaces[0] ?? ''));
  const whole = snapshotOf(kept);
  const coverage: Coverage[] = whole.coverage.filter(({ kind }) => !NAMESPACED.includes(kind));
  for (const kind of NAMESPACED) {
    const held = new Set((whole.objects[kind] ?? []).map(({ metadata }) => metadata?.namespace ?? ''));
    for (const namespace of held) coverage.push({ kind, namespace, status: 'ok' });
  }
  const index = createIndex({ ...whole, coverage });
  return checkReport(index, { source: 'snapshot test', node: undefined });
}

const withoutProxy = (objects: readonly KubeObject[]): readonly KubeObject[] =>
  objects.filter(({ kind, metadata }) => kind === 'ConfigMap' || !/^kube-proxy/.test(metadata?.name ?? ''));

const ofSystem = { namespace: 'kube-system' };
/** A Deployment of kube-system without a replica at work for long. */
const idle = (name: string): Workload => ({
  ...workload('Deployment', name, { app: name }, { replicas: 1 }, ofSystem),
  status: { observedGeneration: 1, replicas: 1, unavailableReplicas: 1 },
});

describe('a recording of some namespaces', () => {
  it('with agents and pods that they serve is sound, and the rest is told', () => {
    const { verdict, notChecked } = recorded(flannel(), ['kube-flannel', 'kube-system', 'shop']);
    expect(verdict).toBe('healthy');
    expect(notChecked.map(({ reason }) => reason)).toContain('Pods of some namespaces were not collected');
  });

  it.each([
    ['the agents alone', flannel(), ['kube-flannel']],
    ['pods without the agents', flannel(), ['shop', 'kube-system']],
  ])('is not called sound by %s', (_, objects, namespaces) => {
    expect(recorded(objects, namespaces).verdict).toBe('unknown');
  });

  it('tells a controller that is down', () => {
    const { causes } = recorded([...calico(), idle('calico-typha')], ['kube-system', 'shop']);
    expect(causes.map(({ code }) => code)).toEqual(['CNI108']);
  });

  it('tells that kube-proxy is gone where its settings are left', () => {
    const { causes } = recorded(withoutProxy([...flannel(), ...calicoPod()]), ['kube-flannel', 'kube-system', 'shop']);
    expect(causes.map(({ code }) => code)).toEqual(['CNI210']);
  });

  it('does not tell so from a list of pods with one label', () => {
    const { causes } = recorded(withoutProxy(flannel()), ['kube-flannel', 'kube-system', 'shop']);
    expect(causes).toEqual([]);
  });

  it('does not tell so where it was installed otherwise', () => {
    const objects = withoutProxy([...flannel(), ...calicoPod()]).filter(
      ({ metadata }) => metadata?.name !== 'kube-proxy',
    );
    const { causes } = recorded([...objects, configMap('extra', {})], ['kube-flannel', 'kube-system', 'shop']);
    expect(causes).toEqual([]);
  });
});

/** Another pod of kube-system that a node or DaemonSet made. */
function calicoPod(): readonly KubeObject[] {
  return calico()
    .filter(({ kind, metadata }) => kind === 'Pod' && metadata?.name === 'calico-node-n1')
    .map((one) => ({ ...one, metadata: { ...one.metadata, name: 'etcd-n1', ownerReferences: NODE } }) as KubeObject);
}

const NODE = [{ apiVersion: 'v1', kind: 'Node', name: 'n1', controller: true, uid: 'uid-n1' }];
