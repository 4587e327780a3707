import { describe, expect, it } from 'vitest';
import { node, service } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';
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

  it('says nothing otherwise', () => {
    expect(diagnoseObjects(soundWeb(), 'web').findings.map((finding) => finding.code)).not.toContain('SVC805');
  });
});
