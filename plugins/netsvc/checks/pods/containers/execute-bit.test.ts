import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../../shared/model/objects.ts';
import type { Container, Pod } from '../../../../../shared/model/objects-pod.ts';
import { crashing, ended, unready } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, event, secondsAgo, service } from '../../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const scripts = (file: string): KubeObject =>
  Object.assign(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'run', namespace: 'shop' } },
    { data: { [file]: '#!/bin/sh' } },
  );
const from = (made: Pod, defaultMode?: number): Pod => ({
  ...made,
  spec: {
    ...made.spec,
    volumes: [{ name: 'scripts', configMap: { name: 'run', ...(defaultMode === undefined ? {} : { defaultMode }) } }],
  },
});
const app = (more: Partial<Container>): Container => ({
  name: 'app',
  image: 'example/app:1',
  ports: [{ containerPort: 8080 }],
  ...more,
});
const patch = (mode: number): string =>
  `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"volumes":[{"name":"scripts","configMap":{"defaultMode":${mode}}}]}}}}'`;
const NOT = 'it comes from ConfigMap run, mounted with mode 0644: not executable';

/** A container whose command the runtime refused to execute. */
function refused(defaultMode?: number) {
  const message = 'unable to start container process: exec: "/scripts/run.sh": permission denied: unknown';
  const end = { terminated: { exitCode: 128, reason: 'StartError', message, finishedAt: secondsAgo(20) } };
  const made = crashing('web-6f9c-a', end, { of: 'web', containers: [app({ command: ['/scripts/run.sh'] })] });
  return [service('web'), deployment('web'), scripts('run.sh'), from(made, defaultMode)];
}

describe('a script of a ConfigMap that may not be executed', () => {
  it('is told with its mode where it is the command', () => {
    const report = diagnoseObjects(refused(), 'web');
    expect(report.headline).toContain(`exec: "/scripts/run.sh": permission denied; ${NOT}`);
    expect(report.causes[0]?.fixes[0]).toMatchObject({ command: patch(493), undo: patch(420) });
  });

  it('is told where a shell cannot run it', () => {
    const made = crashing('web-6f9c-a', ended(126, 'Error'), {
      of: 'web',
      containers: [app({ command: ['sh', '-c', '/scripts/run.sh'] })],
    });
    const logs = [
      {
        namespace: 'shop',
        pod: 'web-6f9c-a',
        container: 'app',
        previous: true,
        text: 'sh: /scripts/run.sh: Permission denied\n',
      },
    ];
    const report = diagnoseObjects([service('web'), deployment('web'), scripts('run.sh'), from(made)], 'web', { logs });
    expect(report.headline).toContain(NOT);
    expect(report.causes[0]?.fixes[0]?.command).toBe(patch(493));
  });

  it('is told where a probe runs it', () => {
    const made = from(
      unready('web-6f9c-a', { readinessProbe: { exec: { command: ['/scripts/ready.sh'] } } }, { of: 'web' }),
    );
    const failed = event(
      made,
      'Unhealthy',
      'Readiness probe failed: OCI runtime exec failed: exec failed: unable to start container process: exec: "/scripts/ready.sh": permission denied: unknown',
      { count: 5 },
    );
    const report = diagnoseObjects([service('web'), deployment('web'), scripts('ready.sh'), made, failed], 'web');
    expect(report.headline).toContain(NOT);
    expect(report.causes[0]?.fixes[0]?.command).toBe(patch(493));
  });

  it('is not blamed where the mode allows it, nor a file that only is read', () => {
    expect(diagnoseObjects(refused(0o755), 'web').headline).not.toContain('ConfigMap');
    const made = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
    const logs = [
      {
        namespace: 'shop',
        pod: 'web-6f9c-a',
        container: 'app',
        previous: true,
        text: 'cat: /etc/run.sh: Permission denied\n',
      },
    ];
    const report = diagnoseObjects([service('web'), deployment('web'), scripts('run.sh'), from(made)], 'web', { logs });
    expect(report.headline).not.toContain('ConfigMap');
  });
});

describe('a script of a ConfigMap whose interpreter is not found', () => {
  const ask = (script: string, said = 'exec /scripts/run.sh: no such file or directory\n') => {
    const map = Object.assign(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'run', namespace: 'shop' } },
      { data: { 'run.sh': script } },
    );
    const made = crashing('web-6f9c-a', ended(1, 'Error'), {
      of: 'web',
      containers: [app({ command: ['/scripts/run.sh'] })],
    });
    const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text: said }];
    return diagnoseObjects([service('web'), deployment('web'), map, from(made, 0o755)], 'web', { logs });
  };

  it('is told where its lines end as on Windows, with the line that mends them', () => {
    const report = ask('#!/bin/sh\r\nserve\r\n');
    expect(report.headline).toContain(
      'the lines of /scripts/run.sh (ConfigMap run) end in CRLF, so that no /bin/sh is found',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain(
      `kubectl get configmap run -n shop -o json | sed 's/\\\\r\\\\n/\\\\n/g' | kubectl replace -f - && kubectl rollout restart deployment/web -n shop`,
    );
  });

  it('is told where the image lacks it', () => {
    expect(ask('#!/bin/bash\nserve\n').headline).toContain(
      '/scripts/run.sh of ConfigMap run wants /bin/bash, which the image seems to lack',
    );
  });

  it('is not guessed of a script without one, or of another file', () => {
    expect(ask('serve\n').headline).not.toContain('ConfigMap');
    expect(ask('#!/bin/bash\n', 'open /etc/app.conf: no such file or directory\n').headline).not.toContain('ConfigMap');
  });
});
