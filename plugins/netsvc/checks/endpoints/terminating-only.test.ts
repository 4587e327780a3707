import { describe, expect, it } from 'vitest';
import { pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const leaving = pod('web-1', { meta: { deletionTimestamp: secondsAgo(-20) } });

describe('terminating-only', () => {
  it('tells that only pods that shut down are left, and how long they have', () => {
    const starting = pod('web-2', { ready: false });
    const pods = [leaving, starting];
    const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web');
    const told = JSON.stringify(report.causes);
    expect(told).toContain('its pod is terminating (1 still serving until killed), 1 not ready');
    const cause = report.causes.find((entry) => entry.code === 'SVC512');
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
