import { describe, expect, it } from 'vitest';
import type { Service } from '../../../../../shared/model/objects-network.ts';
import { crashing, ended, podWith, running, waiting } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, event, node, pod, service, slicesFor } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');
const facts = (report: ReturnType<typeof diagnoseObjects>): string =>
  (report.causes[0]?.evidence ?? []).map((entry) => entry.fact).join('\n');

describe('container-crashes', () => {
  it('names exit code, restarts and the last lines of the log, without its secrets', () => {
    const pods = [
      crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' }),
      crashing('web-6f9c-b', ended(1, 'Error'), { of: 'web', restarts: 6 }),
    ];
    const report = diagnoseObjects([web, deployment('web', { app: 'web' }, { replicas: 2 }), ...pods], 'web', {
      logs: [
        {
          namespace: 'shop',
          pod: 'web-6f9c-a',
          container: 'app',
          previous: true,
          text: 'one\ntwo\nconnecting to postgres://app:hunter2@db:5432\n\u001b[31mFATAL\u001b[0m password=hunter2 rejected\npanic: exit\n',
        },
      ],
    });
    expect(causeCodes(report)).toEqual(['SVC229']);
    expect(report.headline).toBe(
      'container app crashes in both pods of Deployment web (CrashLoopBackOff): exit code 1 (an error of the application), up to 6 restarts; it says: panic: exit',
    );
    expect(facts(report)).toContain('connecting to postgres://***@db:5432');
    expect(facts(report)).toContain('FATAL password=*** rejected');
    expect(facts(report)).not.toContain('hunter2');
    expect(facts(report)).not.toContain('\u001b');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl logs web-6f9c-a -n shop -c app --previous --tail=50');
  });

  it('says what an exec format error means', () => {
    const made = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
    const log = { namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true };
    const report = diagnoseObjects([web, deployment('web'), made], 'web', {
      logs: [{ ...log, text: 'exec /app/server: exec format error\n' }],
    });
    expect(report.headline).toContain("exec format error: the program is not for the node's processor");
    const kept = { terminated: { ...ended(255, 'Error').terminated, message: 'exec /app/server: exec format error' } };
    const copied = diagnoseObjects([web, deployment('web'), crashing('web-6f9c-a', kept, { of: 'web' })], 'web');
    expect(copied.headline).toContain("exec format error: the program is not for the node's processor");
  });

  describe('a variable that Kubernetes sets for a Service', () => {
    const redis = service('redis', { clusterIP: '10.96.0.7', ports: [{ port: 6379 }] });
    const asked = (
      spec: object,
      text = "Error: invalid REDIS_PORT: 'tcp://10.96.0.7:6379' is not a number",
      more: readonly Service[] = [],
    ): ReturnType<typeof diagnoseObjects> => {
      const made = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
      const pods = [{ ...made, spec: { ...made.spec, ...spec } }];
      const log = { namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text };
      return diagnoseObjects([web, redis, ...more, deployment('web', { app: 'web' }), ...pods], 'web', { logs: [log] });
    };

    it('is named when the log shows that the app stopped at it', () => {
      const report = asked({});
      expect(report.headline).toContain(
        '; Kubernetes sets REDIS_PORT to tcp://10.96.0.7:6379 for Service redis (enable',
      );
      expect(report.causes[0]?.fixes[0]?.command).toContain('"enableServiceLinks":false');
    });

    it('is named by its name, and as the image of Kafka tells it', () => {
      const link = { clusterIP: '10.96.0.9', ports: [{ port: 9092 }] };
      const kafka = (text: string, spec = {}) => facts(asked(spec, text, [service('kafka', link)]));
      const told = 'port is deprecated. Please use KAFKA_ADVERTISED_LISTENERS instead.';
      expect(kafka(told)).toContain('sets KAFKA_PORT to tcp://10.96.0.9:9092 for Service kafka');
      expect(kafka('Invalid number value for KAFKA_PORT')).toContain('sets KAFKA_PORT');
      expect(kafka('KAFKA_ADVERTISED_LISTENERS must be set')).not.toContain('Kubernetes sets');
      const set = [{ name: 'app', env: [{ name: 'KAFKA_PORT', value: 'x' }] }];
      expect(kafka('Invalid number value for KAFKA_PORT', { containers: set })).not.toContain('Kubernetes sets');
    });

    it('is named when the app misses it in a pod that wants none', () => {
      const report = asked({ enableServiceLinks: false }, 'fatal: REDIS_SERVICE_HOST is not set');
      expect(facts(report)).toContain('which Kubernetes sets for Service redis unless enableServiceLinks is false');
      expect(report.causes[0]?.fixes[0]?.command).toContain('"enableServiceLinks":true');
    });

    it('is not blamed when the pod wants none, or the address is of no Service', () => {
      expect(facts(asked({ enableServiceLinks: false }))).not.toContain('Kubernetes sets');
      expect(facts(asked({}, 'cannot reach tcp://10.96.9.9:6379'))).not.toContain('Kubernetes sets');
    });
  });

  it('names the signal', () => {
    const made = crashing('web-6f9c-a', ended(139, 'Error'), { of: 'web' });
    expect(diagnoseObjects([web, deployment('web'), made], 'web').headline).toContain('exit code 139 (SIGSEGV');
  });

  it('sees a crash loop in the moment in which the container runs', () => {
    const made = podWith(
      'web-6f9c-a',
      { state: running(5), lastState: ended(7, 'Error', 20, 30), restartCount: 4, ready: true, started: true },
      { of: 'web' },
    );
    const report = diagnoseObjects([web, deployment('web'), made, ...slicesFor(web, [made])], 'web');
    expect(causeCodes(report)).toEqual(['SVC229']);
    expect(report.headline).toContain('exit code 7');
    expect(report.causes[0]?.severity).toBe('warning');
  });

  it('tells a process that ends without an error from one that fails', () => {
    const made = crashing('web-6f9c-a', ended(0, 'Completed'), { of: 'web' });
    const report = diagnoseObjects([web, deployment('web'), made], 'web');
    expect(causeCodes(report)).toEqual(['SVC231']);
    expect(report.headline).toContain('exit code 0 (Completed)');
    const text = "httpd: can't change directory to '': No such file or directory";
    const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text }];
    const told = diagnoseObjects([web, deployment('web'), made], 'web', { logs });
    expect(told.headline).toContain(`; it says: ${text}`);
  });

  it('names a native sidecar as such', () => {
    const made = pod('web-1', {
      ready: false,
      spec: { initContainers: [{ name: 'proxy', image: 'example/proxy:1', restartPolicy: 'Always' }] },
      status: {
        initContainerStatuses: [
          {
            name: 'proxy',
            ready: false,
            restartCount: 3,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: ended(2, 'Error'),
          },
        ],
      },
    });
    const report = diagnoseObjects([web, made], 'web');
    expect(causeCodes(report)).toEqual(['SVC229']);
    expect(report.headline).toContain('sidecar proxy crashes');
  });

  it('is a warning while other pods serve, and both causes are told when pods fail for different reasons', () => {
    const pods = [
      pod('web-1'),
      crashing('web-2', ended(1, 'Error')),
      crashing('web-3', { terminated: { exitCode: 137, reason: 'OOMKilled' } }),
    ];
    const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web');
    expect([...causeCodes(report)].sort()).toEqual(['SVC229', 'SVC230']);
    expect(report.verdict).toBe('degraded');
  });

  it('stays silent about a container that restarted long ago and has run since', () => {
    const made = podWith('web-6f9c-a', {
      state: running(86_000),
      lastState: ended(1, 'Error', 60, 86_010),
      restartCount: 5,
      ready: true,
      started: true,
    });
    expect(diagnoseObjects([web, made, ...slicesFor(web, [made])], 'web').verdict).toBe('healthy');
  });

  it('stays silent, in files without a time of their own, about a container that became ready after some restarts', () => {
    const diagnose = (restartCount: number) => {
      const status = {
        state: running(0),
        lastState: ended(1, 'Error', 0, 16),
        restartCount,
        ready: true,
        started: true,
      };
      const made = podWith('web-6f9c-a', status);
      const only = { orLater: true as const, except: { Event: 'notCollected' as const } };
      return diagnoseObjects([web, made, ...slicesFor(web, [made])], 'web', only);
    };
    expect(diagnose(2).verdict).toBe('healthy');
    expect(causeCodes(diagnose(8))).toEqual(['SVC229']);
  });

  it('does not blame a probe when the events of the pod tell of none', () => {
    const made = crashing('web-6f9c-a', ended(137, 'Error', 30), {
      of: 'web',
      containers: [{ name: 'app', livenessProbe: { httpGet: { path: '/', port: 8080 } } }],
    });
    const told = event(made, 'BackOff', 'Back-off restarting failed container app in pod web-6f9c-a_shop(uid)');
    expect(causeCodes(diagnoseObjects([web, deployment('web'), made, told], 'web'))).toEqual(['SVC229']);
  });

  it("quotes the node's event where the kernel killed a child for want of memory", () => {
    const report = diagnoseObjects(
      [
        service('web'),
        deployment('web'),
        podWith(
          'web-6f9c-a',
          { state: waiting('CrashLoopBackOff'), lastState: ended(137, 'Error', 60, 20), restartCount: 4 },
          { of: 'web' },
        ),
        node('n1'),
        event(node('n1'), 'OOMKilling', 'Memory cgroup out of memory: Killed process 4711 (java)'),
      ],
      'web',
    );
    expect(causeCodes(report)).toEqual(['SVC229']);
    expect(report.causes[0]?.evidence.map(({ fact }) => fact).join()).toContain('Killed process 4711 (java)');
  });
});
