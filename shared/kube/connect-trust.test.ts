import { execFile } from 'node:child_process';
import tls from 'node:tls';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startApiServer } from '../testing/api-server.ts';
import { createTestAuthority } from '../testing/certs.ts';
import { tempFolder, writeIn, writeKubeConfig } from '../testing/kubeconfig.ts';

const run = promisify(execFile);

describe('the authorities of the operating system', () => {
  // Node reads them once, from where SSL_CERT_FILE says, so this needs a process of its own; Node 20 cannot read them.
  it.skipIf(!('getCACertificates' in tls))('vouch for a server when the kubeconfig names none', async () => {
    const authority = createTestAuthority();
    const server = await startApiServer({ tls: authority.issue({ hosts: ['127.0.0.1'] }) });
    const folder = tempFolder();
    const here = (file: string): string => JSON.stringify(pathToFileURL(`${import.meta.dirname}/${file}`).href);
    const script = writeIn(
      folder,
      'ask.mjs',
      `import { connect } from ${here('connect.ts')};
       import { fakeRuntime } from ${here('../testing/fake-runtime.ts')};
       const reader = await connect({ kubeconfig: process.argv[2] }, fakeRuntime({ stdin: '' }));
       const answers = await Promise.all([reader.list('Service'), reader.list('Pod')])
         .then((results) => results.map(({ status }) => status), (error) => error.message);
       console.log(JSON.stringify(answers));
       reader.close();`,
    );
    const ask = async (bundle: string): Promise<unknown> => {
      const kubeconfig = writeKubeConfig({ server: server.url });
      const env = { ...process.env, SSL_CERT_FILE: bundle, SSL_CERT_DIR: folder, NODE_OPTIONS: '' };
      const { stdout } = await run(process.execPath, [script, kubeconfig], { env });
      return JSON.parse(stdout);
    };
    expect(await ask(writeIn(folder, 'company.crt', authority.cert))).toEqual(['ok', 'ok']);
    expect(await ask(writeIn(folder, 'other.crt', createTestAuthority().cert))).toContain('unknown authority');
    await server.close();
  });
});
