import process from 'node:process';
import { runPlugin } from '../../shared/cli/run-plugin.ts';
import { realWorld } from '../../shared/cli/world.ts';
import { realRuntime } from '../../shared/runtime/real.ts';
import { netdns } from './plugin.ts';

async function main(): Promise<void> {
  const runtime = realRuntime();
  const world = realWorld(() => import('../../shared/kube/forward-port.ts'));
  const status = await runPlugin(netdns, process.argv.slice(2), runtime, world);
  await runtime.flush();
  // Kept-alive connections and a second terminal signal must not hold the process back.
  process.exit(status);
}

void main();
