import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { calicoMessages } from '../../messages/calico.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { isCalico } from './is-calico.ts';

/** IP in IP on a network that does not carry protocol 4: virtual networks of Azure drop it (Azure virtual network FAQ). */
export const ipipNotCarried = defineCheck<ClusterSubject>({
  id: 'netcni/ipip-not-carried',
  group: 'calico',
  needs: ['Node'],
  uses: AGENT_USES,
  applies: (_, { index }) => isCalico(index),
  run: (_, { index }) => {
    const azure = nodeFacts(index).filter(({ node }) => /^azure:/.test(node.spec?.providerID ?? ''));
    const pools = (detectNetwork(index).primary?.encapsulations ?? []).filter(({ value }) => value.wrapping === 'ipip');
    const [first] = azure;
    if (first === undefined || azure.length < 2 || pools.length === 0) return [];
    const always = pools.some(({ value }) => value.when === 'always');
    const names = pools.map(({ value }) => value.pool ?? '').filter((name) => name !== '');
    return [
      calicoMessages.CNI409.raise({
        subject: { kind: 'IPPool', name: names[0] ?? 'default-ipv4-ippool' },
        args: {
          pools: names.length === 0 ? 'its default pool' : joinNames(names, 2),
          between: always ? 'nodes' : 'nodes of different subnets',
          first: names[0] ?? 'default-ipv4-ippool',
          mode: always ? 'Always' : 'CrossSubnet',
        },
        severity: always ? 'critical' : 'warning',
        evidence: [
          ...pools.slice(0, 2).map(({ value, source }) => ({
            fact: `IP in IP, ${value.when === 'always' ? 'always' : 'between subnets'}`,
            source,
          })),
          { fact: `providerID ${first.node.spec?.providerID ?? ''}`, source: `Node ${nameOf(first.node)} spec` },
        ],
      }),
    ];
  },
});
