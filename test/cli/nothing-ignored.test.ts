import { describe, expect, it } from 'vitest';
import { runCli } from '../../shared/testing/run-cli.ts';
import { PLUGINS } from '../contract/plugins.ts';

const SHOP = 'plugins/netpol/examples/shop.yaml';
const CLUSTER = 'test/scenarios/_cluster';

/** A line that must be answered from its words alone: any question to a cluster fails. */
function run(line: string, stdin = '') {
  const [name = '', ...words] = line.split(' ');
  const found = PLUGINS.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  const connect = () => Promise.reject(new Error('the cluster was asked'));
  return runCli(found.plugin, words, { cwd: process.cwd(), stdin, world: { connect } });
}

describe('a word or flag that would change nothing', () => {
  const bare = PLUGINS.flatMap(({ name, plugin }) =>
    plugin.commands.filter(({ usage }) => usage === undefined).map((command) => `${name} ${command.name}`),
  );

  it.each(bare)('is refused by %s, which takes no words', async (line) => {
    expect(await run(`${line} extraword`)).toMatchObject({ exit: 2, stdout: '' });
  });

  const refused: readonly (readonly [string, string])[] = [
    ['netsvc version web', 'version takes no words\nBoth sides: kubectl netsvc version'],
    [
      'netpol generate deny-all --cidr 10.0.0.0/8',
      'the template deny-all does not take --cidr\nIt belongs to: kubectl netpol generate external-cidr',
    ],
    [
      'netpol generate --port 80',
      'generate without a template does not take --port\nIt belongs to: kubectl netpol generate database',
    ],
    [
      'netpol generate dns --egress',
      'does not take --egress\nIt belongs to flows: kubectl netpol generate --allow "A -> B:PORT" --egress',
    ],
    ['netpol policies web -A', 'policies takes a name or -A'],
    ['netpol assert a.txt', 'assert takes its files with -f: a.txt\nkubectl netpol assert -f a.txt'],
    [`netpol shop/api --protocol UDP --snapshot ${SHOP}`, '--protocol needs a port here'],
    [`netpol what-can shop/api reach --protocol UDP --snapshot ${SHOP}`, '--protocol needs a port here'],
    [
      `netpol lint shop/db-in --snapshot ${SHOP}`,
      'there is no policy db-in in namespace shop\nIt is in namespace data.',
    ],
    ['netdns 10.0.0.1 --type A', 'an address has a PTR, no A'],
    ['netdns corefile a b', 'one file at a time'],
    [
      `netdns corefile a --snapshot ${CLUSTER}`,
      `asks a file or a recording, not both\nThe file: kubectl netdns corefile a\nThe recording: kubectl netdns corefile --snapshot ${CLUSTER}`,
    ],
    [`netdns logs a --snapshot ${CLUSTER}`, 'asks a file or a recording, not both'],
    [`netdns metrics a --snapshot ${CLUSTER}`, 'asks a file or a recording, not both'],
    [`netdns metrics --for 3s --snapshot ${CLUSTER}`, '--for reads twice'],
    ['netdns metrics - --for 3s', '--for reads twice'],
    ['netdns corefile - --migrate -o junit', '--migrate does not print junit'],
  ];

  it.each(refused)('%s', async (line, words) => {
    const { exit, stdout, stderr } = await run(line);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  it('as -n where the whole cluster is asked is told, and the answer stays', async () => {
    const line = `netdns corefile --snapshot ${CLUSTER}`;
    const plain = await run(line);
    const named = await run(`${line} -n shop`);
    expect(named).toEqual({ ...plain, stderr: '-n changes nothing: corefile asks about the cluster as a whole\n' });
  });
});

describe('a recording of one namespace', () => {
  it('is not said to be the whole cluster by netpol policies', async () => {
    const one = await run('netpol policies --snapshot test/scenarios/control-stateful-set/facts');
    expect(one.stdout).toContain('0 policies in namespace control-stateful-set');
    expect((await run(`netpol policies --snapshot ${SHOP}`)).stdout).toContain('2 policies in all namespaces');
    const all = await run('netpol policies -A --snapshot test/scenarios/control-stateful-set/facts');
    expect(all.exit).toBe(3);
    expect(all.stdout).toContain('only those of control-stateful-set were recorded');
  });
});

describe('a recording without a pod', () => {
  it('is no cluster without connections', async () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, status: { conditions: [] } };
    for (const line of ['netpol matrix --snapshot -', 'netpol policies --snapshot -']) {
      const { exit, stdout } = await run(line, JSON.stringify(node));
      expect(exit, line).toBe(3);
      expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/INCOMPLETE .*Pods were not collected/);
    }
  });
});

describe('what changes something', () => {
  it.each([
    `netpol generate database -l app=db --from app=web --port 5432 -n data --snapshot ${SHOP}`,
    `netpol generate cross-namespace --from-namespace data -n shop --snapshot ${SHOP}`,
    `netpol lint netpol/data/db-in --fail-on never --snapshot ${SHOP}`,
    `netpol lint data/db-in --fail-on never --snapshot ${SHOP}`,
    `netpol lint db-in --fail-on never --snapshot ${SHOP}`,
    `netpol policies -A --snapshot ${SHOP}`,
    'netcni ipam -A --snapshot test/scenarios/cni-calico-sound/facts',
    `netdns corefile -A --snapshot ${CLUSTER}`,
    'netdns explain-search web --search a.example',
    'netsvc version --client',
  ])('is taken: %s', async (line) => {
    expect(await run(line)).toMatchObject({ exit: 0, stderr: '' });
  });

  it('is a recording beside a search list: it foretells the answers', async () => {
    const line = 'netdns explain-search db.data --search svc.cluster.local --ndots 2';
    expect((await run(line)).stdout).toContain('?');
    expect((await run(`${line} --snapshot ${SHOP}`)).stdout).not.toContain('svc.cluster.local.  ?');
  });

  it('is -n for two folders of manifests that name no namespace', async () => {
    const line = 'netpol diff plugins/netpol/examples/shop.yaml - -o json';
    const web =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}}\n';
    expect((await run(`${line} -n far`, web)).stdout).toContain('"far"');
    expect((await run(line, web)).stdout).not.toContain('"far"');
  });
});
