import { describe, expect, it } from 'vitest';
import type { ContainerStatus } from '../../../../shared/model/objects-pod.ts';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const svc = service('web', { selector: { app: 'web' } });

describe('container-serves-nothing', () => {
  it('quotes the command that was left behind', () => {
    const app = stagedApp('web', { container: { command: ['sh', '-c', 'sleep infinity'] } });
    const report = diagnoseObjects([svc, ...app.objects, ...slicesFor(svc, app.pods)], 'web');
    expect(causeCodes(report)).toEqual(['SVC404']);
    expect(report.headline).toContain('sleep infinity');
    expect(report.causes[0]?.fixes[0]?.command).toContain(
      '"op":"remove","path":"/spec/template/spec/containers/0/command"',
    );
  });

  it('leaves a command that crashes to the crash', () => {
    const crashed: ContainerStatus = {
      name: 'app',
      ready: false,
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    };
    const pods = [
      pod('web-1', {
        ready: false,
        containers: [
          { name: 'app', command: ['sh', '-c', 'echo FATAL; sleep 1; exit 3'], ports: [{ containerPort: 8080 }] },
        ],
        status: { containerStatuses: [crashed] },
      }),
    ];
    expect(causeCodes(diagnoseObjects([svc, ...pods, ...slicesFor(svc, pods)], 'web'))).not.toContain('SVC404');
  });

  it('stays silent for peers that are found by name only', () => {
    const headless = service('web', {
      selector: { app: 'web' },
      clusterIP: 'None',
      ports: [{ port: 8080, targetPort: 8080 }],
    });
    const app = stagedApp('web', { container: { command: ['sleep', '3600'] } });
    const report = diagnoseObjects([headless, ...app.objects, ...slicesFor(headless, app.pods)], 'web');
    expect(causeCodes(report)).not.toContain('SVC404');
  });
});
