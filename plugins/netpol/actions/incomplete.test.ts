import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { namespace, networkPolicy, pod, service, snapshotOf } from '../../../shared/testing/builders.ts';
import { fakeCluster } from '../../../shared/testing/fake-cluster.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netpol } from '../plugin.ts';
import { askManifests } from '../testing/ask-manifests.ts';
import { deployment } from '../testing/shop.ts';

const PAIR = `${deployment('shop', 'web')}\n---\n${deployment('shop', 'api')}\n---\n`;
const TOP = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\n';

describe('a policy that does not decode', () => {
  it.each([
    ['YAML that does not parse', 'spec:\n  podSelector: {}\n  ingress: [\n'],
    ['a mapping for a list', 'spec:\n  podSelector: {}\n  ingress: {from: []}\n'],
    ['a list for a selector', 'spec:\n  podSelector: [app]\n'],
    ['a word for a list', 'spec:\n  podSelector: {}\n  ingress: none\n'],
    ['a number for a label', 'spec:\n  podSelector: {matchLabels: {app: 1}}\n'],
  ])('%s is named with file and line, and leaves its pods undecided', async (_, spec) => {
    for (const command of ['matrix -o json', 'can-reach shop/web shop/api --port 80', 'shop/api', 'policies']) {
      const run = await askManifests(PAIR + TOP + spec, command);
      expect(run.exit).toBe(3);
      expect(run.stdout).toMatch(/standard input:\d+: /);
      expect(run.stderr).toBe('');
    }
    const { connections } = JSON.parse((await askManifests(PAIR + TOP + spec, 'matrix -o json')).stdout);
    expect(connections.filter(({ to }: { to: { name?: string } }) => to.name !== undefined)).toEqual([]);
  });

  /** The pairs of a matrix that are sure and those that are not; of the outside, IPv4 only. */
  const pairsWith = async (spec: string, more = '') => {
    const { connections, undecided } = JSON.parse(
      (await askManifests(PAIR + more + TOP + spec, 'matrix -o json')).stdout,
    );
    const names = (rows: readonly Record<'from' | 'to', { name?: string; cidr?: string }>[]) =>
      rows
        .map(({ from, to }) => `${from.name ?? from.cidr}>${to.name ?? to.cidr}`)
        .filter((row) => !row.includes('::'))
        .sort();
    return { sure: names(connections), open: names(undecided) };
  };
  const BAD_PORT = '[{ports: [{port: [80]}]}]';

  it('leaves nothing open but what its sound parts say that it is about', async () => {
    const about = 'podSelector: {matchLabels: {app: api}}';
    expect(await pairsWith(`spec: {${about}, ingress: ${BAD_PORT}}\n`)).toEqual({
      sure: ['0.0.0.0/0>web', 'api>0.0.0.0/0', 'api>web', 'web>0.0.0.0/0'],
      open: ['0.0.0.0/0>api', 'web>api'],
    });
    expect(await pairsWith(`spec: {${about}, policyTypes: [Egress], egress: ${BAD_PORT}}\n`)).toEqual({
      sure: ['0.0.0.0/0>api', '0.0.0.0/0>web', 'web>0.0.0.0/0', 'web>api'],
      open: ['api>0.0.0.0/0', 'api>web'],
    });
    const both = await pairsWith(`spec: {${about}, ingress: [], egress: ${BAD_PORT}}\n`);
    expect(both.open).toEqual(['0.0.0.0/0>api', 'api>0.0.0.0/0', 'api>web', 'web>api']);
  });

  it('changes nothing that another policy decides', async () => {
    const other = (kind: string, name: string, spec: string): string =>
      `apiVersion: ${kind}\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n---\n`;
    const allowed = other(
      'networking.k8s.io/v1\nkind: NetworkPolicy',
      'ok',
      '{podSelector: {matchLabels: {app: api}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}',
    );
    const found = await pairsWith(`spec: {podSelector: {matchLabels: {app: api}}, ingress: ${BAD_PORT}}\n`, allowed);
    expect(found.sure).toContain('web>api');
    expect(found.open).toEqual(['0.0.0.0/0>api']);
    const denied = other(
      'policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy',
      'no',
      '{priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}',
    );
    const shut = await pairsWith(`spec: {podSelector: {matchLabels: {app: api}}, ingress: ${BAD_PORT}}\n`, denied);
    expect([...shut.sure, ...shut.open]).not.toContain('web>api');
  });

  it('of a cluster-wide kind leaves the pods open that its subject means', async () => {
    const admin =
      'apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: a}\nspec: {priority: 1, subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: api}}}}, ingress: [{action: Deny, from: x}]}\n---\n';
    const { sure, open } = await pairsWith('spec: {podSelector: {matchLabels: {app: none}}}\n', admin);
    expect([sure.includes('api>web'), open]).toEqual([true, ['0.0.0.0/0>api', 'web>api']]);
  });

  it('exits with 3 where the answer hangs on it, and answers where not', async () => {
    const spec = `spec: {podSelector: {matchLabels: {app: api}}, ingress: ${BAD_PORT}}\n`;
    const exits = [];
    for (const line of ['can-reach shop/web shop/api', 'can-reach shop/api shop/web', 'matrix']) {
      const run = await askManifests(PAIR + TOP + spec, line);
      expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain('spec.ingress[0].ports[0].port must be a number or a name');
      exits.push(run.exit);
    }
    expect(exits).toEqual([3, 0, 3]);
  });

  it('takes nothing from lint: the file is named, and words that YAML misread as before', async () => {
    const list = await askManifests(`${PAIR}${TOP}spec: {podSelector: {}, ingress: none}\n`, 'lint -n shop');
    expect(list).toMatchObject({ exit: 3, stderr: '' });
    expect(list.stdout).toMatch(/standard input:\d+ cannot be read: spec\.ingress\s+must\s+be\s+a\s+list/);
    const word = await askManifests(`${PAIR}${TOP}spec: {podSelector: {matchLabels: {app: 1}}}\n`, 'lint -n shop');
    expect(word).toMatchObject({ exit: 1, stderr: '' });
    expect(word.stdout).toContain('spec.podSelector.matchLabels.app');
  });

  it.each(['{}', '[null]', '[{name: a, ports: {}}, {name: b, ports: [null]}]'])(
    'does not fail on pods with containers %s',
    async (containers) => {
      const web = `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: ${containers}}\n`;
      for (const command of ['can-reach shop/api shop/web', 'shop/web', 'lint -n shop', 'matrix']) {
        expect((await askManifests(`${web}---\n${deployment('shop', 'api')}\n`, command)).stdout).not.toBe('');
      }
    },
  );

  it('leaves other namespaces alone', async () => {
    const run = await askManifests(
      `${PAIR}${deployment('data', 'a')}\n---\n${deployment('data', 'b')}\n---\n${TOP}spec: {podSelector: {}, ingress: {}}\n`,
      'matrix -o json',
    );
    const { connections } = JSON.parse(run.stdout);
    expect(connections).toContainEqual({
      from: { kind: 'Deployment', namespace: 'data', name: 'a' },
      to: { kind: 'Deployment', namespace: 'data', name: 'b' },
      ports: 'all',
    });
  });
});

describe('a policy that an API server refuses', () => {
  const refused = (rule: string): string =>
    `${PAIR}${deployment('data', 'db')}\n---\n${TOP}spec:\n  podSelector: {}\n  ingress:\n  - ${rule}\n`;

  it.each([
    ['endPort 80 is smaller than port 90', '{ports: [{port: 90, endPort: 80}]}'],
    ['port 0 is not between 1 and 65535', '{ports: [{port: 0}]}'],
    ['is no port name', '{ports: [{port: far-too-long-a-name}]}'],
    ['protocol tcp is not known', '{ports: [{protocol: tcp}]}'],
    ['is no address block', '{from: [{ipBlock: {cidr: 10.0.0.1}}]}'],
    ['excepts 11.0.0.0/8', '{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}}]}'],
    ['ipBlock stands alone', '{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}'],
    ['is none of In', '{from: [{podSelector: {matchExpressions: [{key: a, operator: Is, values: [b]}]}}]}'],
    ['a peer needs', '{from: [{}]}'],
    ['b c is no label value', '{from: [{podSelector: {matchExpressions: [{key: a, operator: In, values: ["b c"]}]}}]}'],
  ])('%s: told with file and line by every answer that it may concern', async (problem, rule) => {
    for (const command of [
      'matrix',
      'can-reach shop/web shop/api --port 80',
      'shop/api',
      'what-can shop/web',
      'policies',
    ]) {
      const run = await askManifests(refused(rule), command);
      expect(run).toMatchObject({ exit: 3, stderr: '' });
      const text = run.stdout.replaceAll(/\s+/g, ' ');
      expect(text).toContain(problem);
      expect(text).toMatch(/would not be in force: standard input:\d+: NetworkPolicy shop\/p/);
    }
  });

  it.each([
    [0, '{podSelector: {matchLabels: {app: no}}}', 'app: no without quotes; kubectl reads false'],
    [3, '{podSelector: {}, policyTypes: [Ingress, Egress, Ingress]}', '3 entries, and two are the most'],
  ])('exits with %i for %s', async (exit, spec, problem) => {
    const run = await askManifests(`${PAIR}${TOP}spec: ${spec}\n`, 'matrix');
    expect(run.exit).toBe(exit);
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain(problem);
  });

  it('leaves questions about other namespaces alone', async () => {
    const run = await askManifests(refused('{ports: [{port: 0}]}'), 'can-reach data/db data/db --port 80');
    expect(run.exit).toBe(0);
  });

  it('is judged as it reads where a cluster holds it', async () => {
    const held = refused('{ports: [{port: 0}]}').replace('metadata: {name: p,', 'metadata: {uid: u1, name: p,');
    expect(await askManifests(held, 'can-reach shop/web shop/api --port 80')).toMatchObject({ exit: 1 });
  });

  it.each([
    ['newField', '{podSelector: {}, ingress: [{ports: [{port: 80}]}], newField: 1}'],
    ['ingress[0].form', '{podSelector: {}, ingress: [{form: [{podSelector: {}}]}]}'],
  ])(
    'is not sure of an answer that a field (%s) may change which a cluster holds and nobody knows',
    async (field, spec) => {
      const held = `${PAIR}${TOP.replace('metadata: {', 'metadata: {uid: u1, ')}spec: ${spec}\n`;
      for (const line of ['can-reach shop/web shop/api --port 80', 'matrix', 'shop/api']) {
        const run = await askManifests(held, line);
        expect(run.exit).toBe(3);
        const text = run.stdout.replaceAll(/\s+/g, ' ');
        expect(text).toContain('a policy is not wholly understood');
        expect(text).toContain(
          `? policies: NetworkPolicy shop/p spec.${field} is not known to this version; the policy is judged without it`,
        );
        // A server that holds a new field has taken it in; a misspelt one it would have refused.
        if (field === 'newField') expect(text).not.toContain('refuses');
      }
    },
  );

  it('tells lint of a field that is not known', async () => {
    const held = `${PAIR}${TOP.replace('metadata: {', 'metadata: {uid: u1, ')}spec: {podSelector: {}, newField: 1}\n`;
    expect((await askManifests(held, 'lint')).stdout).toMatch(/POL326/);
  });
});

describe('a cluster-wide policy with a part that nobody knows', () => {
  const cluster = (uid: string, rule: string, kind = 'ClusterNetworkPolicy') => {
    const version = kind === 'ClusterNetworkPolicy' ? 'v1alpha2' : 'v1alpha1';
    const tier = kind === 'ClusterNetworkPolicy' ? 'tier: Admin, ' : '';
    return `${PAIR}apiVersion: policy.networking.k8s.io/${version}\nkind: ${kind}\nmetadata: {name: default${uid}}
spec:\n  ${tier.replace(', ', '\n  ')}${kind.startsWith('Base') ? '' : 'priority: 5\n  '}subject: {namespaces: {}}
  ingress:\n  - ${rule}\n`;
  };
  const DENY_PING = '{action: Deny, from: [{namespaces: {}}], protocols: [{icmp: {type: 8}}]}';
  const HELD = ', uid: u1';
  const LINES = ['matrix', 'can-reach shop/web shop/api --port 80', 'shop/api', 'what-can shop/web'];

  it.each([
    ['protocols[0].icmp: the API has no such field here, only tcp', DENY_PING, undefined],
    ['from[0].services: the API has no such field here', '{action: Accept, from: [{services: {}}]}', undefined],
    [
      'to[0].domainNames',
      '{action: Deny, from: [{namespaces: {}}]}\n  egress: [{action: Deny, to: [{domainNames: [a.io]}]}]',
      'BaselineAdminNetworkPolicy',
    ],
    ['pods needs namespaceSelector', '{action: Allow, from: [{pods: {podSelector: {}}}]}', 'AdminNetworkPolicy'],
  ])('%s: told with file and line by every answer', async (problem, rule, kind) => {
    for (const line of LINES) {
      const run = await askManifests(cluster('', rule, kind), line);
      expect(run).toMatchObject({ exit: 3, stderr: '' });
      const text = run.stdout.replaceAll(/\s+/g, ' ');
      expect(text).toContain(problem);
      expect(text).toMatch(/would not be in force: standard input:\d+: /);
    }
  });

  it.each([
    ['protocol tcp is not known; write TCP', '{protocol: tcp, port: 80}', '{}'],
    ['"in" is none of In', '{port: 80}', '{matchExpressions: [{key: a, operator: in, values: [b]}]}'],
  ])('%s: taken in by the server, and told as not understood', async (problem, port, namespaces) => {
    const rule = `{action: Deny, from: [{namespaces: ${namespaces}}], ports: [{portNumber: ${port}}]}`;
    for (const line of LINES) {
      const run = await askManifests(cluster('', rule, 'AdminNetworkPolicy'), line);
      expect(run).toMatchObject({ exit: 3, stderr: '' });
      const text = run.stdout.replaceAll(/\s+/g, ' ');
      expect(text).toContain(problem);
      expect(text).toMatch(/a policy is not wholly understood: standard input:\d+: /);
    }
  });

  it.each([
    ['it then denies everybody', DENY_PING],
    ['it then matches nobody', '{action: Accept, from: [{services: {}}]}'],
  ])('held by a cluster: %s, and the answer is not sure', async (reading, rule) => {
    for (const line of LINES) {
      const run = await askManifests(cluster(HELD, rule), line);
      expect(run).toMatchObject({ exit: 3, stderr: '' });
      expect(run.stdout.replaceAll(/\s+/g, ' ')).toMatch(
        /not wholly understood: ClusterNetworkPolicy default spec\.ingress\[0\]\.\S+ is not known to this version; the rule is read as the API asks/,
      );
    }
    const walk = await askManifests(cluster(HELD, rule), LINES[1] ?? '');
    expect(walk.stdout.replaceAll(/\s+/g, ' ')).toContain(`the API says that ${reading}`);
    expect((await askManifests(cluster(HELD, rule), 'lint')).stdout).toContain('POL326');
  });

  it.each(['', HELD])('is silent for its healthy twin (%s)', async (uid) => {
    const rule = '{action: Deny, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 8}}}]}';
    for (const line of LINES) {
      const run = await askManifests(cluster(uid, rule), line);
      expect(run.exit).toBe(0);
      expect(run.stdout).not.toMatch(/not known|not wholly|in force/);
    }
  });
});

it('tells of a key that a policy has twice', async () => {
  const twice = 'spec:\n  podSelector: {}\n  ingress: []\n  ingress:\n  - {}\n';
  for (const command of ['matrix', 'can-reach shop/web shop/api --port 80', 'shop/api']) {
    const run = await askManifests(`${PAIR}${TOP}${twice}`, command);
    expect(run).toMatchObject({ exit: 3, stderr: '' });
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toMatch(/standard input:\d+: NetworkPolicy p has ingress twice/);
  }
  const flow = await askManifests(`${PAIR}${TOP}spec: {podSelector: {}, podSelector: {}}\n`, 'matrix');
  expect(flow.stdout.replaceAll(/\s+/g, ' ')).toContain('NetworkPolicy p has podSelector twice');
});

describe('few rights', () => {
  const objects = [
    pod('web-1', { labels: { app: 'web' } }),
    pod('api-1', { labels: { app: 'api' } }),
    service('api', { selector: { app: 'api' } }),
    networkPolicy('deny', { podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Ingress'] }),
  ];
  const ask = (line: string, options: Parameters<typeof fakeCluster>[1] = {}) => {
    const cluster = fakeCluster(objects, { namespace: 'shop', ...options });
    return runCli(netpol, line, { world: { connect: async () => cluster } }).then((run) => ({ ...run, cluster }));
  };

  it('reads few lists for a question between two pods', async () => {
    const { exit, cluster } = await ask('can-reach pod/web-1 svc/api');
    expect(exit).toBe(1);
    expect(cluster.asked.filter((question) => /pods|networkpolicies/.test(question))).toEqual(
      expect.arrayContaining([expect.stringContaining('in namespace shop')]),
    );
    expect(cluster.asked.filter((question) => question === 'list pods')).toEqual([]);
    expect(cluster.asked.length).toBeLessThanOrEqual(14);
  });

  it('asks for what is behind Gateways only where there are some, or where routes can be seen', async () => {
    const routes = async (options: Parameters<typeof fakeCluster>[1], more: readonly KubeObject[] = []) => {
      const cluster = fakeCluster([...objects, ...more], { namespace: 'shop', ...options });
      await runCli(netpol, 'svc/api', { world: { connect: async () => cluster } });
      return cluster.asked.filter((question) => /route|gateway|grant/.test(question)).length;
    };
    const gateway = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'edge', namespace: 'infra' },
    };
    // OpenShift's routes, and Gateways.
    expect(await routes({})).toBe(2);
    expect(await routes({ absent: ['Gateway'] })).toBe(2);
    expect(await routes({}, [gateway])).toBe(8);
    expect(await routes({ forbidden: ['Gateway'] })).toBe(8);
    expect(await routes({ forbidden: ['Gateway', 'HTTPRoute'] })).toBe(3);
  });

  it('answers inside the only namespace that may be read', async () => {
    const { exit, stdout } = await ask('can-reach pod/web-1 svc/api', { onlyNamespace: 'shop' });
    expect(exit).toBe(1);
    expect(stdout).toContain('Not checked');
    expect(stdout).toContain('forbidden: list');
  });

  it('could not tell when policies may not be read', async () => {
    const { exit, stdout } = await ask('can-reach pod/web-1 svc/api', { forbidden: ['NetworkPolicy'] });
    expect(exit).toBe(3);
    expect(stdout).toMatch(/^DEPENDS/);
    expect(stdout).toContain('forbidden: list networkpolicies');
  });

  it('could not tell who else gets in when other pods may not be read', async () => {
    const { exit, stdout } = await ask('svc/api', { onlyNamespace: 'shop' });
    expect(exit).toBe(3);
    expect(stdout).toMatch(/^INCOMPLETE/);
    expect(stdout).toContain('forbidden: list pods');
  });
});

describe('a recording of one namespace', () => {
  const snapshot = snapshotOf(
    [
      namespace('shop'),
      namespace('data'),
      pod('web-1', { labels: { app: 'web' } }),
      pod('api-1', { labels: { app: 'api' } }),
      networkPolicy('deny', { podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Ingress'] }),
    ],
    { only: { Pod: { namespace: 'shop' }, Service: { namespace: 'shop' }, NetworkPolicy: { namespace: 'shop' } } },
  );
  const ask = (line: string) =>
    runCli(netpol, `${line} --snapshot x`, { world: { readSnapshots: async () => snapshot } });

  it('does not say that nobody gets in, or who all do', async () => {
    for (const line of ['pod/api-1 -n shop', 'what-can pod/web-1 reach -n shop', 'matrix']) {
      const { exit, stdout } = await ask(line);
      expect([exit, stdout.split(' ')[0]]).toEqual([3, 'INCOMPLETE']);
      expect(stdout).toContain('? pods: only those of shop were recorded');
    }
    expect((await ask('pod/api-1 -n shop')).stdout).toMatch(
      /^INCOMPLETE {2}nobody that was seen can reach Pod shop\/api-1/,
    );
  });

  it('answers what is within it', async () => {
    expect((await ask('can-reach pod/web-1 pod/api-1 -n shop')).exit).toBe(1);
    expect((await ask('can-reach pod/api-1 pod/web-1 -n shop')).exit).toBe(0);
  });

  it('cannot tell of what was left out, and of a namespace that is not there says so', async () => {
    const { exit, stdout } = await ask('can-reach data/db shop/web-1');
    expect(exit).toBe(3);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('namespace data is not in the recording');
    expect((await ask('can-reach dta/db shop/web-1')).exit).toBe(2);
    expect((await ask('can-reach shop/db shop/web-1')).exit).toBe(2);
  });
});
