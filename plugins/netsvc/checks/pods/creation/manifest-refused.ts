import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import { isStored } from '../../../../../shared/model/applied.ts';
import type { KubeObject } from '../../../../../shared/model/objects.ts';
import { refKey, refOf } from '../../../../../shared/model/refs.ts';
import { podsMessages } from '../../../messages/pods.ts';
import { type ServiceSubject, subjectPods } from '../../../service-subject.ts';
import { workloadsMatching } from '../../selector/workloads-matching.ts';

/**
 * The manifest of the Service or of what makes its pods does not decode: the API server refuses it, so that what it holds
 * will not be there, however sound the rest is. Only of objects that were never applied; a server gives no others out.
 */
export const manifestRefused = defineCheck<ServiceSubject>({
  id: 'netsvc/manifest-refused',
  group: 'pods',
  needs: ['Service'],
  uses: ['Pod'],
  applies: (_subject, { index }) => index.problems.some(({ refused }) => refused !== undefined),
  run: (subject, { index }) => {
    const { selector = {}, service } = subject;
    const concerned = new Map<string, KubeObject>([[refKey(subject.ref), service]]);
    const makers = subject.selector === undefined ? [] : workloadsMatching(index, subject.namespace, selector);
    for (const pod of subjectPods(index, subject)) concerned.set(refKey(refOf(pod, 'Pod')), pod);
    for (const { ref, object } of makers) concerned.set(refKey(ref), object);
    return index.problems.flatMap(({ refused, message, path, line }) => {
      const object = refused === undefined ? undefined : concerned.get(refKey(refused));
      if (refused === undefined || object === undefined || isStored(object)) return [];
      return [
        podsMessages.SVC249.raise({
          subject: refused,
          args: { message },
          evidence: [{ fact: message, source: line === undefined ? path : `${path}:${line}` }],
        }),
      ];
    });
  },
});
