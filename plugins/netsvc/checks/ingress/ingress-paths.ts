import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { inFront } from './in-front.ts';
import { judgeRoutes } from './ingress-findings.ts';

/** Hosts and paths of the Ingresses in front that another Ingress has taken, or that are patterns by mistake. */
export const ingressPaths = defineCheck<ServiceSubject>({
  id: 'netsvc/ingress-paths',
  group: 'ingress',
  needs: ['Ingress'],
  uses: ['IngressClass'],
  run: (subject, context) => inFront(context, subject, (ingress) => judgeRoutes(context.index, ingress)),
});
