import { describe, expect, it } from 'vitest';
import { askManifests } from '../testing/ask-manifests.ts';
import { deployment } from '../testing/shop.ts';

/** A Service in front of `web`, and a policy that lets some in to it. */
const shop = (service: string, from: string, way = ''): string => `
${deployment('shop', 'web', '{containerPort: 8080}')}
---
${deployment('shop', 'job')}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}], ${service}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web-in, namespace: shop}
spec: {podSelector: {matchLabels: {app: web}}, ingress: [{${from}ports: [{port: 8080}]}]}
${way}`;

const HTTP_ROUTE = `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: front, namespace: shop}
spec:
  parentRefs: [{name: edge, namespace: infra}]
  rules: [{backendRefs: [{name: web, port: 80}]}]
`;
const GATEWAY = `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: infra}
spec: {gatewayClassName: x, listeners: [{name: http, port: 80, protocol: HTTP}]}
`;
const CLUSTER_IP = 'type: ClusterIP';
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('ways in from outside', () => {
  it('through a route of a Gateway are a row of the matrix, as those through an Ingress', async () => {
    const rows = async (manifests: string) => {
      const { connections } = JSON.parse((await askManifests(manifests, 'matrix -o json')).stdout);
      return connections.filter(({ from }: { from: { kind?: string } }) => from.kind === 'IngressController');
    };
    expect(await rows(shop(CLUSTER_IP, '', HTTP_ROUTE))).toEqual([
      {
        from: { kind: 'IngressController' },
        to: { kind: 'Deployment', namespace: 'shop', name: 'web' },
        ports: [{ protocol: 'TCP', from: 8080, to: 8080 }],
      },
    ]);
    // This Gateway takes routes of its own namespace only.
    expect(await rows(shop(CLUSTER_IP, '', HTTP_ROUTE + GATEWAY))).toEqual([]);
  });

  it('are told of a Service, with what policies make of them', async () => {
    const ask = async (from: string) =>
      flat((await askManifests(shop(CLUSTER_IP, from, HTTP_ROUTE), 'svc/web -n shop')).stdout);
    expect(await ask('')).toContain('Through HTTPRoute shop/front: TCP 8080 is let in');
    expect(await ask('from: [{podSelector: {}}], ')).toContain('Through HTTPRoute shop/front: TCP 8080 is kept out');
    expect(await ask('from: [{namespaceSelector: {matchLabels: {a: b}}}], ')).toContain(
      'Through HTTPRoute shop/front: TCP 8080 depends on which pods the controller has',
    );
  });

  it('with fields of another type than the API has are told, and the others asked all the same', async () => {
    const route = (name: string, spec: string): string =>
      `---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: ${name}, namespace: shop}\nspec: {${spec} rules: [{backendRefs: [{name: web, port: 80}]}]}\n`;
    const broken =
      route('broken', 'parentRefs: {name: edge},') +
      route('sound', 'parentRefs: [{name: edge}], hostnames: null,') +
      '---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: shop}\n' +
      'spec: {listeners: [{name: l, port: 80, protocol: HTTP, allowedRoutes: {kinds: HTTPRoute}}]}\n';
    const { exit, stdout } = await askManifests(shop(CLUSTER_IP, '', broken), 'svc/web -n shop');
    expect(exit).toBe(3);
    expect(flat(stdout)).toContain('Through HTTPRoute shop/sound: TCP 8080 is let in');
    expect(flat(stdout)).toContain('HTTPRoute broken: spec.parentRefs must be a list');
    expect(flat(stdout)).toContain('Gateway edge: spec.listeners[0].allowedRoutes.kinds must be a list');
  });

  it('with further listeners of another type are told, and the route is asked all the same', async () => {
    const set = (kind: string, group: string, listeners: string): string =>
      `---\napiVersion: ${group}/v1\nkind: ${kind}\nmetadata: {name: more, namespace: shop}\nspec: {parentRef: {name: edge}, listeners: ${listeners}}\n`;
    const route = (kind: string): string =>
      `---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: front, namespace: shop}\nspec: {parentRefs: [{kind: ${kind}, name: more}], rules: [{backendRefs: [{name: web, port: 80}]}]}\n`;
    const groups = { ListenerSet: 'gateway.networking.k8s.io', XListenerSet: 'gateway.networking.x-k8s.io' };
    for (const [kind, group] of Object.entries(groups)) {
      const ask = (listeners: string) =>
        askManifests(shop(CLUSTER_IP, '', route(kind) + set(kind, group, listeners)), 'svc/web -n shop');
      const sound = await ask('[{name: l, port: 80, protocol: HTTP}]');
      expect(sound.exit).toBe(0);
      expect(flat(sound.stdout)).toContain('Through HTTPRoute shop/front: TCP 8080 is let in');
      const text = await ask('HTTP');
      expect(text.exit, text.stderr).toBe(3);
      expect(flat(text.stdout)).toContain(`${kind} more: spec.listeners must be a list`);
      const deep = await ask('[{name: l, port: "80", protocol: [HTTP], allowedRoutes: {kinds: HTTPRoute}}]');
      expect(deep.exit, deep.stderr).toBe(3);
      expect(flat(deep.stdout)).toContain(`${kind} more: spec.listeners[0].`);
      expect((await ask('null')).exit).toBe(0);
    }
  });

  it('by a load balancer may lose the address that a rule goes by', async () => {
    const block = 'from: [{ipBlock: {cidr: 203.0.113.0/24}}], ';
    const told = 'a node may put its own address in place of the caller';
    for (const line of ['svc/web -n shop', 'can-reach 203.0.113.7 svc/web -n shop']) {
      const ask = async (service: string, from: string) => flat((await askManifests(shop(service, from), line)).stdout);
      expect(await ask('type: LoadBalancer', block)).toContain(told);
      expect(await ask('type: NodePort', block)).toContain(told);
      expect(await ask('type: LoadBalancer, externalTrafficPolicy: Local', block)).not.toContain(told);
      expect(await ask('type: LoadBalancer', '')).not.toContain(told);
      expect(await ask(CLUSTER_IP, block)).toContain('has no address outside the cluster (ClusterIP)');
    }
    const inside = (await askManifests(shop('type: NodePort', block), 'can-reach shop/job svc/web -n shop')).stdout;
    expect(flat(inside)).not.toContain(told);
  });
});
