import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { lastChange } from '../../../../shared/model/managed-fields.ts';
import type { KubeObject, Labels } from '../../../../shared/model/objects.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { formatLabels } from '../../../../shared/model/selectors.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { plural } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import type { Candidate } from './nearest-workloads.ts';

/** `selector app=web matches 0 of 12 pods`. */
export function matchEvidence(index: ClusterIndex, subject: ServiceSubject, matched = 0): Evidence {
  const all = index.list('Pod', subject.namespace).length;
  const whole = index.seen('Pod', subject.namespace).whole;
  return {
    fact: `selector ${formatLabels(subject.selector)} matches ${matched}${whole ? ` of ${plural(all, 'pod')} of the namespace` : ' pods'}`,
    source: `${formatRef(subject.ref)} spec.selector`,
  };
}

/** What the pods of each candidate carry. */
export function candidateEvidence(candidates: readonly Candidate[], selector: Labels): readonly Evidence[] {
  return candidates.slice(0, 3).map(({ ref, labels, object }) => {
    const shown = withoutHashes(labels, selector);
    const template = (object as Workload | undefined)?.spec?.template?.metadata?.labels;
    const written = template !== undefined && Object.keys(shown).every((key) => key in template);
    return {
      fact: `pods of ${ref.kind} ${ref.name} carry ${formatLabels(shown) || 'no labels'}`,
      source:
        ref.kind === 'Pod'
          ? `${formatRef(ref)} metadata.labels`
          : written
            ? `${formatRef(ref)} spec.template.metadata.labels`
            : `Pods of ${formatRef(ref)} metadata.labels`,
    };
  });
}

const CONTROLLERS_OWN = /-hash$|pod-index$|pod-name$|^pod-template-generation$/;

/** Labels without those that controllers add to tell revisions and ordinals apart, save for keys that a selector asks for. */
export function withoutHashes(labels: Labels = {}, selector: Labels = {}): Labels {
  return Object.fromEntries(
    Object.entries(labels).filter(([key]) => !CONTROLLERS_OWN.test(key) || selector[key] !== undefined),
  );
}

/** Who wrote the Service's selector last, when the API server noted it. */
export function selectorChange(subject: ServiceSubject, now: number): readonly Evidence[] {
  return changeOf(subject.service, formatRef(subject.ref), ['spec', 'selector'], now);
}

/** Who wrote the labels of a workload's template last. */
export function templateChange(object: KubeObject | undefined, name: string, now: number): readonly Evidence[] {
  return object === undefined ? [] : changeOf(object, name, ['spec', 'template', 'metadata', 'labels'], now);
}

function changeOf(object: KubeObject, name: string, path: readonly string[], now: number): readonly Evidence[] {
  const change = lastChange(object, path);
  if (change === undefined) return [];
  const fact = `${path.join('.')} last changed by ${change.manager} ${ago(change.time, now)} (${change.time})`;
  return [{ fact, source: `${name} metadata.managedFields` }];
}
