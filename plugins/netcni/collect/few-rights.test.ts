import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../../shared/testing/fake-cluster.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netcni } from '../plugin.ts';
import { told } from '../testing/faults/fault.ts';
import { calico } from '../testing/networks/calico.ts';

const waiting = [
  ...calico(),
  ...told(
    'n2',
    'FailedCreatePodSandBox',
    'plugin type="calico" failed (add): no IPs available in pools: [10.244.0.0/16]',
  ),
];

function ask(line: string, onlyNamespace: string, objects = calico()) {
  const cluster = fakeCluster(objects, { onlyNamespace, namespace: 'shop' });
  return runCli(netcni, line, { world: { connect: async () => cluster } });
}

describe('with rights in one namespace', () => {
  it('its pods are seen, and why they wait', async () => {
    const pod = waiting.find(({ kind, metadata }) => kind === 'Pod' && metadata?.name?.startsWith('api'));
    const run = await ask(`pod shop/${pod?.metadata?.name}`, 'shop', waiting);
    expect(run.exit, run.stdout).toBe(1);
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toMatch(/^BROKEN .*api-1/);
  });

  it('a pod that has its address is seen as well, and that nodes were not is said', async () => {
    for (const line of ['pod web-n1', 'path web-n1 web-n2']) {
      const run = await ask(line, 'shop');
      expect(run.exit, run.stdout).toBe(3);
      expect(run.stdout.replaceAll(/\s+/g, ' '), line).toContain('could not tell: forbidden: list nodes');
      expect(run.stdout).not.toContain('was not read');
    }
  });

  it('a pod of another namespace is not seen', async () => {
    const run = await ask('pod web-n1', 'other');
    expect(run.exit).toBe(3);
    expect(run.stdout).toContain('was not read');
  });
});
