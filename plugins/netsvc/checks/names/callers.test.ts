import { describe, expect, it } from 'vitest';
import type { EnvVar, KubeObject, PodSpec } from '../../../../shared/model/objects.ts';
import { deployment, namespace, ownedBy, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web', { clusterIP: '10.96.10.10', clusterIPs: ['10.96.10.10'] });
const pods = [pod('web-1')];
const sound: readonly KubeObject[] = [web, ...pods, ...slicesFor(web, pods), namespace('shop'), namespace('data')];

function front(env: readonly EnvVar[], where = 'shop', spec: Partial<PodSpec> = {}) {
  const template = {
    metadata: { labels: { app: 'front' } },
    spec: { containers: [{ name: 'app', image: 'example/front:1', env }], ...spec },
  };
  return deployment('front', { app: 'front' }, { template }, { namespace: where });
}

function diagnose(...more: readonly KubeObject[]) {
  return diagnoseObjects([...sound, ...more], 'web');
}

describe('caller-port', () => {
  it('names the caller, the variable and both ports, and sets the variable anew', () => {
    const report = diagnose(front([{ name: 'API_URL', value: 'http://web:8080/api' }]));
    expect(causeCodes(report)).toEqual(['SVC855']);
    expect(report.causes[0]).toMatchObject({ severity: 'warning', confidence: 'likely' });
    expect(report.headline).toBe(
      'Deployment front calls web on port 8080 (env API_URL), but Service shop/web has port 80',
    );
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl set env deployment/front -n shop -c app API_URL=http://web:80/api',
    );
  });

  it('knows the ports of http and https', () => {
    expect(diagnose(front([{ name: 'API', value: 'https://web.shop.svc' }])).headline).toContain(
      'on port 443 (none is written)',
    );
  });

  it('reads HOST and PORT pairs and arguments', () => {
    const pair = [
      { name: 'WEB_HOST', value: 'web' },
      { name: 'WEB_PORT', value: '81' },
    ];
    expect(causeCodes(diagnose(front(pair)))).toEqual(['SVC855']);
    const containers = [{ name: 'app', image: 'x', args: ['--backend=web:9090'] }];
    expect(diagnose(front([], 'shop', { containers })).headline).toContain('(an argument)');
  });

  it('survives values that only a manifest can hold', () => {
    const odd = [
      { name: 'PORT', value: 8080 },
      { name: 'EMPTY', value: null },
    ] as unknown as readonly EnvVar[];
    const containers = [{ name: 'app', image: 'x', args: [9090] as unknown as readonly string[], env: odd }];
    expect(diagnose(front([], 'shop', { containers })).verdict).toBe('healthy');
  });

  it('never offers to print or rewrite a value with credentials', () => {
    const report = diagnose(front([{ name: 'API', value: 'http://user:hunter2@web:8080' }]));
    expect(causeCodes(report)).toEqual(['SVC855']);
    expect(JSON.stringify(report)).not.toContain('hunter2');
  });

  it('lets callers of headless Services use the port of the pods, and only that', () => {
    const headless = service('web', { clusterIP: 'None' });
    const base = [headless, ...pods, ...slicesFor(headless, pods)];
    const ask = (value: string) => diagnoseObjects([...base, front([{ name: 'API', value }])], 'web');
    expect(ask('http://web:8080').verdict).toBe('healthy');
    expect(ask('http://web').headline).toContain('the pods of headless Service shop/web listen on 8080');
  });

  it('stays silent for right ports, other names, pods of the Service itself and other namespaces', () => {
    for (const value of [
      'http://web',
      'http://web:80',
      'web-admin:8080',
      'http://web.example.com:8080',
      'http://web.data:8080',
    ]) {
      const codes = causeCodes(diagnose(front([{ name: 'API', value }]), service('web', {}, { namespace: 'data' })));
      expect(codes).not.toContain('SVC855');
    }
    const own = deployment(
      'web',
      { app: 'web' },
      {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'app', env: [{ name: 'SELF', value: 'http://web:8080' }] }] },
        },
      },
    );
    expect(diagnose(own).verdict).toBe('healthy');
    expect(
      diagnose(front([{ name: 'API', value: 'http://web:8080' }], 'data'), service('web', {}, { namespace: 'data' }))
        .verdict,
    ).toBe('healthy');
  });
});

describe('caller-namespace', () => {
  it('tells a name that leads into a namespace without such a Service', () => {
    const report = diagnose(front([{ name: 'API', value: 'http://web.data' }]));
    expect(causeCodes(report)).toEqual(['SVC856']);
    expect(report.headline).toContain('calls web.data (env API), which is looked up in namespace data');
    expect(report.headline).toContain('Service shop/web is called web from it');
  });

  it('tells a bare name that is used from another namespace', () => {
    const report = diagnose(front([{ name: 'API', value: 'http://web' }], 'data'));
    expect(causeCodes(report)).toEqual(['SVC856']);
    expect(report.headline).toContain('Service shop/web is called web.shop from it');
  });

  it('stays silent when that Service exists, was not read, or the port is another', () => {
    const there = service('web', {}, { namespace: 'data' });
    expect(diagnose(there, front([{ name: 'API', value: 'http://web.data' }])).verdict).toBe('healthy');
    expect(diagnose(front([{ name: 'API', value: 'http://web:9999' }], 'data')).verdict).toBe('healthy');
    const blind = diagnoseObjects([...sound, front([{ name: 'API', value: 'http://web.data' }])], 'web', {
      only: { Service: { namespace: 'shop' } },
    });
    expect(blind.verdict).toBe('healthy');
  });

  it('takes the name of a StatefulSet pod for what it is', () => {
    expect(diagnose(front([{ name: 'API', value: 'http://web-0.web:8080' }])).verdict).toBe('healthy');
  });
});

describe('caller-host-alias', () => {
  const aliased = (ip: string, hostname: string) => front([], 'shop', { hostAliases: [{ ip, hostnames: [hostname] }] });

  it('tells an alias that leads past the Service', () => {
    const report = diagnose(aliased('10.0.0.9', 'web.shop.svc.cluster.local'));
    expect(causeCodes(report)).toEqual(['SVC851']);
    expect(report.headline).toBe(
      'Deployment front takes web.shop.svc.cluster.local for 10.0.0.9 by its hostAliases, not for Service shop/web (10.96.10.10)',
    );
  });

  it('names the workload to change for a pod that one has made', () => {
    const caller = pod('front-1', {
      labels: { app: 'front' },
      meta: ownedBy('Deployment', 'front'),
      spec: { hostAliases: [{ ip: '10.0.0.9', hostnames: ['web'] }], dnsPolicy: 'Default' },
    });
    const report = diagnoseObjects([...sound, front([]), caller], 'web', { from: 'shop/front-1' });
    const commands = report.causes.flatMap((cause) => cause.fixes.map((fix) => fix.command));
    expect(commands).toContain('kubectl edit deployment front -n shop');
    expect(commands.join()).toContain('kubectl patch deployment front -n shop');
  });

  it('is critical for the caller asked about', () => {
    const caller = pod('client', {
      labels: { app: 'x' },
      spec: { hostAliases: [{ ip: '10.0.0.9', hostnames: ['web'] }] },
    });
    expect(diagnoseObjects([...sound, caller], 'web', { from: 'shop/client' }).verdict).toBe('broken');
  });

  it('stays silent for the right address and for other names', () => {
    expect(diagnose(aliased('10.96.10.10', 'web')).verdict).toBe('healthy');
    expect(diagnose(aliased('10.0.0.9', 'web.example.com')).verdict).toBe('healthy');
  });
});

describe('caller-dns', () => {
  const dns = service(
    'kube-dns',
    { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], selector: null },
    { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  );
  const url = [{ name: 'API', value: 'http://web' }];

  it('tells workloads that name the Service and ask the DNS of their node', () => {
    expect(causeCodes(diagnose(front(url, 'shop', { dnsPolicy: 'Default' })))).toEqual(['SVC852']);
    const report = diagnose(front(url, 'shop', { hostNetwork: true, dnsPolicy: 'ClusterFirst' }));
    expect(report.headline).toContain('hostNetwork with dnsPolicy ClusterFirst');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"dnsPolicy":"ClusterFirstWithHostNet"');
  });

  it('tells dnsPolicy None with other nameservers', () => {
    const none = (nameservers: string[]) => front(url, 'shop', { dnsPolicy: 'None', dnsConfig: { nameservers } });
    expect(diagnose(dns, none(['1.1.1.1'])).headline).toContain("asks 1.1.1.1, not the cluster's DNS (10.96.0.10)");
    expect(diagnose(dns, none(['10.96.0.10'])).verdict).toBe('healthy');
    expect(diagnose(none(['1.1.1.1'])).verdict).toBe('healthy');
  });

  it('is critical for the caller asked about, whatever it names', () => {
    const caller = pod('client', { labels: { app: 'x' }, spec: { dnsPolicy: 'Default' } });
    expect(diagnoseObjects([...sound, caller], 'web', { from: 'shop/client' }).verdict).toBe('broken');
  });

  it('stays silent for ClusterFirst and for workloads that do not name the Service', () => {
    expect(diagnose(front(url, 'shop', { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' })).verdict).toBe(
      'healthy',
    );
    expect(diagnose(front([], 'shop', { dnsPolicy: 'Default' })).verdict).toBe('healthy');
  });
});
