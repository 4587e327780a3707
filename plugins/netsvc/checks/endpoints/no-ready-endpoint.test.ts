import { describe, expect, it } from 'vitest';
import { deployment, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');

describe('no-ready-endpoint', () => {
  it('says who is not ready where the pods were not seen', () => {
    const slices = slicesFor(web, [pod('web-1', { ready: false })]);
    const report = diagnoseObjects([web, ...slices], 'web', { except: { Pod: 'forbidden' } });
    expect(report.verdict).toBe('broken');
    expect(report.headline).toBe('Service shop/web has no ready endpoint: web-1 is not ready');
    expect(report.causes[0]).toMatchObject({ code: 'SVC516', confidence: 'likely' });
    expect(report.notChecked.map(({ reason }) => reason)).toContain('forbidden: list Pod');
  });

  it('guesses no cause where no endpoint is listed at all: it may be meant so', () => {
    const report = diagnoseObjects([web, ...slicesFor(web, [])], 'web', { except: { Pod: 'forbidden' } });
    expect(report.verdict).toBe('unknown');
    expect(report.causes).toEqual([]);
    expect(report.headline).toBe('Service shop/web has no ready endpoint; why could not be told: forbidden: list Pod');
  });

  it('hears it from the workload where the slices were not seen either', () => {
    const blind = { except: { Pod: 'notCollected', EndpointSlice: 'notCollected' } } as const;
    const made = (readyReplicas: number) => ({ ...deployment('web'), status: { replicas: 2, readyReplicas } });
    const report = diagnoseObjects([web, made(0)], 'web', blind);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toBe('Service shop/web has no ready endpoint: all 2 pods of Deployment web are not ready');
    expect(diagnoseObjects([web, made(1)], 'web', blind).causes).toEqual([]);
  });

  it('stays silent when an endpoint is ready', () => {
    const report = diagnoseObjects([web, ...slicesFor(web, [pod('web-1')])], 'web', { except: { Pod: 'forbidden' } });
    expect(report.findings.map(({ code }) => code)).not.toContain('SVC516');
  });
});
