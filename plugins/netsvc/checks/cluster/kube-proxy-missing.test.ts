import { describe, expect, it } from 'vitest';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { workload } from '../../../../shared/testing/builders.ts';
import { fakeCluster } from '../../../../shared/testing/fake-cluster.ts';
import { runCli } from '../../../../shared/testing/run-cli.ts';
import { netsvc } from '../../plugin.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { agents, soundWeb } from '../../testing/system-objects.ts';

const both = ['n1', 'n2'];

describe('kube-proxy-missing', () => {
  it('names nodes on which it does not run', () => {
    const report = diagnoseObjects([...soundWeb(), ...agents('kube-proxy', ['n1'])], 'web');
    expect(causeCodes(report)).toEqual(['SVC802']);
    expect(report.headline).toContain('runs no pod on n2');
  });

  it.each([
    { type: 'virtual-kubelet' },
    { 'eks.amazonaws.com/compute-type': 'fargate' },
    { 'eks.amazonaws.com/compute-type': 'auto' },
    { 'kubernetes.azure.com/cluster-type': 'virtual-node' },
    { 'kubernetes.io/os': 'windows' },
  ])('does not look for it on a node labelled %o', (labels) => {
    const objects = soundWeb().map((one) =>
      one.kind === 'Node' && one.metadata?.name === 'n2' ? { ...one, metadata: { ...one.metadata, labels } } : one,
    );
    expect(diagnoseObjects([...objects, ...agents('kube-proxy', ['n1'])], 'web').causes).toEqual([]);
  });

  it('names the selector that keeps it from every node', () => {
    const set = {
      ...workload(
        'DaemonSet',
        'kube-proxy',
        {},
        { template: { spec: { nodeSelector: { 'kube-proxy': 'on' } } } },
        { namespace: 'kube-system' },
      ),
      status: { desiredNumberScheduled: 0, numberReady: 0 },
    };
    const report = diagnoseObjects([...soundWeb(), set], 'web');
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('on every node (it wants nodes with kube-proxy=on)');
    const replaced = diagnoseObjects([...soundWeb(), set, ...agents('cilium', both)], 'web');
    expect(replaced.verdict).toBe('healthy');
    expect(diagnoseObjects([...soundWeb().filter(({ kind }) => kind !== 'Node'), set], 'web').verdict).toBe('broken');
  });

  it.each([
    ['beside Calico without eBPF', { 'kube-proxy': 'on' }, 'false', 'broken'],
    ['where Calico does its work', { 'kube-proxy': 'on' }, 'true', 'healthy'],
    ['as the manual of Calico switches it off', { 'non-calico': 'true' }, 'false', 'healthy'],
  ])('%s', (_, nodeSelector, bpf, verdict) => {
    const where = { namespace: 'kube-system' };
    const proxy = workload('DaemonSet', 'kube-proxy', {}, { template: { spec: { nodeSelector } } }, where);
    const env = [{ name: 'FELIX_BPFENABLED', value: bpf }];
    const calico = workload(
      'DaemonSet',
      'calico-node',
      {},
      { template: { spec: { containers: [{ name: 'node', env }] } } },
      where,
    );
    const nowhere = { ...proxy, status: { desiredNumberScheduled: 0, numberReady: 0 } };
    const running = { ...calico, status: { desiredNumberScheduled: 2, numberReady: 2 } };
    expect(diagnoseObjects([...soundWeb(), nowhere, running], 'web').verdict).toBe(verdict);
  });

  it('counts its pods where the DaemonSet tells no number', () => {
    const [set, ...pods] = agents('kube-proxy', ['n1']);
    const report = diagnoseObjects([...soundWeb(), { ...set, status: {} } as Workload, ...pods], 'web');
    expect(report).toMatchObject({ verdict: 'degraded', headline: expect.stringContaining('runs no pod on n2') });
  });

  it('names the affinity that keeps it from a node, and drops it', () => {
    const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: ['n2'] }] }];
    const affinity = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
    };
    const nodeSelector = { 'kubernetes.io/os': 'linux' };
    const [set, ...pods] = agents('kube-proxy', ['n1']) as [Workload, ...Workload[]];
    const shut = { ...set, spec: { ...set.spec, template: { spec: { affinity, nodeSelector } } } };
    const labelled = soundWeb().map((one) =>
      one.kind === 'Node'
        ? { ...one, metadata: { ...one.metadata, labels: { 'kubernetes.io/hostname': one.metadata?.name ?? '' } } }
        : one,
    );
    const report = diagnoseObjects([...labelled, shut, ...pods], 'web');
    expect(report.headline).toContain('on n2 (it wants nodes with kubernetes.io/hostname not in (n2))');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"nodeAffinity":null');
    // An affinity that takes the node is not what keeps it away.
    const elsewhere = terms.map((term) => ({
      matchExpressions: term.matchExpressions.map((one) => ({ ...one, values: ['n9'] })),
    }));
    const taken = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: elsewhere } },
    };
    const other = { ...set, spec: { ...set.spec, template: { spec: { affinity: taken } } } };
    expect(diagnoseObjects([...labelled, other, ...pods], 'web').causes[0]?.fixes).toHaveLength(1);
  });

  it('knows the nodes by the pods of the network plugin where none was read', () => {
    const objects = soundWeb().filter(({ kind }) => kind !== 'Node');
    const flannel = agents('kube-flannel-ds', both);
    const report = diagnoseObjects([...objects, ...flannel, ...agents('kube-proxy', ['n1'])], 'web');
    expect(report).toMatchObject({ verdict: 'degraded', headline: expect.stringContaining('runs no pod on n2') });
    // A pod of it that is just being replaced is wanted there.
    const [set, ...pods] = agents('kube-proxy', both);
    expect(diagnoseObjects([...objects, ...flannel, set as Workload, ...pods.slice(0, 1)], 'web').causes).toEqual([]);
    // Nothing of the plugin was read: nobody knows which nodes there are.
    expect(diagnoseObjects([...objects, ...agents('kube-proxy', ['n1'])], 'web').causes).toEqual([]);
  });

  it('is asked where it runs when it is wanted on fewer nodes than the network plugin', async () => {
    const objects = [...soundWeb(), ...agents('kube-flannel-ds', both), ...agents('kube-proxy', ['n1'])];
    const cluster = fakeCluster(objects, { namespace: 'shop' });
    const { stdout } = await runCli(netsvc, 'web', { world: { connect: async () => cluster } });
    expect(stdout).toContain('runs no pod on n2');
  });

  describe('where only the nodes concerned and no pods of the cluster were read', () => {
    const set = (nodeSelector: Record<string, string>, desired: number): Workload => ({
      ...workload(
        'DaemonSet',
        'kube-proxy',
        {},
        { template: { spec: { nodeSelector } } },
        { namespace: 'kube-system' },
      ),
      status: { desiredNumberScheduled: desired, numberReady: desired },
    });
    const asked = (proxy: Workload): ReturnType<typeof diagnoseObjects> =>
      diagnoseObjects([...soundWeb(), proxy], 'web', { only: { Node: { subset: 'name=n1' } } });

    it('names the node that its selector shuts out', () => {
      const report = asked(set({ 'kubernetes.io/hostname': 'n1' }, 1));
      expect(causeCodes(report)).toEqual(['SVC802']);
      expect(report.headline).toContain('n2');
      expect(report.verdict).toBe('degraded');
    });

    it('says every node when it is wanted on none', () => {
      expect(asked(set({ pool: 'edge' }, 0)).headline).toContain('on every node (it wants nodes with pool=edge)');
    });

    it('stays silent when the selector takes the nodes that were read', () => {
      expect(asked(set({ 'kubernetes.io/os': 'linux' }, 9)).verdict).toBe('healthy');
    });
  });
});
