import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import {
  COREFILE,
  causeCodes,
  checkObjects,
  configMap,
  crashed,
  dnsObjects,
  logOf,
  server,
} from '../../testing/dns-objects.ts';

const both = [server('coredns-1', { node: 'n1' }), server('coredns-2', { node: 'n2' })];

/** The sound cluster with a ConfigMap volume in the Deployment, as a cluster has it, and changes of its pod spec. */
function cluster(
  corefile: string,
  options: Parameters<typeof dnsObjects>[0] = {},
  spec: object = {},
): readonly KubeObject[] {
  return dnsObjects({ ...options, corefile }).map((object) => {
    if (object.kind !== 'Deployment') return object;
    const made = object as Workload;
    const template = made.spec?.template;
    const volumes = [{ name: 'config', configMap: { name: 'coredns' } }];
    return {
      ...made,
      spec: {
        ...made.spec,
        template: { ...template, spec: { ...template?.spec, dnsPolicy: 'Default', volumes, ...spec } },
      },
    } as Workload;
  });
}

const replaced = (from: string, to: string) => COREFILE.replace(from, to);

describe('the Corefile', () => {
  it('as kubeadm writes it is silent', () => {
    expect(checkObjects(cluster(COREFILE))).toMatchObject({ verdict: 'healthy', causes: [] });
  });

  it('that CoreDNS refuses is the cause of servers that crash, with its line', () => {
    const servers = both.map((one) => crashed(one));
    const [first, ...others] = checkObjects(cluster(replaced('    loop', '    lop'), { servers })).causes;
    expect(first).toMatchObject({ code: 'DNS201', severity: 'critical', line: 17 });
    expect(first?.summary).toContain("Unknown directive 'lop'");
    expect(others).toEqual([]);
  });

  it('that CoreDNS refuses is a warning while all servers still run on the older one', () => {
    const report = checkObjects(cluster(replaced('cache 30', 'cache 0')));
    expect(report.verdict).toBe('degraded');
    expect(report.causes[0]).toMatchObject({ code: 'DNS201', severity: 'warning', line: 16 });
  });

  it('is judged as the version that the log of a server tells, where its image is a digest', () => {
    const digest = { containers: [{ name: 'coredns', image: 'registry.example/dns@sha256:0a1b' }] };
    const servers = ['coredns-1', 'coredns-2'].map((name) => server(name, { node: 'n1', ...digest }));
    const text = replaced('cache 30', 'cache 30 {\n        keepttl\n    }');
    const verdict = (version: string) =>
      checkObjects(cluster(text, { servers }), { logs: [logOf('coredns-1', `.:53\nCoreDNS-${version}\n`, false)] });
    expect(verdict('1.12.4').causes).toEqual([]);
    expect(verdict('1.9.4').causes[0]).toMatchObject({ code: 'DNS201' });
    expect(verdict('1.9.4').headline).toContain('CoreDNS 1.9.4 does not start with this');
  });

  it('turns names of Services of one namespace alone, of which a part was read', () => {
    const text = replaced(
      '    cache 30',
      '    rewrite name substring .shop.svc. .store.svc. answer auto\n    cache 30',
    );
    const part = { only: { Service: { namespace: 'shop' } } };
    expect(causeCodes(checkObjects([...cluster(text), service('web')], part))).toEqual(['DNS208']);
    expect(causeCodes(checkObjects([...cluster(text), service('web', {}, { namespace: 'front' })]))).toEqual([]);
  });

  it('that is not the one in force is told with the server that runs on another', () => {
    // Seen in the log of a real CoreDNS 1.12.4 that runs on exactly this text.
    const hash =
      '591cf328cccc12bc490481273e738df59329c62c0b729d94e8b61db9961c2fa5f046dd37f1cf888b953814040d180f52594972691cd6ff41be96639138a43908';
    const line = (name: string, value: string) =>
      logOf(name, `[INFO] plugin/reload: Running configuration SHA512 = ${value}\n`, false);
    const both = { logs: [line('coredns-1', hash), line('coredns-2', hash)] };
    expect(checkObjects(cluster(COREFILE), both)).toMatchObject({ verdict: 'healthy', causes: [] });
    const one = { logs: [line('coredns-1', hash), line('coredns-2', hash.replaceAll('5', '6'))] };
    const report = checkObjects(cluster(COREFILE), one);
    expect(causeCodes(report)).toEqual(['DNS214']);
    expect(report.headline).toContain('coredns-2 runs on another Corefile than ConfigMap kube-system/coredns holds');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl delete pod coredns-2 -n kube-system');
  });

  it('that was changed under all servers and did not reach one of them is told; a change on its way is not', () => {
    const runs = (name: string) =>
      logOf(name, `[INFO] plugin/reload: Running configuration SHA512 = ${'0a'.repeat(64)}\n`, false);
    const logs = [runs('coredns-1'), runs('coredns-2')];
    const written = (seconds: number | undefined) =>
      cluster(COREFILE).map((object) => {
        if (object.kind === 'Pod')
          return { ...object, status: { ...(object as Pod).status, startTime: secondsAgo(5000) } };
        if (object.kind !== 'ConfigMap' || seconds === undefined) return object;
        const entry = {
          manager: 'kubectl-edit',
          operation: 'Update',
          time: secondsAgo(seconds),
          fieldsV1: { 'f:data': {} },
        };
        return { ...object, metadata: { ...object.metadata, managedFields: [entry] } };
      });
    const ask = (seconds: number | undefined) => checkObjects(written(seconds), { logs });
    const edited = ask(900);
    expect(causeCodes(edited)).toEqual(['DNS214']);
    expect(edited.headline).toContain('the DNS servers run on another Corefile');
    expect(edited.causes[0]?.fixes[0]?.command).toBe('kubectl rollout restart deployment coredns -n kube-system');
    expect(ask(60).causes).toEqual([]);
    const other = logOf(
      'coredns-2',
      `[INFO] plugin/reload: Running configuration SHA512 = ${'0b'.repeat(64)}\n`,
      false,
    );
    const differ = (seconds: number) =>
      causeCodes(checkObjects(written(seconds), { logs: [runs('coredns-1'), other] }));
    expect(differ(60)).toEqual([]);
    expect(differ(9000)).toEqual(['DNS276']);
    // Older than the servers, or of unknown age: a recording whose names were replaced looks like that.
    expect(ask(9000).causes).toEqual([]);
    expect(ask(undefined).causes).toEqual([]);
  });

  it('that imports a broken file of coredns-custom names that ConfigMap, which is the one to edit', () => {
    const custom = configMap('coredns-custom', { 'corp.server': 'corp.example {\n  forwrd . 10.1.1.1\n}\n' });
    const [first] = checkObjects([...cluster(`${COREFILE}import custom/*.server\n`), custom]).causes;
    expect(first).toMatchObject({ code: 'DNS201', subject: { name: 'coredns-custom' }, line: 2 });
    expect(first?.fixes[0]?.command).toBe('kubectl edit configmap coredns-custom -n kube-system');
  });

  it('is judged as the version that runs: proxy was fine in 1.4', () => {
    const old = replaced(
      'forward . /etc/resolv.conf {\n       max_concurrent 1000\n    }',
      'proxy . /etc/resolv.conf',
    ).replace('    ready\n', '');
    const containers = [{ name: 'coredns', image: 'registry.example/coredns:1.3.1' }];
    expect(checkObjects(cluster(old, {}, { containers })).verdict).toBe('healthy');
    expect(causeCodes(checkObjects(cluster(old)))).toContain('DNS201');
  });

  it('of an unknown version is not called broken when some version takes it', () => {
    const text = replaced('ttl 30', 'startup_timeout 5s');
    const containers = [{ name: 'coredns', image: 'registry.example/dns@sha256:abc' }];
    expect(checkObjects(cluster(text, {}, { containers })).verdict).toBe('healthy');
  });

  it.each([
    ['DNS204', 'forward . /etc/resolv.conf', 'forward . 10.96.0.10'],
    ['DNS206', '    cache 30', '    hosts {\n      10.0.0.1 a.example\n    }\n    cache 30'],
    ['DNS207', '    cache 30', '    template ANY ANY {\n      rcode NXDOMAIN\n    }\n    cache 30'],
    ['DNS208', '    cache 30', '    rewrite name substring svc.cluster.local svc.corp.local answer auto\n    cache 30'],
    ['DNS210', '.:53', '.:5353'],
    ['DNS202', /kubernetes[^}]*}/.exec(COREFILE)?.[0] ?? '', 'whoami'],
    ['DNS220', '    loop\n', ''],
  ])('%s is the first cause', (code, from, to) => {
    expect(causeCodes(checkObjects(cluster(replaced(from, to))))[0]).toBe(code);
  });

  it('must serve the domain that kubelets write', () => {
    const kubelet = configMap('kubelet-config', { kubelet: 'kind: KubeletConfiguration\nclusterDomain: corp.local\n' });
    expect(causeCodes(checkObjects([...cluster(COREFILE), kubelet]))[0]).toBe('DNS203');
    const same = configMap('kubelet-config', { kubelet: 'kind: KubeletConfiguration\nclusterDomain: cluster.local\n' });
    expect(checkObjects([...cluster(COREFILE), same]).causes).toEqual([]);
  });

  it('that forwards to resolv.conf makes a circle with dnsPolicy ClusterFirst, not with Default', () => {
    const report = checkObjects(cluster(COREFILE, {}, { dnsPolicy: 'ClusterFirst' }));
    expect(report.causes[0]).toMatchObject({ code: 'DNS213', subject: { kind: 'Deployment', name: 'coredns' } });
    expect(checkObjects(cluster(COREFILE, {}, { dnsPolicy: 'Default' })).causes).toEqual([]);
  });

  describe('with a plugin that no release has', () => {
    const text = replaced('    cache 30', '    k8s_gateway corp.example\n    cache 30');
    const own = [{ name: 'coredns', image: 'registry.example/dns@sha256:abc' }];
    const told = (options: Parameters<typeof checkObjects>[1], containers = own) => {
      const servers = [server('coredns-1', { containers }), server('coredns-2', { containers })];
      return causeCodes(checkObjects(dnsObjects({ corefile: text, servers }), options));
    };
    const page = (name: string) => [
      {
        path: 'tools/coredns/coredns-1/metrics.txt',
        text: `coredns_plugin_enabled{name="${name}",server="dns://:53",zone="."} 1\n`,
      },
    ];

    it('is no fault where a server counts it, or may be a build of its own', () => {
      expect(told({ tools: page('k8s_gateway') })).toEqual([]);
      expect(told({})).toEqual([]);
      const release = [{ name: 'coredns', image: 'registry.example/coredns:1.11.1' }];
      expect(told({ tools: page('k8s_gateway') }, release)).toEqual([]);
    });

    it('is a typing error where a release runs', () => {
      const release = [{ name: 'coredns', image: 'registry.example/coredns:1.11.1' }];
      expect(told({ tools: page('cache') }, release)).toEqual(['DNS201']);
    });
  });

  it('calls names missing on Alpine where a template answers NXDOMAIN to AAAA', () => {
    const text = replaced('    cache 30', '    template ANY AAAA {\n      rcode NXDOMAIN\n    }\n    cache 30');
    const image = (name: string) => pod('web-1', { containers: [{ name: 'app', image: name }] });
    const report = checkObjects([...cluster(text), image('registry.example/nginx:1.27-alpine')]);
    expect(causeCodes(report)).toEqual(['DNS217']);
    expect(report.headline).toContain('on Alpine no name resolves then, such as for pod shop/web-1');
    expect(checkObjects([...cluster(text), image('registry.example/nginx:1.27')]).causes).toEqual([]);
    const empty = text.replace('rcode NXDOMAIN', 'rcode NOERROR');
    expect(checkObjects([...cluster(empty), image('registry.example/nginx:1.27-alpine')]).causes).toEqual([]);
  });

  describe('with ConfigMap coredns-custom', () => {
    const server = 'corp.example:53 {\n  errors\n  forward . 10.1.1.1\n}\n';
    const imports = `${replaced('    loadbalance\n', '    import custom/*.override\n    loadbalance\n')}import custom/*.server\n`;
    const told = (data: Readonly<Record<string, string>>, text = imports) =>
      checkObjects([...cluster(text), configMap('coredns-custom', data)]);

    it('names the keys that no import reads', () => {
      const report = told({ 'corp.server': server, 'corp.conf': server });
      expect(causeCodes(report)).toEqual(['DNS218']);
      expect(report.headline).toBe(
        'corp.conf of ConfigMap kube-system/coredns-custom has no effect: the Corefile takes *.override and *.server only',
      );
    });

    it('says that nothing is imported where the distribution has no such import', () => {
      expect(told({ 'corp.server': server }, COREFILE).headline).toContain(
        'has no effect: the Corefile imports nothing',
      );
    });

    it('is silent about what is read: by an import, by a plugin, or as a comment', () => {
      expect(told({ 'corp.server': server, 'log.override': 'log' }).causes).toEqual([]);
      const zone = 'example.org:53 {\n  errors\n  file /etc/coredns/custom/db.example\n}\n';
      const soa = '@ 60 IN SOA ns.example.org. a.example.org. 1 7200 3600 1209600 3600\n';
      expect(told({ 'zone.server': zone, 'db.example': soa, README: '# keep out\n' }).causes).toEqual([]);
    });
  });

  it('of OpenShift has no loop, belongs to its operator, and forwards in a circle like any other', () => {
    const at = (map: KubeObject): KubeObject => ({ ...map, metadata: { ...map.metadata, namespace: 'openshift-dns' } });
    const labels = { 'dns.operator.openshift.io/daemonset-dns': 'default' };
    const port = (protocol: string) => ({ name: `dns-${protocol}`, port: 53, protocol, targetPort: 5353 });
    const objects = (more = '') => {
      const pods = [
        pod('dns-1', { namespace: 'openshift-dns', labels, containers: [{ name: 'dns', image: 'x@sha256:a' }] }),
      ];
      const dns = service(
        'dns-default',
        { selector: labels, clusterIP: '172.30.0.10', clusterIPs: ['172.30.0.10'], ports: [port('UDP'), port('TCP')] },
        { namespace: 'openshift-dns' },
      );
      const text = COREFILE.replace('.:53', '.:5353').replace('    loop\n', '') + more;
      return [dns, ...pods, ...slicesFor(dns, pods), at(configMap('dns-default', { Corefile: text }))];
    };
    expect(checkObjects(objects()).causes).toEqual([]);
    const [first] = checkObjects(objects('corp.example:5353 {\n    errors\n    forward . 172.30.0.10\n}\n')).causes;
    expect(first?.code).toBe('DNS204');
    expect(first?.fixes[0]?.command).toBe('kubectl edit dns.operator.openshift.io default');
  });

  it.each([
    [{ 'objectset.rio.cattle.io/hash': 'a1' }, {}, 'K3s writes it anew at each start'],
    [{ 'addonmanager.kubernetes.io/mode': 'Reconcile' }, {}, 'belongs into ConfigMap coredns-custom'],
    [
      { 'app.kubernetes.io/managed-by': 'Helm' },
      { 'meta.helm.sh/release-name': 'rke2-coredns' },
      'the values of release rke2-coredns (a HelmChartConfig on RKE2)',
    ],
    [{ 'eks.amazonaws.com/component': 'coredns' }, {}, 'its configuration values'],
  ])('whose edit would not last says who writes it anew: %j', (labels, annotations, words) => {
    const broken = cluster(replaced('cache 30', 'cahce 30')).map((object) =>
      object.kind === 'ConfigMap' ? { ...object, metadata: { ...object.metadata, labels, annotations } } : object,
    );
    const [first] = checkObjects(broken).causes;
    expect(first?.code).toBe('DNS201');
    expect(first?.evidence.map(({ fact }) => fact).join()).toContain(words);
  });

  it('that could not be read is unknown, never a fault', () => {
    const objects = cluster(COREFILE).filter(({ kind }) => kind !== 'ConfigMap');
    const report = checkObjects(objects, { except: { ConfigMap: 'forbidden' } });
    expect(report.causes).toEqual([]);
    expect(report.notChecked.map(({ check }) => check).join()).toContain('corefile');
  });
});
