import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { judgeCertificates } from './certificates.ts';
import { inFront } from './in-front.ts';

/** Certificates of the Ingresses in front. */
export const ingressCertificate = defineCheck<ServiceSubject>({
  id: 'netsvc/ingress-certificate',
  group: 'ingress',
  needs: ['Ingress'],
  uses: ['Secret'],
  run: (subject, context) =>
    inFront(context, subject, (ingress) => judgeCertificates(context.index, ingress, context.now)),
});
