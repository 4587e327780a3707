import type { Target } from '../../../shared/cli/parse-target.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { oneSpelling, podsWithAddress } from '../../../shared/model/held-addresses.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { podAddressField } from '../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, type Ref, refOf } from '../../../shared/model/refs.ts';
import { SERVICE_NAME_LABEL } from '../../../shared/model/services.ts';
import type { Report } from '../../../shared/report/report.ts';
import { joinAnd } from '../../../shared/util/text.ts';
import { isInPodRange } from '../checks/endpoints/pod-ranges.ts';
import { targetMessages } from '../messages/targets.ts';
import { emptyReport, type Frame } from './empty-report.ts';

/** Who has an address, what it is to them, and the line to try. */
interface Holder {
  readonly ref: Ref;
  /** `the clusterIP`, `an address`. */
  readonly as: string;
  readonly field: string;
  readonly fix: Fix;
}

/** The report on an address, which is no name of anything: who has it, or that nobody of those who were read does. */
export function addressReport(frame: Frame, target: Target, namespace: string, retry: string): Report {
  const { index } = frame;
  const address = target.name;
  const holders = holdersOf(index, address, retry);
  const finding = targetMessages.SVC001.raise({
    subject: { kind: target.kind, namespace, name: address },
    args: {
      kind: target.kind,
      name: address,
      namespace,
      elsewhere: [],
      nearest: [],
      meant: '',
      told:
        holders.length === 0
          ? nobodysWords(index, address)
          : `${address} is ${joinAnd(holders.map(({ as, ref }) => `${as} of ${formatRef(ref)}`))}`,
      fixes: holders.map(({ fix }) => fix),
    },
    evidence: holders.map(({ ref, field }) => ({ fact: `it has ${address}`, source: `${formatRef(ref)} ${field}` })),
  });
  return { ...emptyReport(frame, finding.subject), headline: finding.summary, causes: [finding] };
}

function holdersOf(index: ClusterIndex, address: string, retry: string): readonly Holder[] {
  const wanted = oneSpelling(address);
  const isIt = (other: string | undefined): boolean => other !== undefined && oneSpelling(other) === wanted;
  const ask = (word: string, namespace: string): Fix => ({
    title: `ask about ${word}`,
    command: `${retry} ${word} -n ${namespace}`,
    risk: 'none',
  });
  const services = index.list('Service').flatMap((service): readonly Holder[] => {
    const found = fieldOf(service, isIt);
    if (found === undefined) return [];
    return [{ ...found, ref: refOf(service, 'Service'), fix: ask(nameOf(service), namespaceOf(service)) }];
  });
  if (services.length > 0) return services.slice(0, 3);
  // The pods on the network of a node have its address, and are not who was meant.
  const pods = podsWithAddress(index, address).filter(({ spec }) => spec?.hostNetwork !== true);
  if (pods.length > 0) {
    return pods.slice(0, 3).map((pod) => ({
      ref: refOf(pod, 'Pod'),
      as: 'the address',
      field: 'status.podIPs',
      fix: ask(`pod/${nameOf(pod)}`, namespaceOf(pod)),
    }));
  }
  const node = index.list('Node').find(({ status }) => status?.addresses?.some((entry) => isIt(entry.address)));
  if (node !== undefined) {
    const command = `kubectl netcni check --node ${nameOf(node)}`;
    const fix: Fix = { title: 'look at the network of the node', command, risk: 'none' };
    return [{ ref: refOf(node, 'Node'), as: 'an address', field: 'status.addresses', fix }];
  }
  const slice = index
    .list('EndpointSlice')
    .find(({ endpoints }) => endpoints?.some(({ addresses }) => addresses?.some(isIt)));
  const service = slice?.metadata?.labels?.[SERVICE_NAME_LABEL];
  if (slice === undefined || service === undefined) return [];
  const fix = ask(service, namespaceOf(slice));
  return [{ ref: refOf(slice, 'EndpointSlice'), as: `an endpoint of Service ${service}, in`, field: 'endpoints', fix }];
}

function fieldOf(
  { spec, status }: Service,
  isIt: (address: string | undefined) => boolean,
): Pick<Holder, 'as' | 'field'> | undefined {
  if ([spec?.clusterIP, ...(spec?.clusterIPs ?? [])].some(isIt))
    return { as: 'the clusterIP', field: 'spec.clusterIPs' };
  if (spec?.externalIPs?.some(isIt) === true) return { as: 'an external IP', field: 'spec.externalIPs' };
  return status?.loadBalancer?.ingress?.some(({ ip }) => isIt(ip)) === true
    ? { as: 'the load balancer address', field: 'status.loadBalancer' }
    : undefined;
}

function nobodysWords(index: ClusterIndex, address: string): string {
  const { status, whole } = index.seen('Pod', '*', { field: podAddressField(address) });
  const seen = {
    Service: isWhollyRead(index, 'Service'),
    pod: isWhollyRead(index, 'Pod') || (status === 'ok' && whole),
    node: isWhollyRead(index, 'Node'),
  };
  const kinds = Object.keys(seen) as (keyof typeof seen)[];
  const open = kinds.filter((kind) => !seen[kind]).map((kind) => `${kind}s`);
  const pod = isInPodRange(index, address) ? '; it is in the range of the pods: one that is gone may have had it' : '';
  return open.length === 0
    ? `no Service, pod or node has the address ${address}${pod === '' ? ': it is outside of the cluster, or gone' : pod}`
    : `nothing that was read has the address ${address}${pod}; not all ${joinAnd(open)} were read`;
}
