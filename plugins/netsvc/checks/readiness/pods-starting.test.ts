import { describe, expect, it } from 'vitest';
import type { Probe } from '../../../../shared/model/objects-pod.ts';
import { podWith, running, unready } from '../../../../shared/testing/broken-pods.ts';
import { deployment, event, pod, service, slicesFor, workload } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const probe: Probe = { httpGet: { path: '/healthz', port: 8080 }, initialDelaySeconds: 30 };

describe('pods-starting', () => {
  it('is a possible cause while no pod is ready', () => {
    const made = unready('web-6f9c-a', { readinessProbe: probe }, { of: 'web', age: 12, started: 10 });
    const report = diagnoseObjects([web, deployment('web'), made, ...slicesFor(web, [made])], 'web');
    expect(causeCodes(report)).toEqual(['SVC313']);
    expect(report.causes[0]).toMatchObject({ severity: 'warning', confidence: 'possible' });
    expect(report.headline).toContain('readiness probe http-get :8080/healthz of container app has not passed');
  });

  it('is not said of files without a time of their own when the probe has failed, or nothing tells of a start', () => {
    const made = unready('web-6f9c-a', { readinessProbe: probe }, { of: 'web', age: 12, started: 10 });
    const failed = event(made, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', {
      count: 1,
    });
    const objects = [web, deployment('web'), made, ...slicesFor(web, [made])];
    expect(causeCodes(diagnoseObjects([...objects, failed], 'web', { orLater: true }))).toEqual(['SVC301']);
    const silent = diagnoseObjects(objects, 'web', { orLater: true, except: { Event: 'notCollected' } });
    expect(causeCodes(silent)).toEqual(['SVC309']);
    const begun = event(made, 'Started', 'Started container app', { type: 'Normal' });
    expect(causeCodes(diagnoseObjects([...objects, begun], 'web', { orLater: true }))).toEqual(['SVC313']);
    const serving = pod('web-1');
    const rollout = [web, deployment('web'), made, serving, ...slicesFor(web, [made, serving])];
    expect(diagnoseObjects(rollout, 'web', { orLater: true, except: { Event: 'notCollected' } }).causes).toEqual([]);
  });

  it('is a note while others serve, however long the probe allows', () => {
    const pods = [
      pod('web-1'),
      unready('web-6f9c-a', { readinessProbe: { ...probe, initialDelaySeconds: 600 } }, { of: 'web', age: 300 }),
    ];
    const report = diagnoseObjects([web, deployment('web'), ...pods, ...slicesFor(web, pods)], 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map((finding) => finding.code)).toContain('SVC313');
  });

  it('names settings of the probe that alone make the start long, and how to shorten it', () => {
    const report = (more: Partial<Probe>) => {
      const made = unready(
        'web-6f9c-a',
        { readinessProbe: { ...probe, ...more } },
        { of: 'web', age: 92, started: 90 },
      );
      return diagnoseObjects([web, deployment('web'), made, ...slicesFor(web, [made])], 'web');
    };
    const often = report({ successThreshold: 30, periodSeconds: 5 });
    expect(often.headline).toContain('must pass 30 times in a row (successThreshold), every 5s');
    expect(often.causes[0]?.fixes[0]?.command).toContain('"readinessProbe":{"successThreshold":1}');
    const late = report({ initialDelaySeconds: 600 });
    expect(late.headline).toContain('is first asked after initialDelaySeconds 600');
    expect(late.causes[0]?.fixes[0]).toMatchObject({
      command: expect.stringContaining('"readinessProbe":{"initialDelaySeconds":5}'),
      undo: expect.stringContaining('"readinessProbe":{"initialDelaySeconds":600}'),
    });
  });

  it('weighs more when a startup probe has kept failing for a minute and nothing serves', () => {
    const made = podWith(
      'web-6f9c-a',
      { state: running(80), started: false },
      {
        of: 'web',
        age: 85,
        containers: [
          {
            name: 'app',
            ports: [{ containerPort: 8080 }],
            startupProbe: { tcpSocket: { port: 8080 }, failureThreshold: 30 },
          },
        ],
      },
    );
    const told = event(made, 'Unhealthy', 'Startup probe failed: dial tcp 10.1.1.1:8080: connect: connection refused', {
      count: 8,
    });
    const report = diagnoseObjects([web, deployment('web'), made, told], 'web');
    expect(causeCodes(report)).toEqual(['SVC313']);
    expect(report.causes[0]).toMatchObject({ severity: 'critical', confidence: 'likely' });
    expect(report.headline).toContain(
      'startup probe tcp :8080 of container app has not passed (connection refused on port 8080)',
    );
  });

  it('does not wait for what time cannot mend', () => {
    const made = unready(
      'web-6f9c-a',
      { readinessProbe: { ...probe, httpGet: { path: '/x', port: 8080 } } },
      { of: 'web', age: 20, started: 18 },
    );
    const told = event(made, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404', {
      count: 4,
    });
    expect(causeCodes(diagnoseObjects([web, deployment('web'), made, told], 'web'))).toEqual(['SVC301']);
  });
});

describe('a server that does not listen yet', () => {
  const often: Probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 2 };
  const ask = (started: number, message: string, restartCount = 0, readinessProbe = often, text = '') => {
    const made = podWith(
      'web-6f9c-a',
      { state: running(started), started: true, restartCount },
      {
        of: 'web',
        age: started + 2,
        containers: [{ name: 'app', ports: [{ containerPort: 8080 }], readinessProbe }],
      },
    );
    const told = event(made, 'Unhealthy', `Readiness probe failed: ${message}`, { count: 9 });
    const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: false, text }];
    return diagnoseObjects([web, deployment('web'), made, told], 'web', text === '' ? {} : { logs });
  };
  const refused = 'Get "http://10.1.1.1:8080/healthz": dial tcp 10.1.1.1:8080: connect: connection refused';

  it('starts, however often it is asked in the first seconds', () => {
    const report = ask(25, refused);
    expect(causeCodes(report)).toEqual(['SVC313']);
    expect(report.headline).toContain('has not passed (connection refused on port 8080)');
  });

  it('is a fault later, after a restart, and where something answers', () => {
    expect(causeCodes(ask(65, refused))).toEqual(['SVC302']);
    expect(causeCodes(ask(25, refused, 2))).toEqual(['SVC302']);
    const elsewhere: Probe = { httpGet: { host: '127.0.0.1', path: '/healthz', port: 8080 }, periodSeconds: 2 };
    expect(causeCodes(ask(25, refused, 0, elsewhere))).toEqual(['SVC302']);
    expect(causeCodes(ask(25, 'HTTP probe failed with statuscode: 503'))).toEqual(['SVC301']);
  });

  it('is only a likely fault while a slow start would look the same', () => {
    const young = ask(75, refused);
    expect(young.causes[0]?.confidence).toBe('likely');
    expect(young.causes[0]?.evidence.map(({ fact }) => fact)).toContain(
      'first run of app, 75s old: a slow start would look the same',
    );
    const old = ask(600, refused);
    expect(old.causes[0]?.confidence).toBe('proven');
    expect(old.causes[0]?.evidence.map(({ fact }) => fact).join('\n')).not.toContain('slow start');
  });

  it('is believed to start by its own words, longer where they show that it moves', () => {
    const loading = ask(90, refused, 0, often, 'app 1.2\n2026-03-01T11:59:00Z Loading product index\n');
    expect(causeCodes(loading)).toEqual(['SVC313']);
    expect(loading.verdict).toBe('degraded');
    expect(loading.headline).toContain('starting, for 90s');
    expect(loading.headline).toContain('its log says: Loading product index');
    const busy = 'HTTP probe failed with statuscode: 503';
    expect(causeCodes(ask(90, busy, 0, often, 'warming up the cache\n'))).toEqual(['SVC313']);
    expect(causeCodes(ask(300, refused, 0, often, 'Loading product index\n'))).toEqual(['SVC302']);
    const moves = 'loading shard 3 of 12\nloading shard 4 of 12\n';
    expect(causeCodes(ask(300, refused, 0, often, moves))).toEqual(['SVC313']);
    expect(causeCodes(ask(700, refused, 0, often, moves))).toEqual(['SVC302']);
  });

  it('is believed for a pod whose words were not read, by those of its sibling', () => {
    const made = ['web-6f9c-a', 'web-6f9c-b'].map((name) =>
      unready(name, { readinessProbe: often }, { of: 'web', age: 82, started: 80 }),
    );
    const told = made.map((one) => event(one, 'Unhealthy', `Readiness probe failed: ${refused}`, { count: 9 }));
    const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: false, text: 'loading index\n' }];
    const report = diagnoseObjects([web, deployment('web'), ...made, ...told], 'web', { logs });
    expect(causeCodes(report)).toEqual(['SVC313']);
    expect(report.headline).toContain('both pods of Deployment web: starting');
  });

  it('is proven where the command of the probe is not there', () => {
    const missing = 'exec: "curl": executable file not found in $PATH: unknown';
    const report = ask(20, missing, 0, { exec: { command: ['curl'] }, periodSeconds: 2 });
    expect(report.causes[0]).toMatchObject({ code: 'SVC306', confidence: 'proven' });
  });

  it('is not believed where it has come up, waits for another, ends in an error or is asked in the wrong way', () => {
    const said = (text: string, message = refused, restarts = 0) => causeCodes(ask(90, message, restarts, often, text));
    expect(said('Loading product index\nServer started\n')).toEqual(['SVC302']);
    expect(said('listening on :9090\nloading plugins\n')).not.toContain('SVC313');
    expect(said('starting\nwaiting for db:5432\n')).toEqual(['SVC302']);
    expect(said('starting\nERROR cannot read /etc/app.conf\n')).toEqual(['SVC302']);
    expect(said('loading\n', 'HTTP probe failed with statuscode: 404')).toEqual(['SVC301']);
    expect(said('loading\n', refused, 3)).toEqual(['SVC302']);
    expect(said('[notice] 1#1: start worker process 30\n')).toEqual(['SVC302']);
  });
});

describe('min-ready-seconds', () => {
  it('notes that pods are Ready and not counted yet', () => {
    const pods = [pod('web-1')];
    const set = {
      ...workload('Deployment', 'web', { app: 'web' }, { minReadySeconds: 600 }),
      status: { observedGeneration: 1, replicas: 1, readyReplicas: 1, availableReplicas: 0 },
    };
    const report = diagnoseObjects([web, set, ...pods, ...slicesFor(web, pods)], 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map((finding) => finding.summary)).toContain(
      'minReadySeconds 600 keeps 1 pod of Deployment web, Ready, from counting as available; the Service uses them already',
    );
  });

  it('says nothing when all are available', () => {
    const pods = [pod('web-1')];
    const report = diagnoseObjects(
      [web, deployment('web', { app: 'web' }, { minReadySeconds: 600 }), ...pods, ...slicesFor(web, pods)],
      'web',
    );
    expect(report.findings.filter((finding) => finding.code === 'SVC315')).toEqual([]);
  });

  it('leaves a long start to its startup probe, whenever the facts were taken', () => {
    const slow = { tcpSocket: { port: 8080 }, periodSeconds: 5, failureThreshold: 100 };
    const made = podWith(
      'web-6f9c-a',
      { state: running(120), started: false },
      { of: 'web', age: 122, containers: [{ name: 'app', ports: [{ containerPort: 8080 }], startupProbe: slow }] },
    );
    const refused = event(
      made,
      'Unhealthy',
      'Startup probe failed: dial tcp 10.0.0.1:8080: connect: connection refused',
      {
        count: 20,
      },
    );
    const report = diagnoseObjects([service('web'), deployment('web'), made, refused], 'web', { orLater: true });
    expect(causeCodes(report)).toEqual(['SVC313']);
    expect(report.headline).toContain('has not passed (connection refused on port 8080), 500s are allowed for it');
  });

  it('says that nobody has asked yet where the probe begins late, of files without a time and without events as well', () => {
    const diagnose = (initialDelaySeconds: number) => {
      const readinessProbe = { ...probe, initialDelaySeconds };
      const made = unready('web-6f9c-a', { readinessProbe }, { of: 'web', age: 12, started: 10 });
      return diagnoseObjects([web, deployment('web'), made, ...slicesFor(web, [made])], 'web', {
        orLater: true,
        except: { Event: 'notCollected' },
      });
    };
    const report = diagnose(120);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('is first asked after initialDelaySeconds 120');
    expect(causeCodes(diagnose(20))).toEqual(['SVC309']);
  });

  it('tells the port that a long startup probe asks in vain, and the one that is declared', () => {
    const startupProbe = { tcpSocket: { port: 9090 }, failureThreshold: 300 };
    const made = podWith(
      'web-6f9c-a',
      { state: running(80), started: false },
      { of: 'web', age: 90, containers: [{ name: 'app', ports: [{ containerPort: 8080 }], startupProbe }] },
    );
    const failed = event(
      made,
      'Unhealthy',
      'Startup probe failed: dial tcp 10.1.1.1:9090: connect: connection refused',
    );
    const report = diagnoseObjects([web, deployment('web'), made, failed, ...slicesFor(web, [made])], 'web');
    expect(report.headline).toContain('on port 9090, which the container does not declare (it declares 8080)');
    expect(report.causes[0]?.fixes[0]?.title).toBe('probe port 8080, which the container declares');
  });
});
