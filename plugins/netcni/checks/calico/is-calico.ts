import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';

/** Whether Calico gives pods their network here; Calico for policies alone has neither pools nor peers. */
export function isCalico(index: ClusterIndex): boolean {
  const { primary } = detectNetwork(index);
  return primary?.name === 'Calico' && primary.alive !== 'leftover';
}
