import { dnsAddress, nodeAddress, nodeAddress6 } from '../addresses.ts';
import { images } from '../build/images.ts';
import type { Daemon } from '../machine/control.ts';
import type { ClusterOptions } from '../options.ts';

export const kubeletConfigPath = '/var/lib/kubelet/config.yaml';

/** Two zones, so that topology-aware routing has something to tell apart. */
export function zoneOf(node: number): string {
  return `zone-${node % 2 === 1 ? 'a' : 'b'}`;
}

export function containerdConfig(): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"

[grpc]
  address = "/run/containerd/containerd.sock"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${images.pause}"
  disable_tcp_service = true
  # Without the right to lower a score (CAP_SYS_RESOURCE) every sandbox would die.
  restrict_oom_score_adj = true

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/opt/cni/bin"
  conf_dir = "/etc/cni/net.d"

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"
  default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
`;
}

export const containerdDaemon: Daemon = {
  name: 'containerd',
  args: ['/usr/bin/containerd', '--config', '/etc/containerd/config.toml', '--log-level', 'warn'],
};

export function kubeletConfig(node: number): string {
  return JSON.stringify(
    {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' },
      },
      authorization: { mode: 'Webhook' },
      cgroupDriver: 'cgroupfs',
      clusterDNS: [dnsAddress],
      clusterDomain: 'cluster.local',
      containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
      resolvConf: '/etc/resolv.conf',
      providerID: `kubectl-net://${zoneOf(node)}/node${node}`,
      failSwapOn: false,
      oomScoreAdj: 0,
      // The disk is shared with everything else on this machine; its filling up is not what is
      // tested, and an image that is cleaned away cannot be pulled again.
      imageGCHighThresholdPercent: 100,
      evictionHard: { 'memory.available': '100Mi' },
      // Beats often, so that a stopped kubelet is noticed in seconds.
      nodeLeaseDurationSeconds: 20,
      nodeStatusUpdateFrequency: '5s',
      // Tests delete many pods and change many ConfigMaps; waiting a minute for each is no use.
      syncFrequency: '10s',
      registerNode: true,
      maxPods: 200,
      serializeImagePulls: false,
    },
    undefined,
    2,
  );
}

export function kubeletDaemon(options: ClusterOptions, index: number, node: number): Daemon {
  const addresses = [nodeAddress(index, node), ...(options.dualStack ? [nodeAddress6(index, node)] : [])];
  const labels = {
    'topology.kubernetes.io/region': 'region-1',
    'topology.kubernetes.io/zone': zoneOf(node),
    'node.kubernetes.io/instance-type': 'netns',
  };
  return {
    name: 'kubelet',
    args: [
      '/opt/bin/kube',
      'kubelet',
      `--config=${kubeletConfigPath}`,
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
      '--cert-dir=/var/lib/kubelet/pki',
      `--hostname-override=node${node}`,
      `--node-ip=${addresses.join(',')}`,
      `--node-labels=${Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(',')}`,
    ],
  };
}
