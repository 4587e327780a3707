import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One Go program of the cluster, built from a module of its own under `go/`. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** Package to build, as seen from the module. */
  readonly target: string;
  readonly binary: string;
  /** Flannel's VXLAN code needs C; all others run in images without a C library. */
  readonly cgo?: true;
  readonly ldflags?: string;
  /** Not needed for a bare API server with etcd. */
  readonly nodesOnly?: true;
}

export const kubernetesVersion = '1.34.4';

const kubeVersion = 'k8s.io/component-base/version';

export const components = [
  {
    name: 'kube',
    version: kubernetesVersion,
    target: '.',
    binary: 'kube',
    // Without these kubectl reports v0.0.0-master and warns about the skew.
    ldflags: `-X ${kubeVersion}.gitVersion=v${kubernetesVersion} -X ${kubeVersion}.gitMajor=1 -X ${kubeVersion}.gitMinor=34`,
  },
  { name: 'helper', version: '1', target: '.', binary: 'helper' },
  {
    name: 'coredns',
    version: '1.12.4',
    target: 'github.com/coredns/coredns',
    binary: 'coredns',
    nodesOnly: true,
  },
  {
    name: 'flannel',
    version: '0.28.4',
    target: 'github.com/flannel-io/flannel',
    binary: 'flanneld',
    cgo: true,
    ldflags: '-X github.com/flannel-io/flannel/pkg/version.Version=v0.28.4',
    nodesOnly: true,
  },
  {
    name: 'flannel-cni',
    version: '0.9.1',
    target: 'github.com/containernetworking/plugins/plugins/meta/flannel',
    binary: 'flannel',
    nodesOnly: true,
  },
  {
    name: 'metrics-server',
    version: '0.9.0',
    target: 'sigs.k8s.io/metrics-server/cmd/metrics-server',
    binary: 'metrics-server',
    nodesOnly: true,
  },
] as const satisfies readonly Component[];

export type ComponentName = (typeof components)[number]['name'];

export const goSources = join(import.meta.dirname, '..', 'go');

/** Changes with every pin and every line of ours that goes into the binary. */
export function componentHash(component: Component): string {
  const hash = createHash('sha256').update(JSON.stringify(component));
  const folder = join(goSources, component.name);
  for (const file of readdirSync(folder).sort()) {
    const path = join(folder, file);
    if (statSync(path).isFile()) {
      hash.update(`\0${file}\0`).update(readFileSync(path));
    }
  }
  return hash.digest('hex').slice(0, 12);
}
