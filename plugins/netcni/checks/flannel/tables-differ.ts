import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { flannelNetwork } from '../../../../shared/datapath/cni/settings-flannel.ts';
import { flannelMessages } from '../../messages/flannel.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

/** Rules in two tables that do not know of each other. */
export const flannelTables = defineFlannelCheck({
  id: 'netcni/flannel-and-proxy-tables-differ',
  needs: [],
  run: (_, { index }) => {
    const network = flannelNetwork(index);
    const mode = detectNetwork(index).kubeProxy.mode;
    if (network?.value.EnableNFTables !== true || mode === undefined || mode.value === 'nftables') return [];
    return [
      flannelMessages.CNI607.raise({
        subject: { kind: 'ConfigMap', name: 'kube-flannel-cfg' },
        args: { setting: 'EnableNFTables', proxy: mode.value },
        evidence: [
          { fact: 'EnableNFTables true', source: network.source },
          { fact: `mode ${mode.value}`, source: mode.source },
        ],
      }),
    ];
  },
});
