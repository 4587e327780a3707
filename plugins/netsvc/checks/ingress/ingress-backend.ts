import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { judgeBackends } from './backends.ts';
import { inFront } from './in-front.ts';

/** Backends of the Ingresses in front: the port must exist on the Service. Its endpoints are judged elsewhere. */
export const ingressBackend = defineCheck<ServiceSubject>({
  id: 'netsvc/ingress-backend',
  group: 'ingress',
  needs: ['Ingress'],
  uses: ['Service'],
  run: (subject, context) =>
    inFront(context, subject, (ingress) =>
      judgeBackends(context.index, ingress, { only: subject.name, endpoints: false }),
    ),
});
