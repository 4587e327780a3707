import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { snapshotOf } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netcni } from '../plugin.ts';
import { keptAway, withSpec } from '../testing/faults/fault.ts';
import { calico } from '../testing/networks/calico.ts';
import { awsVpc } from '../testing/networks/clouds.ts';
import { flannel } from '../testing/networks/flannel.ts';

function ask(words: readonly string[], objects: readonly KubeObject[]): ReturnType<typeof runCli> {
  return runCli(netcni, [...words, '--snapshot', 'x'], { world: { readSnapshots: async () => snapshotOf(objects) } });
}

describe('check --node', () => {
  const broken = keptAway(flannel(), 'kube-flannel-ds', 'n3');

  it('tells what concerns the node, and nothing of others', async () => {
    const sick = await ask(['check', '--node', 'n3'], broken);
    expect(sick.exit).toBe(1);
    expect(sick.stdout).toContain('Flannel has no agent on node n3');
    const sound = await ask(['check', '--node', 'n2'], broken);
    expect(sound.exit).toBe(0);
    expect(sound.stdout).toMatch(/^HEALTHY .* on node n2/);
  });

  it('a node that is not there is a slip of the finger', async () => {
    const run = await ask(['check', '--node', 'n33'], broken);
    expect(run.exit).toBe(2);
    expect(run.stderr).toContain('n33');
    expect(run.stderr).toContain('n3');
  });
});

describe('status', () => {
  /** The value of a row, with where it was read. */
  const row = (text: string, name: string): string =>
    text.replace(/\n {4,}/g, ' ').match(new RegExp(`^${name} +(.*)$`, 'm'))?.[1] ?? '';

  it('tells each fact with where it was read', async () => {
    const { stdout, exit } = await ask(['status'], calico());
    expect(exit).toBe(0);
    expect(row(stdout, 'plugin')).toMatch(/^Calico v3\.28\.1 .*DaemonSet kube-system\/calico-node/);
    expect(row(stdout, 'tunnel')).toMatch(/^ipip +\(IPPool default-ipv4-ippool spec\.ipipMode\)/);
    expect(row(stdout, 'policy')).toContain('enforced by Calico');
    expect(row(stdout, 'kube-proxy')).toMatch(/^mode iptables +\(ConfigMap kube-system\/kube-proxy/);
    expect(row(stdout, 'pod ranges')).toMatch(/^10\.244\.0\.0\/16 +\(IPPool/);
    expect(row(stdout, 'service ranges')).toMatch(/^10\.96\.0\.0\/12 +\(ServiceCIDR kubernetes/);
    expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  it('tells a gap in the enforcement of policies, and families without ranges by the nodes', async () => {
    expect(row((await ask(['status'], flannel())).stdout, 'policy')).toContain('nobody enforces it');
    expect(
      row(
        (
          await ask(
            ['status'],
            awsVpc().filter(({ kind }) => kind !== 'ServiceCIDR'),
          )
        ).stdout,
        'families',
      ),
    ).toMatch(/^IPv4 +\(Nodes status\)/);
  });
});

describe('ranges', () => {
  it('draws a map, and names what overlaps', async () => {
    const sound = await ask(['ranges'], flannel());
    expect(sound.exit).toBe(0);
    expect(sound.stdout).toMatch(/\d+ ranges of addresses, none overlaps another/);
    expect(sound.stdout).not.toContain('range of Services');
    const without = await ask(
      ['ranges'],
      flannel().filter(({ kind }) => kind !== 'ServiceCIDR'),
    );
    expect(without.exit).toBe(0);
    expect(without.stdout).toContain('range of Services: no object that was read tells it');
    const run = await ask(['ranges'], withSpec(flannel(), 'ServiceCIDR', 'kubernetes', { cidrs: ['10.244.2.0/24'] }));
    expect(run.exit).toBe(1);
    expect(run.stdout).toMatch(/#.* 10\.244\.2\.0\/24 +Services/);
    expect(run.stdout).toMatch(
      /10\.244\.2\.0\/24 +Services +10\.244\.2\.0\/24 +pods of n2|10\.244\.2\.0\/24 +pods of n2 +10\.244\.2\.0\/24 +Services/,
    );
  });
});
