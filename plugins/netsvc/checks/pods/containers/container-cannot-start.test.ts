import { describe, expect, it } from 'vitest';
import type { Container } from '../../../../../shared/model/objects-pod.ts';
import { crashing, ended, podWith, waiting } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, event, pod, secondsAgo, service, slicesFor } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

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

  it('tells what the postStart hook answered, and offers to do without it', () => {
    const containers = [
      { name: 'app', image: 'example/app:1', lifecycle: { postStart: { exec: { command: ['/bin/false'] } } } },
    ];
    const message = `Exec lifecycle hook ([/bin/false]) for Container "app" in Pod "web-6f9c-a_shop(0a)" failed - error: command '/bin/false' exited with 1: , message: ""`;
    const made = podWith(
      'web-6f9c-a',
      { state: waiting('PostStartHookError', message), restartCount: 3 },
      { of: 'web', containers },
    );
    const told = event(made, 'FailedPostStartHook', 'PostStartHook failed');
    const report = diagnoseObjects([service('web'), deployment('web'), made, told], 'web');
    expect(causeCodes(report)).toEqual(['SVC228']);
    expect(report.headline).toContain("command '/bin/false' exited with 1");
    expect(report.causes[0]?.fixes[0]?.title).toBe('correct lifecycle.postStart of container app');
  });

  it('believes the state of the container where no event tells of the hook', () => {
    const lifecycle = { postStart: { exec: { command: ['/bin/false'] } } };
    const message = `Exec lifecycle hook ([/bin/false]) for Container "app" in Pod "web-6f9c-a_shop(0a)" failed - error: command '/bin/false' exited with 1: , message: ""`;
    const made = podWith(
      'web-6f9c-a',
      { state: waiting('PostStartHookError', message), lastState: ended(137, 'Error', 31), restartCount: 3 },
      { of: 'web', containers: [{ name: 'app', image: 'example/app:1', lifecycle }] },
    );
    const report = diagnoseObjects([service('web'), deployment('web'), made], 'web');
    expect(report.headline).toContain("(PostStartHookError): command '/bin/false' exited with 1");
    expect(report.causes[0]?.fixes[0]?.title).toBe('correct lifecycle.postStart of container app');
  });

  it('suspects the hook of a run that a signal ended, where no event and no probe tells why', () => {
    const lifecycle = { postStart: { exec: { command: ['/bin/false'] } } };
    const diagnose = (container: Container, code = 137) => {
      const made = crashing('web-6f9c-a', ended(code, 'Error', 31), { of: 'web', containers: [container] });
      return diagnoseObjects([service('web'), deployment('web'), made], 'web');
    };
    const report = diagnose({ name: 'app', lifecycle });
    expect(report.headline).toContain('its postStart hook likely fails: the run ended by a signal (exit code 137');
    expect(report.causes[0]?.confidence).toBe('likely');
    expect(report.causes[0]?.evidence.map(({ fact }) => fact)).toContain('postStart runs: /bin/false');
    expect(causeCodes(diagnose({ name: 'app' }))).toEqual(['SVC229']);
    expect(causeCodes(diagnose({ name: 'app', lifecycle }, 1))).toEqual(['SVC229']);
    const livenessProbe = { tcpSocket: { port: 8080 } };
    expect(causeCodes(diagnose({ name: 'app', lifecycle, livenessProbe }))).toEqual(['SVC310']);
  });

  it('counts no run for a process that never began', () => {
    const never = {
      exitCode: 128,
      reason: 'StartError',
      startedAt: '1970-01-01T00:00:00Z',
      finishedAt: secondsAgo(20),
    };
    const made = podWith(
      'web-6f9c-a',
      { state: waiting('CrashLoopBackOff'), lastState: { terminated: never }, restartCount: 3 },
      { of: 'web' },
    );
    const report = diagnoseObjects([service('web'), deployment('web'), made], 'web');
    expect(report.causes[0]?.evidence[0]?.fact).toContain('last run ended with exit code 128');
  });

  it('names the volume and the place where it cannot be mounted', () => {
    const message =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/var/lib/kubelet/pods/1f/volumes/kubernetes.io~configmap/conf" to rootfs at "/etc/nginx/nginx.conf": mount /var/lib/kubelet/pods/1f/volumes/kubernetes.io~configmap/conf:/etc/nginx/nginx.conf (via /proc/self/fd/6), flags: 0x5001: not a directory: unknown';
    const made = crashing(
      'web-6f9c-a',
      { terminated: { exitCode: 128, reason: 'StartError', message } },
      { of: 'web' },
    );
    const report = diagnoseObjects([web, deployment('web'), made], 'web');
    expect(causeCodes(report)).toEqual(['SVC228']);
    expect(report.headline).toContain('volume conf cannot be mounted at /etc/nginx/nginx.conf: not a directory');
    expect(report.causes[0]?.fixes[0]?.title).toContain('subPath');
  });

  it('names the file that a ConfigMap does not have, where it is mounted by subPath', () => {
    const message =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/var/lib/kubelet/pods/1f/volume-subpaths/conf/app/0" to rootfs at "/etc/nginx/nginx.conf": mount src=/var/lib/kubelet/pods/1f/volume-subpaths/conf/app/0, dst=/etc/nginx/nginx.conf, dstFd=/proc/thread-self/fd/8, flags=0x5001: not a directory: unknown';
    const ask = (key: string) => {
      const made = crashing(
        'web-6f9c-a',
        { terminated: { exitCode: 128, reason: 'StartError', message } },
        { of: 'web', spec: { volumes: [{ name: 'conf', configMap: { name: 'nginx' } }] } },
      );
      const map = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'nginx', namespace: 'shop' },
        data: { [key]: 'x' },
      };
      return diagnoseObjects([web, deployment('web'), made, map], 'web').headline;
    };
    const told = 'volume conf cannot be mounted at /etc/nginx/nginx.conf: not a directory';
    expect(ask('default.conf')).toContain(`${told}; ConfigMap nginx has only default.conf`);
    expect(ask('nginx.conf')).toContain(told);
    expect(ask('nginx.conf')).not.toContain('ConfigMap nginx');
  });
});
