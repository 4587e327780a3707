import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { judgeClass } from './classes.ts';
import { inFront } from './in-front.ts';

/** Classes and controllers of the Ingresses in front. */
export const ingressClass = defineCheck<ServiceSubject>({
  id: 'netsvc/ingress-class',
  group: 'ingress',
  needs: ['Ingress'],
  uses: ['IngressClass', 'Deployment', 'DaemonSet', 'Pod', 'Node'],
  run: (subject, context) => inFront(context, subject, (ingress) => judgeClass(context.index, ingress)),
});
