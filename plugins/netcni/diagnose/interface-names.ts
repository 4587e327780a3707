/** How plugins name a pod's interface on the node, the bridge it is in, and the tunnel between nodes. */
export const INTERFACE_NAMES: Readonly<
  Record<
    string,
    { readonly link: string; readonly bridge?: string; readonly tunnel?: Readonly<Record<string, string>> }
  >
> = {
  Flannel: {
    link: 'veth…',
    bridge: 'cni0',
    tunnel: {
      vxlan: 'flannel.1 (UDP 8472)',
      udp: 'flannel0 (UDP 8285)',
      ipip: 'flannel.ipip',
      wireguard: 'flannel-wg (UDP 51820)',
    },
  },
  Canal: { link: 'cali…', tunnel: { vxlan: 'flannel.1 (UDP 8472)', wireguard: 'flannel-wg (UDP 51820)' } },
  Calico: {
    link: 'cali…',
    tunnel: {
      vxlan: 'vxlan.calico (UDP 4789)',
      ipip: 'tunl0 (IP protocol 4)',
      wireguard: 'wireguard.cali (UDP 51820)',
    },
  },
  Cilium: {
    link: 'lxc…',
    tunnel: {
      vxlan: 'cilium_vxlan (UDP 8472)',
      geneve: 'cilium_geneve (UDP 6081)',
      wireguard: 'cilium_wg0 (UDP 51871)',
    },
  },
  Antrea: {
    link: 'a port of Open vSwitch',
    bridge: 'br-int',
    tunnel: {
      geneve: 'antrea-tun0 (UDP 6081)',
      vxlan: 'antrea-tun0 (UDP 4789)',
      gre: 'antrea-tun0',
      wireguard: 'antrea-wg0 (UDP 51820)',
    },
  },
  'OVN-Kubernetes': {
    link: 'a port of Open vSwitch',
    bridge: 'br-int',
    tunnel: { geneve: 'genev_sys_6081 (UDP 6081)' },
  },
  kindnet: { link: 'veth…' },
  'kube-router': { link: 'veth…', bridge: 'kube-bridge', tunnel: { ipip: 'tun-…' } },
  'AWS VPC CNI': { link: 'eni…' },
  'Azure CNI': { link: 'azv…' },
  'Weave Net': { link: 'veth…', bridge: 'weave', tunnel: { vxlan: 'vxlan-6784 (UDP 6784)' } },
  kubenet: { link: 'veth…', bridge: 'cbr0' },
};
