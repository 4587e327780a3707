import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { snapshotOf } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netcni } from '../plugin.ts';
import { flannel } from '../testing/networks/flannel.ts';

async function mtu(objects: readonly KubeObject[]): Promise<string> {
  const run = await runCli(netcni, ['mtu', '--snapshot', 'x'], {
    world: { readSnapshots: async () => snapshotOf(objects) },
  });
  return run.stdout;
}

/** The same nodes, with addresses of IPv6 between them. */
function overIpv6(objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.map((one) => JSON.parse(JSON.stringify(one).replaceAll(/"10\.0\.0\.(\d)"/g, '"fd00:0:0:1::$1"')));
}

describe('the MTU of Flannel', () => {
  it('over IPv6 is told with all bytes, and those that Flannel leaves out', async () => {
    const told = await mtu(overIpv6(flannel()));
    expect(told).toContain('vxlan        70  IPv6 40 +');
    expect(told).toMatch(/1500\? +1430\?/);
    expect(told).toContain('a Backend.MTU in net-conf.json that is 20 less');
    expect(told.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  it('over IPv4 is what it says', async () => {
    expect(await mtu(flannel())).not.toContain('Backend.MTU');
  });
});
