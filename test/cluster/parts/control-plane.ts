import { gatewayAddress, podRanges, serviceRanges } from '../addresses.ts';
import type { Daemon } from '../machine/control.ts';
import type { ClusterOptions } from '../options.ts';

/** Where the control plane's machine sees the cluster's certificates and kubeconfigs. */
export const planePki = '/etc/kubernetes/pki';
const pki = (file: string): string => `${planePki}/${file}`;
const kubeconfig = (name: string): string => `/etc/kubernetes/${name}.conf`;

/** Big enough for a few hundred thousand objects; data is thrown away with the cluster, so nothing is flushed to disk. */
export function etcdDaemon(): Daemon {
  return {
    name: 'etcd',
    args: [
      '/opt/bin/kube',
      'etcd',
      '--name=plane',
      '--data-dir=/var/lib/etcd',
      '--listen-client-urls=http://127.0.0.1:2379',
      '--advertise-client-urls=http://127.0.0.1:2379',
      '--listen-peer-urls=http://127.0.0.1:2380',
      '--initial-advertise-peer-urls=http://127.0.0.1:2380',
      '--initial-cluster=plane=http://127.0.0.1:2380',
      '--unsafe-no-fsync',
      '--quota-backend-bytes=4294967296',
      '--log-level=warn',
    ],
  };
}

export function apiServerDaemon(options: ClusterOptions, index: number, { scale = false } = {}): Daemon {
  return {
    name: 'kube-apiserver',
    args: [
      '/opt/bin/kube',
      'kube-apiserver',
      `--advertise-address=${gatewayAddress(index)}`,
      '--secure-port=6443',
      '--etcd-servers=http://127.0.0.1:2379',
      `--service-cluster-ip-range=${serviceRanges(options)}`,
      '--allow-privileged=true',
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      // A bare API server has no controller that makes the service accounts which pods must have.
      ...(scale ? ['--disable-admission-plugins=ServiceAccount', '--max-requests-inflight=3000'] : []),
      ...(scale ? ['--max-mutating-requests-inflight=2000', '--enable-priority-and-fairness=false'] : []),
      `--client-ca-file=${pki('ca.crt')}`,
      `--tls-cert-file=${pki('apiserver.crt')}`,
      `--tls-private-key-file=${pki('apiserver.key')}`,
      `--kubelet-client-certificate=${pki('apiserver-kubelet-client.crt')}`,
      `--kubelet-client-key=${pki('apiserver-kubelet-client.key')}`,
      '--kubelet-preferred-address-types=InternalIP,Hostname',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${pki('sa.key')}`,
      `--service-account-signing-key-file=${pki('sa.key')}`,
      `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${pki('front-proxy-client.crt')}`,
      `--proxy-client-key-file=${pki('front-proxy-client.key')}`,
      // No kube-proxy runs beside it: Services are reached by their endpoints' addresses.
      '--enable-aggregator-routing=true',
    ],
  };
}

export function controllerManagerDaemon(options: ClusterOptions): Daemon {
  return {
    name: 'kube-controller-manager',
    args: [
      '/opt/bin/kube',
      'kube-controller-manager',
      `--kubeconfig=${kubeconfig('controller-manager')}`,
      `--authentication-kubeconfig=${kubeconfig('controller-manager')}`,
      `--authorization-kubeconfig=${kubeconfig('controller-manager')}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
      '--use-service-account-credentials=true',
      '--allocate-node-cidrs=true',
      `--cluster-cidr=${podRanges(options)}`,
      `--service-cluster-ip-range=${serviceRanges(options)}`,
      `--cluster-signing-cert-file=${pki('ca.crt')}`,
      `--cluster-signing-key-file=${pki('ca.key')}`,
      `--root-ca-file=${pki('ca.crt')}`,
      `--service-account-private-key-file=${pki('sa.key')}`,
      `--client-ca-file=${pki('ca.crt')}`,
      `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
      // Half the usual 50 s: tests that stop a kubelet wait for this.
      '--node-monitor-grace-period=25s',
    ],
  };
}

export function schedulerDaemon(): Daemon {
  return {
    name: 'kube-scheduler',
    args: [
      '/opt/bin/kube',
      'kube-scheduler',
      `--kubeconfig=${kubeconfig('scheduler')}`,
      `--authentication-kubeconfig=${kubeconfig('scheduler')}`,
      `--authorization-kubeconfig=${kubeconfig('scheduler')}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
    ],
  };
}

/** Stands for the name server outside the cluster; it reads its answers from a file at every question. */
export function resolverDaemon(index: number): Daemon {
  return {
    name: 'resolver',
    args: ['/opt/bin/helper', 'resolver', `${gatewayAddress(index)}:53`, resolverConfig],
  };
}

export const resolverConfig = '/etc/resolver.json';

export const usualResolverAnswers = {
  mode: 'answer',
  delayMs: 0,
  records: {
    'example.com': ['192.0.2.10', '2001:db8::10'],
    '*.example.com': ['192.0.2.11'],
    'example.org': ['192.0.2.20'],
    '*.example.org': ['192.0.2.21'],
  },
} as const;
