import { all, container, endpoints, type Fault, noPods, ready, restarted } from './fault.ts';
import { app, object, shell, svc } from './make.ts';

/** The selector and the labels do not meet. A quarter of the field's incidents. */
export const selectorFaults: readonly Fault[] = [
  {
    name: 'selector-relabelled-in-release',
    namespace: 'shop',
    story: 'A release renamed the tier label of the payment pods; the Service still selects the old value.',
    ask: ['payment-service'],
    given: [
      app('payment', { podLabels: { tier: 'api' } }),
      svc('payment-service', { selector: { app: 'payment', tier: 'api' } }),
    ],
    healthy: all(ready(2), endpoints('payment-service', 2)),
    breaks: [
      ['patch', 'deployment', 'payment', '-p', '{"spec":{"template":{"metadata":{"labels":{"tier":"backend"}}}}}'],
    ],
    shows: all(ready(2), endpoints('payment-service', 0)),
    verdict: 'broken',
    code: 'SVC101',
    words: ['tier=backend', 'tier=api', 'Deployment payment'],
    heal: 'fix',
    healed: endpoints('payment-service', 2),
  },
  {
    name: 'selector-value-from-chart-name',
    story: 'The chart labels pods with the release name, the Service was written by hand with the short name.',
    ask: ['checkout'],
    given: [app('checkout', { labels: { app: 'shop-checkout' } }), svc('checkout', { selector: { app: 'checkout' } })],
    shows: ready(2),
    verdict: 'broken',
    code: 'SVC101',
    words: ['app=shop-checkout', 'app=checkout'],
    heal: 'fix',
    healed: endpoints('checkout', 2),
  },
  {
    name: 'selector-key-typo',
    story: 'Somebody typed the label key wrong when adding a second key.',
    ask: ['cart'],
    given: [
      app('cart', { labels: { app: 'cart' }, podLabels: { component: 'backend' } }),
      svc('cart', { selector: { app: 'cart', compnent: 'backend' } }),
    ],
    shows: ready(2),
    verdict: 'broken',
    code: 'SVC101',
    words: ['component=backend', 'compnent'],
    heal: 'fix',
    healed: endpoints('cart', 2),
  },
  {
    name: 'selector-old-version-after-blue-green',
    story: 'Green took over and blue was removed, but the Service still selects version=blue.',
    ask: ['front'],
    given: [
      app('front-green', { labels: { app: 'front', version: 'green' } }),
      svc('front', { selector: { app: 'front', version: 'blue' } }),
    ],
    shows: ready(2),
    verdict: 'broken',
    code: 'SVC101',
    words: ['version=green', 'version=blue', 'front-green'],
    heal: 'fix',
    healed: endpoints('front', 2),
  },
  {
    name: 'selector-of-another-app',
    story: 'Two apps in a namespace; the Service of the second was copied and kept nothing that matches.',
    ask: ['reports'],
    given: [
      app('reporting', { labels: { 'app.kubernetes.io/name': 'reporting', 'app.kubernetes.io/instance': 'prod' } }),
      app('mailer', { replicas: 1 }),
      svc('reports', { selector: { 'app.kubernetes.io/name': 'reporting', 'app.kubernetes.io/instance': 'staging' } }),
    ],
    shows: ready(3),
    verdict: 'broken',
    code: 'SVC101',
    words: ['instance=prod', 'instance=staging', 'reporting'],
    heal: 'fix',
    healed: endpoints('reports', 2),
  },
  {
    name: 'selector-no-workload-at-all',
    story: 'The Service was applied, the Deployment never was.',
    ask: ['orders'],
    given: [svc('orders')],
    shows: noPods,
    verdict: 'broken',
    code: 'SVC101',
    words: ['app=orders'],
  },
  {
    name: 'selector-too-wide',
    story: 'The selector matches the database pods too; half of the requests go to a port where nobody listens.',
    ask: ['shop'],
    given: [
      app('shop-web', { labels: { app: 'shop', tier: 'web' }, replicas: 1 }),
      app('shop-db', { labels: { app: 'shop', tier: 'db' }, replicas: 1, port: 5432 }),
      svc('shop', { selector: { app: 'shop' } }),
    ],
    shows: all(ready(2), endpoints('shop', 2)),
    verdict: 'degraded',
    words: ['shop-db'],
    heal: 'fix',
  },
  {
    name: 'selector-misses-pods-that-crash',
    story:
      'The selector has a typo, and the pods that it was meant for crash: mending one of the two restores nothing.',
    ask: ['billing'],
    given: [
      app('billing', { container: { command: shell('echo "FATAL cannot open the ledger"; sleep 1; exit 3') } }),
      svc('billing', { selector: { app: 'billling' } }),
    ],
    shows: all(container('CrashLoopBackOff'), restarted(2)),
    verdict: 'broken',
    words: ['billling'],
  },
  {
    name: 'selector-catches-the-queue-worker',
    story: 'Web server and queue worker share an image; the selector takes both, and only one of them serves.',
    ask: ['portal'],
    given: [
      app('portal-web', { labels: { app: 'portal', role: 'web' }, replicas: 1 }),
      app('portal-worker', {
        labels: { app: 'portal', role: 'worker' },
        replicas: 1,
        container: { command: ['stay'], ports: [], readinessProbe: undefined },
      }),
      svc('portal', { selector: { app: 'portal' } }),
    ],
    shows: all(ready(2), endpoints('portal', 2)),
    verdict: 'degraded',
    words: ['portal-worker'],
    heal: 'fix',
  },
  {
    name: 'selector-pods-released-by-hand',
    story:
      'Someone relabelled the pods by hand to take them out of rotation and forgot; the new ones got another label.',
    ask: ['api'],
    given: [
      app('api', { replicas: 1, podLabels: { slot: 'live' } }),
      svc('api', { selector: { app: 'api', slot: 'live' } }),
    ],
    healthy: all(ready(1), endpoints('api', 1)),
    breaks: [['label', 'pods', '-l', 'app=api', 'slot=drained', '--overwrite']],
    shows: all(ready(1), endpoints('api', 0)),
    verdict: 'broken',
    words: ['slot=drained', 'slot=live'],
  },
  {
    name: 'control-selector-with-several-services',
    story: 'Two Services on one workload, both right.',
    ask: ['web-admin'],
    given: [
      app('web'),
      svc('web'),
      svc('web-admin', { selector: { app: 'web' }, ports: [{ port: 81, targetPort: 'http' }] }),
    ],
    shows: all(ready(2), endpoints('web-admin', 2)),
    verdict: 'healthy',
  },
  {
    name: 'control-completed-job-pods-match',
    story: 'A finished migration Job carries the same label; its pod is not an endpoint and no fault.',
    ask: ['web'],
    given: [
      app('web'),
      svc('web'),
      object('batch/v1', 'Job', 'migrate', {
        spec: {
          template: {
            metadata: { labels: { app: 'web' } },
            spec: {
              restartPolicy: 'Never',
              containers: [{ name: 'migrate', image: 'kubectl-net.local/web:1', command: ['true'] }],
            },
          },
        },
      }),
    ],
    shows: (state) =>
      endpoints('web', 2)(state) &&
      state.items.some((item) => item.kind === 'Pod' && item.status.phase === 'Succeeded'),
    verdict: 'healthy',
  },
];
