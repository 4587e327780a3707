import type { Snapshot } from './snapshot.ts';

/** `cluster prod` or `snapshot incident.tar.gz`. */
export function sourceName(snapshot: Snapshot): string {
  return `${snapshot.source.type} ${snapshot.source.name}`;
}
