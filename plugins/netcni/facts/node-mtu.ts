import { mtuSetup } from '../../../shared/datapath/cni/mtu-setup.ts';
import type { Link } from '../../../shared/datapath/dump/links.ts';
import { dumpsInSnapshot } from '../../../shared/datapath/dump-files.ts';
import { flannelReckons, type MtuOverhead, overheadOf, podMtu } from '../../../shared/datapath/mtu.ts';
import { usualUnderlay } from '../../../shared/datapath/mtu-underlay.ts';
import { internalAddress } from '../../../shared/datapath/nodes.ts';
import { isDefault } from '../../../shared/datapath/route-lookup.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { nodeFacts } from './nodes.ts';

/** What is known of the MTU on one node. */
export interface NodeMtu {
  readonly node: string;
  /** The network between the nodes; `proven` where a dump shows it, else it is what such clouds or networks have. */
  readonly underlay: { readonly mtu: number; readonly source: string; readonly proven: boolean };
  /** What fits for pods; undefined while no plugin was recognised. */
  readonly fits: number | undefined;
  /** What pods have: from a dump, else as configured for all. */
  readonly actual: { readonly mtu: number; readonly source: string } | undefined;
}

/** The arithmetic for all nodes; `overhead` is undefined while no plugin was recognised. */
export function nodeMtus(index: ClusterIndex): {
  readonly overhead: MtuOverhead | undefined;
  readonly nodes: readonly NodeMtu[];
} {
  const found = mtuSetup(index);
  const overhead = found === undefined ? undefined : overheadOf(found.setup);
  const configured = found?.plugin.mtu;
  // Backend.MTU of Flannel is that of the network beneath (flannel-io/flannel pkg/backend/vxlan); veth_mtu of Canal the pods'.
  const configuredFor = (mtu: number): number =>
    found?.setup.plugin === 'flannel' ? podMtu(mtu, flannelReckons(found.setup)) : mtu;
  const nodes = nodeFacts(index).map(({ name, node }): NodeMtu => {
    const links = dumpsInSnapshot(index).find((dumps) => dumps.node === name && dumps.links !== undefined);
    const own = (node.status?.addresses ?? []).flatMap(({ address }) => (address === undefined ? [] : [address]));
    const under =
      links === undefined
        ? undefined
        : underlayOf(links.links ?? [], own, links.routes?.find(isDefault)?.hops[0]?.device);
    const usual = usualUnderlay(node.spec?.providerID, internalAddress(node));
    const underlay =
      under?.mtu !== undefined
        ? { mtu: under.mtu, source: `${under.name} in a dump`, proven: true }
        : usual === undefined
          ? { mtu: 1500, source: 'not seen: the usual one', proven: false }
          : { mtu: usual.mtu, source: `not seen: ${usual.why}`, proven: false };
    const pods = (links?.links ?? []).find((link) => /^(veth|cali|lxc)/.test(link.name) && link.mtu !== undefined);
    return {
      node: name,
      underlay,
      fits: overhead === undefined ? undefined : podMtu(underlay.mtu, overhead),
      actual:
        pods?.mtu !== undefined
          ? { mtu: pods.mtu, source: `${pods.name} in a dump` }
          : configured === undefined
            ? undefined
            : { mtu: configuredFor(configured.value), source: configured.source },
    };
  });
  return { overhead, nodes };
}

function underlayOf(links: readonly Link[], own: readonly string[], device: string | undefined): Link | undefined {
  const tunnel = links.find((link) => link.vxlan?.device !== undefined)?.vxlan?.device;
  return (
    links.find((link) => link.addresses.some((address) => own.includes(address.split('/')[0] ?? ''))) ??
    links.find((link) => link.name === (tunnel ?? device))
  );
}
