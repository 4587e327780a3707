import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { type Check, defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';

type FlannelCheck = Pick<Check<ClusterSubject>, 'id' | 'needs' | 'run'>;

/** A check that makes sense only where Flannel carries pods: by itself, inside K3s, or as a part of Canal. */
export function defineFlannelCheck(check: FlannelCheck): Check<ClusterSubject> {
  return defineCheck({
    ...check,
    group: 'flannel',
    uses: AGENT_USES,
    applies: (_, { index }) => carriesPods(index),
  });
}

function carriesPods(index: ClusterIndex): boolean {
  const { primary } = detectNetwork(index);
  return (primary?.name === 'Flannel' || primary?.name === 'Canal') && primary.alive !== 'leftover';
}
