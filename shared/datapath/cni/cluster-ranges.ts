import type { ClusterIndex } from '../../model/cluster-index.ts';
import { nameOf } from '../../model/refs.ts';
import { configMaps, entryOf, flagValue, yamlScalar } from './config-text.ts';
import type { Told } from './setup.ts';

/** Pod ranges that the cluster itself was given: the controller manager's flag, then what kubeadm and K3s remember. */
export function controllerPodRanges(index: ClusterIndex): readonly Told<string>[] {
  const flag = controlPlaneFlag(index, 'kube-controller-manager', '--cluster-cidr');
  if (flag !== undefined) return split(flag);
  const kubeadm = kubeadmSetting(index, 'podSubnet');
  return kubeadm === undefined ? split(k3sFlag(index, '--cluster-cidr')) : split(kubeadm);
}

/** Ranges of ClusterIPs: ServiceCIDR objects, else the API server's flag, else what the installer remembers. */
export function serviceRanges(index: ClusterIndex): readonly Told<string>[] {
  const objects = index
    .list('ServiceCIDR')
    .flatMap((object) =>
      (object.spec?.cidrs ?? []).map((value) => ({ value, source: `ServiceCIDR ${nameOf(object)} spec.cidrs` })),
    );
  if (objects.length > 0) return objects;
  const network = index.get('OpenShiftNetwork', undefined, 'cluster');
  const openShift = network?.status?.serviceNetwork ?? network?.spec?.serviceNetwork ?? [];
  if (openShift.length > 0) return openShift.map((value) => ({ value, source: 'Network cluster serviceNetwork' }));
  const flag = controlPlaneFlag(index, 'kube-apiserver', '--service-cluster-ip-range');
  if (flag !== undefined) return split(flag);
  const kubeadm = kubeadmSetting(index, 'serviceSubnet');
  return kubeadm === undefined ? split(k3sFlag(index, '--service-cidr')) : split(kubeadm);
}

/** A flag of a control-plane program that runs as a static pod: `--cluster-cidr` of kube-controller-manager. */
export function controlPlaneFlag(index: ClusterIndex, program: string, flag: string): Told<string> | undefined {
  for (const pod of index.list('Pod', 'kube-system')) {
    if (!nameOf(pod).startsWith(`${program}-`)) continue;
    for (const { command = [], args = [] } of pod.spec?.containers ?? []) {
      const value = flagValue([...command, ...args], flag);
      if (value !== undefined && value !== '') return { value, source: `Pod kube-system/${nameOf(pod)} ${flag}` };
    }
  }
  return undefined;
}

/** `networking:` of the ClusterConfiguration that kubeadm keeps. */
function kubeadmSetting(index: ClusterIndex, key: string): Told<string> | undefined {
  const text = entryOf(configMaps(index, 'kubeadm-config')[0], 'ClusterConfiguration');
  const value = text === undefined ? undefined : yamlScalar(text.value, key);
  return text === undefined || value === undefined ? undefined : { value, source: `${text.source}: ${key}` };
}

/** K3s writes the words of its command line on each node, as a JSON list. */
function k3sFlag(index: ClusterIndex, flag: string): Told<string> | undefined {
  for (const node of index.list('Node')) {
    const text = node.metadata?.annotations?.['k3s.io/node-args'];
    if (text === undefined) continue;
    let words: unknown;
    try {
      words = JSON.parse(text);
    } catch {
      continue;
    }
    const value = Array.isArray(words) ? flagValue(words.map(String), flag) : undefined;
    if (value !== undefined) return { value, source: `Node ${nameOf(node)} annotation k3s.io/node-args ${flag}` };
  }
  return undefined;
}

function split(told: Told<string> | undefined): readonly Told<string>[] {
  return (told?.value ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((value) => ({ value, source: told?.source ?? '' }));
}
