import { describe, expect, it } from 'vitest';
import type { PodDisruptionBudget } from '../../../../shared/model/objects-workload.ts';
import { node, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';
import { soundWeb } from '../../testing/system-objects.ts';

describe('cordoned-nodes', () => {
  it('notes endpoints on a node that takes no new pods', () => {
    const [, ...rest] = soundWeb();
    const web = service('web');
    const cordoned = node('n2', true, { spec: { unschedulable: true } });
    const objects = [web, ...rest.filter((object) => object.metadata?.name !== 'n2'), cordoned];
    const report = diagnoseObjects(objects, 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.find((finding) => finding.code === 'SVC805')?.summary).toBe(
      '1 of 2 ready endpoints run on n2, cordoned',
    );
  });

  it('tells that a budget holds up the drain, and what lets it go on', () => {
    const web = service('web');
    const app = stagedApp('web');
    const cordoned = node('n2', true, { spec: { unschedulable: true } });
    const budget = (disruptionsAllowed: number): PodDisruptionBudget => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
      status: { disruptionsAllowed, desiredHealthy: 2, currentHealthy: 2 },
    });
    const objects = [web, ...app.objects, ...slicesFor(web, app.pods), node('n1'), cordoned];
    const note = (allowed: number) =>
      diagnoseObjects([...objects, budget(allowed)], 'web').findings.find(({ code }) => code === 'SVC805');
    expect(note(0)?.summary).toBe(
      '1 of 2 ready endpoints run on n2, cordoned; a drain waits: PodDisruptionBudget web lets no pod be evicted (2 healthy, 2 needed)',
    );
    expect(note(0)?.fixes.map(({ command }) => command)).toEqual(['kubectl scale deployment/web -n shop --replicas=3']);
    expect(note(1)?.summary).toBe('1 of 2 ready endpoints run on n2, cordoned');
  });

  it('says nothing otherwise', () => {
    expect(diagnoseObjects(soundWeb(), 'web').findings.map((finding) => finding.code)).not.toContain('SVC805');
  });
});
