import type { Evidence, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { lastChange } from '../../../../shared/model/managed-fields.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { formatLabels } from '../../../../shared/model/selectors.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import type { LabelDifference } from './label-distance.ts';
import { marksLeader } from './leader-words.ts';
import type { Candidate } from './nearest-workloads.ts';
import { selectorPatch } from './selector-fixes.ts';

/** What is told instead of a plain difference where a label marks the pod that leads. */
export interface NobodyLeads {
  readonly words: string;
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

/**
 * All that the pods lack is the label of a leader, which no template sets: nobody leads. Not where the selector was
 * changed after the Service was made: then the change is the fault.
 */
export function nobodyLeads(
  index: ClusterIndex,
  subject: ServiceSubject,
  { ref, object }: Candidate,
  [only, ...more]: readonly LabelDifference[],
): NobodyLeads | undefined {
  if (only === undefined || more.length > 0 || !marksLeader(only.key, only.wanted)) return undefined;
  if (object?.spec?.template?.metadata?.labels?.[only.key] !== undefined) return undefined;
  const made = Date.parse(subject.service.metadata?.creationTimestamp ?? '');
  const changed = Date.parse(lastChange(subject.service, ['spec', 'selector'])?.time ?? '');
  if (changed > made + SETTLING) return undefined;
  const { namespace } = subject;
  const rest = Object.fromEntries(Object.entries(subject.selector ?? {}).filter(([key]) => key !== only.key));
  const leases = index
    .list('Lease', namespace)
    .filter((lease) => nameOf(lease).includes(ref.name) || lease.spec?.holderIdentity?.startsWith(ref.name) === true);
  return {
    words: ` (given to the pod that leads, it seems: nobody leads now)`,
    evidence: leases.slice(0, 2).map((lease) => ({
      fact: `held by ${lease.spec?.holderIdentity || 'nobody'}`,
      source: `Lease ${namespace}/${nameOf(lease)} spec.holderIdentity`,
    })),
    fixes: [
      { title: 'see who holds the lead', command: `kubectl get lease -n ${namespace}`, risk: 'none' },
      ...(Object.keys(rest).length === 0 ? [] : withoutLeader(subject, only, formatLabels(rest))),
    ],
  };
}

function withoutLeader(subject: ServiceSubject, { key, wanted }: LabelDifference, rest: string): readonly Fix[] {
  return [
    {
      title: 'read why no pod takes it',
      command: `kubectl logs -n ${subject.namespace} -l ${rest} --prefix --tail=20`,
      risk: 'none',
    },
    {
      title: 'or send to all of them, if any may answer',
      command: selectorPatch(subject, { [key]: null }),
      risk: 'high',
      undo: selectorPatch(subject, { [key]: wanted }),
    },
  ];
}

/** Applied and at once applied again, or written by two hands of one release. */
const SETTLING = 60_000;
