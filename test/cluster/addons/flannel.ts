import { gatewayAddress, podRange, podRange6 } from '../addresses.ts';
import type { KubeObject } from '../api.ts';
import { images } from '../build/images.ts';
import type { ClusterOptions } from '../options.ts';
import { bindClusterRole, clusterRole, configMap, serviceAccount } from './rbac.ts';

const namespace = 'kube-flannel';
const labels = { app: 'flannel', 'k8s-app': 'flannel', tier: 'node' };

const cniConfig = JSON.stringify(
  {
    name: 'cbr0',
    cniVersion: '0.3.1',
    plugins: [
      { type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  },
  undefined,
  2,
);

function netConfig({ dualStack, cni }: ClusterOptions): string {
  return JSON.stringify(
    {
      Network: podRange,
      EnableNFTables: false,
      ...(dualStack ? { EnableIPv6: true, IPv6Network: podRange6 } : {}),
      Backend: { Type: cni === 'flannel-host-gw' ? 'host-gw' : 'vxlan' },
    },
    undefined,
    2,
  );
}

/** Flannel as its own manifest installs it: namespace, names, ConfigMap, init containers and host paths. */
export function flannel(options: ClusterOptions, index: number): readonly KubeObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: { 'k8s-app': 'flannel', 'pod-security.kubernetes.io/enforce': 'privileged' },
      },
    },
    serviceAccount(namespace, 'flannel'),
    clusterRole('flannel', [
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
    ]),
    bindClusterRole('flannel', 'flannel', namespace, 'flannel'),
    {
      ...configMap(namespace, 'kube-flannel-cfg', { 'cni-conf.json': cniConfig, 'net-conf.json': netConfig(options) }),
      metadata: { name: 'kube-flannel-cfg', namespace, labels },
    },
    daemonSet(index),
  ];
}

function daemonSet(index: number): KubeObject {
  const image = images.flannel;
  const fieldRef = (name: string, fieldPath: string): object => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-flannel-ds', namespace, labels },
    spec: {
      selector: { matchLabels: { app: 'flannel' } },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          priorityClassName: 'system-node-critical',
          serviceAccountName: 'flannel',
          terminationGracePeriodSeconds: 5,
          tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
          initContainers: [
            {
              name: 'install-cni-plugin',
              image,
              command: ['cp', '-f', '/flannel', '/opt/cni/bin/flannel'],
              volumeMounts: [{ name: 'cni-plugin', mountPath: '/opt/cni/bin' }],
            },
            {
              name: 'install-cni',
              image,
              command: ['cp', '-f', '/etc/kube-flannel/cni-conf.json', '/etc/cni/net.d/10-flannel.conflist'],
              volumeMounts: [
                { name: 'cni', mountPath: '/etc/cni/net.d' },
                { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' },
              ],
            },
          ],
          containers: [
            {
              name: 'kube-flannel',
              image,
              command: ['/opt/bin/flanneld', '--ip-masq', '--kube-subnet-mgr'],
              resources: { requests: { cpu: '100m', memory: '50Mi' } },
              securityContext: { privileged: false, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
              env: [
                fieldRef('POD_NAME', 'metadata.name'),
                fieldRef('POD_NAMESPACE', 'metadata.namespace'),
                { name: 'EVENT_QUEUE_DEPTH', value: '5000' },
                { name: 'CONT_WHEN_CACHE_NOT_READY', value: 'false' },
                // Services do not work before kube-proxy does; a node's agent must not wait for that.
                { name: 'KUBERNETES_SERVICE_HOST', value: gatewayAddress(index) },
                { name: 'KUBERNETES_SERVICE_PORT', value: '6443' },
              ],
              volumeMounts: [
                { name: 'run', mountPath: '/run/flannel' },
                { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' },
                { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
              ],
            },
          ],
          volumes: [
            { name: 'run', hostPath: { path: '/run/flannel', type: 'DirectoryOrCreate' } },
            { name: 'cni-plugin', hostPath: { path: '/opt/cni/bin' } },
            { name: 'cni', hostPath: { path: '/etc/cni/net.d' } },
            { name: 'flannel-cfg', configMap: { name: 'kube-flannel-cfg' } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
          ],
        },
      },
    },
  };
}
