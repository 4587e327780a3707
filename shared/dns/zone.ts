import type { ClusterIndex } from '../model/cluster-index.ts';
import { isFinished, podAddresses } from '../model/pods.ts';
import { nameOf, namespaceOf } from '../model/refs.ts';
import { isHeadless } from '../model/services.ts';
import { clusterDnsOf } from './cluster-dns.ts';
import { clusterDomainOf } from './cluster-domain.ts';
import {
  type DnsRecord,
  dashedAddress,
  type RecordSettings,
  type RecordType,
  recordsOfService,
  versionRecord,
} from './records.ts';
import type { Foretold } from './search-expansion.ts';

/** How the servers answer for addresses of pods (`pods` of CoreDNS' kubernetes plugin). */
export type PodsMode = 'disabled' | 'insecure' | 'verified';

/** The cluster's zone as it should be served, made for questions by name. */
export interface Zone {
  readonly domain: string;
  readonly podsMode: PodsMode;
  records(name: string): readonly DnsRecord[];
  all(): readonly DnsRecord[];
  /** What the servers say to a question for a type; `unknown` outside of the zone, and where facts are missing. */
  foretell(name: string, types: readonly RecordType[]): Foretold;
}

/** The zone that the objects of an index promise. Computed once per index. */
export function zoneOf(index: ClusterIndex): Zone {
  return index.memo('dns/zone', () => {
    const corefile = clusterDnsOf(index)?.configMap?.data?.Corefile ?? '';
    const settings: RecordSettings = {
      domain: clusterDomainOf(index).domain,
      endpointPodNames: /^\s*endpoint_pod_names\b/m.test(corefile),
    };
    // Without a Corefile in sight the setting of kubeadm is assumed, which answers for every address.
    const mode =
      corefile === '' ? 'insecure' : (/^\s*pods\s+(disabled|insecure|verified)\b/m.exec(corefile)?.[1] ?? 'disabled');
    return build(index, settings, mode as PodsMode);
  });
}

function build(index: ClusterIndex, settings: RecordSettings, podsMode: PodsMode): Zone {
  const { domain } = settings;
  const byName = new Map<string, DnsRecord[]>();
  const parents = new Set<string>();
  const add = (record: DnsRecord): void => {
    const known = byName.get(record.name);
    if (known !== undefined) {
      known.push(record);
      return;
    }
    byName.set(record.name, [record]);
    for (let at = record.name.indexOf('.'); at > 0; at = record.name.indexOf('.', at + 1)) {
      const parent = record.name.slice(at + 1);
      // Above a parent that is known all others are known too.
      if (parents.has(parent)) break;
      parents.add(parent);
    }
  };
  add(versionRecord(domain));
  for (const service of index.list('Service')) {
    for (const record of recordsOfService(index, service, settings)) add(record);
  }
  const namespaces = new Set([...index.list('Namespace').map(nameOf), ...index.list('Service').map(namespaceOf)]);

  return {
    domain,
    podsMode,
    records: (name) => byName.get(name) ?? [],
    all: () => [...byName.values()].flat(),
    foretell(name, types) {
      const found = byName.get(name);
      if (found !== undefined) {
        return found.some(({ type }) => types.includes(type) || type === 'CNAME') ? 'found' : 'nodata';
      }
      // No top-level domain has addresses of its own.
      if (!name.includes('.') && name !== domain) return 'nxdomain';
      if (name !== domain && !name.endsWith(`.${domain}`)) return 'unknown';
      if (name.endsWith(`.pod.${domain}`) && podsMode !== 'disabled')
        return foretellPod(index, name, domain, podsMode, namespaces);
      if (name === domain || name === `svc.${domain}` || name === `pod.${domain}` || parents.has(name)) return 'nodata';
      const labels = name.slice(0, -domain.length - 1).split('.');
      const [service, namespace, kind] = labels.slice(-3);
      if (labels.length === 2 && namespaces.has(labels[0] ?? '') && labels[1] === 'svc') return 'nodata';
      // Before a Service stands a pod, or a port with its protocol, and never more (CoreDNS plugin/kubernetes, parse.go).
      return kind === 'svc' && labels.length <= 5 ? absent(index, service ?? '', namespace ?? '') : 'nxdomain';
    },
  };
}

/** NXDOMAIN only where everything that could have made the name was read. */
function absent(index: ClusterIndex, service: string, namespace: string): Foretold {
  const named = index.seen('Namespace');
  if (named.status === 'ok' && named.whole && index.get('Namespace', undefined, namespace) === undefined)
    return 'nxdomain';
  const services = index.seen('Service', namespace);
  if (services.status !== 'ok' || !services.whole) return 'unknown';
  const object = index.get('Service', namespace, service);
  if (object === undefined || !isHeadless(object)) return 'nxdomain';
  const slices = index.seen('EndpointSlice', namespace);
  return slices.status === 'ok' && slices.whole ? 'nxdomain' : 'unknown';
}

function foretellPod(
  index: ClusterIndex,
  name: string,
  domain: string,
  mode: PodsMode,
  namespaces: ReadonlySet<string>,
): Foretold {
  const [address = '', namespace = '', ...rest] = name.slice(0, -`.pod.${domain}`.length).split('.');
  if (rest.length > 0 || !looksLikeAddress(address)) return 'nxdomain';
  if (mode === 'insecure') return namespaces.has(namespace) ? 'found' : 'unknown';
  if (podNames(index).has(`${address}.${namespace}`)) return 'found';
  const pods = index.seen('Pod', namespace);
  return pods.status === 'ok' && pods.whole ? 'nxdomain' : 'unknown';
}

function podNames(index: ClusterIndex): ReadonlySet<string> {
  return index.memo('dns/zone/pod-names', () => {
    const pods = index.list('Pod').filter((pod) => !isFinished(pod) && pod.spec?.hostNetwork !== true);
    return new Set(pods.flatMap((pod) => podAddresses(pod).map((ip) => `${dashedAddress(ip)}.${namespaceOf(pod)}`)));
  });
}

function looksLikeAddress(label: string): boolean {
  return /^\d{1,3}(-\d{1,3}){3}$/.test(label) || (/^[0-9a-f-]+$/.test(label) && label.includes('-'));
}
