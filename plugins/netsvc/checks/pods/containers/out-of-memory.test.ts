import { describe, expect, it } from 'vitest';
import { crashing, ended } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, pod, service, slicesFor } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');
const container = { name: 'app', image: 'example/app:1', resources: { limits: { memory: '128Mi' } } };

describe('out-of-memory', () => {
  it('names the limit and raises it', () => {
    const made = crashing('web-6f9c-a', ended(137, 'OOMKilled', 40), { of: 'web', containers: [container] });
    const report = diagnoseObjects([web, deployment('web'), made], 'web');
    expect(causeCodes(report)).toEqual(['SVC230']);
    expect(report.headline).toBe(
      'container app is OOMKilled in pod web-6f9c-a of Deployment web: it needs more memory than its limit 128Mi (exit code 137, 4 restarts)',
    );
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"app","resources":{"limits":{"memory":"256Mi"}}}]}}}}'`,
    );
    expect(report.causes[0]?.fixes[0]?.undo).toContain('"memory":"128Mi"');
  });

  it('does not blame the liveness probe of a container that ran out of memory', () => {
    const made = crashing('web-6f9c-a', ended(137, 'OOMKilled', 30), {
      of: 'web',
      containers: [{ ...container, livenessProbe: { httpGet: { path: '/', port: 8080 } } }],
    });
    expect(causeCodes(diagnoseObjects([web, deployment('web'), made], 'web'))).toEqual(['SVC230']);
  });

  it('says so when there is no limit: then the node was full', () => {
    const made = crashing('web-1', ended(137, 'OOMKilled'));
    expect(diagnoseObjects([web, made], 'web').headline).toContain(
      'more memory than the node can give (it has no limit)',
    );
  });

  it('stays silent about pods within their limits', () => {
    const pods = [pod('web-1', { containers: [container] })];
    expect(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });

  it('says that the limit is the default of a LimitRange', () => {
    const made = crashing('web-6f9c-a', ended(137, 'OOMKilled', 40), { of: 'web', containers: [container] });
    const annotations = {
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container app; cpu, memory limit for container app',
    };
    const limited = { ...made, metadata: { ...made.metadata, annotations } };
    const report = diagnoseObjects([web, deployment('web'), limited], 'web');
    expect(report.causes[0]?.evidence.map(({ fact }) => fact).join('\n')).toContain(
      'resources.limits.memory is 128Mi, the default of a LimitRange',
    );
  });
});
