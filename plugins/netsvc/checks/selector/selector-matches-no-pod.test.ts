import { describe, expect, it } from 'vitest';
import { deployment, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

describe('selector-matches-no-pod', () => {
  it('names the label value that differs on the nearest workload and gives both patches', () => {
    const web = service('payment', { selector: { app: 'payment', tier: 'api' } });
    const pods = [pod('payment-1', { labels: { app: 'payment', tier: 'backend' } })];
    const report = diagnoseObjects(
      [
        web,
        deployment(
          'payment',
          { app: 'payment' },
          {
            template: { metadata: { labels: { app: 'payment', tier: 'backend' } }, spec: {} },
          },
        ),
        ...pods,
        ...slicesFor(web, pods),
      ],
      'payment',
    );
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.headline).toContain('Deployment payment has tier=backend instead of tier=api');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toEqual([
      `kubectl patch service payment -n shop --type=merge -p '{"spec":{"selector":{"tier":"backend"}}}'`,
      `kubectl patch deployment payment -n shop -p '{"spec":{"template":{"metadata":{"labels":{"tier":"api"}}}}}'`,
    ]);
  });

  it('stays silent when a pod matches', () => {
    const web = service('web');
    const pods = [pod('web-1')];
    expect(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });

  it('cannot tell without pods, and says which right is missing', () => {
    const report = diagnoseObjects([service('web')], 'web', { except: { Pod: 'forbidden' } });
    expect(report.verdict).toBe('unknown');
    expect(report.headline).toContain('forbidden: list Pod');
  });
});
