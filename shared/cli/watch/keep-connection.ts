import type { ClusterReader } from '../../kube/ports.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { World } from '../world.ts';

/** A world that connects once and lends the connection to every round. */
export interface KeptConnection {
  readonly world: World;
  /** Whether a cluster was asked at all. */
  used(): boolean;
  /** Ends the connection; the next round makes a new one, from the kubeconfig as it is then. */
  drop(): void;
}

/**
 * Keeps the connection of a world, so that a round costs neither a handshake nor a login. It is always made with the runtime
 * given here: a login may ask on the terminal in any round.
 */
export function keepConnection(world: World, runtime: Runtime): KeptConnection {
  let held: Promise<ClusterReader> | undefined;
  let used = false;
  return {
    world: {
      ...world,
      async connect(options, _runtime, onRequest) {
        used = true;
        held ??= world.connect(options, runtime, onRequest);
        return { ...(await held).again(), close: () => undefined };
      },
    },
    used: () => used,
    drop() {
      held?.then(
        (reader) => reader.close(),
        () => undefined,
      );
      held = undefined;
    },
  };
}
