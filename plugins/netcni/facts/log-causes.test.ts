import { describe, expect, it } from 'vitest';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import { pod, snapshotOf } from '../../../shared/testing/builders.ts';
import { crashing } from '../testing/networks/parts.ts';
import { logCause } from './log-causes.ts';

/** What the last words of an agent are taken to mean. */
function meaningOf(words: string): string | undefined {
  const agent = crashing(pod('agent', { namespace: 'kube-system', node: 'n1' }), words);
  return logCause(createIndex(snapshotOf([agent])), agent)?.meaning;
}

describe('lines that agents print before they end', () => {
  it.each([
    [
      'flannel',
      'E0703 12:45:00.969209 1 main.go:268] Failed to check br_netfilter: stat /proc/sys/net/bridge/bridge-nf-call-iptables: no such file or directory',
      'br_netfilter',
    ],
    [
      'flannel',
      'E0703 main.go:344] Error registering network: failed to acquire lease: node "n1" pod cidr not assigned',
      'no podCIDR',
    ],
    [
      'flannel',
      'failed to acquire lease: subnet "10.244.0.0/16" specified in the flannel net config doesn\'t contain "192.168.1.0/24" PodCIDR of the "n1" node',
      'outside its Network',
    ],
    [
      'flannel',
      'Failed to create SubnetManager: error retrieving pod spec for \'kube-flannel/kube-flannel-ds-x\': Get "https://10.96.0.1:443/api/v1/namespaces/kube-flannel/pods/x": dial tcp 10.96.0.1:443: i/o timeout',
      'cannot reach the API server',
    ],
    [
      'flannel',
      "Failed to create SubnetManager: error parsing subnet config: invalid character '}' looking for beginning of object key string",
      'configuration cannot be read',
    ],
    ['flannel', 'Error registering network: operation not supported', 'kernel lacks'],
    [
      'flannel',
      'Failed to ensure iptables rules: error setting up rules: failed to apply partial iptables-restore unable to run iptables-restore (, ): exit status 4',
      'iptables does not work',
    ],
    ['flannel', 'exec /opt/bin/flanneld: exec format error', 'processor architecture'],
    [
      'flannel',
      'Error registering network: failed to configure interface flannel.1: failed to ensure address of interface flannel.1: link has incompatible addresses. Remove additional addresses and try again.',
      'address of another range',
    ],
    ['flannel', 'Failed to write subnet file: open /run/flannel/.subnet.env: read-only file system', 'read-only'],
    [
      'flannel',
      'Failed to find any valid interface to use: failed to get default interface: unable to find default route',
      'no default route',
    ],
    [
      'flannel',
      'Failed to create SubnetManager: Get "https://10.96.0.1:443/api/v1/namespaces/kube-flannel/pods/x": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2025-11-20T03:11:00Z is before 2026-01-01T00:00:00Z',
      'its clock is behind',
    ],
    ['antrea-controller', 'listen tcp 0.0.0.0:10349: bind: address already in use', 'a port that it needs is taken'],
    [
      'calico',
      'iptables-save failed because there are incompatible nft rules in the table. Remove the nft rules to continue.',
      'rules written with nft',
    ],
    [
      'flannel',
      'Failed to find interface to use that matches the interfaces and/or regexes provided: failed to get default v6 interface: Unable to find default v6 route',
      'no default route of IPv6',
    ],
    [
      'calico',
      'Failed to connect to Typha: tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
      'between it and Typha',
    ],
    [
      'calico',
      'Unable to access datastore to query node configuration error=the server could not find the requested resource (get bgpconfigurations.crd.projectcalico.org)',
      'CRDs',
    ],
    [
      'cilium',
      'level=fatal msg="Unable to find all Cilium CRDs necessary within 5m0s timeout. Please ensure that Cilium Operator is running"',
      'CRDs',
    ],
    [
      'cilium',
      'level=fatal msg="Unable to allocate router IP for family ipv4: provided IP is not in the valid range of allocations"',
      'of the old one',
    ],
    [
      'cilium',
      'level=fatal msg="Invalid value for --kube-proxy-replacement=strict, must be true or false"',
      'configuration is wrong',
    ],
    ['cilium', 'level=fatal msg="Failed to mount cgroupv2: permission denied"', 'privileges'],
    [
      'aws',
      'failed to retrieve instance metadata: EC2MetadataRequestError: failed to get EC2 instance identity document',
      'metadata of its machine',
    ],
    [
      'antrea',
      'Failed to connect to antrea-controller: Get "https://10.99.1.1:443/apis": dial tcp 10.99.1.1:443: connect: connection refused',
      'antrea-controller',
    ],
    [
      'kube-proxy',
      '"Error running ProxyServer" err="can\'t use the IPVS proxier: ipset version: 0 is less than min required"',
      'IPVS',
    ],
    [
      'kube-proxy',
      'error creating server: stat /var/lib/kube-proxy/kubeconfig.conf: no such file or directory',
      'kubeconfig',
    ],
    [
      'calico',
      "[FATAL][846] int_dataplane.go 1018: Kernel's RPF check is set to 'loose'. This would allow endpoints to spoof their IP address.",
      'rp_filter',
    ],
    [
      'calico',
      'calico/node is not ready: BIRD is not ready: Error querying BIRD: unable to connect to BIRDv4 socket: dial unix /var/run/calico/bird.ctl: connect: connection refused',
      'BIRD, its part',
    ],
    ['calico', 'calico/node is not ready: felix is not ready: readiness probe reporting 503', 'Felix, its part'],
    ['cilium', 'level=fatal msg="BPF filesystem is not mounted at /sys/fs/bpf" subsys=bpf', 'BPF file system'],
    [
      'ovn',
      'ovsdb-server: ovsdb error: error reading record: syntax error: /etc/ovn/ovnnb_db.db',
      'database on the node',
    ],
    [
      'weave',
      "FATA: Couldn't apply ipset: ipset v7.15: Kernel error received: Invalid argument",
      'ipset does not work',
    ],
    ['calico', 'calico/node is not ready: BIRD is not ready: BGP not established with 10.0.0.2', 'BGP peers'],
    [
      'calico',
      "[WARNING][9] startup/startup.go 1090: Calico node 'n3' is already using the IPv4 address 10.0.0.2.",
      'same address',
    ],
    [
      'calico',
      '[WARNING][9] startup/autodetection.go: Unable to auto-detect an IPv4 address using interface regexes [eth.*]',
      'no usable interface',
    ],
    [
      'calico',
      '[ERROR][40] tunnel-ip-allocator/discovery.go: Failed to connect to typha endpoint 10.0.0.3:5473. error=dial tcp 10.0.0.3:5473: i/o timeout',
      'Typha',
    ],
    [
      'cilium',
      'level=fatal msg="Unable to initialize Kubernetes subsystem" error="unable to create k8s client: Get \\"https://10.96.0.1:443/api\\": dial tcp 10.96.0.1:443: i/o timeout"',
      'cannot reach the API server',
    ],
    [
      'cilium',
      'level=warning msg="Waiting for k8s node information" error="required IPv4 PodCIDR not available"',
      'no podCIDR',
    ],
    [
      'cilium',
      'level=fatal msg="failed to start: unable to determine direct routing device. Use --direct-routing-device to specify it"',
      'no usable interface',
    ],
    [
      'cilium',
      'level=fatal msg="auto-direct-node-routes cannot be used with tunneling. Packets must be routed through the tunnel device."',
      'configuration is wrong',
    ],
    [
      'cilium',
      'MountVolume.SetUp failed for volume "cilium-ipsec-secrets" : secret "cilium-ipsec-keys" not found',
      'Secret or ConfigMap',
    ],
    [
      'kube-proxy',
      'E0301 server.go: "Error running ProxyServer" err="open /proc/sys/net/netfilter/nf_conntrack_max: permission denied"',
      'connection table',
    ],
    [
      'kube-proxy',
      'E0301 proxier.go: "Failed to execute iptables-restore" err="exit status 4: iptables-restore v1.8.7 (nf_tables): line 12: RULE_APPEND failed (No such file or directory)"',
      'iptables does not work',
    ],
    [
      'kube-proxy',
      "Can't use ipvs proxier, error: IPVS proxier will not be used because the following required kernel modules are not loaded: [ip_vs_rr]",
      'modules or tools of IPVS',
    ],
    [
      'kube-proxy',
      'E0301 server.go: "Failed to retrieve node info" err="nodes \\"ip-10-0-0-1\\" not found"',
      'under a name',
    ],
    ['kube-proxy', 'Failed to list *v1.Service: Unauthorized', 'credentials'],
    [
      'aws-node',
      'ipamd init: failed to retrieve VPC info: RequestError: send request failed caused by: Post "https://ec2.eu-west-1.amazonaws.com/": dial tcp 52.94.1.1:443: i/o timeout',
      'API of the cloud',
    ],
    [
      'aws-node',
      'UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:sts::1:assumed-role/x is not authorized to perform: ec2:DescribeNetworkInterfaces',
      'the cloud refuses',
    ],
    ['antrea', 'Spec.PodCIDR is empty for Node n1. Please make sure --allocate-node-cidrs is enabled', 'no podCIDR'],
    [
      'antrea',
      'error connecting to OVSDB: failed: dial unix /var/run/openvswitch/db.sock: connect: no such file or directory',
      'Open vSwitch',
    ],
    ['weave', 'FATA: IP allocation was seeded by different peers (received: [a], ours: [b])', 'do not agree'],
    ['weave', 'FATA: Network 10.32.0.0/12 overlaps with existing route 10.0.0.0/8 on host', 'overlaps a route'],
    [
      'kube-router',
      'Failed to get pod CIDR from node spec. Error: node.Spec.PodCIDR not set for node: n1',
      'no podCIDR',
    ],
    [
      'ovnkube-node',
      'failed to init default node network controller: timed out waiting for node\'s: "n1" logical switch subnet',
      'no subnet',
    ],
    [
      'kindnet',
      'panic: Get "https://kind-control-plane:6443/api/v1/nodes": dial tcp: lookup kind-control-plane on 172.18.0.1:53: no such host',
      'resolve the name',
    ],
    ['multus', 'Error: cannot find valid master CNI config in "/host/etc/cni/net.d"', 'default network'],
    [
      'any',
      'pods "x" is forbidden: User "system:serviceaccount:kube-flannel:flannel" cannot get resource "pods" in API group ""',
      'RBAC',
    ],
  ])('%s: %s', (_, line, meaning) => {
    expect(meaningOf(line)).toContain(meaning);
  });

  it.each([
    'I0703 main.go:211] CLI flags config: {etcdEndpoints:http://127.0.0.1:4001 healthzPort:0 subnetLeaseRenewMargin:60}',
    '[INFO][9] config_params.go: Parsed value for TyphaReadTimeout: 30s',
    'I0301 server_linux.go: "Using iptables Proxier"',
    'level=info msg="Successfully opened etcd-less identity allocator"',
  ])('nothing is made of: %s', (line) => {
    expect(meaningOf(line)).toBeUndefined();
  });

  it('of several complaints the one nearer to the root counts', () => {
    const lines = ['dial tcp 10.96.0.1:443: i/o timeout', 'node "n1" pod cidr not assigned', 'Error: exit'];
    expect(meaningOf(lines.join('\n'))).toBe('the node has no podCIDR');
  });
});
