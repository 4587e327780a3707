import {
  all,
  condition,
  container,
  endpoints,
  event,
  type Fault,
  noPods,
  ready,
  restarted,
  someReady,
  workloadReason,
} from './fault.ts';
import { app, object, shell, svc } from './make.ts';

/** The pods do not exist or do not run. */
export const podFaults: readonly Fault[] = [
  {
    name: 'scaled-to-zero-by-hand',
    story: 'Somebody scaled the Deployment to zero to save money over the weekend.',
    ask: ['catalog'],
    given: [app('catalog'), svc('catalog')],
    healthy: all(ready(2), endpoints('catalog', 2)),
    breaks: [['scale', 'deployment', 'catalog', '--replicas=0']],
    shows: all(noPods, endpoints('catalog', 0)),
    verdict: 'broken',
    words: ['catalog', '0'],
    heal: 'fix',
    healed: endpoints('catalog', 1),
  },
  {
    name: 'quota-stops-all-pods',
    story: 'The namespace quota is used up, the ReplicaSet cannot create a single pod.',
    ask: ['billing'],
    given: [
      object('v1', 'ResourceQuota', 'team-quota', { spec: { hard: { pods: '0' } } }),
      app('billing'),
      svc('billing'),
    ],
    shows: workloadReason('FailedCreate'),
    verdict: 'broken',
    words: ['team-quota', 'exceeded quota'],
  },
  {
    name: 'service-account-missing',
    story: 'The template names a service account that was never created.',
    ask: ['audit'],
    given: [app('audit', { pod: { serviceAccountName: 'audit-runner' } }), svc('audit')],
    shows: workloadReason('FailedCreate'),
    verdict: 'broken',
    words: ['audit-runner', 'serviceaccount'],
    heal: [['create', 'serviceaccount', 'audit-runner']],
  },
  {
    name: 'pending-cpu-request-too-large',
    story: 'A values file asked for 64 CPUs.',
    ask: ['search'],
    given: [app('search', { container: { resources: { requests: { cpu: '64' } } } }), svc('search')],
    shows: condition('PodScheduled', 'False', 'Unschedulable'),
    verdict: 'broken',
    words: ['Insufficient cpu'],
  },
  {
    name: 'pending-node-selector',
    story: 'The pods want nodes with a label that no node has.',
    ask: ['gpu-worker'],
    given: [app('gpu-worker', { pod: { nodeSelector: { accelerator: 'nvidia' } } }), svc('gpu-worker')],
    shows: condition('PodScheduled', 'False', 'Unschedulable'),
    verdict: 'broken',
    words: ['accelerator', 'node affinity/selector'],
  },
  {
    name: 'pending-claim-missing',
    story: 'The volume claim that the pods mount does not exist.',
    ask: ['store'],
    given: [
      app('store', { pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'store-data' } }] } }),
      svc('store'),
    ],
    shows: condition('PodScheduled', 'False'),
    verdict: 'broken',
    words: ['store-data'],
  },
  {
    name: 'image-tag-does-not-exist',
    story: 'The release pipeline wrote a tag that was never pushed.',
    ask: ['api'],
    given: [app('api', { container: { image: 'registry.invalid/api:2.0.1' } }), svc('api')],
    shows: container('ImagePullBackOff', 'ErrImagePull'),
    verdict: 'broken',
    words: ['registry.invalid/api:2.0.1', 'ImagePull'],
  },
  {
    name: 'image-never-pull',
    story: 'imagePullPolicy Never and the image is not on the node.',
    ask: ['edge'],
    given: [app('edge', { container: { image: 'edge:dev', imagePullPolicy: 'Never' } }), svc('edge')],
    shows: container('ErrImageNeverPull'),
    verdict: 'broken',
    words: ['ErrImageNeverPull', 'edge:dev'],
  },
  {
    name: 'image-pull-in-rollout-old-pods-serve',
    story: 'A rollout to a missing image hangs; the old pods still serve.',
    ask: ['web'],
    given: [app('web'), svc('web')],
    healthy: all(ready(2), endpoints('web', 2)),
    breaks: [['set', 'image', 'deployment/web', 'app=registry.invalid/web:9']],
    shows: all(container('ImagePullBackOff', 'ErrImagePull'), someReady(2)),
    verdict: 'degraded',
    words: ['registry.invalid/web:9'],
  },
  {
    name: 'crash-on-start',
    story: 'The new configuration has a key that the app refuses; it exits with 3 a second after the start.',
    ask: ['orders'],
    given: [
      app('orders', { container: { command: shell('echo "FATAL unknown option db.pool"; sleep 1; exit 3') } }),
      svc('orders'),
    ],
    shows: all(container('CrashLoopBackOff'), restarted(2)),
    verdict: 'broken',
    words: ['CrashLoopBackOff', 'exit code 3'],
  },
  {
    name: 'out-of-memory',
    story: 'The memory limit is below what the app needs at start.',
    ask: ['thumbs'],
    given: [
      app('thumbs', {
        container: {
          command: shell('sleep 1; tail /dev/zero'),
          resources: { limits: { memory: '24Mi' }, requests: { memory: '8Mi' } },
        },
      }),
      svc('thumbs'),
    ],
    shows: all(container('OOMKilled'), restarted(1)),
    verdict: 'broken',
    words: ['OOMKilled', '24Mi'],
  },
  {
    name: 'command-not-found',
    story: 'The entry point was renamed in the image.',
    ask: ['batch'],
    given: [app('batch', { container: { command: ['/app/server'] } }), svc('batch')],
    shows: container('RunContainerError', 'StartError', 'CrashLoopBackOff'),
    verdict: 'broken',
    words: ['/app/server'],
  },
  {
    name: 'exits-zero-again-and-again',
    story: 'The command ends with success instead of serving.',
    ask: ['oneshot'],
    given: [app('oneshot', { container: { command: shell('echo done') } }), svc('oneshot')],
    shows: all(container('CrashLoopBackOff'), restarted(2)),
    verdict: 'broken',
    words: ['exit code 0'],
  },
  {
    name: 'init-waits-for-database',
    story: 'The init container waits for a database name that does not exist.',
    ask: ['ledger'],
    given: [
      app('ledger', {
        pod: {
          initContainers: [
            {
              name: 'wait-for-db',
              image: 'kubectl-net.local/web:1',
              command: shell('until nslookup ledger-db; do echo waiting for ledger-db; sleep 2; done'),
            },
          ],
        },
      }),
      svc('ledger'),
    ],
    shows: (state) =>
      state.items.some(
        (item) =>
          item.kind === 'Pod' &&
          (item.status?.initContainerStatuses ?? []).some((s: { state?: { running?: unknown } }) => s.state?.running),
      ),
    verdict: 'broken',
    words: ['wait-for-db'],
  },
  {
    name: 'init-crashes',
    story: 'The migration in the init container fails.',
    ask: ['users'],
    given: [
      app('users', {
        pod: {
          initContainers: [
            { name: 'migrate', image: 'kubectl-net.local/web:1', command: shell('echo "migration 42 failed"; exit 1') },
          ],
        },
      }),
      svc('users'),
    ],
    shows: all(container('CrashLoopBackOff'), restarted(2)),
    verdict: 'broken',
    words: ['migrate', 'exit code 1'],
  },
  {
    name: 'config-map-missing',
    story: 'The environment comes from a ConfigMap that was renamed.',
    ask: ['mail'],
    given: [app('mail', { container: { envFrom: [{ configMapRef: { name: 'mail-config' } }] } }), svc('mail')],
    shows: container('CreateContainerConfigError'),
    verdict: 'broken',
    words: ['mail-config', 'CreateContainerConfigError'],
  },
  {
    name: 'secret-key-missing',
    story: 'The Secret exists but the key in it is called otherwise.',
    ask: ['auth'],
    given: [
      object('v1', 'Secret', 'auth-db', { stringData: { pass: 'x' } }),
      app('auth', {
        container: {
          env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'auth-db', key: 'password' } } }],
        },
      }),
      svc('auth'),
    ],
    shows: container('CreateContainerConfigError'),
    verdict: 'broken',
    words: ['auth-db', 'password'],
  },
  {
    name: 'secret-volume-missing',
    story: 'The TLS secret that the pods mount was not copied to this namespace.',
    ask: ['gateway'],
    given: [
      app('gateway', {
        pod: { volumes: [{ name: 'tls', secret: { secretName: 'gateway-tls' } }] },
        container: { volumeMounts: [{ name: 'tls', mountPath: '/tls' }] },
      }),
      svc('gateway'),
    ],
    shows: event('FailedMount', /gateway-tls/),
    verdict: 'broken',
    words: ['gateway-tls'],
  },
  {
    name: 'host-port-taken',
    story: 'Three replicas want one host port on two nodes.',
    ask: ['ingress-lite'],
    given: [
      app('ingress-lite', {
        replicas: 3,
        container: { ports: [{ name: 'http', containerPort: 8080, hostPort: 18080 }] },
      }),
      svc('ingress-lite'),
    ],
    shows: all(condition('PodScheduled', 'False', 'Unschedulable'), someReady(2)),
    verdict: 'degraded',
    words: ['18080'],
  },
  {
    name: 'two-of-three-crash',
    story: 'Only pods that got the bad half of a config crash; one still serves.',
    ask: ['mixed'],
    given: [
      app('mixed', {
        kind: 'StatefulSet',
        replicas: 3,
        spec: { podManagementPolicy: 'Parallel' },
        container: {
          command: shell('case $(hostname) in mixed-0) exec serve 8080;; *) echo "bad shard"; exit 7;; esac'),
        },
      }),
      svc('mixed', { clusterIP: 'None' }),
    ],
    shows: all(container('CrashLoopBackOff'), restarted(2), someReady(1)),
    verdict: 'degraded',
    words: ['exit code 7'],
  },
];
