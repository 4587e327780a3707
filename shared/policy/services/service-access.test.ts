import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../model/objects-pod.ts';
import { oneSide } from '../many/pair-sets.ts';
import { buildPolicyModel, type PolicyModel } from '../model.ts';
import { hasPort } from '../rules/port-set.ts';
import { namespace, pod, policy, service } from '../testing/cluster.ts';
import { randomCluster } from '../testing/random-cluster.ts';
import { callerAccess } from './caller-access.ts';
import { serviceAccess, someoneIsLetIn } from './service-access.ts';
import { selectedPods } from './service-targets.ts';

const web = service('shop/web', { app: 'web' }, { ports: [{ port: 80, targetPort: 8080 }] });
const webPod = pod('shop/web-1', { app: 'web' }, { ports: ['http:8080'], ip: '10.0.0.1' });
const cart = pod('shop/cart', { app: 'cart' }, { ip: '10.0.0.2' });
const front = pod('frontend/ui', { app: 'ui' }, { ip: '10.0.0.3' });
const pods = [webPod, cart, front];

describe('serviceAccess', () => {
  it('is open to everybody when nothing selects the pods', () => {
    const model = buildPolicyModel({ pods, namespaces: [namespace('shop'), namespace('frontend')] });
    const access = serviceAccess(model, web, [webPod]);
    expect(access.isolated).toEqual([]);
    expect(access.policies).toEqual([]);
    expect(access.nearMisses).toEqual([]);
    expect(access.ports[0]).toMatchObject({
      servicePort: 80,
      targetPort: 8080,
      anySource: 'yes',
      sameNamespace: { total: 1, all: 1 },
      otherNamespaces: { total: 1, all: 1 },
      outside: { reach: 'all' },
    });
  });

  it('names the namespace that lost the label a policy asks for', () => {
    const allow = policy('shop/allow-frontend', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'frontend' } } }], ports: [{ port: 8080 }] }],
    });
    const model = buildPolicyModel({
      pods,
      namespaces: [namespace('shop', { team: 'backend' }), namespace('frontend', {})],
      networkPolicies: [allow],
    });
    const access = serviceAccess(model, web, [webPod]);
    expect(access.isolated).toEqual([{ kind: 'Pod', namespace: 'shop', name: 'web-1' }]);
    expect(access.ports[0]).toMatchObject({
      anySource: 'no',
      sameNamespace: { none: 1 },
      otherNamespaces: { none: 1 },
    });
    expect(access.policies[0]).toMatchObject({
      policy: { name: 'allow-frontend' },
      rules: [{ peers: [{ pods: 0 }], ports: 'TCP 8080' }],
    });
    expect(access.nearMisses).toHaveLength(1);
    expect(access.nearMisses[0]).toMatchObject({
      kind: 'peerMatchesNothing',
      on: 'namespace',
      rule: { index: 0 },
      peer: 0,
    });
    expect(access.nearMisses[0]).toHaveProperty('nearest.0', {
      object: { kind: 'Namespace', name: 'frontend' },
      misses: [{ key: 'team', operator: 'In', values: ['frontend'], found: undefined }],
      asked: 1,
      named: true,
    });
  });

  it('prefers namespaces that hold the pods which the rule means', () => {
    const allow = policy('shop/allow-ui', {
      podSelector: {},
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { team: 'ui' } }, podSelector: { matchLabels: { app: 'ui' } } }],
        },
      ],
    });
    const model = buildPolicyModel({
      pods,
      namespaces: [namespace('shop'), namespace('frontend', { team: 'u1' }), namespace('ui-old')],
      networkPolicies: [allow],
    });
    const [miss] = serviceAccess(model, web, [webPod]).nearMisses;
    expect(miss).toMatchObject({
      kind: 'peerMatchesNothing',
      on: 'namespace',
      podsElsewhere: [{ namespace: 'frontend', name: 'ui' }],
      nearest: [{ object: { name: 'frontend' }, misses: [{ key: 'team', found: 'u1' }] }],
    });
  });

  it('tells a pod label that is one letter away', () => {
    const allow = policy('shop/allow-cart', {
      podSelector: {},
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'carts' } } }] }],
    });
    const model = buildPolicyModel({
      pods,
      namespaces: [namespace('shop'), namespace('frontend')],
      networkPolicies: [allow],
    });
    const [miss] = serviceAccess(model, web, [webPod]).nearMisses;
    expect(miss).toMatchObject({
      kind: 'peerMatchesNothing',
      on: 'pod',
      // The pods that are asked are not those that ask.
      nearest: [{ object: { name: 'cart' }, misses: [{ key: 'app', found: 'cart' }] }],
    });
  });

  it('sees a rule written for the Service port instead of the target port', () => {
    const allow = policy('shop/allow-80', { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] });
    const model = buildPolicyModel({
      pods,
      namespaces: [namespace('shop'), namespace('frontend')],
      networkPolicies: [allow],
    });
    const access = serviceAccess(model, web, [webPod]);
    expect(access.ports[0]?.anySource).toBe('no');
    expect(access.nearMisses).toMatchObject([
      { kind: 'servicePortInsteadOfTargetPort', protocol: 'TCP', servicePort: 80, targetPorts: [8080] },
    ]);
  });

  it('sees a port name that the pods do not declare', () => {
    const allow = policy('shop/allow-web', { podSelector: {}, ingress: [{ ports: [{ port: 'web' }] }] });
    const model = buildPolicyModel({
      pods,
      namespaces: [namespace('shop'), namespace('frontend')],
      networkPolicies: [allow],
    });
    expect(serviceAccess(model, web, [webPod]).nearMisses).toMatchObject([
      {
        kind: 'unknownPortName',
        portName: 'web',
        pods: [{ name: 'web-1' }],
        declared: [{ name: 'http', number: 8080 }],
      },
    ]);
  });

  it('counts part of the pods as "some": a mixed rollout', () => {
    const next = pod('shop/web-2', { app: 'web', version: '2' }, { ports: ['http:8080'], ip: '10.0.0.4' });
    const deny = policy('shop/deny-v2', { podSelector: { matchLabels: { version: '2' } } });
    const model = buildPolicyModel({
      pods: [...pods, next],
      namespaces: [namespace('shop'), namespace('frontend')],
      networkPolicies: [deny],
    });
    const access = serviceAccess(model, web, [webPod, next]);
    expect(access.isolated.map(({ name }) => name)).toEqual(['web-2']);
    expect(access.ports[0]).toMatchObject({
      otherNamespaces: { some: 1, all: 0 },
      outside: { reach: 'some' },
      anySource: 'yes',
    });
  });

  it('lets in from an address block and says from which addresses', () => {
    const allow = policy('shop/allow-office', {
      podSelector: {},
      ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] } }] }],
    });
    const model = buildPolicyModel({
      pods,
      namespaces: [namespace('shop'), namespace('frontend')],
      networkPolicies: [allow],
    });
    expect(serviceAccess(model, web, [webPod]).ports[0]?.outside).toEqual({
      reach: 'some',
      ranges: ['192.0.2.0-192.0.2.127'],
    });
  });
});

describe('serviceAccess on random clusters', () => {
  /** Every source asked about every pod behind the Service, without any grouping. */
  function counted(model: PolicyModel, sources: readonly Pod[], behind: readonly Pod[]): Record<string, number> {
    const found = { all: 0, some: 0, none: 0, depends: 0 };
    for (const source of sources) {
      const answers = behind
        .filter((to) => to !== source)
        .map((to) => {
          const sets = oneSide(model, model.unitOf(source), model.unitOf(to), 'ingress');
          return hasPort(sets.allow, 'TCP', 80) ? (hasPort(sets.deny, 'TCP', 80) ? 'depends' : 'yes') : 'no';
        });
      if (answers.length === 0) continue;
      if (answers.every((answer) => answer === 'yes')) found.all++;
      else if (answers.includes('yes')) found.some++;
      else if (answers.includes('depends')) found.depends++;
      else found.none++;
    }
    return found;
  }

  it('counts as if every pair were judged alone', () => {
    const service1 = service('n1/s', { a: '1' }, { ports: [{ port: 80 }] });
    fc.assert(
      fc.property(randomCluster(), (facts) => {
        const model = buildPolicyModel(facts);
        const behind = selectedPods(service1, model.pods);
        const [port] = serviceAccess(model, service1, behind).ports;
        const own = model.pods.filter(({ metadata }) => metadata?.namespace === 'n1');
        const others = model.pods.filter(({ metadata }) => metadata?.namespace !== 'n1');
        expect(port?.sameNamespace).toMatchObject(counted(model, own, behind));
        expect(port?.otherNamespaces).toMatchObject(counted(model, others, behind));
        if (behind.length > 0 && someoneIsLetIn(model, service1, behind)) {
          const open = (port?.sameNamespace.all ?? 0) + (port?.otherNamespaces.all ?? 0) > 0;
          expect(open || serviceAccess(model, service1, behind).policies.length === 0).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('someoneIsLetIn', () => {
  it('looks for one pod that every pod behind the Service lets in', () => {
    const namespaces = [namespace('shop'), namespace('frontend')];
    const allow = (app: string) =>
      policy('shop/allow', {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app } } }] }],
      });
    const ask = (...networkPolicies: ReturnType<typeof allow>[]) =>
      someoneIsLetIn(buildPolicyModel({ pods, namespaces, networkPolicies }), web, [webPod]);
    expect(ask()).toBe(true);
    expect(ask(allow('ui'))).toBe(true);
    expect(ask(allow('web'))).toBe(false);
    expect(ask(allow('nobody'))).toBe(false);
  });
});

describe('callerAccess', () => {
  it('tells the side that blocks, for the Service and for DNS', () => {
    const dnsPod = pod(
      'kube-system/coredns-1',
      { 'k8s-app': 'kube-dns' },
      { ports: ['dns:53/UDP', 'dns-tcp:53'], ip: '10.0.0.9' },
    );
    const dns = service(
      'kube-system/kube-dns',
      { 'k8s-app': 'kube-dns' },
      {
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' },
          { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 'dns-tcp' },
        ],
      },
    );
    const egress = policy('frontend/to-shop', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }] },
        { to: [{ namespaceSelector: {} }], ports: [{ protocol: 'UDP', port: 53 }] },
      ],
    });
    const model = buildPolicyModel({
      pods: [...pods, dnsPod],
      namespaces: [namespace('shop'), namespace('frontend'), namespace('kube-system')],
      networkPolicies: [egress],
    });
    expect(callerAccess(model, front, web, [webPod]).ports).toMatchObject([
      { yes: [{ name: 'web-1' }], no: [], depends: [] },
    ]);
    const [udp, tcp] = callerAccess(model, front, dns, [dnsPod]).ports;
    expect(udp).toMatchObject({ protocol: 'UDP', yes: [{ name: 'coredns-1' }] });
    expect(tcp).toMatchObject({ protocol: 'TCP', no: [{ name: 'coredns-1' }] });
    expect(tcp?.told?.verdict).toMatchObject({
      answer: 'no',
      egress: { answer: 'no', decision: { by: 'isolation', policies: [{ name: 'to-shop' }] } },
      ingress: { answer: 'yes', decision: { by: 'default' } },
    });
  });
});
