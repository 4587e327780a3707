import type { ClusterIndex } from '../model/cluster-index.ts';
import type { ConfigMap } from '../model/objects.ts';
import type { Service } from '../model/objects-network.ts';
import type { Pod, PodSpec } from '../model/objects-pod.ts';
import type { Workload } from '../model/objects-workload.ts';
import { isFinished } from '../model/pods.ts';
import { nameOf, namespaceOf } from '../model/refs.ts';

/** NodeLocal DNSCache, as far as it was read. */
export interface NodeCache {
  readonly namespace: string;
  readonly set: Workload | undefined;
  readonly pods: readonly Pod[];
  readonly configMap: ConfigMap | undefined;
  /** Where it listens: a link-local address, and in iptables mode the DNS Service's own. */
  readonly addresses: readonly string[];
  /** The Service by which it asks the DNS servers behind it. */
  readonly upstream: Service | undefined;
}

/** Its own manifest's address and that of kubespray. */
const USUAL_ADDRESSES = ['169.254.20.10', '169.254.25.10'];

/** LocalDNS of AKS runs beside the kubelet, as a service of the node: for ClusterFirst, and for Default. */
const LOCAL_DNS_ADDRESSES = ['169.254.10.11', '169.254.10.10'];

const IMAGE = /(?:^|\/)k8s-dns-node-cache[:@]/;

const NAMES = /^(node-local-dns|nodelocaldns|node-localdns|nodelocaldns-second)$/;

/** NodeLocal DNSCache, undefined when nothing of it was read. */
export function nodeCacheOf(index: ClusterIndex): NodeCache | undefined {
  return index.memo('dns/node-cache', () => {
    const set = index
      .list('DaemonSet')
      .find((object) => NAMES.test(nameOf(object)) || runsCache(object.spec?.template?.spec));
    const pods = index
      .list('Pod')
      .filter(
        (pod) => !isFinished(pod) && (NAMES.test(pod.metadata?.labels?.['k8s-app'] ?? '') || runsCache(pod.spec)),
      );
    const configMap = index
      .list('ConfigMap')
      .find((map) => NAMES.test(nameOf(map)) && map.data?.Corefile !== undefined);
    if (set === undefined && pods.length === 0) return undefined;
    const upstream = index.list('Service').find((service) => nameOf(service) === 'kube-dns-upstream');
    return {
      namespace: namespaceOf(set ?? pods[0] ?? {}),
      set,
      pods,
      configMap,
      addresses: listening(set, pods, configMap),
      upstream,
    };
  });
}

function runsCache(spec: PodSpec | undefined): boolean {
  return (spec?.containers ?? []).some(({ image = '' }) => IMAGE.test(image));
}

/** Addresses of node caches, the usual ones among them: a pod that asks one of them asks the cluster. */
export function nodeCacheAddresses(index: ClusterIndex): readonly string[] {
  return [...new Set([...USUAL_ADDRESSES, ...LOCAL_DNS_ADDRESSES, ...(nodeCacheOf(index)?.addresses ?? [])])];
}

/** Whether it is an address that a service of the node answers, which no object tells of. */
export function isLocalDns(address: string): boolean {
  return LOCAL_DNS_ADDRESSES.includes(address);
}

/** `-localip 169.254.20.10,10.96.0.10` of its arguments, and the `bind` lines of its Corefile. */
function listening(
  set: Workload | undefined,
  pods: readonly Pod[],
  configMap: ConfigMap | undefined,
): readonly string[] {
  const containers = set?.spec?.template?.spec?.containers ?? pods[0]?.spec?.containers ?? [];
  const args = containers.flatMap((container) => [...(container.command ?? []), ...(container.args ?? [])]);
  const at = args.findIndex((word) => /^--?localip$/.test(word));
  const inline = args.find((word) => /^--?localip=/.test(word))?.replace(/^--?localip=/, '');
  const told = (at < 0 ? inline : args[at + 1]) ?? '';
  const bound = [...(configMap?.data?.Corefile ?? '').matchAll(/^\s*bind\s+(.+)$/gm)].map(([, words = '']) => words);
  const words = [told, ...bound].flatMap((text) => text.split(/[\s,]+/));
  return [...new Set(words.filter((word) => /^[0-9a-fA-F.:]+$/.test(word) && /[.:]/.test(word)))];
}
