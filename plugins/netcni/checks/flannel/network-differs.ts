import { controllerPodRanges } from '../../../../shared/datapath/cni/cluster-ranges.ts';
import { flannelNetwork } from '../../../../shared/datapath/cni/settings-flannel.ts';
import { coversRange, parseCidr } from '../../../../shared/util/addresses.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { flannelMessages } from '../../messages/flannel.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

/** A Network that does not hold what the controller manager gives to nodes. */
export const flannelNetworkDiffers = defineFlannelCheck({
  id: 'netcni/flannel-network-differs',
  needs: [],
  run: (_, { index }) => {
    const network = flannelNetwork(index);
    const own = [network?.value.Network, network?.value.IPv6Network].flatMap((text) => parseCidr(text) ?? []);
    if (network === undefined || own.length === 0) return [];
    return controllerPodRanges(index).flatMap(({ value, source }) => {
      const range = parseCidr(value);
      if (range === undefined || !own.some(({ family }) => family === range.family)) return [];
      if (own.some((one) => coversRange(one, range))) return [];
      // A smaller Network is enough while all nodes lie in it.
      const strays = nodeFacts(index).some(({ ranges }) =>
        ranges.some(
          (entry) => entry.range.family === range.family && !own.some((one) => coversRange(one, entry.range)),
        ),
      );
      return [
        flannelMessages.CNI602.raise({
          subject: { kind: 'ConfigMap', name: network.source.split(' ')[1] ?? '' },
          args: { network: network.value.Network ?? network.value.IPv6Network ?? '', cluster: value, where: source },
          severity: strays ? 'critical' : 'warning',
          evidence: [
            { fact: `Network ${network.value.Network ?? ''}`, source: network.source },
            { fact: value, source },
          ],
        }),
      ];
    });
  },
});
