import {
  aged,
  all,
  condition,
  endpoints,
  event,
  type Fault,
  ready,
  restarted,
  runningNotReady,
  someReady,
} from './fault.ts';
import { answering, app, httpProbe, shell, svc } from './make.ts';

const unhealthy = event('Unhealthy');

/** The pods run and are not ready. Four in ten of the field's incidents. */
export const readinessFaults: readonly Fault[] = [
  {
    name: 'probe-path-not-found',
    story: 'The health endpoint moved in the new version; the probe still asks the old path.',
    ask: ['web'],
    given: [app('web', { container: { readinessProbe: httpProbe(8080, '/health/ready') } }), svc('web')],
    shows: all(runningNotReady(2), event('Unhealthy', /404/)),
    verdict: 'broken',
    words: ['404', '/health/ready'],
    healWith: [app('web'), svc('web')],
    healed: all(ready(2), endpoints('web', 2)),
  },
  {
    name: 'probe-port-refused',
    story: 'The probe asks a port on which nobody listens.',
    ask: ['web'],
    given: [app('web', { container: { readinessProbe: httpProbe(9090) } }), svc('web')],
    shows: all(runningNotReady(2), event('Unhealthy', /refused/)),
    verdict: 'broken',
    words: ['9090', 'refused'],
    heal: 'fix',
    healed: all(ready(2), endpoints('web', 2)),
  },
  {
    name: 'probe-dependency-down-503',
    story: 'The app says 503 because its database is down; all replicas fall out together.',
    ask: ['orders'],
    given: [app('orders', { container: { command: answering('503 Service Unavailable') } }), svc('orders')],
    shows: all(runningNotReady(2), event('Unhealthy', /503/)),
    verdict: 'broken',
    words: ['503'],
    healWith: [app('orders'), svc('orders')],
    healed: all(ready(2), endpoints('orders', 2)),
  },
  {
    name: 'probe-too-strict-under-load',
    story: 'The answer takes two seconds under load, the probe waits one.',
    ask: ['pricing'],
    given: [
      app('pricing', {
        container: {
          readinessProbe: { exec: { command: ['sh', '-c', 'sleep 3'] }, timeoutSeconds: 1, periodSeconds: 4 },
        },
      }),
      svc('pricing'),
    ],
    shows: all(runningNotReady(2), unhealthy),
    verdict: 'broken',
    words: ['time', '1s'],
    heal: 'fix',
    healed: all(ready(2), endpoints('pricing', 2)),
  },
  {
    name: 'probe-named-port-unknown',
    story: 'The port was renamed in the container but not in the probe.',
    ask: ['web'],
    given: [app('web', { container: { readinessProbe: httpProbe('web') } }), svc('web')],
    shows: all(runningNotReady(2), unhealthy),
    verdict: 'broken',
    words: ['"web"'],
    heal: 'fix',
    healed: all(ready(2), endpoints('web', 2)),
  },
  {
    name: 'probe-exec-fails',
    story: 'The readiness file is never written.',
    ask: ['worker'],
    given: [
      app('worker', {
        container: { readinessProbe: { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 2 } },
      }),
      svc('worker'),
    ],
    shows: all(runningNotReady(2), event('Unhealthy', /No such file/)),
    verdict: 'broken',
    words: ['/tmp/ready'],
    healWith: [app('worker'), svc('worker')],
    healed: all(ready(2), endpoints('worker', 2)),
  },
  {
    name: 'sidecar-not-ready',
    story: 'The app is fine, its proxy sidecar is not: pods stand at 1/2.',
    ask: ['payments'],
    given: [
      app('payments', {
        sidecars: [
          {
            name: 'proxy',
            image: 'kubectl-net.local/web:1',
            command: ['serve', '15020'],
            readinessProbe: httpProbe(15021, '/healthz/ready'),
          },
        ],
      }),
      svc('payments'),
    ],
    shows: all(runningNotReady(2), unhealthy),
    verdict: 'broken',
    words: ['proxy', '15021'],
    healWith: [app('payments'), svc('payments')],
    healed: all(ready(2), endpoints('payments', 2)),
  },
  {
    name: 'native-sidecar-not-ready',
    story: 'A native sidecar (init container that stays) fails its readiness probe.',
    ask: ['payments'],
    given: [
      app('payments', {
        pod: {
          initContainers: [
            {
              name: 'mesh',
              image: 'kubectl-net.local/web:1',
              restartPolicy: 'Always',
              command: ['serve', '15020'],
              readinessProbe: httpProbe(15021, '/healthz/ready'),
            },
          ],
        },
      }),
      svc('payments'),
    ],
    shows: all(runningNotReady(2), unhealthy),
    verdict: 'broken',
    words: ['mesh', '15021'],
    healWith: [app('payments'), svc('payments')],
    healed: all(ready(2), endpoints('payments', 2)),
  },
  {
    name: 'native-sidecar-probe-asks-the-app',
    story:
      'The startup probe of the new proxy asks the app behind it, which starts only after the proxy: neither does.',
    ask: ['payments'],
    given: [
      app('payments', {
        pod: {
          initContainers: [
            {
              name: 'proxy',
              image: 'kubectl-net.local/web:1',
              imagePullPolicy: 'IfNotPresent',
              command: ['stay'],
              restartPolicy: 'Always',
              startupProbe: httpProbe(8080, '/healthz', { failureThreshold: 100 }),
            },
          ],
        },
      }),
      svc('payments'),
    ],
    shows: event('Unhealthy', /Startup probe failed/),
    verdict: 'broken',
    code: 'SVC302',
    words: ['sidecar proxy', 'that of container app', 'starts only after'],
    heal: 'fix',
    healed: all(ready(2), endpoints('payments', 2)),
  },
  {
    name: 'readiness-gate-never-true',
    story: 'A readiness gate of a load-balancer controller that is not installed.',
    ask: ['web'],
    given: [app('web', { pod: { readinessGates: [{ conditionType: 'target-health.example.com/web' }] } }), svc('web')],
    shows: condition('Ready', 'False', 'ReadinessGatesNotReady'),
    verdict: 'broken',
    words: ['target-health.example.com/web'],
    healWith: [app('web'), svc('web')],
    healed: all(ready(2), endpoints('web', 2)),
  },
  {
    name: 'liveness-kills-before-ready',
    story: 'The app needs a minute to start; liveness gives it ten seconds and no startup probe covers it.',
    ask: ['slow-start'],
    given: [
      app('slow-start', {
        container: {
          command: shell('sleep 60; exec serve 8080'),
          livenessProbe: httpProbe(8080, '/healthz', { initialDelaySeconds: 2, periodSeconds: 2 }),
        },
      }),
      svc('slow-start'),
    ],
    shows: all(restarted(2), event('Killing', /liveness|Liveness/)),
    verdict: 'broken',
    words: ['liveness'],
    healWith: [app('slow-start'), svc('slow-start')],
    healed: all(ready(2), endpoints('slow-start', 2)),
  },
  {
    name: 'startup-probe-fails',
    story: 'The startup probe asks a port that is never opened.',
    ask: ['jobs'],
    given: [app('jobs', { container: { startupProbe: httpProbe(8081) } }), svc('jobs')],
    shows: all(restarted(1), event('Unhealthy', /Startup/)),
    verdict: 'broken',
    words: ['8081', 'tartup'],
    healWith: [app('jobs'), svc('jobs')],
    healed: all(ready(2), endpoints('jobs', 2)),
  },
  {
    name: 'one-of-three-not-ready',
    story: 'One shard lost its data and fails its probe; two serve.',
    ask: ['shards'],
    given: [
      app('shards', {
        kind: 'StatefulSet',
        replicas: 3,
        spec: { podManagementPolicy: 'Parallel' },
        container: {
          readinessProbe: { exec: { command: ['sh', '-c', 'test $(hostname) != shards-1'] }, periodSeconds: 2 },
        },
      }),
      svc('shards', { clusterIP: 'None' }),
    ],
    shows: all(someReady(2), runningNotReady(1), unhealthy, aged(40)),
    verdict: 'degraded',
    words: ['shards-1'],
  },
  {
    name: 'rollout-stuck-on-readiness',
    story: 'The new revision never gets ready; the old pods still serve.',
    ask: ['web'],
    given: [app('web'), svc('web')],
    healthy: all(ready(2), endpoints('web', 2)),
    breaks: [
      [
        'patch',
        'deployment',
        'web',
        '-p',
        '{"spec":{"progressDeadlineSeconds":10,"template":{"spec":{"containers":[{"name":"app","readinessProbe":{"httpGet":{"path":"/v2/health"}}}]}}}}',
      ],
    ],
    shows: (state) =>
      event('Unhealthy', /404/)(state) &&
      state.items.some(
        (item) =>
          item.kind === 'Deployment' &&
          (item.status.conditions ?? []).some((c: { reason?: string }) => c.reason === 'ProgressDeadlineExceeded'),
      ),
    verdict: 'degraded',
    words: ['404', '/v2/health'],
    heal: 'fix',
    healed: all(ready(2), endpoints('web', 2)),
  },
  {
    name: 'tls-probe-on-plain-port',
    story: 'The probe speaks HTTPS to a plain HTTP port.',
    ask: ['web'],
    given: [
      app('web', {
        container: {
          readinessProbe: { ...httpProbe(8080), httpGet: { path: '/healthz', port: 8080, scheme: 'HTTPS' } },
        },
      }),
      svc('web'),
    ],
    shows: all(runningNotReady(2), unhealthy),
    verdict: 'broken',
    words: ['HTTPS'],
    heal: 'fix',
    healed: all(ready(2), endpoints('web', 2)),
  },
  {
    name: 'control-container-restarted-long-ago-style',
    story: 'A container restarted once and is well since.',
    ask: ['web'],
    given: [
      app('web', {
        container: {
          command: shell('test -f /keep/once && exec serve 8080; touch /keep/once; exit 1'),
          volumeMounts: [{ name: 'keep', mountPath: '/keep' }],
        },
        pod: { volumes: [{ name: 'keep', emptyDir: {} }] },
      }),
      svc('web'),
    ],
    shows: all(ready(2), restarted(1), endpoints('web', 2)),
    verdict: 'healthy',
  },
];
