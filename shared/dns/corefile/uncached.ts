import { normalName } from './go/names.ts';
import type { Judgement } from './judge.ts';
import { directivesNamed, viewServer } from './lint/views.ts';

/** Zones whose answers are not kept: kubeadm's newer Corefile switches the cache off for the cluster's own zone. */
export function uncachedZones(judgement: Judgement): readonly string[] {
  const zones = judgement.servers.map(viewServer).flatMap((server) =>
    directivesNamed(server, 'cache').flatMap((line) =>
      line.options.flatMap(({ name, args }) => {
        if (name !== 'disable') return [];
        const named = args.slice(1).map(normalName);
        return named.length > 0 ? named : ['.'];
      }),
    ),
  );
  return [...new Set(zones)];
}
