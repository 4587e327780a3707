import type { RequestNote } from '../kube/http/transport.ts';
import type { ClusterReader } from '../kube/ports.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { plural } from '../util/text.ts';
import type { FactSource, Options } from './command.ts';
import { UsageError } from './command.ts';
import { onlyNamespace } from './only-namespace.ts';
import { startProgress } from './progress.ts';
import type { World } from './world.ts';

/** A source of facts whose connections are ended by `close`. */
export interface OpenFactSource extends FactSource {
  close(): void;
}

/** The source that the flags ask for: files with `--snapshot`, else the cluster. Nothing is read before it is asked. */
export function openFactSource(options: Options, runtime: Runtime, world: World): OpenFactSource {
  const paths = options.list('snapshot');
  return paths.length > 0
    ? fromFiles(paths, options, runtime, world)
    : fromCluster(options, runtime, world, options.boolean('verbose') ? tellRequest(runtime) : undefined);
}

function fromFiles(paths: readonly string[], options: Options, runtime: Runtime, world: World): OpenFactSource {
  let reading: Promise<Snapshot> | undefined;
  const read = (): Promise<Snapshot> => {
    reading ??= readFiles(paths, options, runtime, world);
    return reading;
  };
  return {
    kind: 'snapshot',
    snapshot: read,
    namespace: async () => options.string('namespace') ?? onlyNamespace(await read()) ?? 'default',
    reader: async () => {
      throw new UsageError('this command asks the live cluster', 'Leave out --snapshot.');
    },
    close: () => {},
  };
}

async function readFiles(
  paths: readonly string[],
  options: Options,
  runtime: Runtime,
  world: World,
): Promise<Snapshot> {
  const progress = startProgress(runtime, `Reading ${paths.join(', ')} …`);
  const start = runtime.now().getTime();
  try {
    const snapshot = await world.readSnapshots(paths, runtime);
    if (options.boolean('verbose')) {
      const objects = Object.values(snapshot.objects).reduce((sum, list) => sum + (list?.length ?? 0), 0);
      const took = runtime.now().getTime() - start;
      runtime.stderr.write(`read ${plural(objects, 'object')} from ${paths.join(', ')} in ${took} ms\n`);
    }
    return snapshot;
  } finally {
    progress.stop();
  }
}

function fromCluster(
  options: Options,
  runtime: Runtime,
  world: World,
  onRequest: ((note: RequestNote) => void) | undefined,
): OpenFactSource {
  let connecting: Promise<ClusterReader> | undefined;
  let open: ClusterReader | undefined;
  const reader = (): Promise<ClusterReader> => {
    connecting ??= world.connect(options.connection, runtime, onRequest).then((connected) => {
      open = connected;
      return connected;
    });
    return connecting;
  };
  const namespace = async (): Promise<string> => options.string('namespace') ?? (await reader()).namespace;
  return {
    kind: 'cluster',
    namespace,
    reader,
    async snapshot(plan) {
      const cluster = await reader();
      const progress = startProgress(runtime, `Reading cluster ${cluster.context} …`);
      const start = runtime.now().getTime();
      try {
        await cluster.begin();
        const { createGatherer } = await import('../collect/gather/gather.ts');
        const gatherer = createGatherer(cluster, runtime.now());
        await plan(gatherer, await namespace());
        return gatherer.finish();
      } finally {
        progress.stop();
        if (onRequest !== undefined) tellTotal(cluster, runtime, runtime.now().getTime() - start);
      }
    },
    close: () => open?.close(),
  };
}

function tellRequest(runtime: Runtime): (note: RequestNote) => void {
  return (note) => {
    runtime.stderr.write(
      `${note.method} ${note.url} ${note.status} ${note.bytes} bytes ${Math.round(note.milliseconds)} ms\n`,
    );
  };
}

function tellTotal(cluster: ClusterReader, runtime: Runtime, ms: number): void {
  const { requests, bytes } = cluster.stats();
  runtime.stderr.write(`${plural(requests, 'request')}, ${bytes} bytes, ${ms} ms\n`);
}
