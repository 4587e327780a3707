import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { countedSubnets } from '../../facts/subnets.ts';
import { troubledPods } from '../../facts/troubled-pods.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';

const NEARLY = 0.9;

/** Subnets and ranges whose use stands in objects of their own: Kube-OVN, Antrea, Whereabouts. */
export const subnetsUsedUp = defineCheck<ClusterSubject>({
  id: 'netcni/subnet-used-up',
  group: 'addresses',
  needs: [],
  uses: [...AGENT_USES, 'KubeOvnSubnet', 'AntreaIPPool', 'WhereaboutsIPPool', 'Event'],
  run: (_, { index }) =>
    countedSubnets(index)
      .filter(({ used, total }) => total > 0 && used / total >= NEARLY)
      .map(({ kind, name, namespace, used, total, gone = 0, look }) =>
        pluginMessages.CNI703.raise({
          subject: { kind, name, ...(namespace === undefined ? {} : { namespace }) },
          args: { subnet: `${kind} ${name}`, used, total, gone, look },
          severity: used >= total ? 'critical' : 'warning',
          ...(used >= total ? { pods: nodesInWant(index) } : {}),
          evidence: [
            {
              fact: `${used} of ${total} addresses given out`,
              source: `${kind} ${name} ${namespace === undefined ? 'status' : 'spec.allocations'}`,
            },
            ...(gone === 0 ? [] : [{ fact: `${gone} of them to pods that are not there`, source: 'podref, Pods' }]),
          ],
        }),
      ),
});

/** Nodes whose pods wait for an address: that follows from a subnet that has none. */
function nodesInWant(index: ClusterIndex): readonly string[] {
  const pods = troubledPods(index).filter(
    ({ cause }) => cause.trouble === 'no-address' || cause.trouble === 'no-pool' || cause.plugin === 'Whereabouts',
  );
  return [...new Set(pods.map(({ node }) => nodeKey(node)))];
}
