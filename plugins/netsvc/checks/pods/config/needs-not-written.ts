import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../../shared/messages/finding.ts';
import { isApplied, isStored } from '../../../../../shared/model/applied.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { ConfigMap } from '../../../../../shared/model/objects.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { ownerOrPod } from '../../../../../shared/model/owners.ts';
import { formatRef, nameOf, namespaceOf, type Ref, refKey } from '../../../../../shared/model/refs.ts';
import { joinNames } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import { type ServiceSubject, subjectPods } from '../../../service-subject.ts';
import { likeness } from '../../selector/label-distance.ts';
import { type WrittenNeed, writtenNeeds } from './written-needs.ts';

/** A slip of a letter or two, against another name altogether. */
const SLIP = 0.75;

/**
 * Manifests that were never applied name a ConfigMap, Secret, claim, service account or key that is not written beside
 * them. Absence means something only where other objects of the kind are written for the namespace: Secrets often come
 * another way.
 */
export const needsNotWritten = defineCheck<ServiceSubject>({
  id: 'netsvc/needs-not-written',
  group: 'pods',
  needs: ['Pod'],
  uses: ['ConfigMap', 'Secret', 'PersistentVolumeClaim', 'ServiceAccount'],
  applies: ({ selector, service }) => selector !== undefined && !isApplied(service),
  run: (subject, { index }) => {
    // What kustomize generates is in no file.
    if (index.problems.some(({ message }) => message.startsWith('kustomize '))) return [];
    const makers = new Map<string, { readonly ref: Ref; readonly pod: Pod }>();
    for (const pod of subjectPods(index, subject)) {
      const ref = ownerOrPod(index, pod);
      if (!isStored(pod)) makers.set(refKey(ref), { ref, pod });
    }
    return [...makers.values()].flatMap(({ ref, pod }) => judge(index, ref, pod));
  },
});

function judge(index: ClusterIndex, ref: Ref, { spec = {} }: Pod): readonly Finding[] {
  const needs = writtenNeeds(spec);
  const told = new Set<string>();
  return needs.flatMap((need): readonly Finding[] => {
    const id = `${need.kind}/${need.name}/${need.key ?? ''}`;
    const fault = told.has(id) ? undefined : faultOf(index, ref.namespace ?? '', need, needs);
    if (fault === undefined) return [];
    told.add(id);
    const { kind, name, key, where } = need;
    return [
      podsMessages.SVC248.raise({
        subject: ref,
        severity: fault.severity,
        confidence: fault.confidence,
        args: {
          workload: `${ref.kind} ${ref.name}`,
          need: fault.lacksKey ? `key ${key ?? ''} of ${kind} ${name}` : `${kind} ${name}`,
          where,
          instead: fault.instead,
        },
        evidence: [{ fact: `${where} names ${kind} ${name}`, source: `${formatRef(ref)} spec.template.spec` }],
      }),
    ];
  });
}

interface Fault {
  readonly lacksKey: boolean;
  readonly instead: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly confidence: 'proven' | 'likely' | 'possible';
}

function faultOf(
  index: ClusterIndex,
  namespace: string,
  { kind, name, key }: WrittenNeed,
  needs: readonly WrittenNeed[],
): Fault | undefined {
  const written = index.list(kind, namespace);
  const found = written.find((object) => nameOf(object) === name) as ConfigMap | undefined;
  if (found !== undefined) {
    const keys = Object.keys(found.data ?? {});
    if (key === undefined || keys.includes(key) || (kind === 'Secret' && found.data === undefined)) return undefined;
    const instead = keys.length === 0 ? 'it has no keys' : `it has ${joinNames(keys, 5)}`;
    return { lacksKey: true, instead, severity: 'critical', confidence: 'proven' };
  }
  const elsewhere = index.list(kind).find((object) => nameOf(object) === name);
  if (elsewhere !== undefined) {
    const instead = `it is in namespace ${namespaceOf(elsewhere)}, and pods see only their own`;
    return { lacksKey: false, instead, severity: 'critical', confidence: 'likely' };
  }
  const others = written.map(nameOf).filter((other) => !needs.some((one) => one.kind === kind && one.name === other));
  const [near] = [...others].sort((a, b) => likeness(b, name) - likeness(a, name));
  if (written.length === 0) return undefined;
  const slip = near !== undefined && likeness(near, name) >= SLIP;
  return {
    lacksKey: false,
    instead: `not in these files${near === undefined ? '' : `, which hold ${kind} ${near}`}`,
    severity: slip ? 'critical' : kind === 'Secret' ? 'info' : 'warning',
    confidence: slip ? 'likely' : 'possible',
  };
}
