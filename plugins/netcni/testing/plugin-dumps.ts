/** Routes and links of node n1 of the networks in `networks/`, as each plugin makes them; its address is 10.0.0.1. */

const BASE = `default via 10.0.0.254 dev eth0 proto dhcp src 10.0.0.1 metric 100
10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1 metric 100
`;

export const KINDNET = `${BASE}10.244.1.10 dev veth12345678 scope host
10.244.2.0/24 via 10.0.0.2 dev eth0
10.244.3.0/24 via 10.0.0.3 dev eth0
`;

export const ANTREA = `${BASE}10.244.1.0/24 dev antrea-gw0 proto kernel scope link src 10.244.1.1
10.244.2.0/24 via 10.244.2.1 dev antrea-gw0 onlink
10.244.3.0/24 via 10.244.3.1 dev antrea-gw0 onlink
`;

export const WEAVE = `${BASE}10.32.0.0/12 dev weave proto kernel scope link src 10.32.0.1\n`;

export const KUBE_ROUTER = `${BASE}10.244.1.0/24 dev kube-bridge proto kernel scope link src 10.244.1.1
10.244.2.0/24 via 10.0.0.2 dev eth0 proto 17
10.244.3.0/24 dev tun-10003 proto 17 src 10.0.0.1
`;

export const AZURE = `default via 10.0.0.254 dev eth0 proto dhcp src 10.0.0.1 metric 100
10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1 metric 100
10.1.1.1 dev azv12345678901 proto static
168.63.129.16 via 10.0.0.254 dev eth0 proto dhcp src 10.0.0.1 metric 100
`;

export const AWS = `default via 10.0.0.254 dev eth0
10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1
10.0.0.110 dev enib1234567890 scope link
169.254.169.254 dev eth0
`;

export const OVN = `default via 10.0.0.254 dev br-ex proto dhcp src 10.0.0.1 metric 48
10.0.0.0/24 dev br-ex proto kernel scope link src 10.0.0.1 metric 48
10.128.0.0/14 via 10.128.2.1 dev ovn-k8s-mp0
10.128.2.0/23 dev ovn-k8s-mp0 proto kernel scope link src 10.128.2.2
169.254.169.0/29 dev br-ex proto kernel scope link src 169.254.169.2
172.30.0.0/16 via 169.254.169.4 dev br-ex mtu 1400
`;

export const K3S = `${BASE}10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1
10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink
10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink
`;

export const CILIUM = `${BASE}10.244.1.0/24 via 10.244.1.200 dev cilium_host proto kernel src 10.244.1.200
10.244.1.200 dev cilium_host proto kernel scope link
10.244.2.0/24 via 10.244.1.200 dev cilium_host proto kernel src 10.244.1.200 mtu 1450
10.244.3.0/24 via 10.244.1.200 dev cilium_host proto kernel src 10.244.1.200 mtu 1450
`;

/** Blocks of the other nodes through the tunnel, a blackhole for what of its own block no pod has. */
export function calicoRoutes(device: string): string {
  return `${BASE}10.244.1.1 dev cali12345678901 scope link
blackhole 10.244.1.0/26 proto bird
10.244.2.0/26 via 10.0.0.2 dev ${device} proto bird onlink
10.244.3.0/26 via 10.0.0.3 dev ${device} proto bird onlink
`;
}

export const CALICO_LINKS = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 02:00:00:00:00:0b brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.1/24 brd 10.0.0.255 scope global dynamic eth0
3: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480 qdisc noqueue state UNKNOWN group default qlen 1000
    link/ipip 0.0.0.0 brd 0.0.0.0
    inet 10.244.1.40/32 scope global tunl0
4: cali12345678901@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1480 qdisc noqueue state UP group default qlen 1000
    link/ether ee:ee:ee:ee:ee:ee brd ff:ff:ff:ff:ff:ff link-netns cni-1
`;
