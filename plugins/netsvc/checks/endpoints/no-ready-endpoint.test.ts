import { describe, expect, it } from 'vitest';
import { replicaSet } from '../../../../shared/testing/broken-pods.ts';
import { deployment, pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
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

  it('adds what the controller of the workload says, what the last revision changed, and the way back', () => {
    const conditions = [
      { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', lastTransitionTime: secondsAgo(900) },
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', lastTransitionTime: secondsAgo(300) },
    ];
    const made = { ...deployment('web'), status: { replicas: 2, readyReplicas: 0, conditions } };
    const sets = [
      replicaSet('web', 'new', 2, { containers: [{ name: 'app', image: 'example/app:2' }] }),
      replicaSet('web', 'old', 1, { replicas: 0, containers: [{ name: 'app', image: 'example/app:1' }] }),
    ];
    const report = diagnoseObjects([web, made, ...sets], 'web', {
      except: { Pod: 'notCollected', EndpointSlice: 'notCollected', Event: 'notCollected' },
    });
    const facts = report.causes[0]?.evidence.map(({ fact }) => fact) ?? [];
    expect(facts).toContain('condition Available False, MinimumReplicasUnavailable since 15m');
    expect(facts).toContain('condition Progressing False, ProgressDeadlineExceeded since 5m');
    expect(facts.join()).toContain('revision 2 changed image of app from example/app:1 to example/app:2');
    expect(report.causes[0]?.fixes.at(-1)?.command).toBe('kubectl rollout undo deployment/web -n shop');
  });

  it('stays silent when an endpoint is ready', () => {
    const report = diagnoseObjects([web, ...slicesFor(web, [pod('web-1')])], 'web', { except: { Pod: 'forbidden' } });
    expect(report.findings.map(({ code }) => code)).not.toContain('SVC516');
  });
});
