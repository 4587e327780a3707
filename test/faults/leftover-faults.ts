import { aged, all, endpoints, event, type Fault, noPods, ready, someReady } from './fault.ts';
import { app, object, shell, svc, WEB_IMAGE } from './make.ts';

const started = { command: shell('[ -e /keep/once ] && exec serve 8080; touch /keep/once; exit 1') };
const kept = { volumeMounts: [{ name: 'keep', mountPath: '/keep' }] };
const ended = {
  metadata: { name: 'web-debug', labels: { app: 'web' } },
  spec: { restartPolicy: 'Never', containers: [{ name: 'debug', image: WEB_IMAGE, command: ['true'] }] },
};

/** What was there before is still seen and misleads: it is a trace of the cause, or none of it at all. */
export const leftoverFaults: readonly Fault[] = [
  {
    name: 'deployment-deleted',
    story: 'Somebody cleaned up and deleted the Deployment; its Service and its events are left.',
    ask: ['web'],
    given: [app('web'), svc('web')],
    healthy: all(ready(2), endpoints('web', 2)),
    breaks: [['delete', 'deployment', 'web']],
    shows: noPods,
    verdict: 'broken',
    code: 'SVC101',
    words: ['Deployment web was deleted'],
    healWith: [app('web')],
    healed: all(ready(2), endpoints('web', 2)),
  },
  {
    name: 'selector-finds-an-ended-pod',
    story: 'A debugging pod with the old label has ended long ago; the app carries a new label.',
    ask: ['web'],
    given: [object('v1', 'Pod', 'web-debug', ended), app('web', { labels: { app: 'web-api' } }), svc('web')],
    shows: all(
      (state) => state.items.some(({ kind, status }) => kind === 'Pod' && status.phase === 'Succeeded'),
      someReady(2),
    ),
    verdict: 'broken',
    code: 'SVC101',
    words: ['app=web-api instead of app=web'],
    heal: 'fix',
    healed: endpoints('web', 2),
  },
  {
    name: 'restarted-once-then-404',
    story: 'The app crashed once while it started and runs since; the new path of its probe does not exist.',
    ask: ['web'],
    given: [
      app('web', {
        container: {
          ...started,
          ...kept,
          readinessProbe: { httpGet: { path: '/live/ready', port: 8080 }, periodSeconds: 2, timeoutSeconds: 5 },
        },
        pod: { volumes: [{ name: 'keep', emptyDir: {} }] },
      }),
      svc('web'),
    ],
    shows: all(event('Unhealthy', /404/), aged(25)),
    verdict: 'broken',
    code: 'SVC301',
    words: ['404', '/live/ready'],
  },
];
