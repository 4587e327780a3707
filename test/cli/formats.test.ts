import { Ajv2020 } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import schema from '../../shared/report/report.schema.json' with { type: 'json' };
import { pod, service, slicesFor } from '../../shared/testing/builders.ts';
import { fakeCluster } from '../../shared/testing/fake-cluster.ts';
import { runCli } from '../../shared/testing/run-cli.ts';
import { scenario, scenarioNames } from './facts.ts';

const BROKEN = `payment-service -n shop ${scenario('selector-relabelled-in-release')}`;
const validate = new Ajv2020({ strict: true }).compile(schema);

describe('-o json', () => {
  it.each(scenarioNames())('of a sweep over %s fits the published schema', async (name) => {
    const run = await runCli(netsvc, `check ${scenario(name)} -o json`);
    const value = JSON.parse(run.stdout);
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each(['', 'endpoints ', 'path '])('of %sone Service fits the published schema', async (verb) => {
    const { stdout } = await runCli(netsvc, `${verb}${BROKEN} -o json`);
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
  });

  it('of a missing name fits the published schema', async () => {
    const { stdout } = await runCli(netsvc, `nobody ${scenario('service-does-not-exist')} -o json`);
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
  });

  it('is the same value as -o yaml', async () => {
    const json = await runCli(netsvc, `${BROKEN} -o json`);
    const yaml = await runCli(netsvc, `${BROKEN} -o yaml`);
    expect(load(yaml.stdout)).toEqual(JSON.parse(json.stdout));
  });
});

describe('-o table', () => {
  it('keeps to 80 columns, but never breaks a command', async () => {
    for (const name of scenarioNames().slice(0, 40)) {
      const { stdout } = await runCli(netsvc, `check ${scenario(name)} -o wide`);
      const long = stdout.split('\n').filter((line) => line.length > 80);
      expect(long.filter((line) => !/^ {4}\S/.test(line) && !/^\S+ {2}/.test(line))).toEqual([]);
    }
  });

  it('puts verdict and cause first', async () => {
    const { stdout } = await runCli(netsvc, BROKEN);
    expect(stdout).toMatch(/^BROKEN {2}Service shop\/payment-service selects app=payment,tier=api/);
    const order = ['Evidence', 'Fix', 'Checked'].map((title) => stdout.indexOf(`\n${title}`));
    expect([...order].sort((a, b) => a - b)).toEqual(order);
    expect(order[0]).toBeGreaterThan(0);
  });

  it('of a healthy Service is one line and what was not checked', async () => {
    const { stdout } = await runCli(netsvc, `np -n control-node-port ${scenario('control-node-port')}`);
    expect(stdout).toMatch(
      /^HEALTHY {2}Service control-node-port\/np is healthy: 2 of 2 endpoints ready\n(\nNot checked\n|$)/,
    );
  });

  it('has colour on a terminal only, and says the same without', async () => {
    const plain = await runCli(netsvc, BROKEN);
    const terminal = await runCli(netsvc, BROKEN, { columns: 120 });
    expect(plain.stdout).not.toContain('\u001b');
    expect(terminal.stdout).toContain('\u001b[');
    expect(terminal.stdout.replace(/\u001b\[[0-9;]*m/g, '')).toBe(plain.stdout);
  });

  it.each([
    [{ NO_COLOR: '1' }, ''],
    [{ TERM: 'dumb' }, ''],
    [{}, ' --no-color'],
  ] as const)('has no colour with %j%s', async (env, flag) => {
    const { stdout } = await runCli(netsvc, `${BROKEN}${flag}`, { columns: 80, env });
    expect(stdout).not.toContain('\u001b');
  });
});

describe('texts of the cluster', () => {
  const evil = 'x\u001b[2Jy\u001b]52;c;aGk=\u0007z<script>alert(1)</script>|`*\u202e\u0000';
  const broken = service('web', { selector: { app: 'web' } });
  const pods = [
    pod('web-1', {
      ready: false,
      status: {
        containerStatuses: [
          { name: 'app', ready: false, restartCount: 0, state: { waiting: { reason: 'ErrImagePull', message: evil } } },
        ],
      },
    }),
  ];
  const cluster = () => fakeCluster([broken, ...pods, ...slicesFor(broken, pods)], { namespace: 'shop' });
  const print = async (format: string): Promise<string> =>
    (await runCli(netsvc, `web -o ${format}`, { world: { connect: async () => cluster() } })).stdout;

  it.each(['table', 'wide', 'markdown', 'html', 'junit', 'sarif', 'name'])(
    'cannot send escape sequences through -o %s',
    async (format) => {
      expect(await print(format)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    },
  );

  it('cannot become markup', async () => {
    expect(await print('html')).not.toContain('<script');
    expect(await print('markdown')).not.toContain('<script');
    expect(await print('junit')).not.toContain('<script');
  });
});
