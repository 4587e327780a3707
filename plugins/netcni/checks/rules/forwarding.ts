import type { SettingsDump } from '../../../../shared/datapath/dump/settings.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { podRangesOf } from '../../../../shared/datapath/nodes.ts';
import { isDefault } from '../../../../shared/datapath/route-lookup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { rulesSettingsMessages as messages } from '../../messages/rules-settings.ts';
import { about, place, where } from './words.ts';

/** The setting without which a node passes no packet on (Linux, Documentation/networking/ip-sysctl). */
const FORWARDING = { 4: 'net.ipv4.ip_forward', 6: 'net.ipv6.conf.all.forwarding' } as const;
const OFF = 'net.ipv6.conf.all.disable_ipv6';

/** A node that does not forward: its pods reach nobody, and nobody reaches them, from outside the node. */
export const forwarding = defineCheck<NodeDumps>({
  id: 'netcni/forwarding',
  group: 'settings',
  needs: [],
  uses: ['Node'],
  applies: ({ settings }) => settings.length > 0,
  run: (dumps, { index }) =>
    dumps.settings.flatMap((dump) =>
      ([4, 6] as const).flatMap((family) => (isUsed(index, family) ? judge(dumps, dump, family) : [])),
    ),
});

/** Pods have IPv4 addresses unless the ranges of the nodes say otherwise, IPv6 ones only where these say so. */
function isUsed(index: ClusterIndex, family: 4 | 6): boolean {
  const families = index.list('Node').flatMap((node) => podRangesOf(node).map(({ range }) => range.family));
  return families.length === 0 ? family === 4 : families.includes(family);
}

function judge(dumps: NodeDumps, dump: SettingsDump, family: 4 | 6): readonly Finding[] {
  const off = family === 6 ? dump.values.get(OFF) : undefined;
  if (off?.value === '1') {
    return [
      messages.CNI873.raise({
        ...about(dumps),
        args: { where: where(dumps) },
        evidence: [{ fact: `${OFF} = 1`, source: place(dumps, dump, off.line) }],
      }),
    ];
  }
  const whole = dump.values.get(FORWARDING[family]);
  if (whole?.value === '0') return [raise(dumps, dump, FORWARDING[family], family, whole.line)];
  return family === 4 ? oneInterface(dumps, dump) : [];
}

/** IPv4 can be switched off for what comes in by one interface; for IPv6 the kernel asks the setting of all alone. */
function oneInterface(dumps: NodeDumps, dump: SettingsDump): readonly Finding[] {
  const outer = dumps.routes?.find(isDefault)?.hops[0]?.device;
  for (const [name, { value, line }] of dump.values) {
    const device = /^net\.ipv4\.conf\.(.+)\.forwarding$/.exec(name)?.[1]?.replaceAll('/', '.');
    if (value !== '0' || device === undefined) continue;
    if (device === outer || WAYS.test(device)) return [raise(dumps, dump, name, 4, line, device)];
  }
  return [];
}

/** Interfaces by which packets of pods come in. */
const WAYS =
  /^(cni0|cbr0|kube-bridge|weave|flannel(\.\d+|\.ipip|-wg)?|vxlan\.calico|tunl0|cali\w+|lxc\w+|cilium_host)$/;

function raise(dumps: NodeDumps, dump: SettingsDump, name: string, family: 4 | 6, line: number, device = ''): Finding {
  return messages.CNI870.raise({
    ...about(dumps),
    args: { where: where(dumps), name, family, device },
    evidence: [{ fact: `${name} = 0`, source: place(dumps, dump, line) }],
  });
}
