import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');

describe('no-ready-endpoint', () => {
  it('says who is not ready where the pods were not seen, and guesses no cause', () => {
    const slices = slicesFor(web, [pod('web-1', { ready: false })]);
    const report = diagnoseObjects([web, ...slices], 'web', { except: { Pod: 'forbidden' } });
    expect(report.verdict).toBe('unknown');
    expect(report.causes).toEqual([]);
    const note = report.findings.find(({ code }) => code === 'SVC516');
    expect(note?.summary).toBe('Service shop/web has no ready endpoint: web-1 is not ready');
  });

  it('stays silent when an endpoint is ready', () => {
    const report = diagnoseObjects([web, ...slicesFor(web, [pod('web-1')])], 'web', { except: { Pod: 'forbidden' } });
    expect(report.findings.map(({ code }) => code)).not.toContain('SVC516');
  });
});
