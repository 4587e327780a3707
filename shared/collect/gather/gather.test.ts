import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../model/objects.ts';
import { seen } from '../../model/snapshot.ts';
import { fakeCluster } from '../../testing/fake-cluster.ts';
import { createGatherer } from './gather.ts';

const now = new Date('2026-03-01T12:00:00Z');
const pod = (name: string, namespace = 'shop', app = 'web'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, uid: `uid-${namespace}-${name}`, labels: { app } },
});
const objects = [pod('b'), pod('a'), pod('c', 'shop', 'db'), pod('d', 'other')];

describe('gathering', () => {
  it('asks the same question once, also while the answer is on its way', async () => {
    const cluster = fakeCluster(objects);
    const gatherer = createGatherer(cluster, now);
    await Promise.all([
      gatherer.list('Pod', { namespace: 'shop', labelSelector: 'app=web' }),
      gatherer.list('Pod', { labelSelector: 'app=web', namespace: 'shop' }),
      gatherer.get('Pod', 'shop', 'a'),
      gatherer.get('Pod', 'shop', 'a'),
      gatherer.logs('shop', 'a', { container: 'x' }),
      gatherer.logs('shop', 'a', { container: 'x' }),
    ]);
    expect(cluster.asked).toHaveLength(3);
  });

  it('does not ask for a part of a list that it has', async () => {
    const cluster = fakeCluster(objects);
    const gatherer = createGatherer(cluster, now);
    await gatherer.list('Pod');
    const web = await gatherer.list('Pod', { namespace: 'shop', labelSelector: 'app=web' });
    expect(web.map(({ metadata }) => metadata?.name)).toEqual(['a', 'b']);
    expect(await gatherer.list('Pod', { namespace: 'empty' })).toEqual([]);
    expect(cluster.asked).toEqual(['list pods in all namespaces']);
    await gatherer.list('Pod', { namespace: 'shop', fieldSelector: 'spec.nodeName=n1' });
    await gatherer.list('Pod', { namespace: 'shop', managedFields: true });
    expect(cluster.asked).toHaveLength(3);
  });

  it('keeps each object once, in an order of its own', async () => {
    const gatherer = createGatherer(fakeCluster(objects), now);
    await gatherer.get('Pod', 'shop', 'c');
    await gatherer.list('Pod', { namespace: 'shop', labelSelector: 'app=web' });
    await gatherer.list('Pod', { namespace: 'shop' });
    await gatherer.list('Pod', { namespace: 'other' });
    const { objects: found } = gatherer.finish();
    expect(found.Pod?.map(({ metadata }) => metadata?.name)).toEqual(['d', 'a', 'b', 'c']);
  });

  it('remembers what was read, in whole or in part', async () => {
    const gatherer = createGatherer(fakeCluster(objects), now);
    await gatherer.list('Pod', { namespace: 'shop', labelSelector: 'app=web' });
    expect(seen(gatherer.finish(), 'Pod', 'shop')).toMatchObject({ status: 'ok', whole: false });
    await gatherer.list('Pod', { namespace: 'shop' });
    expect(seen(gatherer.finish(), 'Pod', 'shop')).toMatchObject({ status: 'ok', whole: true });
    expect(seen(gatherer.finish(), 'Pod', 'other')).toMatchObject({ status: 'notCollected' });
    await gatherer.get('Service', 'shop', 'gone');
    await gatherer.list('Node', { namespace: 'shop' });
    await gatherer.list('Pod', { max: 2 });
    expect(gatherer.finish().coverage).toEqual([
      { kind: 'Node', namespace: '*', status: 'ok' },
      { kind: 'Pod', namespace: '*', status: 'ok', subset: 'first 2' },
      { kind: 'Pod', namespace: 'shop', status: 'ok' },
      { kind: 'Pod', namespace: 'shop', status: 'ok', subset: 'selector app=web' },
      { kind: 'Service', namespace: 'shop', status: 'ok', subset: 'name=gone' },
    ]);
  });

  it('tells a missing right, a missing kind and a failure apart, and goes on', async () => {
    const cluster = fakeCluster(objects, {
      forbidden: ['Pod@*', 'Secret'],
      absent: ['Gateway'],
      failed: { PodMetrics: 'could not list pods.metrics.k8s.io (503)' },
    });
    const gatherer = createGatherer(cluster, now);
    expect(await gatherer.list('Pod')).toEqual([]);
    expect(await gatherer.tryList('Pod')).toMatchObject({ status: 'forbidden' });
    expect(await gatherer.get('Secret', 'shop', 'tls')).toBeUndefined();
    expect(await gatherer.get('Gateway', 'shop', 'x')).toBeUndefined();
    await gatherer.list('PodMetrics', { namespace: 'shop' });
    expect(await gatherer.list('Pod', { namespace: 'shop' })).toHaveLength(3);
    expect(gatherer.finish().coverage).toEqual([
      {
        kind: 'Gateway',
        namespace: '*',
        status: 'absent',
        reason: 'the server has no gateways.gateway.networking.k8s.io',
      },
      { kind: 'Pod', namespace: '*', status: 'forbidden', reason: 'forbidden: list pods in all namespaces' },
      { kind: 'Pod', namespace: 'shop', status: 'ok' },
      { kind: 'PodMetrics', namespace: 'shop', status: 'failed', reason: 'could not list pods.metrics.k8s.io (503)' },
      {
        kind: 'Secret',
        namespace: 'shop',
        status: 'forbidden',
        reason: 'forbidden: get secrets "tls" in namespace shop',
        subset: 'name=tls',
      },
    ]);
  });

  it('works with a role in one namespace only', async () => {
    const gatherer = createGatherer(fakeCluster(objects, { onlyNamespace: 'shop' }), now);
    expect(await gatherer.list('Pod', { namespace: 'shop' })).toHaveLength(3);
    expect(await gatherer.list('Node')).toEqual([]);
    expect(seen(gatherer.finish(), 'Node', '*')).toMatchObject({
      status: 'forbidden',
      reason: 'forbidden: list nodes',
    });
  });

  it('dates the facts by the clock of the server when the local one is wrong', async () => {
    const taken = (clockOffset: number) => createGatherer(fakeCluster([], { clockOffset }), now).finish().takenAt;
    expect(taken(0)).toBe('2026-03-01T12:00:00.000Z');
    expect(taken(-4000)).toBe('2026-03-01T12:00:00.000Z');
    expect(taken(-600_000)).toBe('2026-03-01T11:50:00.000Z');
    expect(taken(600_000)).toBe('2026-03-01T12:10:00.000Z');
  });

  it('takes what the kubelet says in place of a log for none', async () => {
    const gone = 'unable to retrieve container logs for containerd://ba0c6019c8d8';
    const gatherer = createGatherer(fakeCluster(objects, { logs: { 'shop/a/x': gone } }), now);
    expect(await gatherer.logs('shop', 'a', { container: 'x' })).toBeUndefined();
    expect(gatherer.finish().logs).toEqual([]);
  });

  it('keeps logs and the version', async () => {
    const cluster = fakeCluster(objects, { logs: { 'shop/a/x.previous': 'one\ntwo\nthree\n' }, version: 'v1.30.1' });
    const gatherer = createGatherer(cluster, now);
    expect(await gatherer.logs('shop', 'a', { container: 'x', previous: true, tailLines: 2 })).toBe('two\nthree\n');
    expect(await gatherer.logs('shop', 'a', { container: 'x' })).toBeUndefined();
    expect(await gatherer.version()).toBe('v1.30.1');
    expect(gatherer.finish()).toMatchObject({
      serverVersion: 'v1.30.1',
      source: { type: 'cluster', name: 'fake' },
      logs: [{ namespace: 'shop', pod: 'a', container: 'x', previous: true, text: 'two\nthree\n' }],
    });
  });

  it('passes a fault of the connection to whoever waits, and to nobody else', async () => {
    const broken = { ...fakeCluster([]), list: () => Promise.reject(new Error('unreachable')) };
    const gatherer = createGatherer(broken, now);
    const early = gatherer.tryList('Pod');
    await new Promise((resolve) => setImmediate(resolve));
    await expect(early).rejects.toThrow('unreachable');
    expect(gatherer.finish().coverage).toEqual([]);
  });
});
