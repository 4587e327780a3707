import { configMaps, envTold } from '../../../shared/datapath/cni/config-text.ts';
import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import { ciliumSetting } from '../../../shared/datapath/cni/settings-cilium.ts';
import { FLANNEL, flannelNetwork } from '../../../shared/datapath/cni/settings-flannel.ts';
import type { FoundPlugin, Told } from '../../../shared/datapath/cni/setup.ts';
import { flannelOf } from '../../../shared/datapath/nodes.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Node } from '../../../shared/model/objects.ts';
import { nameOf } from '../../../shared/model/refs.ts';

/** A number or address of a tunnel, and who says so: `Flannel's configuration says`. */
interface Wanted<T> extends Told<T> {
  readonly who: string;
}

/** What a plugin's VXLAN tunnel on a node has to be like, as far as objects tell. */
export interface TunnelSettings {
  readonly device: RegExp;
  readonly vni: Wanted<number> | undefined;
  readonly port: Wanted<number> | undefined;
  /** The address of the node that the others are told. */
  readonly local: Told<string> | undefined;
  /** The others were given this address on purpose, whatever the tunnel sends from. */
  readonly overwritten: boolean;
}

/** What the objects say of the tunnels of one node, for the plugins in use. */
export function tunnelSettings(index: ClusterIndex, node: Node): readonly TunnelSettings[] {
  const { plugins } = detectNetwork(index);
  const inUse = plugins.filter(({ alive }) => alive !== 'leftover');
  // Marks on nodes alone speak for a plugin as long as no other one is there: its agents may not have been read.
  return (inUse.length > 0 ? inUse : plugins).flatMap((plugin) => {
    if (plugin.name === 'Flannel' || plugin.name === 'Canal') return flannel(index, node);
    if (plugin.name === 'Calico') return calico(index, node, plugin);
    return plugin.name === 'Cilium' ? cilium(index, plugin) : [];
  });
}

/** flannel-io/flannel Documentation/backends.md: on Linux. */
const FLANNEL_PORT = 8472;
const FLANNEL_VNI = 1;

function flannel(index: ClusterIndex, node: Node): readonly TunnelSettings[] {
  const network = flannelNetwork(index);
  const { Type, Port, VNI } = network?.value.Backend ?? {};
  const configured = <T>(field: string, value: T | undefined, otherwise: T): Wanted<T> | undefined =>
    network === undefined || Type?.toLowerCase() !== 'vxlan'
      ? undefined
      : {
          value: value ?? otherwise,
          who: "Flannel's configuration says",
          source: `${network.source} Backend.${field} ${value === undefined ? 'not given: the default' : ''}`.trim(),
        };
  return ([4, 6] as const).flatMap((family) => {
    const own = flannelOf(node, family);
    if (own?.backend !== 'vxlan') return [];
    const suffix = family === 4 ? '' : 'v6';
    return [
      {
        device: family === 4 ? /^flannel\.\d+$/ : /^flannel-v6\.\d+$/,
        vni: vniOfOthers(index, node, family) ?? configured('VNI', VNI, FLANNEL_VNI),
        port: configured('Port', Port, FLANNEL_PORT),
        local:
          own.publicAddress === undefined || own.publicAddress === ''
            ? undefined
            : {
                value: own.publicAddress,
                source: `Node ${nameOf(node)} annotation ${FLANNEL}public-ip${suffix}`,
              },
        overwritten: node.metadata?.annotations?.[`${FLANNEL}public-ip${suffix}-overwrite`] !== undefined,
      },
    ];
  });
}

/** The number that all other nodes announce; undefined where they differ, or announce none. */
function vniOfOthers(index: ClusterIndex, node: Node, family: 4 | 6): Wanted<number> | undefined {
  const key = `${FLANNEL}${family === 4 ? 'backend-data' : 'backend-v6-data'}`;
  const others = index.list('Node').flatMap((other) => {
    const vni = /"VNI":(\d+)/.exec(other.metadata?.annotations?.[key] ?? '')?.[1];
    return vni === undefined || nameOf(other) === nameOf(node) ? [] : [{ vni: Number(vni), name: nameOf(other) }];
  });
  const [first] = others;
  if (first === undefined || others.some(({ vni }) => vni !== first.vni)) return undefined;
  return { value: first.vni, who: 'the other nodes announce', source: `Node ${first.name} annotation ${key}` };
}

/** projectcalico/calico felix/config: VXLANVNI, VXLANPort. */
const CALICO_VNI = 4096;
const CALICO_PORT = 4789;

function calico(index: ClusterIndex, node: Node, { sets }: FoundPlugin): readonly TunnelSettings[] {
  const notes = node.metadata?.annotations ?? {};
  return ([4, 6] as const).map((family) => {
    const note = `projectcalico.org/IPv${family}Address`;
    const address = notes[note]?.replace(/\/\d+$/, '');
    return {
      device: family === 4 ? /^vxlan\.calico$/ : /^vxlan-v6\.calico$/,
      vni: felix(index, node, 'vxlanVNI', envTold(index, sets, 'FELIX_VXLANVNI'), CALICO_VNI),
      port: felix(index, node, 'vxlanPort', envTold(index, sets, 'FELIX_VXLANPORT'), CALICO_PORT),
      local: address === undefined ? undefined : { value: address, source: `Node ${nameOf(node)} annotation ${note}` },
      overwritten: false,
    };
  });
}

/** Felix takes its environment before the object of its node, and that before the one for all. */
function felix(
  index: ClusterIndex,
  node: Node,
  field: string,
  variable: Told<string> | undefined,
  otherwise: number,
): Wanted<number> | undefined {
  if (variable !== undefined) return { value: Number(variable.value), who: 'Felix is told', source: variable.source };
  for (const name of [`node.${nameOf(node)}`, 'default']) {
    const value = index.get('FelixConfiguration', undefined, name)?.spec?.[field];
    if (value === undefined || value === null) continue;
    const source = `FelixConfiguration ${name} spec.${field}`;
    return { value: Number(value), who: `FelixConfiguration ${name} says`, source };
  }
  if (index.seen('FelixConfiguration').status !== 'ok') return undefined;
  return { value: otherwise, who: 'Felix uses', source: `FelixConfiguration: ${field} not given: the default` };
}

/** cilium/cilium pkg/defaults: TunnelPortVXLAN. Its device takes every VNI, which is the identity of the sender. */
const CILIUM_PORT = 8472;

function cilium(index: ClusterIndex, { sets }: FoundPlugin): readonly TunnelSettings[] {
  const told = ciliumSetting(index, sets, 'tunnel-port');
  const given = Number(told?.value ?? 0);
  if (told === undefined && configMaps(index, 'cilium-config').length === 0) return [];
  const port: Wanted<number> =
    told === undefined || given === 0
      ? { value: CILIUM_PORT, who: 'Cilium uses', source: 'ConfigMap cilium-config tunnel-port not given: the default' }
      : { value: given, who: 'cilium-config says', source: told.source };
  return [{ device: /^cilium_vxlan$/, vni: undefined, port, local: undefined, overwritten: false }];
}
