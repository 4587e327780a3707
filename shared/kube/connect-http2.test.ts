import { afterEach, describe, expect, it } from 'vitest';
import type { ApiServerOptions } from '../testing/api-answers.ts';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { createTestAuthority } from '../testing/certs.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { connect } from './connect.ts';
import type { ClusterReader } from './ports.ts';

const tls = createTestAuthority().issue({ hosts: ['127.0.0.1'] });
const pods = Array.from({ length: 600 }, (_, index) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `web-${index}`, namespace: 'shop', labels: { text: 'x'.repeat(63) } },
}));

let server: ApiServer;
let reader: ClusterReader;

async function start(options: ApiServerOptions = {}): Promise<void> {
  server = await startApiServer({ objects: pods, tls, ...options });
  reader = await connect({ server: server.url, insecureSkipTlsVerify: true }, fakeRuntime({ stdin: '' }));
}

const connections = (): number => new Set(server.seen.map(({ connection }) => connection)).size;

const askMany = (): Promise<readonly unknown[]> =>
  Promise.all(Array.from({ length: 20 }, (_, index) => reader.get('Pod', 'shop', `web-${index}`)));

describe('a server that speaks HTTP/2', () => {
  afterEach(async () => {
    reader.close();
    await server.close();
  });

  it('is asked everything over one connection', async () => {
    await start();
    expect(await askMany()).toEqual(Array(20).fill(expect.objectContaining({ status: 'ok' })));
    expect(connections()).toBe(1);
  });

  it('may be connected to before anything is asked', async () => {
    await start();
    await reader.begin();
    expect(server.seen).toEqual([]);
    await askMany();
    await reader.underWay();
    expect(connections()).toBe(1);
  });

  it('that is not there is told by the first question, not by beginning', async () => {
    await start();
    await server.close();
    await reader.begin();
    await reader.underWay();
    await expect(reader.version()).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('gets several connections when it only offers HTTP/1.1', async () => {
    await start({ http1: true });
    expect(await askMany()).toEqual(Array(20).fill(expect.objectContaining({ status: 'ok' })));
    expect(connections()).toBeGreaterThan(1);
    expect(connections()).toBeLessThanOrEqual(5);
  });

  it('is connected to again when it has closed the connection meanwhile', async () => {
    await start();
    await askMany();
    server.hangUp();
    expect(await askMany()).toEqual(Array(20).fill(expect.objectContaining({ status: 'ok' })));
    expect(connections()).toBe(2);
  });

  it('may drop many answers at once: all are asked for again', async () => {
    await start();
    server.play({ on: 'web-7', do: 'drop', times: 1 });
    expect(await askMany()).toEqual(Array(20).fill(expect.objectContaining({ status: 'ok' })));
  });

  it('sends answers larger than the window for all that is under way', async () => {
    await start();
    server.play({ on: '/services', do: 'answer', status: 200, body: largeList() });
    const services = await reader.list('Service');
    expect(services.status === 'ok' && services.value).toHaveLength(12);
  });
});

/** Twelve megabytes. */
function largeList(): string {
  const items = Array.from({ length: 12 }, (_, index) => ({
    metadata: { name: `web-${index}`, annotations: { text: 'x'.repeat(1 << 20) } },
  }));
  return JSON.stringify({ kind: 'ServiceList', apiVersion: 'v1', metadata: {}, items });
}
