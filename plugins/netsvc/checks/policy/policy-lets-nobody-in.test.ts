import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../../shared/model/objects-network.ts';
import { namespace, networkPolicy, pod, service, slicesFor, workload } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const calico = workload('DaemonSet', 'calico-node', { 'k8s-app': 'calico-node' }, {}, { namespace: 'kube-system' });
const flannel = workload('DaemonSet', 'kube-flannel-ds', { app: 'flannel' }, {}, { namespace: 'kube-flannel' });

function shop(policies: readonly NetworkPolicy[], more: readonly KubeObject[] = [calico]): readonly KubeObject[] {
  const web = service('web');
  const pods = [pod('web-1'), pod('web-2')];
  const client = pod('client', { labels: { app: 'client' } });
  const front = pod('front-1', { namespace: 'front', labels: { app: 'front' } });
  return [
    namespace('shop'),
    namespace('front'),
    web,
    ...pods,
    client,
    front,
    ...slicesFor(web, pods),
    ...policies,
    ...more,
  ];
}

const denyAll = networkPolicy('default-deny', { podSelector: {}, policyTypes: ['Ingress'] });

describe('policy-lets-nobody-in', () => {
  it('names the default-deny policy and gives an allow policy to paste', () => {
    const report = diagnoseObjects(shop([denyAll]), 'web');
    expect(causeCodes(report)).toEqual(['SVC601']);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('NetworkPolicy shop/default-deny');
    expect(report.headline).toContain('8080/TCP');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"port":8080');
  });

  it('stays silent when another policy lets somebody in', () => {
    const allow = networkPolicy('web-allow', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 8080 }] }],
    });
    expect(diagnoseObjects(shop([denyAll, allow]), 'web').verdict).toBe('healthy');
  });

  it('says that whom labels of namespaces let in was not seen, unless somebody else is let in', () => {
    const labelled = { from: [{ namespaceSelector: { matchLabels: { team: 'web' } } }], ports: [{ port: 8080 }] };
    const own = { from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 8080 }] };
    const policies = (...ingress: readonly object[]) => [
      networkPolicy('web-allow', { podSelector: { matchLabels: { app: 'web' } }, ingress: ingress as never }),
    ];
    const unseen = { except: { Namespace: 'notCollected' } } as const;
    const policyGaps = (objects: readonly KubeObject[]) =>
      diagnoseObjects(objects, 'web', unseen).notChecked.filter(({ check }) => check.includes('policy'));
    const report = diagnoseObjects(shop(policies(labelled)), 'web', unseen);
    expect(report.verdict).toBe('healthy');
    expect(policyGaps(shop(policies(labelled))).map(({ reason }) => reason)).toEqual(['Namespace: notCollected']);
    expect(policyGaps(shop(policies(labelled, own)))).toEqual([]);
    expect(policyGaps(shop(policies(labelled), [flannel]))).toEqual([]);
  });

  it('says that the pods meant are in another namespace, for which the rule needs a namespaceSelector', () => {
    const allow = networkPolicy('web-allow', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'front' } } }], ports: [{ port: 8080 }] }],
    });
    const report = diagnoseObjects(shop([allow]), 'web');
    expect(causeCodes(report)).toEqual(['SVC603']);
    expect(report.headline).toContain('pods with that label are in namespace front');
    expect(report.causes[0]?.fixes.map(({ command }) => command)).toEqual([
      `kubectl patch networkpolicy web-allow -n shop --type=json -p '[{"op":"add","path":"/spec/ingress/0/from/0/namespaceSelector","value":{"matchLabels":{"kubernetes.io/metadata.name":"front"}}}]'`,
    ]);
  });

  it('notes a peer beside others that is nearly a label of somebody', () => {
    const peer = (matchLabels: Record<string, string>) => ({ podSelector: { matchLabels } });
    const allow = (other: Record<string, string>) =>
      networkPolicy('web-allow', {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [{ from: [peer({ app: 'client' }), peer(other)], ports: [{ port: 8080 }] }],
      });
    const report = diagnoseObjects(shop([denyAll, allow({ 'app.kubernetes.io/name': 'client' })]), 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings[0]).toMatchObject({ code: 'SVC606', severity: 'info' });
    expect(report.findings[0]?.summary).toContain('app.kubernetes.io/name=client');
    expect(diagnoseObjects(shop([denyAll, allow({ app: 'batch' })]), 'web').findings).toEqual([]);
  });

  it('says which policies of other kinds select the pods, and judges nothing by them', () => {
    const policy = (selector: string) =>
      ({
        apiVersion: 'crd.projectcalico.org/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'web-only', namespace: 'shop', uid: 'p1' },
        spec: { selector, types: ['Ingress'] },
      }) as KubeObject;
    const report = diagnoseObjects(shop([], [calico, policy("app == 'web'")]), 'web');
    expect(report.causes).toEqual([]);
    expect(report.findings[0]).toMatchObject({ code: 'SVC607' });
    expect(report.findings[0]?.summary).toContain('shop/web-only');
    expect(diagnoseObjects(shop([], [calico, policy("app == 'other'")]), 'web').findings).toEqual([]);
  });

  it('tells a rule that names the Service port instead of the targetPort, and patches it', () => {
    const allow = networkPolicy('web-allow', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }],
    });
    const report = diagnoseObjects(shop([denyAll, allow]), 'web');
    expect(causeCodes(report)).toEqual(['SVC602']);
    expect(report.headline).toContain('opens port 80, the Service port');
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      `kubectl patch networkpolicy web-allow -n shop --type=json -p '[{"op":"replace","path":"/spec/ingress/0/ports/0/port","value":8080}]'`,
    );
  });

  it('tells a port name that no pod declares, and a rule for the wrong protocol', () => {
    const open = (port: object) =>
      networkPolicy('web-allow', {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [port] }],
      });
    const named = diagnoseObjects(shop([open({ port: 'web' })]), 'web');
    expect(causeCodes(named)).toEqual(['SVC602']);
    expect(named.headline).toContain('opens the port named "web", which the pods do not declare');
    expect(named.causes[0]?.fixes[0]?.command).toContain('"path":"/spec/ingress/0/ports/0/port","value":8080');
    const udp = diagnoseObjects(shop([open({ port: 8080, protocol: 'UDP' })]), 'web');
    expect(udp.headline).toContain('opens UDP 8080');
    expect(udp.causes[0]?.fixes[0]?.command).toContain('"path":"/spec/ingress/0/ports/0/protocol","value":"TCP"');
  });

  it('names pods that have the wanted value under another key, and writes their label into the rule', () => {
    const allow = networkPolicy('web-allow', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { role: 'client' } } }] }],
    });
    const report = diagnoseObjects(shop([allow]), 'web');
    expect(causeCodes(report)).toEqual(['SVC603']);
    expect(report.headline).toContain('nearest: Pod shop/client has app=client');
    expect(report.causes[0]?.fixes[0]?.command).toContain(
      '[{"op":"remove","path":"/spec/ingress/0/from/0/podSelector/matchLabels/role"},{"op":"add","path":"/spec/ingress/0/from/0/podSelector/matchLabels/app","value":"client"}]',
    );
  });

  it('tells a namespace label that no namespace has, and which namespace is meant', () => {
    const allow = networkPolicy('web-allow-front', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'front' } } }] }],
    });
    const report = diagnoseObjects(shop([allow]), 'web');
    expect(causeCodes(report)).toEqual(['SVC603']);
    expect(report.headline).toContain('namespaces labelled team=front');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl label namespace front team=front');
  });

  it('says of which port where others stay open', () => {
    const spec = { podSelector: { matchLabels: { app: 'web' } }, ingress: [{ ports: [{ port: 'http' }] }] };
    const both = service('web', {
      ports: [
        { name: 'http', port: 80, targetPort: 8080 },
        { name: 'metrics', port: 9090, targetPort: 9090 },
      ],
    });
    const ports = [
      { name: 'http', containerPort: 8080 },
      { name: 'metrics', containerPort: 9090 },
    ];
    const pods = [pod('web-1', { ports }), pod('web-2', { ports })];
    const client = pod('client', { labels: { app: 'client' } });
    const policy = networkPolicy('http-only', spec);
    const objects = [namespace('shop'), both, ...pods, ...slicesFor(both, pods), client, policy, calico];
    const report = diagnoseObjects(objects, 'web');
    expect(report.headline).toContain('all traffic to port 9090/TCP of the pods of Service shop/web');
  });

  it('gives a namespace the label that an expression wants', () => {
    const matchExpressions = [{ key: 'team', operator: 'In', values: ['front'] }];
    const allow = networkPolicy('web-allow', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ namespaceSelector: { matchExpressions } }] }],
    });
    const [cause] = diagnoseObjects(shop([allow]), 'web').causes;
    expect(cause?.fixes[0]?.command).toBe('kubectl label namespace front team=front');
  });

  it('never asks for another name of a namespace, and means the own namespace before others', () => {
    const name = (value: string, app?: string) =>
      networkPolicy('web-allow', {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': value } },
                ...(app === undefined ? {} : { podSelector: { matchLabels: { app } } }),
              },
            ],
          },
        ],
      });
    // Both namespaces have such pods; `a` would be the first by its name.
    const more = [calico, namespace('a'), pod('client-9', { namespace: 'a', labels: { app: 'client' } })];
    const [cause] = diagnoseObjects(shop([name('monitoring', 'client')], more), 'web').causes;
    expect(cause?.summary).toContain('pods that fit otherwise: shop/client');
    expect(cause?.fixes[0]?.command).toContain('"value":"shop"');
    // A namespace that is gone: nothing comes near.
    const [gone] = diagnoseObjects(shop([name('monitoring')], more), 'web').causes;
    expect(gone?.summary).not.toContain('nearest');
    for (const { command } of [...(cause?.fixes ?? []), ...(gone?.fixes ?? [])])
      expect(command).not.toContain('label namespace');
  });

  it('takes the pods that are asked for no callers, and the namespace called alike for the one that is meant', () => {
    const allow = networkPolicy('web-allow', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { access: 'web' } } }] }],
    });
    const other = pod('other', { labels: { app: 'other', access: 'true' } });
    const [cause] = diagnoseObjects(shop([allow], [calico, other]), 'web').causes;
    expect(cause?.summary).toContain('nearest: Pod shop/other has access=true');

    const local = networkPolicy('web-allow', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'ui' } } }] }],
    });
    const uis = ['a', 'shop-ui'].flatMap((where) => [
      namespace(where),
      pod('ui-1', { namespace: where, labels: { app: 'ui' } }),
    ]);
    expect(diagnoseObjects(shop([local], [calico, ...uis]), 'web').headline).toContain('are in namespace shop-ui');
  });

  it('does not claim a lost label when the namespaces could not be listed', () => {
    const allow = networkPolicy('web-allow-front', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'front' } } }] }],
    });
    expect(causeCodes(diagnoseObjects(shop([allow]), 'web', { except: { Namespace: 'forbidden' } }))).toEqual([]);
  });

  it('says that nothing enforces policies where only Flannel runs, and does not call the Service broken', () => {
    const report = diagnoseObjects(shop([denyAll], [flannel]), 'web');
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('nothing enforces policies here (Flannel)');
  });

  it('is not led astray by host-networked pods, whose own node is always let in', () => {
    const agent = pod('agent', { namespace: 'kube-system', labels: { app: 'agent' }, spec: { hostNetwork: true } });
    expect(causeCodes(diagnoseObjects(shop([denyAll], [calico, agent]), 'web'))).toEqual(['SVC601']);
  });

  it('tells a cluster-wide policy that denies all pods, though its rules do not mean addresses outside', () => {
    const admin = (name: string, from: object, tier?: string) => ({
      apiVersion: `policy.networking.k8s.io/${tier === undefined ? 'v1alpha1' : 'v1alpha2'}`,
      kind: tier === undefined ? 'AdminNetworkPolicy' : 'ClusterNetworkPolicy',
      metadata: { name },
      spec: {
        ...(tier && { tier }),
        priority: 5,
        subject: { namespaces: {} },
        ingress: [{ action: 'Deny', from: [from] }],
      },
    });
    const other = networkPolicy('other', { podSelector: { matchLabels: { app: 'nobody' } } });
    const ask = (...more: readonly KubeObject[]) => diagnoseObjects(shop([other], [calico, ...more]), 'web');
    const shut = ask(admin('shut', { namespaces: {} }));
    expect(causeCodes(shut)).toEqual(['SVC601']);
    expect(shut.headline).toContain('AdminNetworkPolicy shut denies all traffic');
    // A NetworkPolicy that allows comes too late for it.
    expect(shut.causes[0]?.fixes[0]?.command).toBe('kubectl edit adminnetworkpolicy shut');
    const base = ask(admin('base', { namespaces: {} }, 'Baseline'));
    expect(base.causes[0]?.fixes[0]?.command).toContain('"kind":"NetworkPolicy"');
    // Of other pods nothing was read: a denial of all of them holds for whoever comes.
    const alone = (...more: readonly KubeObject[]) => {
      const [web, one] = [service('web'), pod('web-1')];
      return diagnoseObjects([namespace('shop'), web, one, ...slicesFor(web, [one]), calico, ...more], 'web', {
        only: { Pod: { namespace: 'shop' } },
      });
    };
    expect(causeCodes(alone(admin('shut', { namespaces: {} })))).toEqual(['SVC601']);
    const front = { namespaces: { matchLabels: { team: 'front' } } };
    const letting = { ...admin('some', front), spec: { ...admin('some', front).spec, priority: 1 } };
    const [rule] = letting.spec.ingress;
    letting.spec.ingress = [{ ...rule, from: [front], action: 'Allow' }];
    expect(causeCodes(alone(letting, admin('shut', { namespaces: {} })))).toEqual([]);
    expect(ask(admin('some', { namespaces: { matchLabels: { team: 'x' } } })).verdict).toBe('healthy');
    const open = service('web', { type: 'LoadBalancer' });
    const balanced = shop([other], [calico, admin('shut', { namespaces: {} })]).map((object) =>
      object.kind === 'Service' ? open : object,
    );
    expect(causeCodes(diagnoseObjects(balanced, 'web'))).not.toContain('SVC601');
  });

  it('sees a policy that closes only one version of the pods', () => {
    const web = service('web');
    const pods = [
      pod('web-1', { labels: { app: 'web', version: 'v1' } }),
      pod('web-2', { labels: { app: 'web', version: 'v2' } }),
    ];
    const closeV2 = networkPolicy('close-v2', {
      podSelector: { matchLabels: { version: 'v2' } },
      policyTypes: ['Ingress'],
    });
    const report = diagnoseObjects([namespace('shop'), web, ...pods, ...slicesFor(web, pods), closeV2, calico], 'web');
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('1 of 2 pods');
  });
});

describe('policy-keeps-the-caller-out', () => {
  it('names the label that the caller lacks', () => {
    const allow = networkPolicy('web-allow', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { role: 'frontend' } } }] }],
    });
    const friend = pod('friend', { labels: { role: 'frontend' } });
    const report = diagnoseObjects(shop([allow], [calico, friend]), 'web', { from: 'shop/client' });
    expect(causeCodes(report)).toEqual(['SVC604']);
    expect(report.headline).toContain('label role=frontend is missing on pod shop/client');
    expect(diagnoseObjects(shop([allow], [calico, friend]), 'web', { from: 'shop/friend' }).verdict).toBe('healthy');
  });

  it('judges what was read of one of the two namespaces, and says what was not', () => {
    const caller = pod('curl', { namespace: 'data', labels: { run: 'curl' } });
    const deny = networkPolicy('deny', { podSelector: {}, policyTypes: ['Egress'] }, { namespace: 'data' });
    const ask = (where: string, ...more: readonly KubeObject[]) =>
      diagnoseObjects(shop([], [calico, namespace('data'), caller, ...more]), 'web', {
        from: 'data/curl',
        only: { NetworkPolicy: { namespace: where } },
      });
    expect(causeCodes(ask('data', deny))).toEqual(['SVC604']);
    const unseen = ask('shop');
    expect(unseen.causes).toEqual([]);
    expect(unseen.notChecked.map(({ reason }) => reason)).toContainEqual(expect.stringContaining('(namespace data)'));
  });

  it('tells both sides that name the port or the address of the Service, which policies never see', () => {
    const ingress = networkPolicy('web-allow', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 80 }] }],
    });
    const report = diagnoseObjects(shop([ingress]), 'web', { from: 'shop/client' });
    // What keeps everybody out is told once, for this caller.
    expect(causeCodes(report)).toEqual(['SVC604']);
    expect(report.headline).toContain("opens TCP 80, the Service port, but policies see the pods' port 8080");
    expect(report.causes[0]?.fixes[0]?.command).toContain('"path":"/spec/ingress/0/ports/0/port","value":8080');
    const address = service('web').spec?.clusterIP ?? '';
    const egress = networkPolicy('client-egress', {
      podSelector: { matchLabels: { app: 'client' } },
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }, { to: [{ ipBlock: { cidr: `${address}/32` } }] }],
    });
    const sent = diagnoseObjects(shop([egress]), 'web', { from: 'shop/client' });
    expect(sent.headline).toContain(`${address}/32 is the address of the Service, but policies see those of the pods`);
    expect(sent.causes[0]?.fixes[0]?.command).toContain('"to":[{"podSelector":{"matchLabels":{"app":"web"}}}]');
  });

  it('judges workloads that name the Service, when nobody asked about a caller', () => {
    const caller = (labels: Record<string, string>) =>
      stagedApp('caller', { labels, replicas: 1, container: { env: [{ name: 'API_URL', value: 'http://web:80' }] } });
    const egress = networkPolicy('caller-egress', {
      podSelector: { matchLabels: { app: 'caller' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 80 }] }],
    });
    const report = diagnoseObjects(shop([egress], [calico, ...caller({ app: 'caller' }).objects]), 'web');
    expect(causeCodes(report)).toEqual(['SVC604']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('does not let Deployment caller (env API_URL names the Service) send');
    expect(diagnoseObjects(shop([egress], [calico, ...caller({ app: 'other' }).objects]), 'web').verdict).toBe(
      'healthy',
    );
  });

  it('tells an egress policy that forgot DNS', () => {
    const dns = service(
      'kube-dns',
      {
        selector: { 'k8s-app': 'kube-dns' },
        ports: [
          { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' },
        ],
      },
      { namespace: 'kube-system' },
    );
    const coredns = pod('coredns-1', {
      namespace: 'kube-system',
      labels: { 'k8s-app': 'kube-dns' },
      ports: [{ containerPort: 53, protocol: 'UDP' }],
    });
    const egress = networkPolicy('client-egress', {
      podSelector: { matchLabels: { app: 'client' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
    });
    const objects = shop([egress], [calico, dns, coredns, namespace('kube-system'), ...slicesFor(dns, [coredns])]);
    const report = diagnoseObjects(objects, 'web', { from: 'shop/client' });
    expect(causeCodes(report)).toEqual(['SVC605']);
    expect(report.headline).toContain('client-egress');
  });
});
