import { describe, expect, it } from 'vitest';
import { netcni } from '../../plugins/netcni/plugin.ts';
import { netdns } from '../../plugins/netdns/plugin.ts';
import { netpol } from '../../plugins/netpol/plugin.ts';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import type { Plugin } from '../../shared/cli/command.ts';
import { runCli } from '../../shared/testing/run-cli.ts';
import { scenario } from './facts.ts';

const FACTS = scenario('selector-relabelled-in-release');
const CALICO = scenario('cni-calico-sound');
const SHOP = '--snapshot plugins/netpol/examples/shop.yaml';

/** What is told for a line that does not work: the hint is a line that does. */
async function hintOf(plugin: Plugin, line: string | readonly string[]): Promise<string> {
  const run = await runCli(plugin, line);
  expect(run.stdout).toBe('');
  expect(run.exit).toBe(2);
  return run.stderr;
}

describe('lines typed as for kubectl are answered with the line that was meant', () => {
  it.each([
    [netsvc, 'get svc web -n shop', 'Leave it out: kubectl netsvc svc web -n shop\n'],
    [netsvc, 'describe svc/web', 'Leave it out: kubectl netsvc svc/web\n'],
    [netsvc, '-n shop get services', 'Leave it out: kubectl netsvc -n shop\n'],
    [netpol, 'get netpol -n shop', 'Leave it out: kubectl netpol -n shop\n'],
    [netcni, 'get nodes', 'Leave it out: kubectl netcni\n'],
    [netdns, 'get svc', 'Leave it out: kubectl netdns\n'],
    [netsvc, 'web -A', 'A name is looked for in one namespace: -n NAMESPACE\n'],
    [netsvc, 'web -A', 'error: kubectl netsvc SERVICE does not take --all-namespaces\n'],
    [netsvc, 'shop web', 'Of a namespace: shop/web, or web -n shop\n'],
    [netsvc, 'web --field-selector spec.type=NodePort', 'It belongs to: kubectl netsvc check\n'],
    [netsvc, '-f web.yaml', 'Files instead of a cluster: --snapshot PATH\n'],
    [netpol, `shop/web data/db ${SHOP}`, 'From one to the other: kubectl netpol can-reach shop/web data/db\n'],
    [netpol, `netpol/api-in ${SHOP}`, 'kubectl netpol lint api-in\n'],
    [netpol, `can-reach shop/web https://api.example.com ${SHOP}`, 'or internet:443\n'],
    [netpol, `lint nope -n shop ${SHOP}`, 'There are: '],
    [netsvc, 'explain POL101', 'Try: kubectl netpol explain POL101\n'],
    [netsvc, ['explain', 'no ready endpoints'], '  SVC'],
    [netcni, 'chekc', 'If chekc was meant as a command: kubectl netcni check\n'],
    [netcni, 'nodes', 'All nodes: kubectl netcni check\n'],
    [netcni, `check --node nope ${CALICO}`, 'There are: '],
    [netcni, `pod svc/x ${CALICO}`, 'error: svc/x is not the name of a pod\n'],
    [netcni, `path deploy/x pod/y ${CALICO}`, 'error: deploy/x is not the name of a pod\n'],
    [netdns, 'svc/shop/web', 'Did you mean web.shop?'],
    [netsvc, ['explain', ''], 'error: there is no code ""\nAll codes: kubectl netsvc explain\n'],
  ] as const)('%# %s', async (plugin, line, told) => {
    expect(await hintOf(plugin, line)).toContain(told);
  });

  it('a Service named like such a word is still a Service', async () => {
    const run = await runCli(netsvc, `get -n shop ${FACTS}`);
    expect(run.stdout).toContain('there is no Service get in namespace shop');
  });
});

describe('a flag without its value does not change the question', () => {
  it.each([
    [['payment-service', '--snapshot', ''], 'error: flag --snapshot has an empty value\n'],
    [['payment-service', '--from=', ...FACTS.split(' ')], 'error: flag --from has an empty value\n'],
    [['check', '-n', ...FACTS.split(' ')], 'error: flag -n needs a value\n--snapshot after it is a flag.\n'],
  ])('%s', async (line, told) => {
    expect(await hintOf(netsvc, line)).toContain(told);
  });

  it('of the flags of kubectl an empty value means none, as there', async () => {
    const line = ['check', '-l', '', '--context', '', '-n', '', ...FACTS.split(' '), '-o', 'name'];
    const run = await runCli(netsvc, line);
    expect(run.stdout).toBe('service/payment-service\n');
  });
});

describe('two ends may stand as in a file of expectations', () => {
  it.each([
    [['can-reach', 'shop/web -> data/db']],
    [['can-reach', 'shop/web', '->', 'data/db']],
    [['shop/web -> data/db']],
    [['from', 'shop/web', 'to', 'data/db']],
  ])('%s', async (words) => {
    const told = await runCli(netpol, [...words, ...SHOP.split(' ')]);
    const plain = await runCli(netpol, `can-reach shop/web data/db ${SHOP}`);
    expect(told).toEqual(plain);
    expect(told.exit).toBe(1);
  });
});
