import { MACS } from './node-cluster.ts';

/** `ip route`, `ip -d link`, `ip addr`, `bridge fdb` and `ip neigh` of node n1, one after the other. */
export const HEALTHY_LINKS = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0
2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:0b brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 10.1.0.11/24 brd 10.1.0.255 scope global eth0
3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default
    link/ether 5e:00:00:00:00:11 brd ff:ff:ff:ff:ff:ff promiscuity 0
    vxlan id 1 local 10.1.0.11 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300
4: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 7e:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0
    bridge forward_delay 1500 hello_time 200
6: veth12ab34cd@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0 state UP mode DEFAULT group default
    link/ether aa:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netns cni-1
    veth
`;
export const HEALTHY_ROUTES = `default via 10.1.0.1 dev eth0
10.1.0.0/24 dev eth0 proto kernel scope link src 10.1.0.11
10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1
10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink
`;
export const HEALTHY_FDB = `33:33:00:00:00:01 dev eth0 self permanent
${MACS.n2} dev flannel.1 dst 10.1.0.12 self permanent
`;
export const HEALTHY_NEIGHBOURS = `10.1.0.12 dev eth0 lladdr 02:00:00:00:00:0c REACHABLE
10.244.1.0 dev flannel.1 lladdr ${MACS.n2} PERMANENT
`;
