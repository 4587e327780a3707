import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const checkout = stagedApp('checkout');
const payment = stagedApp('payment', { container: { ports: [{ name: 'http', containerPort: 9090 }] } });
const own = service('checkout', { selector: { app: 'checkout' } });

function diagnose(targetPort: number, more: readonly KubeObject[] = []) {
  const svc = service('payment', { selector: { app: 'checkout' }, ports: [{ port: 80, targetPort, protocol: 'TCP' }] });
  const objects = [svc, ...checkout.objects, ...payment.objects, ...more, ...slicesFor(svc, checkout.pods)];
  return diagnoseObjects(objects, 'payment');
}

describe('wrong-workload', () => {
  it('names the workload that is meant when the selected one does not serve the port', () => {
    const report = diagnose(9090);
    expect(causeCodes(report)).toEqual(['SVC108']);
    expect(report.causes[0]?.severity).toBe('critical');
    expect(report.headline).toContain(
      'selects the pods of Deployment checkout, while Deployment payment (app=payment) is selected by no Service',
    );
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      `kubectl patch service payment -n shop --type=merge -p '{"spec":{"selector":{"app":"payment"}}}'`,
    );
  });

  it('warns of a copied Service whose requests reach the wrong app', () => {
    const same = stagedApp('payment');
    const svc = service('payment', { selector: { app: 'checkout' } });
    const report = diagnoseObjects(
      [svc, own, ...checkout.objects, ...same.objects, ...slicesFor(svc, checkout.pods)],
      'payment',
    );
    expect(causeCodes(report)).toEqual(['SVC108']);
    expect(report.verdict).toBe('degraded');
  });

  it('sees two Services that were mixed up', () => {
    const same = stagedApp('payment');
    const [svc, other] = [
      service('payment', { selector: { app: 'checkout' } }),
      service('checkout', { selector: { app: 'payment' } }),
    ];
    const report = diagnoseObjects(
      [
        svc,
        other,
        ...checkout.objects,
        ...same.objects,
        ...slicesFor(svc, checkout.pods),
        ...slicesFor(other, same.pods),
      ],
      'payment',
    );
    expect(causeCodes(report)).toEqual(['SVC108']);
    expect(report.headline).toContain('Deployment payment (app=payment) is selected by Service checkout');
  });

  it('stays silent when the other workload has a Service of its own', () => {
    const served = service('payment-api', { selector: { app: 'payment' } });
    expect(causeCodes(diagnose(9090, [served]))).toEqual(['SVC401']);
  });
});
