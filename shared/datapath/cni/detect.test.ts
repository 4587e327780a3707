import { describe, expect, it } from 'vitest';
import { createIndex } from '../../model/cluster-index.ts';
import type { KubeObject } from '../../model/objects.ts';
import type { Container } from '../../model/objects-pod.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { node, type SnapshotOptions, snapshotOf } from '../../testing/builders.ts';
import { detectNetwork } from './detect.ts';
import type { NetworkSetup } from './setup.ts';

function setup(objects: readonly KubeObject[], options: SnapshotOptions = {}): NetworkSetup {
  return detectNetwork(createIndex(snapshotOf(objects, options)));
}

function daemonSet(
  name: string,
  containers: readonly Container[] = [],
  desired = 2,
  namespace = 'kube-system',
): Workload {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace, labels: { 'k8s-app': name } },
    spec: { template: { metadata: { labels: { 'k8s-app': name } }, spec: { containers } } },
    status: { desiredNumberScheduled: desired, numberReady: desired },
  };
}

function config(name: string, data: Record<string, string>, namespace = 'kube-system'): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data } as KubeObject;
}

function pool(name: string, spec: object): KubeObject {
  return { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', metadata: { name }, spec } as KubeObject;
}

const titles = (found: NetworkSetup): readonly string[] => found.plugins.map(({ title }) => title);

describe('detectNetwork', () => {
  it('tells Calico of the manifest with its pools and MTU', () => {
    const found = setup([
      daemonSet('calico-node', [{ name: 'calico-node', image: 'docker.io/calico/node:v3.28.1' }]),
      config('calico-config', {
        veth_mtu: '1440',
        cni_network_config: '{"plugins":[{"type":"calico","mtu":__CNI_MTU__,"ipam":{"type":"calico-ipam"}}]}',
      }),
      pool('default', { cidr: '10.244.0.0/16', ipipMode: 'CrossSubnet', vxlanMode: 'Never' }),
    ]);
    expect(found.primary).toMatchObject({
      title: 'Calico',
      version: { value: 'v3.28.1' },
      mtu: { value: 1440 },
      ipam: { value: 'blocks' },
      encapsulations: [{ value: { wrapping: 'ipip', when: 'crossSubnet', pool: 'default' } }],
    });
    expect(found.podRanges.map(({ value }) => value)).toEqual(['10.244.0.0/16']);
  });

  it('tells eBPF and WireGuard of Calico from FelixConfiguration', () => {
    const felix = {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'FelixConfiguration',
      metadata: { name: 'default' },
      spec: { bpfEnabled: true, wireguardEnabled: true },
    } as KubeObject;
    expect(setup([daemonSet('calico-node', [], 2, 'calico-system'), felix]).primary).toMatchObject({
      dataplane: { value: 'eBPF' },
      encryption: { value: 'wireguard' },
      replacesKubeProxy: { value: true },
    });
  });

  it.each([
    [{}, 'vxlan'],
    [{ 'routing-mode': 'native' }, 'none'],
    [{ 'tunnel-protocol': 'geneve' }, 'geneve'],
    [{ tunnel: 'disabled' }, 'none'],
    [{ tunnel: 'geneve' }, 'geneve'],
  ])('reads the tunnel of Cilium from %j', (data, wrapping) => {
    const found = setup([daemonSet('cilium'), config('cilium-config', data as Record<string, string>)]);
    expect(found.primary?.encapsulations.map(({ value }) => value.wrapping)).toEqual([wrapping]);
  });

  it('knows GKE Dataplane V2 by its agent', () => {
    expect(titles(setup([daemonSet('anetd')]))).toEqual(['GKE Dataplane V2']);
  });

  it('takes Canal for one plugin, although its parts leave their marks', () => {
    const marked = node('n1', true, {
      metadata: {
        name: 'n1',
        annotations: {
          'flannel.alpha.coreos.com/backend-type': 'vxlan',
          'projectcalico.org/IPv4Address': '10.0.0.1/24',
        },
      },
    });
    const found = setup([
      daemonSet('rke2-canal'),
      config('rke2-canal-config', { 'net-conf.json': '{"Network":"10.42.0.0/16","Backend":{"Type":"vxlan"}}' }),
      marked,
    ]);
    expect(titles(found)).toEqual(['Canal']);
    expect(found.primary?.ipam?.value).toBe('podCIDR');
  });

  it('finds Flannel inside K3s from nodes alone', () => {
    const k3s = node('n1', true, {
      metadata: {
        name: 'n1',
        annotations: { 'flannel.alpha.coreos.com/backend-type': 'vxlan', 'k3s.io/node-args': '["server"]' },
      },
      status: { nodeInfo: { kubeletVersion: 'v1.32.1+k3s1' } },
    });
    const found = setup([k3s]);
    expect(found.primary).toMatchObject({ title: 'Flannel', alive: 'in-process' });
    expect(found.kubeProxy.elsewhere?.value).toBe('inside the k3s process');
  });

  it.each([
    ['weave-net', 'Weave Net'],
    ['antrea-agent', 'Antrea'],
    ['kindnet', 'kindnet'],
    ['kube-router', 'kube-router'],
    ['aws-node', 'AWS VPC CNI'],
    ['azure-cns', 'Azure CNI'],
    ['ovnkube-node', 'OVN-Kubernetes'],
    ['kube-ovn-cni', 'Kube-OVN'],
    ['kube-flannel-ds', 'Flannel'],
  ])('tells by its agent %s that %s is here', (name, title) => {
    expect(setup([daemonSet(name)]).primary?.title).toBe(title);
  });

  it('sees a clash only where two would give pods an interface', () => {
    expect(setup([daemonSet('calico-node'), daemonSet('kube-flannel-ds')]).clash.map(({ title }) => title)).toEqual([
      'Calico',
      'Flannel',
    ]);
    expect(setup([daemonSet('cilium'), daemonSet('aws-node')]).clash).toHaveLength(2);
    const chained = config('cilium-config', { 'cni-chaining-mode': 'aws-cni' });
    expect(setup([daemonSet('cilium'), daemonSet('aws-node'), chained])).toMatchObject({
      clash: [],
      primary: { title: 'AWS VPC CNI' },
    });
    expect(setup([daemonSet('cilium'), daemonSet('aws-node', [], 0)])).toMatchObject({
      clash: [],
      primary: { title: 'Cilium' },
    });
    expect(setup([daemonSet('kube-multus-ds'), daemonSet('kube-flannel-ds')]).clash).toEqual([]);
    const policyOnly = daemonSet('calico-node', [{ env: [{ name: 'CALICO_NETWORKING_BACKEND', value: 'none' }] }]);
    expect(setup([policyOnly, daemonSet('aws-node')]).primary?.title).toBe('AWS VPC CNI');
  });

  it('calls marks on nodes a leftover only when all DaemonSets were read', () => {
    const marked = node('n1', true, {
      metadata: { name: 'n1', annotations: { 'flannel.alpha.coreos.com/backend-type': 'vxlan' } },
    });
    expect(setup([marked]).primary?.alive).toBe('leftover');
    expect(setup([marked], { except: { DaemonSet: 'forbidden' } }).primary?.alive).toBe('unseen');
  });

  it('reads the mode of kube-proxy and the ranges of kubeadm', () => {
    const found = setup([
      daemonSet('kube-proxy', [{ command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf'] }]),
      config('kube-proxy', {
        'config.conf': 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nclusterCIDR: 10.244.0.0/16\nmode: "nftables"\n',
      }),
      config('kubeadm-config', {
        ClusterConfiguration:
          'networking:\n  dnsDomain: cluster.local\n  podSubnet: 10.244.0.0/16\n  serviceSubnet: 10.96.0.0/12\n',
      }),
    ]);
    expect(found.kubeProxy.mode?.value).toBe('nftables');
    expect(found.podRanges[0]).toEqual({
      value: '10.244.0.0/16',
      source: 'ConfigMap kube-system/kubeadm-config ClusterConfiguration: podSubnet',
    });
    expect(found.serviceRanges.map(({ value }) => value)).toEqual(['10.96.0.0/12']);
  });

  it('finds nothing where nothing is to be seen', () => {
    expect(setup([node('n1')])).toMatchObject({ plugins: [], primary: undefined, clash: [], podRanges: [] });
  });
});
