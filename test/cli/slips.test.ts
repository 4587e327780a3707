import { describe, expect, it } from 'vitest';
import { runCli } from '../../shared/testing/run-cli.ts';
import { PLUGINS } from '../contract/plugins.ts';

const SHOP = 'plugins/netpol/examples/shop.yaml';
const SET = 'test/scenarios/control-stateful-set/facts';
const CALICO = 'test/scenarios/cni-calico-sound/facts';

function run(line: string, snapshot: string) {
  const [name = '', ...words] = line.split(' ');
  const found = PLUGINS.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return runCli(found.plugin, [...words, '--snapshot', snapshot], { cwd: process.cwd() });
}

describe('a slip is answered with the line that works', () => {
  const told: readonly (readonly [string, string, string])[] = [
    ['netdns record db', SET, 'kubectl netdns records db'],
    ['netdns db records', SET, 'kubectl netdns records db'],
    ['netdns db from db-0', SET, 'kubectl netdns db --from db-0'],
    ['netdns from db-0 db', SET, 'kubectl netdns db --from db-0'],
    ['netdns dig db', SET, '\nkubectl netdns db\n'],
    ['netdns shop/web', SET, 'Did you mean web.shop?'],
    ['netdns svc/shop/web', SET, 'Did you mean web.shop?'],
    ['netdns example.com/path', SET, 'Did you mean example.com?'],
    ['netdns pod/db-0', SET, 'kubectl netdns NAME --from pod/db-0'],
    ['netdns ns/shop', SET, 'kubectl netdns records SERVICE'],
    ['netdns db --from svc/db', SET, 'Name one or their workload: pod/NAME, deploy/NAME'],
    ['netdns explain-search http://db/x', SET, 'Did you mean db?'],
    ['netpol can reach shop/web data/db', SHOP, 'kubectl netpol can-reach shop/web data/db?'],
    ['netpol can shop/web reach data/db', SHOP, 'kubectl netpol can-reach shop/web data/db?'],
    ['netpol who can reach shop/web', SHOP, 'kubectl netpol who-can-reach shop/web?'],
    ['netpol what can shop/web reach', SHOP, 'kubectl netpol what-can shop/web reach?'],
    ['netpol policy shop/web', SHOP, 'kubectl netpol policies shop/web?'],
    ['netpol networkpolicy api-in', SHOP, 'kubectl netpol lint api-in'],
    ['netpol pods/web -n shop', SHOP, 'Did you mean deploy/web?'],
    ['netpol can-reach shop/web example.com', SHOP, 'give the address, or the word internet'],
    ['netpol lint shop', SHOP, 'kubectl netpol lint -n shop'],
    ['netpol lint ./policies.yaml', SHOP, 'kubectl netpol lint --snapshot ./policies.yaml'],
    ['netpol diff policy.yaml', SHOP, 'kubectl netpol diff -f policy.yaml'],
    ['netpol diff --delete api-in', SHOP, '--delete networkpolicy/shop/api-in'],
    ['netcni rule dump.txt', CALICO, 'kubectl netcni rules dump.txt'],
    ['netcni shop/web-n1', CALICO, 'kubectl netcni pod shop/web-n1'],
    ['netcni node n1', CALICO, 'kubectl netcni check --node n1'],
    ['netcni mtu n1', CALICO, 'kubectl netcni mtu --node n1'],
    ['netcni status n1', CALICO, 'Without words: kubectl netcni status'],
    ['netcni ranges 10.0.0.0/8', CALICO, 'kubectl netcni ranges --peer 10.0.0.0/8'],
    ['netcni path shop/web-n1 10.9.9.9', CALICO, 'no pod has the address 10.9.9.9'],
  ];

  it.each(told)('%s', async (line, snapshot, words) => {
    const { exit, stdout, stderr } = await run(line, snapshot);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(words);
    for (const text of stderr.split('\n')) expect(text.length, text).toBeLessThanOrEqual(80);
  });

  it('of a code without its letters', async () => {
    const [netcni] = PLUGINS.filter(({ name }) => name === 'netcni');
    const { stderr } = await runCli(netcni?.plugin as never, 'explain 304');
    expect(stderr).toContain('CNI304  a node has no free pod address');
  });
});

describe('what can be meant in one way only is answered', () => {
  it.each([
    ['netpol data/db from shop/web', SHOP, 'Deployment shop/web cannot reach Service data/db'],
    ['netpol to data/db from shop/web', SHOP, 'Deployment shop/web cannot reach Service data/db'],
    ['netpol from shop/web data/db', SHOP, 'Deployment shop/web cannot reach Service data/db'],
    ['netpol can-reach from shop/web to data/db', SHOP, 'Deployment shop/web cannot reach Service data/db'],
    ['netpol what-can reach shop/web', SHOP, 'Deployment shop/web can reach'],
    ['netpol what-can shop/web reach', SHOP, 'Deployment shop/web can reach'],
    ['netpol what-can shop/web', SHOP, 'Deployment shop/web can reach'],
    ['netcni --node node/n1', CALICO, 'on node n1'],
    ['netcni path from shop/web-n1 to shop/web-n2', CALICO, 'pod shop/web-n1 to pod shop/web-n2'],
    ['netcni path shop/web-n1 10.244.2.1', CALICO, 'pod shop/web-n1 to pod shop/web-n2'],
    ['netcni ranges --peer 172.30.0.0/16,192.168.0.0/16', CALICO, '192.168.0.0'],
  ])('%s', async (line, snapshot, words) => {
    const { stdout, stderr } = await run(line, snapshot);
    expect(stderr).toBe('');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(words);
  });
});
