import { all, condition, endpoints, type Fault, ready, someReady } from './fault.ts';
import { app, httpProbe, shell, svc } from './make.ts';

/** Pods are ready and the request still goes to a port where nobody listens. */
export const portFaults: readonly Fault[] = [
  {
    name: 'target-port-number-wrong',
    story: 'The Service sends to 8081, the container listens on 8080.',
    ask: ['web'],
    given: [app('web'), svc('web', { ports: [{ name: 'http', port: 80, targetPort: 8081 }] })],
    shows: all(ready(2), endpoints('web', 2)),
    verdict: 'broken',
    words: ['8081', '8080'],
    heal: 'fix',
  },
  {
    name: 'target-port-left-out',
    story: 'targetPort was left out, so it is the Service port 80; the container listens on 8080.',
    ask: ['web'],
    given: [app('web'), svc('web', { ports: [{ name: 'http', port: 80 }] })],
    shows: all(ready(2), endpoints('web', 2)),
    verdict: 'broken',
    words: ['80', '8080'],
    heal: 'fix',
  },
  {
    name: 'named-target-port-absent',
    story: 'The Service names a port that the container calls otherwise.',
    ask: ['web'],
    given: [app('web'), svc('web', { ports: [{ name: 'http', port: 80, targetPort: 'web' }] })],
    shows: ready(2),
    verdict: 'broken',
    words: ['"web"', 'http'],
    heal: 'fix',
    healed: endpoints('web', 2),
  },
  {
    name: 'named-target-port-in-old-pods-only',
    story: 'A second Deployment behind the Service renamed the port; half of the pods get no traffic.',
    ask: ['web'],
    given: [
      app('web-v1', { labels: { app: 'web', version: 'v1' } }),
      app('web-v2', {
        labels: { app: 'web', version: 'v2' },
        container: { ports: [{ name: 'api', containerPort: 8080 }] },
      }),
      svc('web', { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] }),
    ],
    shows: ready(4),
    verdict: 'degraded',
    words: ['web-v2', 'http'],
    heal: 'fix',
  },
  {
    name: 'protocol-mismatch-on-named-port',
    story: 'The Service port is UDP, the container declares the name for TCP.',
    ask: ['syslog'],
    given: [app('syslog'), svc('syslog', { ports: [{ name: 'log', port: 514, targetPort: 'http', protocol: 'UDP' }] })],
    shows: ready(2),
    verdict: 'broken',
    words: ['UDP', 'TCP'],
    heal: 'fix',
    healed: all(ready(2), endpoints('syslog', 2)),
  },
  {
    name: 'listens-on-loopback-only',
    story: 'The app binds 127.0.0.1; its exec probe asks from inside and is content.',
    ask: ['admin'],
    given: [
      app('admin', {
        container: {
          command: ['httpd', '-f', '-p', '127.0.0.1:8080'],
          readinessProbe: { exec: { command: ['true'] } },
        },
      }),
      svc('admin'),
    ],
    shows: all(ready(2), endpoints('admin', 2)),
    verdict: 'broken',
    words: ['127.0.0.1'],
    heal: 'fix',
    healed: all(ready(2), endpoints('admin', 2)),
  },
  {
    name: 'args-show-another-port',
    story: 'The declared port is 8080 but the command line says 9090; no probe notices.',
    ask: ['api'],
    given: [
      app('api', {
        container: { command: ['httpd'], args: ['-f', '-p', '9090'], readinessProbe: { exec: { command: ['true'] } } },
      }),
      svc('api'),
    ],
    shows: all(ready(2), endpoints('api', 2)),
    verdict: 'broken',
    words: ['9090', '8080'],
    heal: 'fix',
    healed: all(ready(2), endpoints('api', 2)),
  },
  {
    name: 'env-shows-another-port',
    story: 'PORT=3000 in the environment, the Service still sends to 8080.',
    ask: ['node-app'],
    given: [
      app('node-app', {
        container: {
          command: shell('exec serve $PORT'),
          env: [{ name: 'PORT', value: '3000' }],
          ports: [],
          readinessProbe: httpProbe(3000),
        },
      }),
      svc('node-app'),
    ],
    shows: all(ready(2), endpoints('node-app', 2)),
    verdict: 'broken',
    words: ['3000', '8080'],
    heal: 'fix',
    healed: all(ready(2), endpoints('node-app', 2)),
  },
  {
    name: 'one-dead-port-of-two',
    story: 'The metrics port of the Service points to a port that no container has.',
    ask: ['web'],
    given: [
      app('web'),
      svc('web', {
        ports: [
          { name: 'http', port: 80, targetPort: 'http' },
          { name: 'metrics', port: 9100, targetPort: 'metrics' },
        ],
      }),
    ],
    shows: ready(2),
    verdict: 'degraded',
    words: ['metrics'],
    heal: 'fix',
    healed: all(ready(2), endpoints('web', 2)),
  },
  {
    name: 'control-undeclared-port-that-listens',
    story: 'The container declares no ports at all and listens where the Service sends.',
    ask: ['quiet'],
    given: [app('quiet', { container: { ports: [] } }), svc('quiet')],
    shows: all(ready(2), endpoints('quiet', 2)),
    verdict: 'healthy',
  },
  {
    name: 'control-probe-on-admin-port',
    story: 'The probe asks an admin port, the Service the real one; both listen.',
    ask: ['app'],
    given: [
      app('app', {
        container: {
          command: ['serve', '8080', '9000'],
          ports: [
            { name: 'http', containerPort: 8080 },
            { name: 'admin', containerPort: 9000 },
          ],
          readinessProbe: httpProbe('admin'),
        },
      }),
      svc('app'),
    ],
    shows: all(ready(2), endpoints('app', 2)),
    verdict: 'healthy',
  },
  {
    name: 'control-rolling-update-under-way',
    story: 'A rollout is half done; ready pods serve all the time.',
    ask: ['web'],
    given: [
      app('web', { spec: { minReadySeconds: 20, strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } } }),
      svc('web'),
    ],
    healthy: all(ready(2), endpoints('web', 2)),
    breaks: [['set', 'env', 'deployment/web', 'RELEASE=2']],
    shows: (state) => someReady(3)(state) || condition('Ready', 'False')(state),
    verdict: 'healthy',
  },
];
