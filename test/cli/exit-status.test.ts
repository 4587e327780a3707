import { describe, expect, it } from 'vitest';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import { ClusterError } from '../../shared/kube/ports.ts';
import { REPORT_FORMATS } from '../../shared/report/format.ts';
import { fakeCluster } from '../../shared/testing/fake-cluster.ts';
import { runCli } from '../../shared/testing/run-cli.ts';
import { scenario } from './facts.ts';

const BROKEN = `payment-service -n shop ${scenario('selector-relabelled-in-release')}`;
const HEALTHY = `np -n control-node-port ${scenario('control-node-port')}`;
const MISSING = `paymnt-service -n service-does-not-exist ${scenario('service-does-not-exist')}`;

describe.each(REPORT_FORMATS)('exit status with -o %s', (format) => {
  it.each([
    ['0 when healthy', HEALTHY, 0],
    ['1 when broken', BROKEN, 1],
    ['3 when the target is not there', MISSING, 3],
  ])('%s', async (_title, line, exit) => {
    const run = await runCli(netsvc, `${line} -o ${format}`);
    expect(run.exit).toBe(exit);
    expect(run.stderr).toBe('');
  });
});

describe('--fail-on', () => {
  it.each([
    ['critical', 1],
    ['warning', 1],
    ['info', 1],
    ['never', 0],
  ])('%s on an outage gives %i', async (limit, exit) => {
    expect((await runCli(netsvc, `${BROKEN} --fail-on ${limit}`)).exit).toBe(exit);
  });

  it('never does not turn "could not tell" into 0', async () => {
    expect((await runCli(netsvc, `${MISSING} --fail-on never`)).exit).toBe(3);
  });
});

describe('a cluster that does not answer', () => {
  const failing = (error: Error) => ({ world: { connect: async () => Promise.reject(error) } });

  it.each([
    ['unreachable', 3],
    ['timeout', 3],
    ['unauthorized', 3],
    ['protocol', 3],
    ['config', 2],
  ] as const)('%s gives %i with the hint and no stack', async (kind, exit) => {
    const run = await runCli(netsvc, 'web', failing(new ClusterError(kind, 'The server said no.', 'Log in again.')));
    expect(run).toEqual({ stdout: '', stderr: 'error: The server said no.\nLog in again.\n', exit });
  });

  it('a fault of ours says so in one line, and where with -v', async () => {
    const options = failing(new TypeError('x is not a function'));
    const plain = await runCli(netsvc, 'web', options);
    expect(plain.exit).toBe(3);
    expect(plain.stderr).toContain('x is not a function');
    expect(plain.stderr).toContain('Please report it');
    expect(plain.stderr).not.toContain('    at ');
    const verbose = await runCli(netsvc, 'web -v', options);
    expect(verbose.stderr).toContain('TypeError: x is not a function\n    at ');
  });

  it('a path that holds nothing is a wrong usage', async () => {
    const run = await runCli(netsvc, 'web --snapshot /nonexistent/path');
    expect(run.exit).toBe(2);
    expect(run.stderr).toContain('/nonexistent/path');
  });

  it('version tells its own side all the same', async () => {
    const run = await runCli(netsvc, 'version', failing(new ClusterError('unreachable', 'No route.', 'Try again.')));
    expect(run.exit).toBe(3);
    expect(run.stdout).toMatch(/Client {2}kubectl-netsvc .*\nServer {2}not known/);
    expect(run.stderr).toContain('No route.');
  });
});

describe('rights that lack', () => {
  it('nothing visible is "could not tell", never healthy and never a fault', async () => {
    const cluster = fakeCluster([], { namespace: 'shop', forbidden: ['Service', 'Pod', 'EndpointSlice'] });
    const run = await runCli(netsvc, 'web', { world: { connect: async () => cluster } });
    expect(run.exit).toBe(3);
    expect(run.stdout).toMatch(/^UNKNOWN {2}could not tell whether Service shop\/web exists: forbidden/);
  });

  it('the same for a sweep', async () => {
    const cluster = fakeCluster([], { namespace: 'shop', forbidden: ['Service'] });
    const run = await runCli(netsvc, 'check', { world: { connect: async () => cluster } });
    expect(run.exit).toBe(3);
    expect(run.stdout).toContain('forbidden: list services in namespace shop');
  });
});
