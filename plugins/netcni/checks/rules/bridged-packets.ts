import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { SettingsDump } from '../../../../shared/datapath/dump/settings.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { proxyReplacement } from '../../facts/replaced-proxy.ts';
import { rulesSettingsMessages as messages } from '../../messages/rules-settings.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { about, isPodBridge, place, where } from './words.ts';

/** Whether rules see packets that a bridge hands on (Linux, Documentation/networking/ip-sysctl, net/bridge). */
const SETTING = 'net.bridge.bridge-nf-call-iptables';
/** `sysctl -a` prints hundreds; a few that were picked out prove nothing by what they lack. */
const WHOLE_LIST = 100;
/** Plugins that put the pods of a node into a bridge, and leave Services to rules of the node. */
const BRIDGED: ReadonlySet<string> = new Set(['Flannel', 'kube-router', 'kubenet', 'Weave Net']);

/** Answers between two pods of one bridge that pass by the rules, so that they come from an address nobody asked. */
export const bridgedPackets = defineCheck<NodeDumps>({
  id: 'netcni/bridged-packets',
  group: 'settings',
  needs: [],
  uses: AGENT_USES,
  applies: (dumps, { index }) => dumps.settings.length > 0 && usesBridge(index, dumps),
  run: (dumps) =>
    dumps.settings.flatMap((dump) => {
      const setting = dump.values.get(SETTING);
      if (setting?.value !== '0' && !(setting === undefined && lacksModule(dump))) return [];
      return [
        messages.CNI871.raise({
          ...about(dumps),
          args: {
            where: where(dumps),
            what: setting === undefined ? 'the kernel module br_netfilter is not loaded' : `${SETTING} = 0`,
            loaded: setting !== undefined,
          },
          evidence: [
            {
              fact:
                setting === undefined
                  ? `none of ${dump.values.size} settings begins with net.bridge`
                  : `${SETTING} = ${setting.value}`,
              source: place(dumps, dump, setting?.line ?? 0),
            },
          ],
        }),
      ];
    }),
});

function usesBridge(index: ClusterIndex, dumps: NodeDumps): boolean {
  const { primary } = detectNetwork(index);
  if (proxyReplacement(index) !== undefined && primary?.name !== 'kube-router') return false;
  if (primary !== undefined) return BRIDGED.has(primary.name);
  return [...(dumps.links ?? []).map(({ name }) => name), ...dumps.settings.flatMap(interfacesIn)].some(isPodBridge);
}

/** Settings exist for each interface by its name. */
function interfacesIn({ values }: SettingsDump): readonly string[] {
  return [...values.keys()].flatMap((name) => /^net\.ipv4\.conf\.(.+)\.rp_filter$/.exec(name)?.[1] ?? []);
}

function lacksModule({ values }: SettingsDump): boolean {
  if (values.size < WHOLE_LIST) return false;
  const names = [...values.keys()];
  return names.some((name) => name.startsWith('net.ipv4.')) && !names.some((name) => name.startsWith('net.bridge.'));
}
