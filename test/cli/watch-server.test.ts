import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import { runPlugin } from '../../shared/cli/run-plugin.ts';
import { type ApiServer, startApiServer } from '../../shared/testing/api-server.ts';
import { namespace, node, pod, service, slicesFor } from '../../shared/testing/builders.ts';
import { type FakeRuntime, fakeRuntime } from '../../shared/testing/fake-runtime.ts';

const web = service('web');
const pods = [pod('web-1', { ip: '10.244.1.10' })];
const OBJECTS = [namespace('shop'), node('n1'), web, ...pods, ...slicesFor(web, pods)];

let server: ApiServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Watches a server of its own for so many rounds; `between` is called after each with its number. */
async function watchServer(
  rounds: number,
  between: (round: number, server: ApiServer, runtime: FakeRuntime) => void,
  options: Parameters<typeof startApiServer>[0] = {},
): Promise<FakeRuntime> {
  const started = await startApiServer({ objects: OBJECTS, ...options });
  server = started;
  let round = 0;
  const runtime = fakeRuntime({
    stdin: '',
    onSleep: (_, own) => {
      round += 1;
      between(round, started, own);
      if (round === rounds) own.interrupt();
    },
  });
  const flags = ['--server', started.url, '--token', 'secret', '-n', 'shop'];
  expect(await runPlugin(netsvc, ['web', '-w', ...flags], runtime)).toBe(130);
  return runtime;
}

describe('--watch of a real API', () => {
  it('asks over the connections of the first round and leaves no listener behind', async () => {
    const listeners = new Set<number>();
    let first = 0;
    const runtime = await watchServer(12, (round, { seen }, { signal }) => {
      listeners.add(getEventListeners(signal, 'abort').length);
      if (round === 1) first = Math.max(...seen.map(({ connection }) => connection));
    });
    expect(listeners.size).toBe(1);
    expect(Math.max(...(server?.seen ?? []).map(({ connection }) => connection))).toBe(first);
    expect(runtime.written.stdout.match(/HEALTHY/g)).toHaveLength(1);
    expect(runtime.written.stderr).toBe('');
  });

  it('connects anew without a word when the connections were closed between two rounds', async () => {
    const runtime = await watchServer(3, (round, own) => {
      if (round === 1) own.hangUp();
    });
    expect(runtime.written.stderr).toBe('');
  });

  it('tells when the server breaks off, and when it is back', async () => {
    const runtime = await watchServer(4, (round, own) => {
      if (round === 1) own.play({ do: 'answer', status: 401, times: 4 });
    });
    expect(runtime.written.stderr).toMatch(/^\S+ {2}no answer: .*\n\S+ {2}answers again\n$/);
    expect(runtime.written.stdout.match(/HEALTHY/g)).toHaveLength(1);
  });

  it('tells a server that speaks another language as no answer, not as a fault of the Service', async () => {
    const runtime = await watchServer(4, (round, own) => {
      if (round === 1) own.play({ do: 'answer', status: 200, body: '<html>Please log in</html>' });
    });
    expect(runtime.written.stderr.match(/no answer/g)).toHaveLength(1);
    expect(runtime.written.stdout.match(/^(HEALTHY|UNKNOWN|BROKEN)/gm)).toEqual(['HEALTHY']);
  });

  it('tells a right that is taken away as what is not checked any more', async () => {
    const runtime = await watchServer(3, (round, own) => {
      const body = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Forbidden', message: 'no', code: 403 });
      if (round === 1) own.play({ do: 'answer', status: 403, on: '/nodes', body });
    });
    expect(runtime.written.stderr).toBe('');
    expect(runtime.written.stdout).toMatch(/\n\d\d:\d\d:\d\d {2}changed\nHEALTHY/);
    expect(runtime.written.stdout).toContain('forbidden: ');
  });
});
