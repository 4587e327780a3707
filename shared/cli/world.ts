import type { RequestNote } from '../kube/http/transport.ts';
import type { ClusterReader, ConnectionOptions } from '../kube/ports.ts';
import type { Forwarding } from '../kube/reader.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { VERSION } from './version.ts';

/** The two ways to facts, so that tests can run a command line against a cluster in memory. */
export interface World {
  connect(
    options: ConnectionOptions,
    runtime: Runtime,
    onRequest: ((note: RequestNote) => void) | undefined,
  ): Promise<ClusterReader>;
  readSnapshots(paths: readonly string[], runtime: Runtime): Promise<Snapshot>;
}

/**
 * Loads the client and the file reader only when they are used: help and completion must be quick. `forwarding` is given
 * by plugins that open port-forwards.
 */
export function realWorld(forwarding?: Forwarding): World {
  return {
    async connect(options, runtime, onRequest) {
      const { connect } = await import('../kube/connect.ts');
      return connect(options, runtime, {
        version: VERSION,
        forwarding,
        ...(onRequest === undefined ? {} : { onRequest }),
      });
    },
    async readSnapshots(paths, runtime) {
      const { readSnapshots } = await import('../collect/read-snapshot.ts');
      return readSnapshots(paths, runtime);
    },
  };
}
