import { KINDS } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/objects.ts';
import type { Intake } from '../intake/intake.ts';

/** The recorded objects by name, and the namespaces that they are in. */
export interface Recorded {
  readonly byName: ReadonlyMap<string, readonly KubeObject[]>;
  readonly namespaces: ReadonlySet<string | undefined>;
}

/** All recorded objects but events, each with its kind. */
export function recordedIn({ objects }: Intake): Recorded {
  const namespaces = new Set<string | undefined>();
  const byName = new Map<string, KubeObject[]>();
  for (const [key, all] of objects) {
    if (key === 'Event') continue;
    for (const object of all.values()) {
      const { name = '', namespace } = object.metadata ?? {};
      namespaces.add(namespace);
      const known = { ...object, kind: KINDS[key].kind };
      const list = byName.get(name);
      if (list === undefined) byName.set(name, [known]);
      else list.push(known);
    }
  }
  return { byName, namespaces };
}
