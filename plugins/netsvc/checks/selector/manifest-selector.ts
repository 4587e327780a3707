import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isManifestOnly, manifestPods, manifestWorkloads } from '../ports/manifest-pods.ts';
import { unmatched } from './selector-matches-no-pod.ts';
import { SELECTOR_USES } from './selector-uses.ts';

/** The same question as `selector-matches-no-pod`, asked of manifests: templates stand for the pods they would make. */
export const manifestSelector = defineCheck<ServiceSubject>({
  id: 'netsvc/manifest-selector',
  group: 'selector',
  needs: [],
  uses: [...SELECTOR_USES, 'Pod'],
  applies: (subject, { index }) => subject.selector !== undefined && isManifestOnly(index, subject),
  run: (subject, { index, now }) => {
    // Without any workload the files may simply not hold it.
    if (manifestWorkloads(index, subject).length === 0 || manifestPods(index, subject).length > 0) return [];
    return [unmatched(index, subject, now)];
  },
});
