import { FLANNEL } from '../../../../shared/datapath/cni/settings-flannel.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { type NodeFacts, nodeFacts } from '../../facts/nodes.ts';

/** A node with the address that its flannel announced for one family. */
export interface Announced extends NodeFacts {
  readonly address: string;
  /** `flannel.alpha.coreos.com/public-ip`, or the one for IPv6. */
  readonly annotation: string;
}

const ANNOTATIONS = ['public-ip', 'public-ipv6'] as const;

/** Every address that flannel announced for a node that is still to be reached. */
export function announced(index: ClusterIndex): readonly Announced[] {
  return nodeFacts(index).flatMap((facts) =>
    ANNOTATIONS.flatMap((name) => {
      const annotation = `${FLANNEL}${name}`;
      const address = facts.node.metadata?.annotations?.[annotation];
      return address === undefined || address === '' ? [] : [{ ...facts, address, annotation }];
    }),
  );
}
