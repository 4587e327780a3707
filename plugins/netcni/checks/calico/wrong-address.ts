import { envTold } from '../../../../shared/datapath/cni/config-text.ts';
import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { wrongAddressOf } from '../../facts/calico-addresses.ts';
import { PEERS_UNCONNECTED } from '../../facts/log-rows.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { sickAgents } from '../../facts/sick-agents.ts';
import { calicoMessages } from '../../messages/calico.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { isCalico } from './is-calico.ts';

/** The address that Calico found is none of the node's, or one of a bridge of the machine. */
export const wrongAddress = defineCheck<ClusterSubject>({
  id: 'netcni/wrong-address-detected',
  group: 'calico',
  needs: ['Node'],
  uses: [...AGENT_USES, 'Event'],
  applies: (_, { index }) => isCalico(index),
  run: (_, { index }) =>
    nodeFacts(index).flatMap(({ name, node }) => {
      const wrong = wrongAddressOf(index, node);
      if (wrong === undefined) return [];
      const { told, own, bridge } = wrong;
      const trouble = sickAgents(index).get(name);
      return [
        calicoMessages.CNI408.raise({
          subject: { kind: 'Node', name },
          args: {
            node: name,
            used: told,
            internal: joinNames(own, 2),
            why: bridge ? ': an address of a bridge inside the machine' : '',
            fix: byInternalIp(index, told.includes(':') ? 6 : 4),
          },
          severity: bridge || trouble === PEERS_UNCONNECTED ? 'critical' : 'info',
          // An agent that is ill for another reason has nothing to do with it.
          ...([undefined, '', PEERS_UNCONNECTED].includes(trouble) ? { pods: [nodeKey(name)] } : {}),
          evidence: [
            {
              fact: `projectcalico.org/${told.includes(':') ? 'IPv6Address' : 'IPv4Address'} ${told}`,
              source: `Node ${name} metadata.annotations`,
            },
            { fact: `InternalIP ${joinNames(own, 2)}`, source: `Node ${name} status.addresses` },
          ],
        }),
      ];
    }),
});

/** Calico takes the address that the kubelet tells (projectcalico/calico node/pkg/lifecycle/startup/autodetection). */
function byInternalIp(index: ClusterIndex, family: 4 | 6): readonly Fix[] {
  const title = 'let Calico take the InternalIP of each node';
  const [installation] = index.list('Installation');
  if (installation !== undefined) {
    const field = `nodeAddressAutodetectionV${family}` as const;
    const now = installation.spec?.calicoNetwork?.[field] ?? null;
    const keys = Object.fromEntries(Object.keys(now ?? {}).map((key) => [key, null]));
    const patch = (value: unknown): string =>
      `kubectl patch installations.operator.tigera.io ${nameOf(installation)} --type=merge -p '${JSON.stringify({ spec: { calicoNetwork: { [field]: value } } })}'`;
    return [
      {
        title,
        command: patch({ ...keys, kubernetes: 'NodeInternalIP' }),
        risk: 'low',
        undo: patch(now === null ? null : { kubernetes: null, ...now }),
      },
    ];
  }
  const [set] = detectNetwork(index).plugins.find(({ name }) => name === 'Calico')?.sets ?? [];
  if (set === undefined) return [];
  const variable = family === 4 ? 'IP_AUTODETECTION_METHOD' : 'IP6_AUTODETECTION_METHOD';
  const env = `kubectl set env daemonset/${nameOf(set)} -n ${namespaceOf(set)} ${variable}`;
  const before = envTold(index, [set], variable)?.value;
  return [
    {
      title,
      command: `${env}=kubernetes-internal-ip`,
      risk: 'low',
      undo: before === undefined ? `${env}-` : `${env}=${before}`,
    },
  ];
}
