import { describe, expect, it } from 'vitest';
import { pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const leaving = pod('web-1', { meta: { deletionTimestamp: secondsAgo(-20) } });

describe('terminating-only', () => {
  it('tells that only pods that shut down are left, and how long they have', () => {
    const report = diagnoseObjects([web, leaving, ...slicesFor(web, [leaving])], 'web');
    expect(causeCodes(report)).toContain('SVC512');
    const cause = report.causes.find((entry) => entry.code === 'SVC512');
    expect(cause?.summary).toContain('its pod is terminating (1 still serving until killed)');
    expect(cause?.evidence.map((entry) => entry.fact).join()).toContain('is killed in 20s');
  });

  it('is critical when they do not serve any more', () => {
    const dead = pod('web-1', { ready: false, meta: { deletionTimestamp: secondsAgo(-20) } });
    expect(diagnoseObjects([web, dead, ...slicesFor(web, [dead])], 'web').verdict).toBe('broken');
  });

  it('stays silent while a ready pod remains', () => {
    const pods = [leaving, pod('web-2')];
    expect(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});
