import { envTold } from '../../../../shared/datapath/cni/config-text.ts';
import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { ciliumSetting } from '../../../../shared/datapath/cni/settings-cilium.ts';
import type { FoundPlugin } from '../../../../shared/datapath/cni/setup.ts';
import type { SettingsDump } from '../../../../shared/datapath/dump/settings.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { agentGroups, nodeOfAgent } from '../../facts/agents.ts';
import { rulesSettingsMessages as messages } from '../../messages/rules-settings.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { about, place, where } from './words.ts';

const ALL = 'net.ipv4.conf.all.rp_filter';
const STRICT = 1;
const LOOSE = 2;

/**
 * The kernel's check of where packets come from (rp_filter): of the value for all and that of the interface the larger
 * counts (Linux, Documentation/networking/ip-sysctl). Each plugin bears another one.
 */
export const reversePath = defineCheck<NodeDumps>({
  id: 'netcni/reverse-path',
  group: 'settings',
  needs: [],
  uses: AGENT_USES,
  applies: ({ settings }) => settings.length > 0,
  run: (dumps, { index }) => {
    const { primary } = detectNetwork(index);
    if (primary === undefined) return [];
    return dumps.settings.flatMap((dump) => {
      if (primary.name === 'Cilium') return cilium(index, primary, dumps, dump);
      if (primary.name === 'Calico') return calico(index, primary, dumps, dump);
      return primary.name === 'AWS VPC CNI' ? aws(dumps, dump) : [];
    });
  },
});

function effective({ values }: SettingsDump, name: string): number {
  return Math.max(Number(values.get(ALL)?.value ?? 0), Number(values.get(name)?.value ?? 0));
}

function interfaces({ values }: SettingsDump, form: RegExp): readonly string[] {
  return [...values.keys()].filter((name) => form.test(name));
}

/** Routes to Cilium's pods lead through cilium_host, and their packets come in by lxc…: strict means dropped (cilium/cilium#10645). */
function cilium(index: ClusterIndex, primary: FoundPlugin, dumps: NodeDumps, dump: SettingsDump): readonly Finding[] {
  if (ciliumSetting(index, primary.sets, 'enable-endpoint-routes')?.value === 'true') return [];
  const strict = interfaces(dump, /^net\.ipv4\.conf\.lxc\w+\.rp_filter$/).filter(
    (name) => effective(dump, name) === STRICT,
  );
  const [first] = strict;
  if (first === undefined) return [];
  return [
    raise(dumps, dump, first, {
      value: STRICT,
      effect: `Cilium's packets come in by other interfaces than routes lead to, and are dropped`,
      better: 0,
      each: 'net.ipv4.conf.lxc*.rp_filter',
    }),
  ];
}

/** Felix refuses to start where the check is loose, unless it is told to bear it. */
function calico(index: ClusterIndex, primary: FoundPlugin, dumps: NodeDumps, dump: SettingsDump): readonly Finding[] {
  if (Number(dump.values.get(ALL)?.value) !== LOOSE) return [];
  const borne =
    envTold(index, primary.sets, 'FELIX_IGNORELOOSERPF')?.value.toLowerCase() === 'true' ||
    index.get('FelixConfiguration', undefined, 'default')?.spec?.ignoreLooseRPF === true;
  const agent = agentGroups(index)
    .filter(({ role }) => role === 'network')
    .flatMap(({ pods }) => pods)
    .find((pod) => nodeOfAgent(pod) === dumps.node);
  // One that is ready has borne it.
  if (borne || (agent !== undefined && isReady(agent))) return [];
  return [raise(dumps, dump, ALL, { value: LOOSE, effect: 'Felix (Calico) refuses to start', better: 1, each: ALL })];
}

/** Packets to pods on further interfaces come in by the first one (AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER). */
function aws(dumps: NodeDumps, dump: SettingsDump): readonly Finding[] {
  const [name] = interfaces(dump, /^net\.ipv4\.conf\.(eth0|ens5)\.rp_filter$/);
  if (name === undefined || effective(dump, name) !== STRICT) return [];
  return [
    {
      ...raise(dumps, dump, name, {
        value: STRICT,
        effect: 'packets from node ports to pods on further interfaces of the instance are dropped',
        better: LOOSE,
        each: name,
      }),
      severity: 'warning',
    },
  ];
}

function raise(
  dumps: NodeDumps,
  dump: SettingsDump,
  name: string,
  args: { readonly value: number; readonly effect: string; readonly better: number; readonly each: string },
): Finding {
  const own = dump.values.get(name);
  const all = dump.values.get(ALL);
  return messages.CNI872.raise({
    ...about(dumps),
    args: { where: where(dumps), name, ...args },
    evidence: [
      ...(own === undefined ? [] : [{ fact: `${name} = ${own.value}`, source: place(dumps, dump, own.line) }]),
      ...(all === undefined || name === ALL
        ? []
        : [{ fact: `${ALL} = ${all.value}; the larger of both counts`, source: place(dumps, dump, all.line) }]),
    ],
  });
}
