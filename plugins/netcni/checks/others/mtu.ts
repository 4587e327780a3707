import { mtuSetup } from '../../../../shared/datapath/cni/mtu-setup.ts';
import { judgeMtu, overheadOf, podMtu } from '../../../../shared/datapath/mtu.ts';
import { usualUnderlay } from '../../../../shared/datapath/mtu-underlay.ts';
import { internalAddress } from '../../../../shared/datapath/nodes.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';

/** What the network between machines carries where nothing else is known. */
const USUAL = 1500;

/** A configured MTU that leaves no room for what wraps the packets. */
export const podMtuTooLarge = defineCheck<ClusterSubject>({
  id: 'netcni/configured-mtu-too-large',
  group: 'mtu',
  needs: ['Node'],
  uses: AGENT_USES,
  run: (_, { index }) => {
    const found = mtuSetup(index);
    const told = found?.plugin.mtu;
    if (found === undefined || told === undefined) return [];
    const overhead = overheadOf(found.setup);
    if (overhead.bytes === 0) return [];
    const [node] = index.list('Node');
    const provider = node === undefined ? undefined : usualUnderlay(node.spec?.providerID, internalAddress(node));
    // A number far above 1500 was chosen by someone who knows that his network carries it.
    if (provider === undefined && told.value > USUAL) return [];
    // With Flannel and Cilium the setting is that of the network beneath, not of the pods.
    if (found.setup.plugin === 'cilium' || found.setup.plugin === 'flannel') return [];
    const underlay = provider?.mtu ?? USUAL;
    const fits = podMtu(underlay, overhead);
    if (judgeMtu(told.value, fits).result !== 'tooLarge') return [];
    // Where networks can be made wider someone may have done so, and reckoned with that.
    const wider = provider?.chosen === true && judgeMtu(told.value, podMtu(USUAL, overhead)).result !== 'tooLarge';
    return [
      pluginMessages.CNI720.raise({
        subject: { kind: 'Cluster', name: 'mtu' },
        args: {
          title: found.plugin.title,
          mtu: told.value,
          fits,
          overhead: overhead.bytes,
          parts: overhead.layers.map(({ parts }) => parts).join(' + '),
          underlay:
            provider === undefined ? `${underlay}, the usual MTU of a network,` : `${underlay} (${provider.why})`,
        },
        confidence: provider === undefined || wider ? 'possible' : 'likely',
        ...(wider ? { severity: 'info' as const } : {}),
        evidence: [
          { fact: `MTU ${told.value}`, source: told.source },
          ...found.plugin.encapsulations
            .slice(0, 2)
            .map(({ value, source }) => ({ fact: `wrapped in ${value.wrapping}`, source })),
          ...overhead.layers.map(({ wrapping, bytes, parts }) => ({
            fact: `${wrapping} takes ${bytes}: ${parts}`,
            source: 'arithmetic',
          })),
          ...(provider === undefined
            ? []
            : [{ fact: `providerID ${node?.spec?.providerID ?? ''}`, source: `Node ${nameOf(node ?? {})} spec` }]),
        ],
      }),
    ];
  },
});
