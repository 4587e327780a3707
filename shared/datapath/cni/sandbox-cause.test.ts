import { describe, expect, it } from 'vitest';
import { calledPlugin, sandboxCause } from './sandbox-cause.ts';

const FRAME = 'Failed to create pod sandbox: rpc error: code = Unknown desc = ';
const SETUP = `${FRAME}failed to setup network for sandbox "0f3c": `;
const add = (type: string, name: string): string => `${SETUP}plugin type="${type}" name="${name}" failed (add): `;
const API = 'Get "https://10.96.0.1:443/apis/crd.projectcalico.org/v1/clusterinformations/default": ';

describe('what messages of sandboxes mean', () => {
  it.each([
    [
      `${add('portmap', 'cbr0')}unable to setup DNAT: running [/usr/sbin/iptables -t nat -S CNI-HOSTPORT-DNAT --wait]: exit status 4: Another app is currently holding the xtables lock; still 9s 0us time ahead to have a chance to grab the lock...`,
      'timeout',
      undefined,
    ],
    [
      `${add('cilium-cni', 'cilium')}unable to create endpoint: [PUT /endpoint/{id}][500] putEndpointIdFailed "timeout while waiting for identity allocation"`,
      'timeout',
      'Cilium',
    ],
    [
      `${add('calico', 'k8s-pod-network')}failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No more free affine blocks and strict affinity enabled`,
      'no-address',
      'Calico',
    ],
    [
      `${add('calico', 'k8s-pod-network')}error getting ClusterInformation: connection is unauthorized: Unauthorized`,
      'credentials',
      'Calico',
    ],
    [
      `${add('calico', 'k8s-pod-network')}error getting ClusterInformation: ${API}x509: certificate signed by unknown authority`,
      'credentials',
      'Calico',
    ],
    [
      `${add('calico', 'k8s-pod-network')}error getting ClusterInformation: ${API}dial tcp 10.96.0.1:443: i/o timeout`,
      'api-unreachable',
      'Calico',
    ],
    [
      `${add('calico', 'k8s-pod-network')}stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running`,
      'agent-down',
      'Calico',
    ],
    [
      `${add('cilium-cni', 'cilium')}unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure "range is full"`,
      'no-address',
      'Cilium',
    ],
    [
      `${add('cilium-cni', 'cilium')}unable to connect to Cilium agent: failed to create cilium agent client after 30.000000 seconds timeout`,
      'agent-down',
      'Cilium',
    ],
    [
      `${add('flannel', 'cbr0')}loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory`,
      'agent-down',
      'Flannel',
    ],
    [
      `${add('flannel', 'cbr0')}failed to delegate add: failed to set bridge addr: "cni0" already has an IP address different from 10.244.1.1/24`,
      'bad-configuration',
      undefined,
    ],
    [
      `${add('calico', 'k8s-pod-network')}error getting ClusterInformation: stat /etc/cni/net.d/calico-kubeconfig: no such file or directory`,
      'credentials',
      'Calico',
    ],
    [
      `${add('calico', 'k8s-pod-network')}error adding host side routes for interface: cali1, error: route (Dst: 10.244.1.4/32) already exists for an interface other than 'cali1'`,
      'bad-configuration',
      'Calico',
    ],
    [
      `${add('cilium-cni', 'cilium')}unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure "unable to allocate from pool "blue": pool not (yet) available"`,
      'no-pool',
      'Cilium',
    ],
    [
      `${add('antrea', 'antrea')}rpc error: code = Unknown desc = failed to connect to ovs for container 0f3c: failed to add OVS port`,
      'agent-down',
      'Antrea',
    ],
    [
      `${add('vpc-bridge', 'vpc')}failed to parse Kubernetes args: pod does not have label vpc.amazonaws.com/PrivateIPv4Address`,
      'no-pool',
      'AWS VPC CNI',
    ],
    [
      `${add('kube-ovn', 'kube-ovn')}RPC failed; no address allocated to pod shop/api-1 provider ovn, please see kube-ovn-controller logs to find errors`,
      'no-pool',
      'Kube-OVN',
    ],
    [
      `${add('multus', 'multus-cni-network')}error at storage engine: Could not allocate IP in range: ip: 10.10.0.1 / - 10.10.0.5`,
      'attachment',
      'Whereabouts',
    ],
    [`${add('bridge', 'kubernetes')}no IP ranges specified`, 'no-configuration', undefined],
    [
      `${add('bridge', 'net')}failed to allocate for range 0: requested IP address 10.244.2.9 is not available in range set 10.244.2.1-10.244.2.254`,
      'attachment',
      undefined,
    ],
    [
      `${add('flannel', 'cbr0')}failed to delegate add: failed to set bridge addr: could not add IP address to "cni0": permission denied`,
      'bad-configuration',
      undefined,
    ],
    [
      `${add('flannel', 'cbr0')}failed to delegate add: failed to connect "veth3c5a1b" to bridge cni0: exchange full`,
      'bad-configuration',
      undefined,
    ],
    [
      `${add('bandwidth', 'cbr0')}failed to create ingress qdisc: no such file or directory`,
      'bad-configuration',
      undefined,
    ],
    [`${SETUP}netplugin failed with no error message: signal: killed`, 'no-program', undefined],
    [
      `${add('flannel', 'cbr0')}error while adding HostComputeEndpoint: hnsCall failed in Win32: Element not found. (0x490)`,
      'bad-configuration',
      undefined,
    ],
    [`${add('linkerd-cni', 'linkerd-cni')}Unauthorized`, 'credentials', undefined],
    [
      `${FRAME}failed to mount network namespace: failed to create netns: no space left on device`,
      'runtime',
      undefined,
    ],
    [`${add('aws-cni', 'aws-cni')}add cmd: failed to assign an IP address to container`, 'no-address', 'AWS VPC CNI'],
    [
      `${add('aws-cni', 'aws-cni')}add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused"`,
      'agent-down',
      'AWS VPC CNI',
    ],
    [
      `${add('azure-vnet', 'azure')}IPAM Invoker Add failed with error: AllocateIPConfig failed: not enough IPs available, waiting on Azure CNS to allocate more with NC Status: SubnetFull`,
      'no-address',
      'Azure CNI',
    ],
    [
      `${add('antrea', 'antrea')}rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /var/run/antrea/cni.sock: connect: no such file or directory"`,
      'agent-down',
      'Antrea',
    ],
    [
      `${add('ovn-k8s-cni-overlay', 'ovn-kubernetes')}CNI request failed with status 400: '[shop/a] failed to get pod annotation: timed out waiting for annotations: context deadline exceeded`,
      'agent-down',
      'OVN-Kubernetes',
    ],
    [
      `${add('kube-ovn', 'kube-ovn')}RPC failed; request ip return 500 no address allocated to pod shop/a, please see kube-ovn-controller logs to find errors`,
      'no-pool',
      'Kube-OVN',
    ],
    [
      `${add('kube-ovn', 'kube-ovn')}RPC failed; Post "http://dummy/api/v1/add": dial unix /run/openvswitch/kube-ovn-daemon.sock: connect: no such file or directory`,
      'agent-down',
      'Kube-OVN',
    ],
    [
      `${add('multus-shim', 'multus-cni-network')}CmdAdd (shim): CNI request failed with status 400: 'ContainerID:"0f3c": error adding container to network "cbr0": plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.254'`,
      'no-address',
      undefined,
    ],
    [
      `${add('multus-shim', 'multus-cni-network')}CmdAdd (shim): failed to send CNI request: Post "http://dummy/cni": dial unix /run/multus/socket/multus.sock: connect: connection refused`,
      'agent-down',
      'Multus',
    ],
    [
      `${add('multus', 'multus-cni-network')}have you checked that your default network is ready? still waiting for readinessindicatorfile @ /run/multus/cni/net.d/10-ovn-kubernetes.conf. pollimmediate error: timed out waiting for the condition`,
      'agent-down',
      'Multus',
    ],
    [
      `${add('multus', 'multus-cni-network')}[shop/a:storage]: error adding container to network "storage": failed to lookup master "eth1": Link not found`,
      'attachment',
      undefined,
    ],
    [`${add('loopback', '')}failed to find plugin "loopback" in path [/opt/cni/bin]`, 'no-program', undefined],
    [
      `${add('portmap', 'cbr0')}unable to create chain CNI-HOSTPORT-SETMARK: failed to list chains: running [/usr/sbin/iptables -t nat -S --wait]: exit status 3: iptables v1.8.7 (legacy): can't initialize iptables table`,
      'bad-configuration',
      undefined,
    ],
    [
      `${FRAME}failed to get sandbox image "registry.k8s.io/pause:3.9": failed to pull image "registry.k8s.io/pause:3.9": dial tcp 34.96.108.209:443: i/o timeout`,
      'runtime',
      undefined,
    ],
    [
      `${FRAME}failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process`,
      'runtime',
      undefined,
    ],
    [`${FRAME}mkdir /var/lib/containerd/x: no space left on device`, 'runtime', undefined],
    [`${FRAME}failed to get sandbox runtime: no runtime for "gvisor" is configured`, 'runtime', undefined],
    [`${FRAME}failed to reserve sandbox name "a_shop_1": name is reserved for "0f3c"`, 'timeout', undefined],
    [`${FRAME}${add('calico', 'k8s-pod-network')}failed to acquire IPAM lock: timed out`, 'timeout', 'Calico'],
    [`${FRAME}${add('multus-shim', 'm')}CmdAdd (shim): timed out waiting for the condition`, 'timeout', 'Multus'],
    [
      `${FRAME}${add('kube-ovn', 'kube-ovn')}RPC failed; configure nic failed ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection failed`,
      'agent-down',
      undefined,
    ],
    ['stage=acquireAddress error=AddressConflict', 'attachment', undefined],
    [
      'NetworkPlugin cni failed to set up pod "a_shop" network: open /run/flannel/subnet.env: no such file or directory',
      'agent-down',
      'Flannel',
    ],
  ] as const)('%s', (message, trouble, plugin) => {
    const cause = sandboxCause(message);
    expect({ trouble: cause.trouble, plugin: cause.plugin }).toEqual({ trouble, plugin });
    expect(cause.meaning).not.toBe('');
    expect(cause.words).not.toContain('rpc error: code = Unknown');
  });

  it.each([
    'failed to create pod network sandbox k8s_a_shop_1_0(0f3c): error adding pod shop_a to CNI network "net": the moon is full',
    'plugin type="m" name="n" failed (add): CmdAdd (shim): CNI request failed with status 400: the moon is full',
    'error adding container to network "storage": the moon is full',
    'RPC failed; request ip return 500 the moon is full',
  ])('frames of others are left out: %s', (message) => {
    expect(sandboxCause(message).words).toMatch(/^(plugin type="m" name="n" failed \(add\): )?the moon is full$/);
  });

  it.each([
    `${add('multus-shim', 'multus-cni-network')}CmdAdd (shim): CNI request failed with status 400: 'ContainerID:"9f" Netns:"/n" IfName:"eth0" ERRORED: error configuring pod [shop/a] networking: [shop/a/u:lan]: error adding container to network "lan": the moon is full'`,
    `${add('multus-shim', 'multus-cni-network')}CmdAdd (shim): CNI request failed with status 400: 'ContainerID:"9f" ERRORED: error configuring pod [shop/a] networking: [shop/a/u:ovn-kubernetes]: error adding container to network "ovn-kubernetes": CNI request failed with status 400: '[shop/a 9f network default NAD default] the moon is full'`,
  ])('of what Multus hands on only the last words are left: %s', (message) => {
    expect(sandboxCause(message).words).toBe('the moon is full');
  });

  it('what stands last in a long message of Calico is told', () => {
    const last = 'Need to allocate an IPAM block but could not - limit of 1 blocks reached for this node';
    const cause = sandboxCause(
      `${add('calico', 'k8s-pod-network')}failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; ${last}`,
    );
    expect(cause.words).toContain(last);
    expect(cause.meaning).toContain('maxBlocksPerHost');
  });

  it('words that nobody knows are told as they are', () => {
    expect(sandboxCause(`${SETUP}the moon is full`)).toMatchObject({
      trouble: 'other',
      meaning: '',
      words: 'the moon is full',
    });
  });

  it('the plugin that was called', () => {
    expect(calledPlugin(add('bridge', 'podman'))).toEqual({ type: 'bridge', name: 'podman' });
    expect(calledPlugin('nothing was called')).toBeUndefined();
  });
});
