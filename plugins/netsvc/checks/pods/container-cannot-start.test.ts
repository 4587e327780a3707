import { describe, expect, it } from 'vitest';
import { crashing, podWith, waiting } from '../../../../shared/testing/broken-pods.ts';
import { deployment, event, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const MESSAGE =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/app/server": stat /app/server: no such file or directory: unknown';

describe('container-cannot-start', () => {
  it('names the command that is not in the image', () => {
    const made = crashing(
      'web-6f9c-a',
      { terminated: { exitCode: 128, reason: 'StartError', message: MESSAGE } },
      { of: 'web', containers: [{ name: 'app', image: 'example/app:1', command: ['/app/server'] }] },
    );
    const report = diagnoseObjects([web, deployment('web'), made], 'web');
    expect(causeCodes(report)).toEqual(['SVC228']);
    expect(report.headline).toBe(
      'container app cannot start in pod web-6f9c-a of Deployment web (CrashLoopBackOff, StartError): exec: "/app/server": stat /app/server: no such file or directory',
    );
  });

  it('reads the waiting state between two attempts', () => {
    const made = podWith('web-6f9c-a', {
      state: waiting(
        'RunContainerError',
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "gunicorn": executable file not found in $PATH: unknown',
      ),
    });
    const report = diagnoseObjects([web, made], 'web');
    expect(causeCodes(report)).toEqual(['SVC228']);
    expect(report.headline).toContain('exec: "gunicorn": executable file not found in $PATH');
  });

  it('blames a postStart hook, not the exit code that follows from it', () => {
    const made = crashing(
      'web-6f9c-a',
      { terminated: { exitCode: 0, reason: 'Completed' } },
      { of: 'web', containers: [{ name: 'app', lifecycle: { postStart: { exec: { command: ['/bin/false'] } } } }] },
    );
    const hook = event(made, 'FailedPostStartHook', 'PostStartHook failed', { fieldPath: 'spec.containers{app}' });
    const report = diagnoseObjects([web, deployment('web'), made, hook], 'web');
    expect(causeCodes(report)).toEqual(['SVC228']);
    expect(report.headline).toContain('FailedPostStartHook');
  });

  it('stays silent when the container runs', () => {
    const pods = [pod('web-1')];
    expect(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});
