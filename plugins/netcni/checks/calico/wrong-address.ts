import { envTold } from '../../../../shared/datapath/cni/config-text.ts';
import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { type WrongAddress, wrongAddressOf } from '../../facts/calico-addresses.ts';
import { PEERS_UNCONNECTED } from '../../facts/log-rows.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { sickAgents } from '../../facts/sick-agents.ts';
import { calicoMessages } from '../../messages/calico.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { groupBy, nodeWords } from '../words.ts';
import { isCalico } from './is-calico.ts';

/** The address that Calico found is none of the node's, or one of a bridge of the machine. */
export const wrongAddress = defineCheck<ClusterSubject>({
  id: 'netcni/wrong-address-detected',
  group: 'calico',
  needs: ['Node'],
  uses: [...AGENT_USES, 'Event'],
  applies: (_, { index }) => isCalico(index),
  run: (_, { index }) =>
    // Each node has another address; that Calico does not take the one of Kubernetes is one setting, and one cause.
    groupBy(wrongNodes(index), ({ bridge, v6, critical, blamed }) => `${bridge} ${v6} ${critical} ${blamed}`).map(
      (alike) => {
        const [{ name, told, own, bridge, v6, critical, blamed }] = alike;
        const rest = alike.slice(1).map((one) => one.name);
        return calicoMessages.CNI408.raise({
          subject: { kind: 'Node', name },
          args: {
            node: name,
            used: told,
            internal: joinNames(own, 2),
            why: bridge ? ': an address of a bridge inside the machine' : '',
            others: rest.length === 0 ? '' : `; the same on ${nodeWords(rest)}`,
            fix: byInternalIp(index, v6 ? 6 : 4),
          },
          severity: critical ? 'critical' : 'info',
          ...(blamed ? { pods: alike.map((one) => nodeKey(one.name)) } : {}),
          evidence: alike.slice(0, 3).flatMap((one) => [
            {
              fact: `projectcalico.org/${v6 ? 'IPv6Address' : 'IPv4Address'} ${one.told}`,
              source: `Node ${one.name} metadata.annotations`,
            },
            { fact: `InternalIP ${joinNames(one.own, 2)}`, source: `Node ${one.name} status.addresses` },
          ]),
        });
      },
    ),
});

interface WrongNode extends WrongAddress {
  readonly name: string;
  readonly v6: boolean;
  readonly critical: boolean;
  /** An agent that is ill for another reason has nothing to do with it. */
  readonly blamed: boolean;
}

function wrongNodes(index: ClusterIndex): readonly WrongNode[] {
  return nodeFacts(index).flatMap(({ name, node }) => {
    const wrong = wrongAddressOf(index, node);
    if (wrong === undefined) return [];
    const trouble = sickAgents(index).get(name);
    const critical = wrong.bridge || trouble === PEERS_UNCONNECTED;
    const blamed = trouble === undefined || trouble === '' || trouble === PEERS_UNCONNECTED;
    return [{ ...wrong, name, v6: wrong.told.includes(':'), critical, blamed }];
  });
}

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
