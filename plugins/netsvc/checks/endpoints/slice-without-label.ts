import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { EndpointSlice } from '../../../../shared/model/objects-network.ts';
import { formatRef, nameOf, refOf } from '../../../../shared/model/refs.ts';
import { isControllerSlice, SERVICE_NAME_LABEL } from '../../../../shared/model/services.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { likeness } from '../selector/label-distance.ts';
import { isMirrored, isSelectorless, manualEndpoints } from './manual-endpoints.ts';
import { isMeantFor } from './starving-services.ts';

/** A slice that was written for this Service and is not tied to it, because the label is missing or wrong. */
export const sliceWithoutLabel = defineCheck<ServiceSubject>({
  id: 'netsvc/slice-without-label',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  uses: ['Service'],
  applies: isSelectorless,
  run: (subject, { index }) => {
    if (manualEndpoints(index, subject).length > 0) return [];
    const stray = strays(index, subject)[0];
    if (stray === undefined) return [];
    const name = nameOf(stray);
    const label = stray.metadata?.labels?.[SERVICE_NAME_LABEL] ?? '';
    const near = nearKey(stray, subject.name);
    const line = `kubectl label endpointslice ${name} -n ${subject.namespace}`;
    return [
      endpointsMessages.SVC503.raise({
        subject: refOf(stray, 'EndpointSlice'),
        args: {
          service: `${subject.namespace}/${subject.name}`,
          slice: name,
          wanted: `${SERVICE_NAME_LABEL}=${subject.name}`,
          found:
            label !== ''
              ? `is labelled ${SERVICE_NAME_LABEL}=${label}`
              : near !== undefined
                ? `carries ${near}=${subject.name} instead`
                : 'lacks the label',
          command: `${line} ${SERVICE_NAME_LABEL}=${subject.name}${label === '' ? '' : ' --overwrite'}`,
          undo: label === '' ? `${line} ${SERVICE_NAME_LABEL}-` : `${line} ${SERVICE_NAME_LABEL}=${label} --overwrite`,
        },
        ...(madeFor(stray, subject.name) ? {} : { confidence: 'likely' as const }),
        evidence: [
          {
            fact: `holds ${addressesOf(stray).slice(0, 3).join(', ')}, label ${SERVICE_NAME_LABEL} is ${label === '' ? 'missing' : label}`,
            source: `${formatRef(refOf(stray, 'EndpointSlice'))} metadata.labels`,
          },
          {
            fact: 'no selector, and no EndpointSlice with an address is labelled for it',
            source: formatRef(subject.ref),
          },
        ],
      }),
    ];
  },
});

/** Slices with addresses that belong to no Service, the one most like this Service first. */
function strays(index: ClusterIndex, subject: ServiceSubject): readonly EndpointSlice[] {
  const free = index.list('EndpointSlice', subject.namespace).filter((slice) => {
    const owner = slice.metadata?.labels?.[SERVICE_NAME_LABEL] ?? '';
    if (addressesOf(slice).length === 0 || isControllerSlice(slice) || isMirrored(slice)) return false;
    if (owner === '') return true;
    if (owner === subject.name) return false;
    // One that names another Service was still made for this one when it bears its name.
    return isNamedAfter(slice, subject.name) || isProvenAbsent(index, 'Service', subject.namespace, owner);
  });
  return free
    .map((slice) => ({ slice, score: scoreOf(slice, subject.name) }))
    .filter(({ score }) => score >= 0.5 || (free.length === 1 && score >= 0.3))
    .filter(({ slice }) => isMeantFor(index, subject.namespace, subject.name, (service) => scoreOf(slice, service)))
    .sort((a, b) => b.score - a.score)
    .map(({ slice }) => slice);
}

function scoreOf(slice: EndpointSlice, service: string): number {
  if (madeFor(slice, service)) return 1;
  const label = slice.metadata?.labels?.[SERVICE_NAME_LABEL] ?? '';
  return Math.max(likeness(stem(slice), service), label === '' ? 0 : likeness(label, service));
}

/** Made for the Service by its name, by a label value or by an owner reference. */
function madeFor(slice: EndpointSlice, service: string): boolean {
  return (
    isNamedAfter(slice, service) ||
    nearKey(slice, service) !== undefined ||
    (slice.metadata?.ownerReferences ?? []).some((owner) => owner.kind === 'Service' && owner.name === service)
  );
}

function isNamedAfter(slice: EndpointSlice, service: string): boolean {
  return stem(slice) === service || nameOf(slice) === service;
}

/** `legacy-db-1`, `legacy-db-x7k2p` and generateName `legacy-db-` all mean legacy-db. */
function stem(slice: EndpointSlice): string {
  const generated = slice.metadata?.generateName;
  if (generated !== undefined && generated !== '') return generated.replace(/-$/, '');
  return nameOf(slice).replace(/-([0-9]+|[a-z0-9]{5}|ipv[46]|v[46]|manual|custom|external|endpoints?|slice|eps)$/, '');
}

/** Another label key that carries the Service's name, such as `kubernetes.io/service`. */
function nearKey(slice: EndpointSlice, service: string): string | undefined {
  return Object.entries(slice.metadata?.labels ?? {}).find(
    ([key, value]) => key !== SERVICE_NAME_LABEL && value === service && /service/i.test(key),
  )?.[0];
}

function addressesOf(slice: EndpointSlice): readonly string[] {
  return (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []);
}
