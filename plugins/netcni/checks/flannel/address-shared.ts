import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { type FlannelAddress, flannelAddresses } from '../../../../shared/datapath/flannel-addresses.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { nodeKey } from '../../cluster-subject.ts';
import { nodeFactsOf } from '../../facts/nodes.ts';
import { flannelMessages } from '../../messages/flannel.ts';
import { groupBy, nodeWords } from '../words.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

/** Nodes that announce one address. */
export const flannelAddressShared = defineFlannelCheck({
  id: 'netcni/flannel-address-shared',
  needs: ['Node'],
  run: (_, { index }) =>
    groupBy(flannelAddresses(index), ({ address }) => address)
      .filter((alike) => alike.length > 1)
      .map((alike) => {
        const names = alike.map(({ name }) => name);
        return flannelMessages.CNI606.raise({
          subject: { kind: 'Node', name: names.at(-1) ?? '' },
          args: {
            nodes: nodeWords(names),
            both: names.length === 2 ? 'both' : 'all',
            address: alike[0].address,
            fix: otherInterface(index, alike),
          },
          pods: names.map(nodeKey),
          evidence: alike.slice(0, 4).map(({ name, address, annotation }) => ({
            fact: `public-ip ${address}`,
            source: `Node ${name} annotation ${annotation}`,
          })),
        });
      }),
});

/** flanneld takes an expression for the address of its interface too; that of all InternalIPs is known where they share a /24. */
function otherInterface(index: ClusterIndex, alike: readonly FlannelAddress[]): readonly Fix[] {
  const [set] = detectNetwork(index).plugins.find(({ name }) => name === 'Flannel')?.sets ?? [];
  const starts = new Set(
    alike.map(({ name }) => {
      const own = nodeFactsOf(index, name)?.node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
      return own === alike[0]?.address ? undefined : /^(\d+\.){3}/.exec(own ?? '')?.[0];
    }),
  );
  const [start] = starts;
  const containers = set?.spec?.template?.spec?.containers ?? [];
  const at = containers.findIndex(({ args }) => args !== undefined);
  if (set === undefined || starts.size > 1 || start === undefined || at < 0) return [];
  const value = `--iface-regex=^${start.replaceAll('.', '\\\\.')}`;
  const patch = `[{"op":"add","path":"/spec/template/spec/containers/${at}/args/-","value":"${value}"}]`;
  return [
    {
      title: 'let flanneld take the interface that has the InternalIP',
      command: `kubectl patch daemonset -n ${namespaceOf(set)} ${nameOf(set)} --type=json -p '${patch}'`,
      risk: 'low',
      undo: `kubectl rollout undo daemonset -n ${namespaceOf(set)} ${nameOf(set)}`,
    },
  ];
}
