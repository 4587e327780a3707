import { describe, expect, it } from 'vitest';
import type { Pod } from '../../model/objects-pod.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { buildPolicyModel, type PolicyFacts } from '../model.ts';
import { formatPorts } from '../rules/port-set.ts';
import { ingressPaths } from '../services/ingress-paths.ts';
import { at, grid, namespace, pod, policy, service } from '../testing/cluster.ts';
import type { Cell } from './cell-rows.ts';
import { connectivity, type Grain, type MatrixPeer } from './connectivity.ts';
import { destinationsOf, sourcesOf } from './reach.ts';

function nameOf(peer: MatrixPeer): string {
  if (peer.type === 'outside') return 'outside';
  return `${peer.ref.kind} ${peer.ref.namespace ?? ''}/${peer.ref.name}`;
}

/** `from > to: ports`, sorted; a cell that says more than `allowed` shows it. */
function rows(facts: PolicyFacts, by?: Grain): readonly string[] {
  const matrix = connectivity(buildPolicyModel(facts), by);
  const found: string[] = [];
  const show = ({ allowed, some, depends }: Cell): string =>
    [
      formatPorts(allowed),
      ...(some === allowed ? [] : [`some ${formatPorts(some)}`]),
      ...(depends.length > 0 ? [`depends ${formatPorts(depends)}`] : []),
    ].join('; ');
  const names = matrix.peers.map(nameOf);
  matrix.forEach((from, to, cell) => {
    found.push(`${names[from]} > ${names[to]}: ${show(cell)}`);
  });
  return found.filter((row) => !row.includes('outside')).sort();
}

function owned(path: string, labels: Readonly<Record<string, string>>, name: string): Pod {
  const one = pod(path, labels);
  return { ...one, metadata: { ...one.metadata, ownerReferences: [{ kind: 'ReplicaSet', name, controller: true }] } };
}

describe('connectivity', () => {
  const facts: PolicyFacts = {
    namespaces: [namespace('shop')],
    pods: [
      owned('shop/web-1', { app: 'web' }, 'web-a'),
      owned('shop/web-2', { app: 'web' }, 'web-a'),
      pod('shop/db', { app: 'db' }),
    ],
    networkPolicies: [
      policy('shop/db', {
        podSelector: { matchLabels: { app: 'db' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 5432 }] }],
      }),
    ],
  };

  it('has a row for each pair of workloads between which something passes, never for one with itself', () => {
    expect(rows(facts)).toEqual([
      'Pod shop/db > ReplicaSet shop/web-a: all ports',
      'ReplicaSet shop/web-a > Pod shop/db: TCP 5432',
    ]);
  });

  it('can go by pod, by namespace and by behaviour', () => {
    expect(rows(facts, 'pod')).toHaveLength(6);
    expect(rows(facts, 'class')).toHaveLength(2);
    const two: PolicyFacts = {
      ...facts,
      namespaces: [namespace('shop'), namespace('other')],
      pods: [...facts.pods, pod('other/a', { app: 'web' })],
    };
    expect(rows(two, 'namespace')).toEqual([
      'Namespace /other > Namespace /shop: no ports; some all ports',
      'Namespace /shop > Namespace /other: all ports',
    ]);
  });

  it('tells what only some pods of a workload may', () => {
    const rollout: PolicyFacts = {
      ...facts,
      pods: [
        owned('shop/web-1', { app: 'web', id: '1' }, 'web-a'),
        owned('shop/web-2', { app: 'web2', id: '2' }, 'web-a'),
        pod('shop/db', { app: 'db' }),
      ],
    };
    expect(rows(rollout).filter((row) => row.endsWith('5432'))).toEqual([
      'ReplicaSet shop/web-a > Pod shop/db: no ports; some TCP 5432',
    ]);
  });

  it('lists the outside in as few parts as the rules make', () => {
    const model = buildPolicyModel({
      ...facts,
      networkPolicies: [
        policy('shop/out', {
          policyTypes: ['Egress'],
          egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }, { ipBlock: { cidr: '192.168.0.0/16' } }] }],
        }),
      ],
    });
    const outside = connectivity(model).peers.filter((peer) => peer.type === 'outside');
    expect(outside.map((peer) => peer.ranges.length).sort()).toEqual([2, 4]);
  });

  it('takes templates for pods where a workload has none', () => {
    const web: Workload = {
      metadata: { namespace: 'shop', name: 'web' },
      spec: { replicas: 0, template: { metadata: { labels: { app: 'web' } } } },
    };
    const report: Workload = {
      metadata: { namespace: 'shop', name: 'report' },
      spec: { jobTemplate: { spec: { template: { metadata: { labels: { app: 'web' } } } } } },
    };
    const running: Workload = { metadata: { namespace: 'shop', name: 'web-a' } };
    const found = rows({
      ...facts,
      workloads: [
        { kind: 'Deployment', object: web },
        { kind: 'CronJob', object: report },
        { kind: 'ReplicaSet', object: running },
      ],
    });
    expect(found.filter((row) => row.endsWith('5432'))).toEqual([
      'CronJob shop/report > Pod shop/db: TCP 5432',
      'Deployment shop/web > Pod shop/db: TCP 5432',
      'ReplicaSet shop/web-a > Pod shop/db: TCP 5432',
    ]);
  });

  it('is empty for an empty cluster', () => {
    expect(rows({ pods: [], namespaces: [] })).toEqual([]);
  });
});

describe('sourcesOf and destinationsOf', () => {
  const facts = grid({
    networkPolicies: [
      policy('x/in', {
        podSelector: { matchLabels: { pod: 'a' } },
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { ns: 'y' } } }], ports: [{ port: 80 }] }],
      }),
      policy('y/out', { podSelector: { matchLabels: { pod: 'c' } }, policyTypes: ['Egress'] }),
    ],
  });
  const model = buildPolicyModel(facts);
  const show = ({ pods }: ReturnType<typeof sourcesOf>) =>
    Object.fromEntries(
      pods.map((group) => [
        formatPorts(group.allowed),
        group.pods.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`),
      ]),
    );

  it('groups all pods by what they may use', () => {
    expect(show(sourcesOf(model, at(facts, 'x/a')))).toEqual({
      'TCP 80': ['y/a', 'y/b'],
      'no ports': ['x/b', 'x/c', 'y/c', 'z/a', 'z/b', 'z/c'],
    });
    expect(show(destinationsOf(model, at(facts, 'y/a')))).toEqual({
      'TCP 80': ['x/a'],
      'all ports': ['x/b', 'x/c', 'y/b', 'y/c', 'z/a', 'z/b', 'z/c'],
    });
  });

  it('tells pods apart by blocks that lie in each other, and by their holes', () => {
    const replica = (name: string, ip: string) => pod(`x/${name}`, { app: 'web' }, { ip });
    const nested: PolicyFacts = {
      namespaces: [namespace('x')],
      pods: [
        pod('x/db', { app: 'db' }, { ip: '10.9.0.1' }),
        replica('below', '10.0.9.9'),
        replica('outer', '10.1.0.1'),
        replica('inner', '10.1.64.1'),
        replica('hole', '10.1.64.200'),
        replica('after', '10.1.99.1'),
        replica('beyond', '10.2.0.1'),
      ],
      networkPolicies: [
        policy('x/db', {
          podSelector: { matchLabels: { app: 'db' } },
          ingress: [
            { from: [{ ipBlock: { cidr: '10.1.0.0/16', except: ['10.1.64.128/25'] } }], ports: [{ port: 80 }] },
            { from: [{ ipBlock: { cidr: '10.1.64.0/24' } }], ports: [{ port: 443 }] },
          ],
        }),
      ],
    };
    const expected = {
      'TCP 80': ['x/outer', 'x/after'],
      'TCP 80, TCP 443': ['x/inner'],
      'TCP 443': ['x/hole'],
      'no ports': ['x/below', 'x/beyond'],
    };
    expect(show(sourcesOf(buildPolicyModel(nested), at(nested, 'x/db')))).toEqual(expected);
    // The whole matrix cuts classes of pods by the blocks of all policies.
    const sources = rows(nested, 'pod').filter((row) => row.includes('> Pod x/db:'));
    expect(sources).toEqual([
      'Pod x/after > Pod x/db: TCP 80',
      'Pod x/hole > Pod x/db: TCP 443',
      'Pod x/inner > Pod x/db: TCP 80, TCP 443',
      'Pod x/outer > Pod x/db: TCP 80',
    ]);
  });

  it('answers for addresses outside', () => {
    expect(show(destinationsOf(model, { type: 'address', cidr: '8.8.8.8' }))['no ports']).toEqual(['x/a']);
    expect(sourcesOf(model, at(facts, 'x/a')).outside).toMatchObject([{ allowed: [], depends: [] }]);
  });
});

describe('ingressPaths', () => {
  const web = pod('shop/web', { app: 'web' }, { ports: ['http:8080'] });
  const facts = {
    services: [
      service(
        'shop/web',
        { app: 'web' },
        {
          ports: [
            { name: 'http', port: 80, targetPort: 'http' },
            { name: 'admin', port: 81, targetPort: 9000 },
            // HTTP/3 under the number of HTTP: no Ingress and no Route speaks it to a pod.
            { name: 'h3', port: 80, targetPort: 8443, protocol: 'UDP' },
          ],
        },
      ),
    ],
    ingresses: [
      {
        metadata: { namespace: 'shop', name: 'front' },
        spec: {
          defaultBackend: { service: { name: 'web', port: { number: 80 } } },
          rules: [{ http: { paths: [{ backend: { service: { name: 'gone', port: { number: 80 } } } }] } }],
        },
      },
    ],
  };
  const paths = (...networkPolicies: NonNullable<PolicyFacts['networkPolicies']>) =>
    ingressPaths(buildPolicyModel({ pods: [web], namespaces: [namespace('shop')], networkPolicies }), facts).map(
      ({ through, ports, allowed, depends }) => ({
        through: through.map(({ kind, name }) => `${kind} ${name}`),
        ports: formatPorts(ports),
        allowed: formatPorts(allowed),
        depends: formatPorts(depends),
      }),
    );

  it('follows an Ingress to the pods and ports behind it', () => {
    expect(paths()).toEqual([
      { through: ['Ingress front'], ports: 'TCP 8080', allowed: 'TCP 8080', depends: 'no ports' },
    ]);
  });

  it('is let in by a rule for all pods, and depends on the controller for any other', () => {
    expect(paths(policy('shop/in', { ingress: [{ from: [{ namespaceSelector: {} }] }] }))[0]).toMatchObject({
      allowed: 'TCP 8080',
    });
    expect(
      paths(policy('shop/in', { ingress: [{ from: [{ namespaceSelector: { matchLabels: { a: 'b' } } }] }] }))[0],
    ).toMatchObject({ allowed: 'no ports', depends: 'TCP 8080' });
    expect(paths(policy('shop/in', { ingress: [] }))[0]).toMatchObject({ allowed: 'no ports', depends: 'no ports' });
  });

  it('follows a Route by port name, by target port, or to all ports', () => {
    const route = (port: object) => {
      const model = buildPolicyModel({ pods: [web], namespaces: [namespace('shop')] });
      const routes = [
        { metadata: { namespace: 'shop', name: 'r' }, spec: { to: { kind: 'Service', name: 'web' }, ...port } },
      ];
      return ingressPaths(model, { services: facts.services, routes }).map(({ ports }) => formatPorts(ports));
    };
    expect(route({ port: { targetPort: 'admin' } })).toEqual(['TCP 9000']);
    expect(route({ port: { targetPort: 9000 } })).toEqual(['TCP 9000']);
    expect(route({ port: { targetPort: 8080 } })).toEqual(['TCP 8080']);
    expect(route({})).toEqual(['TCP 8080, TCP 9000']);
    expect(route({ to: { kind: 'Service', name: 'web', weight: 0 } })).toEqual([]);
  });
});
