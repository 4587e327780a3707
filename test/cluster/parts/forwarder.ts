import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { gatewayAddress, usualPort } from '../addresses.ts';
import { binaryPath } from '../build/cache.ts';
import { ClusterFailure } from '../failure.ts';
import { netnsPath } from '../machine/network.ts';
import { type ProcessId, processId } from '../process.ts';
import { clusterPath } from '../state.ts';

export async function isPortFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The port asked for, or the first free one from the cluster's usual one on. */
export async function choosePort(index: number, asked: number | undefined): Promise<number> {
  if (asked !== undefined) {
    if (await isPortFree(asked)) {
      return asked;
    }
    throw new ClusterFailure(`port ${asked} on 127.0.0.1 is taken; choose another with --port, or leave it out`);
  }
  for (let port = usualPort(index); port < usualPort(index) + 1000; port += 100) {
    if (await isPortFree(port)) {
      return port;
    }
  }
  throw new ClusterFailure(`no free port found from ${usualPort(index)} on; choose one with --port`);
}

/** Lets the ordinary shell reach the API server inside. Lives on when this command ends. */
export function startForwarder(cluster: string, index: number, port: number): ProcessId {
  const log = openSync(clusterPath(cluster, 'forwarder.log'), 'a');
  const args = ['forward', `127.0.0.1:${port}`, netnsPath(cluster, 'plane'), `${gatewayAddress(index)}:6443`];
  const child = spawn(binaryPath('helper'), args, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
  child.unref();
  if (child.pid === undefined) {
    throw new ClusterFailure('cannot start the forwarder');
  }
  return processId(child.pid);
}
