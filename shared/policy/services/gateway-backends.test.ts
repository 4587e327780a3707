import { describe, expect, it } from 'vitest';
import { buildPolicyModel } from '../model.ts';
import { formatPorts } from '../rules/port-set.ts';
import { namespace, pod, service } from '../testing/cluster.ts';
import type { GatewayFacts, GatewayRoute, RouteKind } from './gateway-backends.ts';
import { ingressPaths } from './ingress-paths.ts';

const GROUP = 'gateway.networking.k8s.io';
const model = buildPolicyModel({
  pods: [pod('shop/web', { app: 'web' }), pod('shop/next', { app: 'next' }), pod('data/db', { app: 'db' })],
  namespaces: [namespace('shop', { team: 'a' }), namespace('data'), namespace('infra')],
});
const services = [
  service(
    'shop/web',
    { app: 'web' },
    {
      ports: [
        { name: 'http', port: 80, targetPort: 8080 },
        { name: 'h3', port: 80, targetPort: 8443, protocol: 'UDP' },
        { name: 'admin', port: 81, targetPort: 9000 },
      ],
    },
  ),
  service('shop/next', { app: 'next' }, { ports: [{ port: 80 }] }),
  service('data/db', { app: 'db' }, { ports: [{ port: 5432 }] }),
];

type Rules = NonNullable<GatewayRoute['spec']>['rules'];

const parent = { name: 'edge' };
const web = { name: 'web', port: 80 };

function reached(
  rules: Rules,
  {
    kind = 'HTTPRoute',
    parentRefs = [parent],
    status,
    hostnames,
    ...facts
  }: Partial<GatewayFacts> & {
    kind?: RouteKind;
    parentRefs?: readonly object[];
    status?: GatewayRoute['status'];
    hostnames?: readonly string[];
  } = {},
): Readonly<Record<string, string>> {
  const object: GatewayRoute = {
    metadata: { namespace: 'shop', name: 'r' },
    spec: { parentRefs, rules: rules ?? [], ...(hostnames === undefined ? {} : { hostnames }) },
    ...(status === undefined ? {} : { status }),
  };
  const gateway = { gateways: [], grants: [], routes: [{ kind, object }], ...facts };
  const paths = ingressPaths(model, { services, gateway });
  return Object.fromEntries(
    paths.map(({ unit, allowed, depends }) => [
      unit.name,
      depends.length === 0 ? formatPorts(allowed) : `${formatPorts(allowed)}, perhaps ${formatPorts(depends)}`,
    ]),
  );
}

describe('routes of Gateways', () => {
  it('lead to the target port of the Service port that they name, over their protocol', () => {
    expect(reached([{ backendRefs: [web] }])).toEqual({ web: 'TCP 8080' });
    expect(reached([{ backendRefs: [web] }], { kind: 'GRPCRoute' })).toEqual({ web: 'TCP 8080' });
    expect(reached([{ backendRefs: [web] }], { kind: 'UDPRoute' })).toEqual({ web: 'UDP 8443' });
  });

  it('send nothing to a weight of 0, and a copy to a mirror', () => {
    const next = { name: 'next', port: 80 };
    expect(reached([{ backendRefs: [web, { ...next, weight: 0 }] }])).toEqual({ web: 'TCP 8080' });
    const mirror = (more: object) => [{ requestMirror: { backendRef: next, ...more } }];
    expect(reached([{ backendRefs: [web], filters: mirror({}) }])).toEqual({ web: 'TCP 8080', next: 'TCP 80' });
    expect(reached([{ backendRefs: [{ ...web, filters: mirror({}) }] }])).toEqual({ web: 'TCP 8080', next: 'TCP 80' });
    expect(reached([{ backendRefs: [web], filters: mirror({ percent: 0 }) }])).toEqual({ web: 'TCP 8080' });
  });

  it('are no way in where their parent is a Service, or the backend is none', () => {
    expect(reached([{ backendRefs: [web] }], { parentRefs: [{ group: '', kind: 'Service', name: 'web' }] })).toEqual(
      {},
    );
    expect(reached([{ backendRefs: [{ ...web, group: 'x.io', kind: 'Bucket' }] }])).toEqual({});
  });

  it('reach another namespace only by a grant of that namespace', () => {
    const rules: Rules = [{ backendRefs: [{ namespace: 'data', name: 'db', port: 5432 }] }];
    const grant = (from: object, to: object = {}) => ({
      metadata: { namespace: 'data', name: 'g' },
      spec: {
        from: [{ group: GROUP, kind: 'HTTPRoute', namespace: 'shop', ...from }],
        to: [{ group: '', kind: 'Service', ...to }],
      },
    });
    expect(reached(rules)).toEqual({});
    expect(reached(rules, { grants: [grant({})] })).toEqual({ db: 'TCP 5432' });
    expect(reached(rules, { grants: [grant({}, { name: 'db' })] })).toEqual({ db: 'TCP 5432' });
    expect(reached(rules, { grants: [grant({}, { name: 'other' })] })).toEqual({});
    expect(reached(rules, { grants: [grant({ kind: 'TCPRoute' })] })).toEqual({});
    expect(reached(rules, { grants: [grant({ namespace: 'infra' })] })).toEqual({});
    expect(reached(rules, { grants: undefined })).toEqual({ db: 'no ports, perhaps TCP 5432' });
  });

  it('count where a listener of the Gateway takes them', () => {
    const taken = (at: string, allowedRoutes: object | undefined, more: object = {}) =>
      'web' in
      reached([{ backendRefs: [web] }], {
        parentRefs: [{ name: 'edge', namespace: at, ...more }],
        gateways: [
          {
            metadata: { namespace: at, name: 'edge' },
            spec: { listeners: [{ name: 'web', port: 80, ...(allowedRoutes === undefined ? {} : { allowedRoutes }) }] },
          },
        ],
      });
    expect(taken('shop', undefined)).toBe(true);
    expect(taken('infra', undefined)).toBe(false);
    expect(taken('infra', { namespaces: { from: 'All' } })).toBe(true);
    expect(taken('infra', { namespaces: { from: 'Selector', selector: { matchLabels: { team: 'a' } } } })).toBe(true);
    expect(taken('infra', { namespaces: { from: 'Selector', selector: { matchLabels: { team: 'b' } } } })).toBe(false);
    expect(taken('shop', { kinds: [{ kind: 'GRPCRoute' }] })).toBe(false);
    expect(taken('shop', undefined, { sectionName: 'other' })).toBe(false);
    expect(taken('shop', undefined, { port: 443 })).toBe(false);
  });

  it('count where the protocol and the host name of a listener, or of a ListenerSet, are theirs', () => {
    const taken = (listener: object, hostnames?: readonly string[], kind: RouteKind = 'HTTPRoute', set = false) => {
      const holder = {
        metadata: { namespace: 'shop', name: 'edge' },
        spec: { listeners: [{ name: 'l', ...listener }] },
      };
      const parentRefs = [{ name: 'edge', ...(set ? { kind: 'XListenerSet' } : {}) }];
      const facts = { kind, parentRefs, ...(hostnames === undefined ? {} : { hostnames }) };
      return 'web' in reached([{ backendRefs: [web] }], { ...facts, [set ? 'listenerSets' : 'gateways']: [holder] });
    };
    const named = (hostname: string, ...names: readonly string[]) => taken({ hostname }, names);
    expect(named('a.example.com', 'a.example.com')).toBe(true);
    expect(named('a.example.com', 'b.example.com')).toBe(false);
    expect(named('*.example.com', 'x.y.example.com')).toBe(true);
    expect(named('*.example.com', 'example.com')).toBe(false);
    expect(named('a.example.com', 'other.org', '*.example.com')).toBe(true);
    expect(named('*.a.example.com', '*.example.com')).toBe(true);
    expect(named('*.a.org', '*.b.org')).toBe(false);
    expect(taken({ hostname: 'a.org' })).toBe(true);
    expect(taken({ hostname: '' }, ['b.org'])).toBe(true);
    expect(taken({ protocol: 'HTTPS' })).toBe(true);
    expect(taken({ protocol: 'TCP' })).toBe(false);
    expect(taken({ protocol: 'TLS' }, undefined, 'TLSRoute')).toBe(true);
    expect(taken({ protocol: 'example.com/own' })).toBe(true);
    expect(taken({ hostname: 'a.org' }, ['b.org'], 'HTTPRoute', true)).toBe(false);
    expect(taken({ hostname: 'a.org' }, ['a.org'], 'HTTPRoute', true)).toBe(true);
  });

  it('count as their status says, where there is one', () => {
    const status = (accepted: string) => ({
      parents: [{ parentRef: parent, conditions: [{ type: 'Accepted', status: accepted }] }],
    });
    expect(reached([{ backendRefs: [web] }], { status: status('False') })).toEqual({});
    expect(reached([{ backendRefs: [web] }], { status: status('True') })).toEqual({ web: 'TCP 8080' });
  });
});
