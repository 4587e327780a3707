import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { judgeClass } from './classes.ts';
import { frontOf, inFront } from './in-front.ts';
import { hasAddress } from './routes.ts';

/** Classes and controllers of the Ingresses in front. */
export const ingressClass = defineCheck<ServiceSubject>({
  id: 'netsvc/ingress-class',
  group: 'ingress',
  needs: ['Ingress'],
  uses: ['IngressClass', 'Deployment', 'DaemonSet', 'Pod', 'Node'],
  run: (subject, context) => inFront(context, subject, (ingress) => judgeClass(context.index, ingress)),
  undecided: (subject, { index, via }) => {
    const { status, reason } = index.seen('IngressClass');
    // One that has an address has been taken, whatever its class.
    return status !== 'ok' && frontOf(index, subject, via).some((ingress) => !hasAddress(ingress)) ? reason : undefined;
  },
});
