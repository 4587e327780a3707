import { describe, expect, it } from 'vitest';
import { netcni } from '../../plugins/netcni/plugin.ts';
import { netdns } from '../../plugins/netdns/plugin.ts';
import { netpol } from '../../plugins/netpol/plugin.ts';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import type { Plugin } from '../../shared/cli/command.ts';
import { completionHook } from '../../shared/cli/completion-hook.ts';
import { deployment, namespace, pod, service } from '../../shared/testing/builders.ts';
import { fakeCluster } from '../../shared/testing/fake-cluster.ts';
import { runCli } from '../../shared/testing/run-cli.ts';
import { scenario } from './facts.ts';

const cluster = fakeCluster(
  [namespace('shop'), namespace('bank'), service('web'), service('worker'), deployment('api'), pod('client')],
  { namespace: 'shop' },
);

/** The candidates for a line whose last word is being typed, and the directive. */
async function offered(
  words: readonly string[],
  plugin: Plugin = netsvc,
): Promise<{ values: readonly string[]; directive: string | undefined }> {
  const run = await runCli(plugin, ['__complete', ...words], { world: { connect: async () => cluster } });
  expect(run.exit).toBe(0);
  expect(run.stderr).toBe('');
  const lines = run.stdout.trimEnd().split('\n');
  return { values: lines.slice(0, -1).map((line) => line.split('\t')[0] ?? ''), directive: lines.at(-1) };
}

describe('completion', () => {
  it.each([
    [['che'], ['check']],
    [['w'], ['web', 'worker']],
    [
      ['endpoints', 'w'],
      ['web', 'worker'],
    ],
    [['svc/w'], ['svc/web', 'svc/worker']],
    [['deploy/'], ['deploy/api']],
    [
      ['-n', ''],
      ['bank', 'shop'],
    ],
    [['--namespace=s'], ['--namespace=shop']],
    [['web', '--from', 'pod/'], ['pod/client']],
    [
      ['web', '-o', 'j'],
      ['json', 'junit'],
    ],
    [['web', '--output=y'], ['--output=yaml']],
    [['check', '--fail-on', 'c'], ['critical']],
    [
      ['explain', 'SVC00'],
      ['SVC001', 'SVC002'],
    ],
    [['web', '--all'], []],
    [['check', '--all'], ['--all-namespaces']],
    [['web', ''], []],
    [['check', ''], []],
  ])('%j offers %j', async (words, values) => {
    expect(await offered(words)).toEqual({ values, directive: ':4' });
  });

  it.each<[Plugin, string, string, readonly string[]]>([
    [netdns, 'the name of a Service', 'w', ['web', 'worker']],
    [netdns, 'the same behind the command', 'explain-search w', ['web', 'worker']],
    [netdns, 'pods', 'resolvconf c', ['client']],
    [netpol, 'both ends', 'can-reach web w', ['web', 'worker']],
    [netpol, 'an end of another kind', 'can-reach web pod/', ['pod/client']],
    [netpol, 'no third end', 'can-reach web worker w', []],
    [netcni, 'pods without their kind', 'pod cl', ['client']],
    [netcni, 'pods with it, at both ends', 'path pod/a pod/', ['pod/client']],
  ])('of $name offers %s', async (plugin, _, line, values) => {
    expect((await offered(line.split(' '), plugin)).values).toEqual(values);
  });

  it('leaves files to the shell', async () => {
    expect(await offered(['web', '--snapshot', ''])).toEqual({ values: [], directive: ':0' });
    expect(await offered(['snapshot', '-o', ''])).toEqual({ values: [], directive: ':0' });
  });

  it('takes names from a snapshot', async () => {
    const words = [...scenario('selector-relabelled-in-release').split(' '), '-n', 'shop', 'pay'];
    expect((await offered(words)).values).toEqual(['payment-service']);
  });

  it('asks the cluster that the flags before the word name', async () => {
    const asked: unknown[] = [];
    const connect = async (options: unknown) => {
      asked.push(options);
      return cluster;
    };
    const flags = [
      '--context',
      'test',
      '--as',
      'ann',
      '--as-group=dev',
      '--insecure-skip-tls-verify',
      '--client-key',
      'k',
    ];
    await runCli(netsvc, ['__complete', ...flags, 'w'], { world: { connect } });
    expect(asked).toEqual([
      {
        context: 'test',
        as: 'ann',
        asGroup: ['dev'],
        insecureSkipTlsVerify: true,
        clientKey: 'k',
        requestTimeout: '2s',
      },
    ]);
  });

  it('offers --watch where it is taken', async () => {
    expect((await offered(['check', '--wa'])).values).toEqual(['--watch']);
    expect((await offered(['explain', '--wa'])).values).toEqual([]);
  });

  it('offers codes with their meaning, and more to type after --suppress', async () => {
    const run = await runCli(netsvc, ['__complete', 'explain', 'SVC101']);
    expect(run.stdout).toBe('SVC101\tthe selector matches no pod\n:4\n');
    expect((await offered(['check', '--suppress', 'SVC101'])).values).toEqual(['SVC101=']);
    expect((await offered(['check', '--field-selector', 'spec'])).values).toEqual(['spec.clusterIP=', 'spec.type=']);
  });

  it('without a cluster offers what it knows', async () => {
    const run = await runCli(netsvc, ['__complete', 'ch'], {
      world: { connect: async () => Promise.reject(new Error('no cluster')) },
    });
    expect(run).toEqual({ stdout: expect.stringMatching(/^check\t.*\n:4\n$/), stderr: '', exit: 0 });
  });

  it('prints the hook that kubectl calls', async () => {
    const run = await runCli(netsvc, 'completion');
    expect(run).toEqual({ stdout: completionHook('netsvc'), stderr: '', exit: 0 });
    expect(run.stdout).toBe('#!/usr/bin/env sh\nexec kubectl netsvc __complete "$@"\n');
  });
});
