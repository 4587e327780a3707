import {
  aged,
  all,
  container,
  endpoints,
  event,
  type Fault,
  ready,
  restarted,
  runningNotReady,
  someReady,
} from './fault.ts';
import { app, type Manifest, object, shell, svc, WEB_IMAGE } from './make.ts';

const side = (name: string, port: string): Manifest => ({
  name,
  image: WEB_IMAGE,
  imagePullPolicy: 'IfNotPresent',
  command: ['serve', port],
});

/** The fault shows in one container or app, and lies with its neighbour: in the pod, the namespace, or its DNS. */
export const neighbourFaults: readonly Fault[] = [
  {
    name: 'script-not-executable',
    story: 'The start script moved into a ConfigMap, whose files may not be executed.',
    ask: ['web'],
    given: [
      object('v1', 'ConfigMap', 'start', { data: { 'run.sh': '#!/bin/sh\nexec serve 8080\n' } }),
      app('web', {
        container: { command: ['/scripts/run.sh'], volumeMounts: [{ name: 'scripts', mountPath: '/scripts' }] },
        pod: { volumes: [{ name: 'scripts', configMap: { name: 'start' } }] },
      }),
      svc('web'),
    ],
    shows: container('CrashLoopBackOff'),
    verdict: 'broken',
    code: 'SVC228',
    words: ['ConfigMap start', '0644'],
    heal: 'fix',
    healed: all(ready(2), endpoints('web', 2)),
  },
  {
    name: 'sidecar-wants-the-port-of-the-app',
    story: 'A metrics sidecar was added that listens on 8080, as the app does; it stops at once, again and again.',
    ask: ['web'],
    given: [app('web', { sidecars: [side('metrics', '8080')] }), svc('web')],
    shows: all(container('CrashLoopBackOff'), restarted(2)),
    verdict: 'broken',
    code: 'SVC247',
    words: ['metrics', '8080', 'container app'],
    healWith: [app('web', { sidecars: [side('metrics', '9090')] }), svc('web')],
    healed: ready(2),
  },
  {
    name: 'probe-asks-a-service-without-pods',
    story: 'The readiness probe of the front end asks the database, whose Service selects a label that no pod has.',
    ask: ['front'],
    given: [
      app('db', { replicas: 1 }),
      svc('db', { selector: { app: 'database' } }),
      app('front', {
        container: {
          readinessProbe: {
            exec: { command: shell('nc -w 2 db 80 </dev/null || { echo "cannot reach db:80"; exit 1; }') },
            periodSeconds: 3,
            timeoutSeconds: 5,
          },
        },
      }),
      svc('front'),
    ],
    shows: all(someReady(1), runningNotReady(2), event('Unhealthy'), aged(90)),
    verdict: 'broken',
    code: 'SVC101',
    words: ['db', 'app=database'],
    heal: 'fix',
  },
  {
    name: 'dns-policy-none-asks-a-strange-server',
    story:
      'The template sets dnsPolicy None with a name server that does not answer; the app cannot find its database.',
    ask: ['web'],
    given: [
      app('db', { replicas: 1 }),
      svc('db'),
      app('web', {
        pod: { dnsPolicy: 'None', dnsConfig: { nameservers: ['127.0.0.1'] } },
        container: {
          command: shell('nslookup db >/dev/null || { echo "getaddrinfo EAI_AGAIN db"; exit 1; }; exec serve 8080'),
        },
      }),
      svc('web'),
    ],
    shows: all(someReady(1), container('CrashLoopBackOff'), restarted(2)),
    verdict: 'broken',
    code: 'SVC229',
    words: ['exit code 1', 'dnsPolicy None asks 127.0.0.1'],
  },
  {
    name: 'labels-on-the-deployment-alone',
    story: 'The label that the Service selects stands on the Deployment; the template of its pods has another one.',
    ask: ['web'],
    given: [labelled(app('web', { labels: { component: 'front' } }), { app: 'web' }), svc('web')],
    shows: ready(2),
    verdict: 'broken',
    code: 'SVC101',
    words: ['Deployment web', 'app=web itself'],
    heal: 'fix',
  },
];

function labelled(manifest: Manifest, labels: Record<string, string>): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, labels } };
}
