import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { NetworkPolicyPeer } from '../../../../shared/model/objects-network.ts';
import { deployment, namespace, networkPolicy, pod, workload } from '../../../../shared/testing/builders.ts';
import { codesOf, found, lintObjects } from '../../testing/lint-objects.ts';

const around: readonly KubeObject[] = [
  namespace('shop', { team: 'shop' }),
  namespace('data', { team: 'data' }),
  namespace('monitoring'),
  pod('web-1'),
  pod('api-1', { labels: { app: 'api' } }),
  pod('db-1', { namespace: 'data', labels: { app: 'db' } }),
  pod('prometheus-1', { namespace: 'monitoring', labels: { app: 'prometheus' } }),
];

function ingressFrom(...from: readonly NetworkPolicyPeer[]) {
  return networkPolicy('allow', {
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Ingress'],
    ingress: [{ from }],
  });
}

const lint = (...objects: readonly KubeObject[]) => lintObjects([...around, ...objects]);
const codes = (...objects: readonly KubeObject[]) => codesOf(lint(...objects));

describe('policy-selects-nothing', () => {
  const selecting = (labels: Record<string, string>) =>
    networkPolicy('p', { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'] });

  it('names the nearest label and the patch for a slip of the pen', () => {
    const report = lint(selecting({ app: 'webb' }));
    const finding = found(report, 'POL101');
    expect(finding?.summary).toContain('nearest: Pod shop/web-1 has app=web');
    expect(finding?.fixes[0]?.command).toBe(
      `kubectl patch networkpolicy p -n shop --type=json -p '[{"op":"replace","path":"/spec/podSelector/matchLabels","value":{"app":"web"}}]'`,
    );
    expect(report.verdict).toBe('degraded');
  });

  it('takes the workload that lacks one label for nearer than one that lacks two', () => {
    const finding = found(lint(selecting({ app: 'web', enabled: 'true' })), 'POL101');
    expect(finding?.summary).toContain('nearest: Pod shop/web-1 lacks enabled');
  });

  it('offers no other application as the fix', () => {
    const finding = found(lint(selecting({ app: 'payment' })), 'POL101');
    expect(finding?.fixes.map(({ command }) => command)).toEqual(['kubectl get pods -n shop --show-labels']);
  });

  it('knows a label under a nearly equal key', () => {
    const finding = found(lint(selecting({ 'app.kubernetes.io/app': 'web' })), 'POL101');
    expect(finding?.summary).toContain('has app=web');
  });

  it.each([
    ['a workload scaled to nothing', deployment('idle', { app: 'idle' }, { replicas: 0 }), { app: 'idle' }],
    ['a CronJob between two runs', cronJob(), { app: 'report' }],
    ['a Job that has ended', workload('Job', 'seed', { app: 'seed' }), { app: 'seed' }],
    ['pods that have ended', pod('once', { labels: { app: 'once' }, status: { phase: 'Succeeded' } }), { app: 'once' }],
  ])('is silent for %s', (_, object, labels) => {
    expect(codes(object, selecting(labels))).toEqual([]);
  });

  it('is silent for a deny-all in an empty namespace and a note for an application to come', () => {
    const empty = namespace('empty');
    const denyAll = networkPolicy('deny', { podSelector: {}, policyTypes: ['Ingress'] }, { namespace: 'empty' });
    const later = networkPolicy('later', { podSelector: { matchLabels: { app: 'x' } } }, { namespace: 'empty' });
    expect(codes(empty, denyAll)).toEqual([]);
    expect(codes(empty, later)).toEqual(['POL101 info likely']);
  });

  it('is not judged where pods could not be read', () => {
    const report = lintObjects([...around, selecting({ app: 'nobody' })], { except: { Pod: 'forbidden' } });
    expect(codesOf(report)).toEqual([]);
    expect(
      report.notChecked.some(({ check, reason }) => check.includes('selectors') && reason.includes('forbidden')),
    ).toBe(true);
  });

  it('is only possible where workloads could not be read', () => {
    const report = lintObjects([...around, selecting({ app: 'nobody' })], { except: { CronJob: 'forbidden' } });
    expect(codesOf(report)).toEqual(['POL101 warning possible']);
  });
});

function cronJob(): KubeObject {
  const base = workload('CronJob', 'report', {});
  const template = { metadata: { labels: { app: 'report' } }, spec: { containers: [] } };
  return { ...base, spec: { jobTemplate: { spec: { template } } } } as KubeObject;
}

describe('peer-selects-nothing', () => {
  it('says that such pods are in another namespace, and how to mean them', () => {
    const finding = found(lint(ingressFrom({ podSelector: { matchLabels: { app: 'prometheus' } } })), 'POL102');
    expect(finding?.summary).toContain('such pods are in namespace monitoring only; the rule lets nobody in');
    expect(finding?.fixes[0]?.command).toContain('"kubernetes.io/metadata.name":"monitoring"');
  });

  it('is a note where another peer of the rule means somebody, or a client has to ask by a label', () => {
    const nobody = { podSelector: { matchLabels: { app: 'old' } } };
    const api = { podSelector: { matchLabels: { app: 'api' } } };
    const optIn = { podSelector: { matchLabels: { 'web-client': 'true' } } };
    expect(codes(ingressFrom(nobody, api))).toEqual(['POL102 info possible']);
    expect(codes(ingressFrom(optIn))).toEqual(['POL102 info possible']);
  });

  it('is silent for peers of other namespaces, blocks outside, and pods to come', () => {
    const far = { namespaceSelector: { matchLabels: { team: 'data' } }, podSelector: { matchLabels: { app: 'db' } } };
    const outside = { ipBlock: { cidr: '203.0.113.0/24' } };
    const idle = { podSelector: { matchLabels: { app: 'idle' } } };
    expect(codes(ingressFrom(far), deployment('idle', { app: 'idle' }, { replicas: 0 }))).toEqual([]);
    expect(codes(ingressFrom(outside))).toEqual([]);
    expect(codes(ingressFrom(idle), deployment('idle', { app: 'idle' }, { replicas: 0 }))).toEqual([]);
  });

  it('is not judged for other namespaces with rights in one', () => {
    const far = ingressFrom({ namespaceSelector: { matchLabels: { team: 'nobody' } } });
    const report = lintObjects([...around, far], {
      only: { Pod: { namespace: 'shop' } },
      except: { Namespace: 'forbidden' },
      namespace: 'shop',
    });
    expect(codesOf(report)).toEqual([]);
    expect(report.verdict).toBe('healthy');
    expect(report.notChecked.map(({ check }) => check)).toContain('selectors');
  });
  it('sees with rights in one namespace that no namespace carries a label', () => {
    const report = lintObjects([...around, ingressFrom({ namespaceSelector: { matchLabels: { team: 'nobody' } } })], {
      only: { Pod: { namespace: 'shop' } },
      namespace: 'shop',
    });
    expect(found(report, 'POL103')?.summary).toMatch(/team=nobody, but .*; the rule lets nobody in/);
  });
});

describe('namespace-label-missing', () => {
  it('is not taken for missing pods because a policy also limits egress', () => {
    const policy = networkPolicy('both', {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'shpo' } } }] }],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'api' } } }] }],
    });
    // Without kube-system among the objects: that DNS servers are looked for there makes it no namespace to be meant.
    expect(codes(policy).join()).toContain('POL103');
    expect(codes(policy).join()).not.toContain('POL102');
  });

  it('labels the namespace that is plainly meant, or selects it by name', () => {
    const finding = found(lint(ingressFrom({ namespaceSelector: { matchLabels: { name: 'monitoring' } } })), 'POL103');
    expect(finding?.fixes.map(({ command }) => command)).toEqual([
      'kubectl label namespace monitoring name=monitoring',
      `kubectl patch networkpolicy allow -n shop --type=json -p '[{"op":"replace","path":"/spec/ingress/0/from/0/namespaceSelector","value":{"matchLabels":{"kubernetes.io/metadata.name":"monitoring"}}}]'`,
    ]);
    expect(finding?.fixes[0]?.undo).toBe('kubectl label namespace monitoring name-');
  });

  it('sets the labels that are missing, not those that are there', () => {
    const both = { namespaceSelector: { matchLabels: { team: 'data', env: 'prod' } } };
    const fixes = (peer: NetworkPolicyPeer) =>
      found(lint(ingressFrom(peer)), 'POL103')?.fixes.map(({ command, undo }) => [command, undo]);
    expect(fixes(both)).toEqual([
      ['kubectl label namespace data env=prod', 'kubectl label namespace data env-'],
      ['kubectl get namespaces -L team,env', undefined],
    ]);
  });

  it('of several values guesses none, and offers the name', () => {
    const some = { matchExpressions: [{ key: 'team', operator: 'In', values: ['dtaa', 'dev'] }] };
    const [fix] = found(lint(ingressFrom({ namespaceSelector: some })), 'POL103')?.fixes ?? [];
    expect(fix?.command).toContain('"value":{"matchLabels":{"kubernetes.io/metadata.name":"data"}}');
  });

  it('is a note of manifests that need not hold the namespace, and nothing of what every cluster has', () => {
    const plain = ({ metadata, ...object }: KubeObject): KubeObject => {
      const { uid: _uid, creationTimestamp: _created, ...own } = metadata ?? {};
      const { status: _status, ...rest } = object as { readonly status?: unknown };
      return { ...rest, metadata: own };
    };
    const written = (peer: NetworkPolicyPeer, ...more: KubeObject[]) =>
      lintObjects([namespace('shop'), deployment('web', { app: 'web' }), ingressFrom(peer), ...more].map(plain));
    const named = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
    const labelled = { namespaceSelector: { matchLabels: { role: 'monitoring' } } };
    expect(codesOf(written(named('monitoring')))).toEqual(['POL103 info possible']);
    expect(codesOf(written(labelled))).toEqual(['POL103 info possible']);
    expect(found(written(named('monitoring')), 'POL103')?.summary).toMatch(/no namespace in the files has that label$/);
    expect(codesOf(written(named('kube-system')))).toEqual([]);
    const anywhere = (labels: Record<string, string>) => ({
      namespaceSelector: {},
      podSelector: { matchLabels: labels },
    });
    expect(codesOf(written(anywhere({ 'k8s-app': 'kube-dns' })))).toEqual([]);
    expect(codesOf(written(anywhere({ app: 'prometheus' })))).toEqual(['POL102 info possible']);
    // Where the files hold what is plainly meant, or others that go by the label, it is a fault as in a cluster.
    expect(codesOf(written(named('shpo')))).toEqual(['POL103 warning likely']);
    expect(codesOf(written(labelled, namespace('monitoring')))).toEqual(['POL103 warning likely']);
    expect(codesOf(written(labelled, namespace('data', { role: 'data' })))).toEqual(['POL103 warning likely']);
  });

  it('is silent for the name label, which a manifest lacks', () => {
    const byName = ingressFrom({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'data' } } });
    expect(codes(byName)).toEqual([]);
  });
});

describe('and-or-trap', () => {
  const namespaces = { namespaceSelector: { matchLabels: { team: 'data' } } };
  const db = { podSelector: { matchLabels: { app: 'db' } } };

  it('spells out both readings where only AND makes sense', () => {
    const finding = found(lint(ingressFrom(namespaces, db)), 'POL104');
    expect(finding?.severity).toBe('warning');
    expect(finding?.evidence.map(({ fact }) => fact)).toEqual([
      'as written (OR): all pods of namespaces team=data, and pods app=db of namespace shop',
      'the other reading (AND): pods app=db of namespaces team=data',
      'pods that fit both selectors: data/db-1',
    ]);
    expect(finding?.fixes[0]?.command).toContain(
      '[{"namespaceSelector":{"matchLabels":{"team":"data"}},"podSelector":{"matchLabels":{"app":"db"}}}]',
    );
  });

  it('tells one item where two were meant, and not that it selects nothing', () => {
    const one = ingressFrom({ ...namespaces, podSelector: { matchLabels: { app: 'api' } } });
    expect(codes(one)).toEqual(['POL104 warning likely']);
  });

  it('is silent where two items are right, and for one item that means pods', () => {
    const api = { podSelector: { matchLabels: { app: 'api' } } };
    expect(codes(ingressFrom(namespaces, api))).toEqual([]);
    expect(codes(ingressFrom(namespaces, { podSelector: {} }))).toEqual([]);
    expect(codes(ingressFrom({ ...namespaces, ...db }))).toEqual([]);
  });
});

describe('rule-split-in-two', () => {
  const split = (port: number) =>
    networkPolicy('p', {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'api' } } }] }, { ports: [{ port }] }],
    });

  it('tells a dash before ports that opens the world', () => {
    expect(codes(split(8080))).toContain('POL105 warning likely');
  });

  it('only notes it where a namespace may use every port, which may be meant', () => {
    const policy = networkPolicy('p', {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'data' } } }] }, { ports: [{ port: 8080 }] }],
    });
    expect(codes(policy)).toEqual(['POL105 info possible']);
    const own = {
      ...policy,
      spec: { ...policy.spec, ingress: [{ from: [{ podSelector: {} }] }, { ports: [{ port: 8080 }] }] },
    };
    expect(codes(own)).toEqual([]);
  });

  it('is silent for DNS and HTTPS to everybody, and for a port that those pods do not serve', () => {
    for (const port of [53, 443, 9999])
      expect(codes(split(port)).filter((code) => code.startsWith('POL105'))).toEqual([]);
  });
});

describe('host network', () => {
  const onHost = pod('agent-1', { labels: { app: 'agent' }, spec: { hostNetwork: true } });

  it('tells a policy that selects nothing else', () => {
    const policy = networkPolicy('p', { podSelector: { matchLabels: { app: 'agent' } }, policyTypes: ['Ingress'] });
    expect(codes(onHost, policy)).toEqual(['POL106 warning likely']);
  });

  it('gives the line that takes an application off the host network, and none for agents of the nodes', () => {
    const policy = networkPolicy('p', { podSelector: { matchLabels: { app: 'agent' } }, policyTypes: ['Ingress'] });
    const fixesFor = (kind: string) => {
      const template = { metadata: { labels: { app: 'agent' } }, spec: { hostNetwork: true, containers: [] } };
      const owner = workload(kind, 'agent', { app: 'agent' }, { template });
      const own = {
        ...onHost,
        metadata: { ...onHost.metadata, ownerReferences: [{ kind, name: 'agent', controller: true }] },
      };
      return found(lint(owner, own, policy), 'POL106')?.fixes.map(({ command }) => command);
    };
    expect(fixesFor('StatefulSet')).toEqual([
      `kubectl patch statefulset agent -n shop --type=merge -p '{"spec":{"template":{"spec":{"hostNetwork":false}}}}'`,
    ]);
    expect(fixesFor('DaemonSet')).toEqual([]);
  });

  it('tells a peer that comes with its node’s address, with the block to add', () => {
    const report = lint(onHost, ingressFrom({ podSelector: { matchLabels: { app: 'agent' } } }));
    expect(codesOf(report)).toEqual(['POL107 warning likely']);
    expect(found(report, 'POL107')?.fixes[0]?.command).toContain('10.123.0.2/32');
    expect(found(report, 'POL107')?.summary).toContain('ingress rule 1 means only pod');
  });

  it('tells which peer of several it is, and is content with one whose nodes are let in by their address', () => {
    const rule = (cidr: string) =>
      ingressFrom({ podSelector: { matchLabels: { app: 'agent' } } }, { ipBlock: { cidr } });
    const other = found(lint(onHost, rule('10.9.0.0/16')), 'POL107');
    expect(other?.summary).toContain('ingress rule 1 means by its peer pods app=agent of namespace shop only pod');
    expect(found(lint(onHost, rule('10.123.0.0/16')), 'POL107')).toBeUndefined();
  });

  it('is silent for a deny-all of a namespace that holds such pods too', () => {
    expect(codes(onHost, networkPolicy('deny', { podSelector: {}, policyTypes: ['Ingress'] }))).toEqual([]);
  });
});
