import type { RecordType } from '../../../shared/dns/records.ts';
import { plainName } from '../../../shared/dns/service-names.ts';
import type { Zone } from '../../../shared/dns/zone.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { ownerOrPod } from '../../../shared/model/owners.ts';
import { podAddresses, podKey } from '../../../shared/model/pods.ts';
import { nameOf, type Ref, refOf } from '../../../shared/model/refs.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { namesMessages } from '../messages/names.ts';

/** A line of /etc/hosts of a pod, which resolvers read before they ask DNS. */
export interface HostsEntry {
  readonly addresses: readonly string[];
  /** Where the line comes from: `hostAliases`, or the kubelet's own lines. */
  readonly from: 'hostAliases' | 'kubelet';
}

/** What /etc/hosts says of a name (kubelet, managedHostsFileContent): the first line wins. Only names as they are written. */
export function hostsEntry(name: string, pod: Pod | undefined): HostsEntry | undefined {
  const wanted = plainName(name);
  if (name.endsWith('.')) return undefined;
  if (wanted === 'localhost') return { addresses: ['127.0.0.1', '::1'], from: 'kubelet' };
  if (pod === undefined) return undefined;
  const aliased = (pod.spec?.hostAliases ?? []).filter(({ hostnames = [] }) =>
    hostnames.map(plainName).includes(wanted),
  );
  if (aliased.length > 0) return { addresses: aliased.flatMap(({ ip }) => ip ?? []), from: 'hostAliases' };
  const own = pod.spec?.hostname ?? nameOf(pod);
  const addresses = podAddresses(pod);
  const called = pod.spec?.hostNetwork !== true && wanted === plainName(own) && addresses.length > 0;
  return called ? { addresses, from: 'kubelet' } : undefined;
}

/** A line of hostAliases that gives the name of a Service another address than the Service has. */
export function hostsFinding(
  index: ClusterIndex,
  {
    name,
    pod,
    candidates,
    zone,
    types,
  }: {
    readonly name: string;
    readonly pod: Pod;
    readonly candidates: readonly string[];
    readonly zone: Zone;
    readonly types: readonly RecordType[];
  },
  entry: HostsEntry,
): readonly Finding[] {
  const promised = candidates
    .flatMap((candidate) => zone.records(candidate))
    .filter(({ type }) => types.includes(type) && (type === 'A' || type === 'AAAA'));
  const [first] = promised;
  if (entry.from !== 'hostAliases' || first === undefined) return [];
  if (promised.some(({ data }) => entry.addresses.includes(data))) return [];
  const owner: Ref = ownerOrPod(index, pod);
  return [
    namesMessages.DNS614.raise({
      subject: refOf(pod, 'Pod'),
      args: {
        name,
        who: podKey(pod),
        address: joinNames(entry.addresses),
        right: joinNames(
          promised.map(({ data }) => data),
          2,
        ),
        kind: owner.kind.toLowerCase(),
        owner: owner.name,
        namespace: owner.namespace ?? '',
      },
      evidence: [
        { fact: `hostAliases: ${joinNames(entry.addresses)} ${name}`, source: `Pod ${podKey(pod)} spec` },
        {
          fact: `${first.type} ${first.data}`,
          source: `${first.owner.kind} ${first.owner.namespace ?? ''}/${first.owner.name}`,
        },
      ],
    }),
  ];
}
