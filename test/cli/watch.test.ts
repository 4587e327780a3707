import { getEventListeners } from 'node:events';
import { load, loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { netcni } from '../../plugins/netcni/plugin.ts';
import { netdns } from '../../plugins/netdns/plugin.ts';
import { netpol } from '../../plugins/netpol/plugin.ts';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import type { Command, Plugin } from '../../shared/cli/command.ts';
import { runPlugin } from '../../shared/cli/run-plugin.ts';
import { realWorld, type World } from '../../shared/cli/world.ts';
import { ClusterError, type ClusterReader } from '../../shared/kube/ports.ts';
import type { KubeObject } from '../../shared/model/objects.ts';
import { ended, podWith, waiting } from '../../shared/testing/broken-pods.ts';
import { namespace, node, pod, service, slicesFor } from '../../shared/testing/builders.ts';
import { fakeCluster } from '../../shared/testing/fake-cluster.ts';
import { type FakeRuntime, fakeRuntime } from '../../shared/testing/fake-runtime.ts';

/** Service web with the label that its selector asks for. */
function shop(label: string): readonly KubeObject[] {
  const web = service('web', { selector: { app: label } });
  const pods = [pod('web-1', { ip: '10.244.1.10' }), pod('web-2', { ip: '10.244.1.11' })];
  return [namespace('shop'), node('n1'), web, ...pods, ...slicesFor(web, label === 'web' ? pods : [])];
}

/** What a round finds: objects, or no answer. */
type State = readonly KubeObject[] | Error;

interface WatchRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  readonly pauses: readonly number[];
  readonly connections: number;
  readonly runtime: FakeRuntime;
}

const GONE = new ClusterError('unreachable', 'The server does not answer.\nIt was there before.', 'Is it up?');

/** Watches through the states, a round each, and interrupts after the last. */
async function watchThrough(
  line: string,
  states: readonly State[],
  more: {
    readonly plugin?: Plugin;
    readonly columns?: number;
    readonly now?: string;
    readonly atRound?: (round: number, runtime: FakeRuntime) => void;
  } = {},
): Promise<WatchRun> {
  const pauses: number[] = [];
  let round = 0;
  let connections = 0;
  const runtime = fakeRuntime({
    ...(more.columns === undefined ? {} : { columns: more.columns }),
    ...(more.now === undefined ? {} : { now: more.now }),
    onSleep: (milliseconds) => {
      pauses.push(milliseconds);
      round += 1;
      more.atRound?.(round, runtime);
      if (round >= states.length) runtime.interrupt();
    },
  });
  const reader = (): ClusterReader => {
    const state = states[round] ?? [];
    if (state instanceof Error) throw state;
    return { ...fakeCluster(state, { namespace: 'shop', context: 'test' }), again: reader };
  };
  const world: World = {
    ...realWorld(),
    connect: async () => {
      connections += 1;
      return reader();
    },
  };
  const exit = await runPlugin(more.plugin ?? netsvc, line.split(' '), runtime, world);
  return { ...runtime.written, exit, pauses, connections, runtime };
}

/** The local time of the fake clock, so many seconds after its start. */
function at(seconds: number): string {
  return new Date(Date.parse('2026-03-01T12:00:00Z') + seconds * 1000).toTimeString().slice(0, 8);
}

/** First words of all answers, and the lines between them. */
function heads(stdout: string): readonly string[] {
  return stdout.split('\n').filter((line) => /^(BROKEN|DEGRADED|HEALTHY|UNKNOWN)|^\d\d:\d\d:\d\d /.test(line));
}

describe('--watch', () => {
  it('prints again when the answer has changed, and says what has', async () => {
    const run = await watchThrough('web -w', [shop('wbe'), shop('wbe'), shop('web'), shop('web')]);
    expect(heads(run.stdout)).toEqual([
      expect.stringMatching(/^BROKEN {2}Service shop\/web selects app=wbe/),
      `${at(4)}  broken → healthy`,
      'HEALTHY  Service shop/web is healthy: 2 of 2 endpoints ready',
    ]);
    expect(run.stdout).toContain(`\n\n${at(4)}  broken → healthy\nHEALTHY`);
    expect(run).toMatchObject({ stderr: '', exit: 130, connections: 1 });
  });

  it('begins with exactly what is printed without it', async () => {
    const once = fakeRuntime();
    await runPlugin(netsvc, ['web'], once, {
      ...realWorld(),
      connect: async () => fakeCluster(shop('wbe'), { namespace: 'shop', context: 'test' }),
    });
    expect((await watchThrough('web --watch', [shop('wbe')])).stdout).toBe(once.written.stdout);
  });

  it.each([
    [0, [2000, 2000, 2000]],
    [300, [2000, 2000, 2000]],
    [1000, [2000, 4000, 4000]],
    [3000, [3000, 12_000, 12_000]],
    [40_000, [40_000, 60_000, 60_000]],
  ])('with rounds of %i ms waits %j ms: a slow cluster is not pressed', async (took, pauses) => {
    const look: Command = {
      name: 'look',
      summary: '',
      watches: true,
      formats: ['table'],
      run: async ({ runtime, facts }) => {
        await facts.reader();
        (runtime as FakeRuntime).pass(took);
        return { type: 'text', text: 'fine' };
      },
    };
    const run = await watchThrough('look -w', [[], [], []], { plugin: { ...netsvc, commands: [look] } });
    expect(run.pauses).toEqual(pauses);
  });

  it('of many names the one that moved', async () => {
    const other = service('pay', { selector: { app: 'pay' } });
    const run = await watchThrough('check -w', [shop('wbe'), shop('web'), [...shop('web'), other]]);
    expect(heads(run.stdout).filter((line) => line.startsWith(at(2)) || line.startsWith(at(4)))).toEqual([
      `${at(2)}  broken → healthy`,
      `${at(4)}  healthy → broken`,
    ]);
    const both = await watchThrough('check -w', [
      [...shop('wbe'), other],
      [...shop('web'), other],
    ]);
    expect(both.stdout).toContain(`\n${at(2)}  web broken → healthy\n`);
  });

  it('stays silent while only time passes and counters grow', async () => {
    const crashing = (restartCount: number): readonly KubeObject[] => {
      const state = { state: waiting('CrashLoopBackOff'), lastState: ended(1, 'Error'), restartCount };
      return [namespace('shop'), node('n1'), service('web'), podWith('web-1', state, { of: 'web' })];
    };
    const rounds = [4, 5, 6, 17].map(crashing);
    const run = await watchThrough('web -w', rounds);
    const last = await watchThrough('web -w', rounds.slice(3), { now: '2026-03-01T12:00:06Z' });
    expect(heads(run.stdout)).toHaveLength(1);
    expect(heads(last.stdout)).toHaveLength(1);
    expect(last.stdout).not.toBe(run.stdout);
  });

  describe('of a cluster that stops answering', () => {
    it('says so once, asks on, and tells when it is back', async () => {
      const run = await watchThrough('web -w', [shop('web'), GONE, GONE, GONE, GONE, shop('web'), shop('web')]);
      expect(heads(run.stdout)).toHaveLength(1);
      expect(run.stderr).toBe(`${at(2)}  no answer: The server does not answer.\n${at(26)}  answers again\n`);
      expect(run.pauses).toEqual([2000, 2000, 4000, 8000, 10_000, 2000, 2000]);
      expect(run.connections).toBe(5);
    });

    it('tells another reason as well, and what has changed meanwhile', async () => {
      const refused = new ClusterError('unauthorized', 'The token has expired.', 'Log in again.');
      const run = await watchThrough('web -w', [shop('wbe'), GONE, refused, shop('web')]);
      expect(run.stderr.split('\n').map((line) => line.slice(10))).toEqual([
        'no answer: The server does not answer.',
        'no answer: The token has expired.',
        'answers again',
        '',
      ]);
      expect(heads(run.stdout).at(-1)).toMatch(/^HEALTHY/);
    });

    it('in the first round ends as without it', async () => {
      const run = await watchThrough('web -w', [GONE, shop('web')]);
      expect(run).toMatchObject({ exit: 3, stdout: '', pauses: [] });
      expect(run.stderr).toBe('error: The server does not answer.\nIt was there before.\nIs it up?\n');
    });
  });

  it('goes on when the caller that was named is deleted', async () => {
    const client = pod('client', { labels: { app: 'client' }, ip: '10.244.1.30' });
    const run = await watchThrough('web -w --from pod/client', [[...shop('web'), client], shop('web')]);
    expect(run.stderr).toContain('no answer: ');
    expect(run.exit).toBe(130);
  });

  it('is a fault of ours when a check of ours fails, not one to wait for', async () => {
    const run = await watchThrough('web -w', [shop('web'), new TypeError('x is not a function')]);
    expect(run.stderr).toContain('This is a fault of the plugin');
    expect(run.exit).toBe(3);
  });

  it('ends quietly when nobody reads any more, with the status of the last answer', async () => {
    const run = await watchThrough('web -w', [shop('wbe'), shop('wbe'), shop('web'), shop('wbe')], {
      atRound: (round, runtime) => {
        if (round === 2) runtime.closeStdout();
      },
    });
    expect(run).toMatchObject({ exit: 1, stderr: '' });
    expect(run.pauses).toHaveLength(2);
  });

  it('shows progress in the first round only', async () => {
    const shown: boolean[] = [];
    const run: Command['run'] = async ({ runtime, facts }) => {
      shown.push(runtime.stderr.isTerminal);
      await facts.reader();
      return { type: 'text', text: 'fine' };
    };
    const look: Command = { name: 'look', summary: '', watches: true, formats: ['table'], run };
    const plugin = { ...netsvc, commands: [look] };
    await watchThrough('look -w', [[], [], []], { plugin, columns: 80 });
    expect(shown).toEqual([true, false, false]);
  });

  it('leaves nothing behind, however long it lasts', async () => {
    const listeners: number[] = [];
    const states = Array.from({ length: 40 }, (_, round) => (round % 4 === 3 ? GONE : shop(round % 2 ? 'web' : 'wbe')));
    const run = await watchThrough('web -w', states, {
      atRound: (_, runtime) => listeners.push(getEventListeners(runtime.signal, 'abort').length),
    });
    expect(new Set(listeners)).toEqual(new Set([1]));
    expect(run.runtime.sleeping).toBe(0);
    expect(getEventListeners(run.runtime.signal, 'abort')).toEqual([]);
  });

  it('on Ctrl-C ends at once in the middle of a pause', async () => {
    const runtime = fakeRuntime();
    const connect = async () => fakeCluster(shop('web'), { namespace: 'shop' });
    const running = runPlugin(netsvc, ['web', '-w'], runtime, { ...realWorld(), connect });
    while (runtime.sleeping === 0) await new Promise((resolve) => setImmediate(resolve));
    const { stdout } = runtime.written;
    runtime.interrupt();
    expect(await running).toBe(130);
    expect(runtime.written).toEqual({ stdout, stderr: '' });
  });
});

describe('the forms of --watch', () => {
  const STATES = [shop('wbe'), shop('wbe'), shop('web')];

  it('as JSON one document after the other', async () => {
    const { stdout } = await watchThrough('web -w -o json', STATES);
    const verdicts = stdout.split(/(?<=^\}\n)/m).map((text) => JSON.parse(text).verdict);
    expect(verdicts).toEqual(['broken', 'healthy']);
  });

  it('as YAML a stream of documents', async () => {
    const { stdout } = await watchThrough('web -w -o yaml', STATES);
    expect(loadAll(stdout).map((value) => (value as { verdict: string }).verdict)).toEqual(['broken', 'healthy']);
    expect(load(stdout.split('---\n')[0] ?? '')).toMatchObject({ verdict: 'broken' });
  });

  it('as names with an empty line between', async () => {
    const { stdout } = await watchThrough('check -w -o name', [shop('wbe'), shop('web'), shop('wbe')]);
    expect(stdout).toBe('service/web\n\n\nservice/web\n');
  });

  it.each(['html', 'markdown', 'junit', 'sarif'])('not as %s, which is one document', async (format) => {
    const run = await watchThrough(`check -w -o ${format}`, STATES);
    expect(run).toMatchObject({ exit: 2, stdout: '', connections: 0 });
    expect(run.stderr).toBe(
      `error: -o ${format} is one document, and --watch prints one for every change\n` +
        'Leave out --watch, or take -o table, wide, json, yaml, name.\n',
    );
  });

  it.each([
    [netpol, 'matrix -w -o csv', '-o csv is one document'],
    [netpol, 'matrix -w -o svg', '-o svg is one document'],
    [netpol, 'graph -w', 'graph does not take --watch'],
    [netpol, 'diff -w -f x', 'diff does not take --watch'],
    [netsvc, 'explain SVC101 -w', 'explain does not take --watch'],
    [netsvc, 'snapshot -w', 'snapshot does not take --watch'],
    [netcni, 'rules -w dump.txt', 'rules does not take --watch'],
    [netdns, 'metrics -w', 'metrics does not take --watch'],
    [netdns, 'explain-search web --search shop.svc --watch', 'no cluster is asked here'],
    [netsvc, 'web -w --snapshot test/scenarios/selector-relabelled-in-release/facts', 'a recording does not change'],
  ] as const)('%# %o %s', async (plugin, line, told) => {
    const run = await watchThrough(line, STATES, { plugin });
    expect(run).toMatchObject({ exit: 2, stdout: '' });
    expect(run.stderr).toContain(told);
    expect(run.stderr.split('\n').filter((text) => text.length > 80)).toEqual([]);
  });

  it.each([
    [netpol, 'web -w'],
    [netpol, '-w'],
    [netpol, 'matrix -w'],
    [netpol, 'matrix -w -o json'],
    [netpol, 'policies -w'],
    [netcni, '-w'],
    [netcni, 'status -w'],
    [netcni, 'status -w -o yaml'],
    [netcni, 'ipam -w'],
    [netdns, '-w'],
    [netdns, 'web.shop -w --no-ask'],
    [netdns, 'explain-search web -w'],
    [netdns, 'records web -w'],
    [netsvc, 'endpoints web -w'],
    [netsvc, 'path web -w'],
  ] as const)('%# %o %s is printed once while nothing changes', async (plugin, line) => {
    const once = await watchThrough(line, [shop('web')], { plugin });
    const often = await watchThrough(line, [shop('web'), shop('web'), shop('web'), shop('web')], { plugin });
    expect(often.stdout).toBe(once.stdout);
    expect(often.stdout).not.toBe('');
    expect(often).toMatchObject({ exit: 130, stderr: '' });
  });
});
