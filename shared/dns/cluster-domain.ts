import type { ClusterIndex } from '../model/cluster-index.ts';
import { clusterDnsOf } from './cluster-dns.ts';
import { DEFAULT_CLUSTER_DOMAIN, plainName } from './service-names.ts';

/** What one kubelet, or the configuration that all of them were given, writes into resolv.conf of pods. */
export interface KubeletDns {
  /** `Node n1`, `ConfigMap kube-system/kubelet-config`. */
  readonly source: string;
  readonly node: string | undefined;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string | undefined;
  /** The node's file that is passed on; undefined when it was not told. */
  readonly resolvConf: string | undefined;
}

/** The configuration of kubelets, as far as it was seen: `tools/kubelet/NODE/configz.json`, and what kubeadm keeps. */
export function kubeletDnsOf(index: ClusterIndex): readonly KubeletDns[] {
  return index.memo('dns/kubelets', () => [
    ...index.tools('tools/kubelet').flatMap(({ path, text }) => {
      const node = /^tools\/kubelet\/([^/]+)\/configz\.json$/.exec(path)?.[1];
      return node === undefined ? [] : fromConfigz(node, text);
    }),
    ...index
      .list('ConfigMap', 'kube-system')
      .filter(({ metadata }) => /^kubelet-config(-\d+\.\d+)?$/.test(metadata?.name ?? ''))
      .flatMap(({ metadata, data }) => fromYaml(`ConfigMap kube-system/${metadata?.name ?? ''}`, data?.kubelet ?? '')),
  ]);
}

function fromConfigz(node: string, text: string): readonly KubeletDns[] {
  try {
    const { kubeletconfig: config } = JSON.parse(text) as {
      kubeletconfig?: { clusterDNS?: readonly string[]; clusterDomain?: string; resolvConf?: string };
    };
    if (config === undefined) return [];
    return [
      {
        source: `Node ${node} configz`,
        node,
        clusterDns: config.clusterDNS ?? [],
        clusterDomain: config.clusterDomain,
        resolvConf: config.resolvConf,
      },
    ];
  } catch {
    return [];
  }
}

/** A KubeletConfiguration is flat: two lines of it are asked for, which needs no parser of YAML. */
function fromYaml(source: string, text: string): readonly KubeletDns[] {
  if (!/^kind:\s*KubeletConfiguration/m.test(text)) return [];
  const list = /^clusterDNS:[ \t]*\n((?:[ \t]*-[^\n]*\n?)+)/m.exec(text)?.[1] ?? '';
  const flow = /^clusterDNS:[ \t]*\[([^\]]*)\]/m.exec(text)?.[1] ?? '';
  const clusterDns = [...list.split('\n').map((line) => line.replace(/^\s*-\s*/, '')), ...flow.split(',')]
    .map((word) => word.trim().replace(/^["']|["']$/g, ''))
    .filter((word) => word !== '');
  return [
    {
      source,
      node: undefined,
      clusterDns,
      clusterDomain: scalar(text, 'clusterDomain'),
      resolvConf: scalar(text, 'resolvConf'),
    },
  ];
}

function scalar(text: string, key: string): string | undefined {
  const value = new RegExp(`^${key}:[ \\t]*["']?([^"'\\s#]+)`, 'm').exec(text)?.[1];
  return value === undefined || value === '' ? undefined : value;
}

/** The domain of the cluster's names and where it was read. */
export interface ClusterDomain {
  readonly domain: string;
  /** Undefined when nothing told it, so that the usual one is assumed. */
  readonly source: string | undefined;
}

/** The cluster domain: what kubelets write, else the zone that the DNS servers serve, else the usual one. */
export function clusterDomainOf(index: ClusterIndex): ClusterDomain {
  return index.memo('dns/cluster-domain', () => {
    const told = kubeletDnsOf(index).find(({ clusterDomain }) => clusterDomain !== undefined);
    if (told?.clusterDomain !== undefined) return { domain: plainName(told.clusterDomain), source: told.source };
    const zone = corefileDomain(clusterDnsOf(index)?.configMap?.data?.Corefile ?? '');
    if (zone !== undefined) return { domain: zone, source: 'the Corefile' };
    return { domain: DEFAULT_CLUSTER_DOMAIN, source: undefined };
  });
}

/** The first forward zone of the `kubernetes` plugin. */
function corefileDomain(corefile: string): string | undefined {
  const words = /^[ \t]*kubernetes[ \t]+([^{\n#]*)/m.exec(corefile)?.[1]?.trim().split(/\s+/) ?? [];
  const zone = words.find((word) => word !== '' && !word.endsWith('.arpa') && !/[{}$%/]/.test(word));
  return zone === undefined ? undefined : plainName(zone);
}
