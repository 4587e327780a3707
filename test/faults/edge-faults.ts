import { all, endpoints, type Fault, ready, someReady } from './fault.ts';
import { app, object, policy, svc } from './make.ts';

const ingress = (name: string, spec: object, annotations: Record<string, string> = {}) =>
  object('networking.k8s.io/v1', 'Ingress', name, { metadata: { name, annotations }, spec });

const rule = (service: string, port: object, host = 'shop.example.com', path = '/') => ({
  host,
  http: { paths: [{ path, pathType: 'Prefix', backend: { service: { name: service, port } } }] },
});

const served = all(ready(2), endpoints('web', 2));

/** Policies and Ingresses around a Service that is itself sound. */
export const edgeFaults: readonly Fault[] = [
  {
    name: 'ingress-backend-port-missing',
    story: 'The Ingress sends to port 8080 of the Service, which has only 80.',
    ask: ['ing/shop'],
    given: [app('web'), svc('web'), ingress('shop', { rules: [rule('web', { number: 8080 })] })],
    shows: served,
    verdict: 'broken',
    words: ['8080', 'web'],
  },
  {
    name: 'ingress-backend-service-missing',
    story: 'The Ingress names a Service that does not exist.',
    ask: ['ing/shop'],
    given: [app('web'), svc('web'), ingress('shop', { rules: [rule('web-svc', { number: 80 })] })],
    shows: served,
    verdict: 'broken',
    words: ['web-svc'],
  },
  {
    name: 'ingress-class-missing',
    story: 'The Ingress names a class that is not installed.',
    ask: ['ing/shop'],
    given: [
      app('web'),
      svc('web'),
      ingress('shop', { ingressClassName: 'nginx-internal', rules: [rule('web', { number: 80 })] }),
    ],
    shows: served,
    verdict: 'broken',
    words: ['nginx-internal'],
  },
  {
    name: 'ingress-tls-secret-missing',
    story: 'The certificate secret of the Ingress does not exist.',
    ask: ['ing/shop'],
    given: [
      object('networking.k8s.io/v1', 'IngressClass', 'e2e-class', { spec: { controller: 'example.com/ingress' } }),
      app('web'),
      svc('web'),
      ingress('shop', {
        ingressClassName: 'e2e-class',
        tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }],
        rules: [rule('web', { number: 80 })],
      }),
    ],
    shows: served,
    verdict: 'degraded',
    words: ['shop-tls'],
  },
  {
    name: 'ingress-rewrite-without-group',
    story:
      'The Ingress rewrites to the second group of its paths, which are plain prefixes: every request becomes "/".',
    ask: ['ing/shop'],
    given: [
      object('networking.k8s.io/v1', 'IngressClass', 'e2e-nginx', { spec: { controller: 'k8s.io/ingress-nginx' } }),
      app('web'),
      svc('web'),
      ingress(
        'shop',
        { ingressClassName: 'e2e-nginx', rules: [rule('web', { number: 80 }, 'shop.example.com', '/api')] },
        { 'nginx.ingress.kubernetes.io/rewrite-target': '/$2' },
      ),
    ],
    shows: served,
    verdict: 'degraded',
    words: ['/$2', '/api'],
  },
  {
    name: 'policy-lost-its-namespace-label',
    story: 'The allow rule wants namespaces labelled team=front; the label was lost when the namespace was recreated.',
    ask: ['web'],
    given: [
      app('web'),
      svc('web'),
      policy('web-allow-front', {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'front' } } }], ports: [{ port: 8080 }] }],
      }),
    ],
    shows: served,
    verdict: 'degraded',
    words: ['web-allow-front', 'team=front'],
  },
  {
    name: 'policy-with-service-port',
    story: 'The policy allows port 80, the Service port; the pods listen on 8080.',
    ask: ['web'],
    given: [
      app('web'),
      svc('web'),
      policy('web-allow', {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }],
      }),
    ],
    shows: served,
    verdict: 'degraded',
    words: ['web-allow', '8080', '80'],
    heal: 'fix',
  },
  {
    name: 'policy-default-deny',
    story: 'A default-deny policy was rolled out and the allow rule for this app was forgotten.',
    ask: ['web'],
    given: [app('web'), svc('web'), policy('default-deny', { podSelector: {}, policyTypes: ['Ingress'] })],
    shows: served,
    verdict: 'degraded',
    words: ['default-deny'],
    heal: 'fix',
  },
  {
    name: 'control-deny-all-plus-right-allow',
    story: 'Default deny and an allow rule that lets the namespace in.',
    ask: ['web'],
    given: [
      app('web'),
      svc('web'),
      policy('default-deny', { podSelector: {}, policyTypes: ['Ingress'] }),
      policy('web-allow', {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 8080 }] }],
      }),
    ],
    shows: served,
    verdict: 'healthy',
  },
  {
    name: 'two-independent-causes',
    story: 'The pods are not ready and the Service sends to the wrong port as well.',
    ask: ['web'],
    given: [
      app('web', {
        container: { readinessProbe: { httpGet: { path: '/nope', port: 8080 }, periodSeconds: 2, timeoutSeconds: 5 } },
      }),
      svc('web', { ports: [{ name: 'http', port: 80, targetPort: 'web' }] }),
    ],
    shows: (state) => state.items.some((item) => item.kind === 'Event' && item.reason === 'Unhealthy'),
    verdict: 'broken',
    words: ['404'],
  },
  {
    name: 'deployment-asked-instead-of-service',
    story: 'Asked by Deployment: the Service that points at it selects a label it lost.',
    ask: ['deploy/web'],
    given: [app('web', { labels: { app: 'web' } }), svc('web', { selector: { app: 'web', track: 'stable' } })],
    shows: someReady(2),
    verdict: 'broken',
    words: ['track'],
  },
];
