import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Confidence, Evidence, Fix } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent, isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { podsWithAddress } from '../../../../shared/model/held-addresses.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { declaredPorts, isFinished, podAddresses } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { isControllerSlice, slicesOf } from '../../../../shared/model/services.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { likelyWorkload, selectorFixFor } from './likely-workload.ts';
import { isSelectorless, type ManualEndpoint, manualEndpoints } from './manual-endpoints.ts';
import { isInPodRange, wasAskedFor } from './pod-ranges.ts';

/** A hand-made endpoint that leads to no pod any more, or to another pod than it was written for. */
export const manualAddressStale = defineCheck<ServiceSubject>({
  id: 'netsvc/manual-address-stale',
  group: 'endpoints',
  needs: ['EndpointSlice', 'Pod'],
  uses: ['Endpoints', 'Node', ...WORKLOAD_KINDS],
  applies: isSelectorless,
  run: (subject, { index, now }) => {
    const all = manualEndpoints(index, subject).filter((endpoint) => endpoint.holder.addressType !== 'FQDN');
    const stale = all.flatMap((endpoint) => {
      const verdict = judge(index, subject, endpoint);
      return verdict === undefined ? [] : [{ endpoint, ...verdict }];
    });
    const [first] = stale;
    if (first === undefined) return [];
    return [
      endpointsMessages.SVC505.raise({
        subject: first.endpoint.holder.ref,
        args: {
          service: `${subject.namespace}/${subject.name}${slicesOf(index, subject.service).some(isControllerSlice) ? ', which has lost its selector,' : ''}`,
          holder: formatRef(first.endpoint.holder.ref),
          address: first.endpoint.address,
          why: first.why,
          others: stale.length - 1,
          fixes: fixesOf(
            index,
            subject,
            stale.map(({ endpoint }) => endpoint),
          ),
        },
        severity: stale.length === all.length ? 'critical' : 'warning',
        confidence: first.confidence,
        impact: stale.length / all.length,
        evidence: [
          ...stale.slice(0, 4).flatMap(({ endpoint, evidence }) => [written(endpoint, now), ...evidence]),
          ...liveEvidence(index, subject),
        ],
      }),
    ];
  },
});

function written({ address, holder }: ManualEndpoint, now: number): Evidence {
  const since = ago(holder.created, now);
  return { fact: `address ${address}${since === '' ? '' : `, written ${since}`}`, source: formatRef(holder.ref) };
}

interface Stale {
  readonly why: string;
  readonly confidence: Confidence;
  readonly evidence: readonly Evidence[];
}

function judge(index: ClusterIndex, subject: ServiceSubject, endpoint: ManualEndpoint): Stale | undefined {
  const holders = podsWithAddress(index, endpoint.address);
  return fromTarget(index, subject, endpoint, holders) ?? fromAddress(index, subject, endpoint, holders);
}

/** The endpoint names the pod it stands for: that pod must exist and hold the address. */
function fromTarget(
  index: ClusterIndex,
  subject: ServiceSubject,
  { target, address }: ManualEndpoint,
  holders: readonly Pod[],
): Stale | undefined {
  if (target?.kind !== 'Pod' || target.name === undefined || target.name === '') return undefined;
  const namespace = target.namespace ?? subject.namespace;
  const pod = index.get('Pod', namespace, target.name);
  const taker = holders.find((holder) => nameOf(holder) !== target.name);
  const taken = taker === undefined ? '' : `; pod ${nameOf(taker)} holds that address now`;
  if (pod === undefined || isFinished(pod)) {
    if (pod === undefined && !isProvenAbsent(index, 'Pod', namespace, target.name)) return undefined;
    return {
      why: `its pod ${target.name} is gone${taken}`,
      confidence: 'proven',
      evidence: [{ fact: `no pod is called ${target.name}`, source: `pods of namespace ${namespace}` }],
    };
  }
  const current = podAddresses(pod);
  if (current.length === 0 || current.includes(address)) return undefined;
  return {
    why: `pod ${target.name} has address ${current.join(' and ')} now${taken}`,
    confidence: 'proven',
    evidence: [{ fact: `status.podIPs is ${current.join(', ')}`, source: `Pod ${namespace}/${target.name}` }],
  };
}

/** Only an address: it must belong to a living pod when it lies among those of pods. */
function fromAddress(
  index: ClusterIndex,
  subject: ServiceSubject,
  { address, holder }: ManualEndpoint,
  holders: readonly Pod[],
): Stale | undefined {
  if (holders.length > 0) return reused(holder.created, holder.ports, holders);
  if (!isInPodRange(index, address) || !isWhollyRead(index, 'Pod', subject.namespace)) return undefined;
  const asked = wasAskedFor(index, address);
  const everywhere = isWhollyRead(index, 'Pod') || asked;
  // Without the pods of other namespaces the address may be one of theirs; then pods must at least live here.
  if (!everywhere && index.list('Pod', subject.namespace).length === 0) return undefined;
  return {
    why: 'which lies in the range of pod addresses and belongs to no pod',
    confidence: everywhere ? 'proven' : 'likely',
    evidence: [
      {
        fact: `${asked ? 'no pod' : `none of ${index.list('Pod').length} pods`} has address ${address}`,
        source: everywhere ? 'pods of all namespaces' : `pods of namespace ${subject.namespace}`,
      },
    ],
  };
}

/** Pod addresses are given out again: a younger pod that serves no such port is hardly the one that was meant. */
function reused(
  written: string | undefined,
  ports: readonly { readonly port?: number | null }[],
  holders: readonly Pod[],
): Stale | undefined {
  const [pod] = holders;
  if (pod === undefined || holders.length !== 1 || pod.spec?.hostNetwork === true) return undefined;
  const born = pod.metadata?.creationTimestamp;
  if (written === undefined || born === undefined || !(Date.parse(born) > Date.parse(written))) return undefined;
  const declared = declaredPorts(pod.spec).map((port) => port.port);
  if (declared.length === 0 || ports.some((port) => declared.includes(port.port ?? 0))) return undefined;
  return {
    why: `which now belongs to pod ${namespaceOf(pod)}/${nameOf(pod)}, created later and serving other ports`,
    confidence: 'likely',
    evidence: [
      {
        fact: `created ${born}, declares ${declared.join(', ')}, not ${ports.map((port) => port.port ?? 0).join(', ')}`,
        source: `Pod ${namespaceOf(pod)}/${nameOf(pod)}`,
      },
    ],
  };
}

/** Where the pods that were meant are today. */
function liveEvidence(index: ClusterIndex, subject: ServiceSubject): readonly Evidence[] {
  const labels = likelyWorkload(index, subject)?.object.spec?.selector?.matchLabels;
  if (labels === undefined) return [];
  return index
    .list('Pod', subject.namespace)
    .filter((pod) => !isFinished(pod) && matchesLabels(labels, pod.metadata?.labels) && podAddresses(pod).length > 0)
    .slice(0, 2)
    .map((pod) => ({
      fact: `pod ${nameOf(pod)} has address ${podAddresses(pod).join(' and ')}`,
      source: `Pod ${subject.namespace}/${nameOf(pod)}`,
    }));
}

/** Hand-made slices with nothing in them but stale addresses and those of pods, which a selector finds by itself. */
function leftOver(index: ClusterIndex, subject: ServiceSubject, stale: readonly ManualEndpoint[]): readonly string[] {
  const all = manualEndpoints(index, subject);
  const names = new Set(stale.flatMap(({ holder: { ref } }) => (ref.kind === 'EndpointSlice' ? ref.name : [])));
  return [...names].filter((name) =>
    all.every(
      (one) => one.holder.ref.name !== name || stale.includes(one) || podsWithAddress(index, one.address).length > 0,
    ),
  );
}

/** The one stale address among others, taken out of what a person wrote. */
function takenOut(index: ClusterIndex, { address, holder: { ref } }: ManualEndpoint): Fix | undefined {
  const places =
    ref.kind === 'EndpointSlice'
      ? (index.get('EndpointSlice', ref.namespace ?? '', ref.name)?.endpoints ?? []).map(
          (value, at) => ({ value, path: `/endpoints/${at}`, held: value.addresses ?? [] }) as const,
        )
      : (index.get('Endpoints', ref.namespace ?? '', ref.name)?.subsets ?? []).flatMap(({ addresses }, subset) =>
          (addresses ?? []).map((value, at) => ({
            value,
            path: `/subsets/${subset}/addresses/${at}`,
            held: [value.ip ?? ''],
          })),
        );
  const place = places.find(({ held }) => held.length === 1 && held[0] === address);
  if (place === undefined) return undefined;
  const { path } = place;
  const patch = (op: string, value?: object): string =>
    patchLine(ref.kind.toLowerCase(), ref.namespace, ref.name, [{ op, path, value }], 'json');
  return {
    title: `take ${address} out of ${ref.kind} ${ref.name}`,
    command: patch('remove'),
    risk: 'low',
    undo: patch('add', place.value),
  };
}

/** Slices that stay beside a selector would keep their share of the requests. */
function withoutSlices(
  fix: Fix,
  { namespace }: ServiceSubject,
  stale: readonly ManualEndpoint[],
  slices: readonly string[],
): Fix {
  const source = stale.find(({ holder }) => holder.ref.kind === 'Endpoints')?.holder.ref.name;
  if (source !== undefined)
    // The controller writes its own addresses over those of the person.
    return {
      ...fix,
      command: `kubectl get endpoints ${source} -n ${namespace} -o yaml > before.yaml && ${fix.command}`,
      undo: `${fix.undo} && sed '/^  resourceVersion:/d' before.yaml | kubectl replace -f -`,
    };
  const [name, ...more] = slices;
  if (name === undefined || more.length > 0) return fix;
  return {
    ...fix,
    title: `${fix.title}, and take the slice away`,
    command:
      `kubectl get endpointslice ${name} -n ${namespace} -o yaml > ${name}.yaml && ` +
      `kubectl delete endpointslice ${name} -n ${namespace} && ${fix.command}`,
    undo: `${fix.undo} && kubectl create -f ${name}.yaml`,
  };
}

function fixesOf(index: ClusterIndex, subject: ServiceSubject, stale: readonly ManualEndpoint[]): readonly Fix[] {
  const all = manualEndpoints(index, subject);
  const [first] = stale;
  const out = first !== undefined && stale.length === 1 && all.length > 1 ? takenOut(index, first) : undefined;
  const fix = selectorFixFor(index, subject);
  return [
    ...(out === undefined ? [] : [out]),
    ...(fix === undefined ? [] : [withoutSlices(fix, subject, stale, leftOver(index, subject, stale))]),
    {
      title: 'see which addresses the Service has, and where the pods are',
      command:
        `kubectl get endpointslices -n ${subject.namespace} -l kubernetes.io/service-name=${subject.name} -o yaml; ` +
        `kubectl get pods -n ${subject.namespace} -o wide`,
      risk: 'none',
    },
  ];
}
