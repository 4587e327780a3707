import { gatewayAddress, podRanges } from '../addresses.ts';
import type { KubeObject } from '../api.ts';
import { images } from '../build/images.ts';
import type { ClusterOptions } from '../options.ts';
import { bindClusterRole, configMap, serviceAccount } from './rbac.ts';

function proxyConfig(options: ClusterOptions): string {
  return JSON.stringify(
    {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      clientConnection: { kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf' },
      mode: options.proxyMode,
      clusterCIDR: podRanges(options),
      bindAddress: '0.0.0.0',
      healthzBindAddress: '0.0.0.0:10256',
      metricsBindAddress: '127.0.0.1:10249',
      // The kernel lets only the host's own namespace change the table's size.
      conntrack: { maxPerCore: 0, min: 0 },
      iptables: { syncPeriod: '30s', minSyncPeriod: '1s' },
      nftables: { syncPeriod: '30s', minSyncPeriod: '1s' },
    },
    undefined,
    2,
  );
}

function proxyKubeconfig(index: number): string {
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'default',
      clusters: [
        {
          name: 'default',
          cluster: { server: `https://${gatewayAddress(index)}:6443`, 'certificate-authority': `${account}/ca.crt` },
        },
      ],
      contexts: [{ name: 'default', context: { cluster: 'default', user: 'default', namespace: 'default' } }],
      users: [{ name: 'default', user: { tokenFile: `${account}/token` } }],
    },
    undefined,
    2,
  );
}

/** kube-proxy as kubeadm installs it: names, labels and the keys of its ConfigMap. */
export function kubeProxy(options: ClusterOptions, index: number): readonly KubeObject[] {
  const namespace = 'kube-system';
  const labels = { 'k8s-app': 'kube-proxy' };
  return [
    serviceAccount(namespace, 'kube-proxy'),
    bindClusterRole('kubeadm:node-proxier', 'system:node-proxier', namespace, 'kube-proxy'),
    configMap(namespace, 'kube-proxy', {
      'config.conf': proxyConfig(options),
      'kubeconfig.conf': proxyKubeconfig(index),
    }),
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-proxy', namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        updateStrategy: { type: 'RollingUpdate' },
        template: {
          metadata: { labels },
          spec: {
            priorityClassName: 'system-node-critical',
            serviceAccountName: 'kube-proxy',
            hostNetwork: true,
            terminationGracePeriodSeconds: 5,
            tolerations: [{ operator: 'Exists' }],
            nodeSelector: { 'kubernetes.io/os': 'linux' },
            containers: [
              {
                name: 'kube-proxy',
                image: images.kubeProxy,
                imagePullPolicy: 'IfNotPresent',
                command: [
                  '/usr/local/bin/kube-proxy',
                  '--config=/var/lib/kube-proxy/config.conf',
                  '--hostname-override=$(NODE_NAME)',
                ],
                env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
                securityContext: { privileged: true },
                volumeMounts: [
                  { name: 'kube-proxy', mountPath: '/var/lib/kube-proxy' },
                  { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
                ],
              },
            ],
            volumes: [
              { name: 'kube-proxy', configMap: { name: 'kube-proxy' } },
              { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
            ],
          },
        },
      },
    },
  ];
}
