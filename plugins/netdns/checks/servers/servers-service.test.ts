import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { node, pod, secondsAgo, service } from '../../../../shared/testing/builders.ts';
import { causeCodes, checkObjects, configMap, dnsObjects, dnsService, server } from '../../testing/dns-objects.ts';

const without = (objects: readonly KubeObject[], kind: string, name?: string): readonly KubeObject[] =>
  objects.filter((object) => object.kind !== kind || (name !== undefined && object.metadata?.name !== name));

describe('the Service of the servers', () => {
  it('that was deleted is missed', () => {
    const objects = without(without(dnsObjects(), 'Service'), 'EndpointSlice');
    const report = checkObjects(objects);
    expect(causeCodes(report)).toEqual(['DNS104']);
    expect(report.headline).toContain('Service kube-system/kube-dns does not exist');
    expect(report.causes[0]?.fixes).toEqual([]);
    const api = service('kubernetes', { clusterIP: '10.43.0.1' }, { namespace: 'default' });
    const [fix] = checkObjects([...objects, api]).causes[0]?.fixes ?? [];
    expect(fix?.title).toContain('10.43.0.10 is the usual address');
    expect(fix?.command).toContain('"spec":{"selector":{"k8s-app":"kube-dns"},"clusterIP":"10.43.0.10"');
  });

  it('that selects other labels is told with both', () => {
    const report = checkObjects(dnsObjects({ service: { selector: { 'k8s-app': 'core-dns' } }, endpoints: [] }));
    expect(causeCodes(report)).toEqual(['DNS106']);
    expect(report.headline).toContain(
      'selects k8s-app=core-dns, but the 2 ready DNS servers are labelled k8s-app=kube-dns',
    );
  });

  it('that leads to another port or has none over UDP is told', () => {
    const port = (protocol: string, targetPort: number | string) => ({
      name: protocol,
      port: 53,
      protocol,
      targetPort,
    });
    const stray = checkObjects(dnsObjects({ service: { ports: [port('UDP', 5353), port('TCP', 53)] } }));
    expect(stray).toMatchObject({ verdict: 'broken', causes: [{ code: 'DNS107' }] });
    expect(stray.headline).toContain('over UDP to 5353, but the DNS servers listen on 53');
    // Both at once are one fault, and the Corefile is not the one to mend.
    const twice = checkObjects(dnsObjects({ service: { ports: [port('UDP', 5353), port('TCP', 5353)] } }));
    expect(causeCodes(twice)).toEqual(['DNS107']);
    expect(twice.headline).toContain('over UDP and TCP to 5353');
    expect(twice.causes[0]?.fixes[0]?.command).toContain(
      '[{"op":"replace","path":"/spec/ports/0/targetPort","value":53},{"op":"replace","path":"/spec/ports/1/targetPort","value":53}]',
    );
    const named = checkObjects(dnsObjects({ service: { ports: [port('UDP', 'dns'), port('TCP', 'dns-tcp')] } }));
    expect(named.verdict).toBe('healthy');
    const udpLess = checkObjects(dnsObjects({ service: { ports: [port('TCP', 53)] } }));
    expect(udpLess.headline).toContain('no port 53 over UDP');
  });

  it.each([
    [
      'another number',
      [{ name: 'dns', port: 5300, protocol: 'UDP', targetPort: 53 }],
      'replace","path":"/spec/ports/1/port","value":53',
    ],
    [
      'another protocol',
      [{ name: 'dns', port: 54, protocol: 'TCP', targetPort: 53 }],
      '"name":"dns-udp","port":53,"protocol":"UDP"',
    ],
    ['nothing', [], '"name":"dns","port":53,"protocol":"UDP"'],
  ])('that has %s in place of port 53 over UDP gets a fix that the API takes, and its undo', (_what, moved, fix) => {
    const ports = [{ name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 }, ...moved];
    const [cause] = checkObjects(dnsObjects({ service: { ports } })).causes;
    expect(cause).toMatchObject({ code: 'DNS107', severity: 'critical' });
    const added = cause?.fixes[0]?.command.includes('"op":"add"') === true;
    expect(cause?.fixes[0]?.undo).toContain(added ? `"remove","path":"/spec/ports/${ports.length}"` : '"value":5300');
    expect(cause?.fixes[0]?.command).toContain(fix);
  });

  it('without endpoints although it selects ready servers is told', () => {
    const objects = without(dnsObjects(), 'EndpointSlice');
    expect(causeCodes(checkObjects(objects))).toEqual(['DNS105']);
    expect(checkObjects(objects, { except: { EndpointSlice: 'forbidden' } }).verdict).toBe('healthy');
  });

  describe('whose endpoints are pods that were deleted', () => {
    const old = server('coredns-0', { ip: '10.244.9.9' });
    const ask = (seconds: number, selector: object = {}, endpoints = [old]) => {
      const objects = dnsObjects({ endpoints, service: selector }).map((one) =>
        one.kind === 'Pod'
          ? {
              ...one,
              status: {
                ...(one as Pod).status,
                conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: secondsAgo(seconds) }],
              },
            }
          : one,
      );
      return checkObjects(objects);
    };

    it('is told, and that its selector is gone, with the line that brings it back', () => {
      const report = ask(600, { selector: undefined });
      expect(causeCodes(report)).toEqual(['DNS105']);
      expect(report.headline).toContain('are pods that are gone (10.244.9.9 of coredns-0), although 2 DNS servers');
      expect(report.headline).toContain('it has no selector');
      expect(report.causes[0]?.fixes[0]?.command).toContain('{"selector":{"k8s-app":"kube-dns"}}');
      expect(ask(600).headline).not.toContain('selector');
      expect(causeCodes(ask(600))).toEqual(['DNS105']);
    });

    it('is not told of a change on its way, nor where one of the servers is among them', () => {
      expect(causeCodes(ask(20))).toEqual([]);
      expect(causeCodes(ask(600, {}, [old, server('coredns-1', { node: 'n1' })]))).toEqual([]);
    });
  });

  it('without endpoints of the family of its address is told', () => {
    const six = { clusterIP: 'fd00::a', clusterIPs: ['fd00::a'] };
    expect(causeCodes(checkObjects(dnsObjects({ service: six })))).toEqual(['DNS105']);
    const both = { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10', 'fd00::a'] };
    expect(checkObjects(dnsObjects({ service: both })).causes).toEqual([]);
  });

  it('with another address than the kubelets write is told', () => {
    const kubelet = configMap('kubelet-config', {
      kubelet:
        'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\n',
    });
    expect(checkObjects([...dnsObjects(), kubelet]).verdict).toBe('healthy');
    const report = checkObjects([
      ...dnsObjects({ service: { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] } }),
      kubelet,
    ]);
    expect(causeCodes(report)).toEqual(['DNS111']);
    expect(report.headline).toContain('clusterDNS 10.96.0.10, Service kube-system/kube-dns has ClusterIP 10.96.7.7');
    expect(report.causes[0]?.fixes[0]?.command).toContain('kubectl replace --force');
  });

  it('that one kubelet of several does not name: that node is to be mended, not the Service', () => {
    const tool = (name: string, address: string) => ({
      path: `tools/kubelet/${name}/configz.json`,
      text: JSON.stringify({ kubeletconfig: { clusterDNS: [address], clusterDomain: 'cluster.local' } }),
    });
    const callers = [pod('web-1', { node: 'n1' }), pod('web-2', { node: 'n2' })];
    const report = checkObjects([...dnsObjects(), ...callers], {
      tools: [tool('n1', '10.96.0.10'), tool('n2', '10.96.0.99')],
    });
    expect(causeCodes(report)).toEqual(['DNS111']);
    expect(report.headline).toContain('pods on node n2 ask 10.96.0.99, which is not the DNS Service');
    expect(report.causes[0]?.fixes.map(({ command }) => command)).toEqual([
      "sed -i 's/10\\.96\\.0\\.99/10.96.0.10/' /var/lib/kubelet/config.yaml && systemctl restart kubelet",
      'kubectl drain n2 --ignore-daemonsets --delete-emptydir-data && kubectl uncordon n2',
    ]);
    expect(report.causes[0]?.pods).toContain('shop/web-2');
    expect(report.causes[0]?.pods).not.toContain('shop/web-1');
    const sound = { tools: [tool('n1', '10.96.0.10'), tool('n2', '10.96.0.10')] };
    expect(checkObjects([...dnsObjects(), ...callers], sound).causes).toEqual([]);
  });
});

describe('answers of the servers', () => {
  const tool = (podName: string, body: object) => ({
    path: `tools/dns/${podName}.json`,
    text: JSON.stringify({ pod: podName, namespace: 'kube-system', answers: [], ...body }),
  });
  const answer = (rcode: string, type = 'A', addresses = rcode === 'NOERROR' ? ['10.96.0.1'] : []) => ({
    name: 'kubernetes.default.svc.cluster.local',
    type,
    rcode,
    answers: addresses.map((data) => ({ name: 'x', type, ttl: 5, data })),
    ms: 3,
  });

  it('that are right, or could not be asked for, say nothing', () => {
    const tools = [
      tool('coredns-1', { answers: [answer('NOERROR')] }),
      tool('coredns-2', { failed: 'forbidden: get pods/portforward', unasked: true }),
    ];
    expect(checkObjects(dnsObjects(), { tools }).verdict).toBe('healthy');
  });

  it('in a file that somebody damaged are passed over', () => {
    const tools = [tool('coredns-1', { answers: [null] }), tool('coredns-2', { answers: ['NXDOMAIN'] })];
    const report = checkObjects(dnsObjects(), { tools });
    expect(report.verdict).toBe('healthy');
    expect(report.notChecked.map(({ reason }) => reason).join()).not.toContain('fault');
  });

  it('that have an address of one family only are right, whichever it is', () => {
    const four = [answer('NOERROR'), answer('NOERROR', 'AAAA', [])];
    const six = [answer('NOERROR', 'A', []), answer('NOERROR', 'AAAA', ['fd00::1'])];
    for (const answers of [four, six, [answer('NOERROR', 'AAAA', [])], [answer('NOERROR', 'SRV', [])]]) {
      expect(checkObjects(dnsObjects(), { tools: [tool('coredns-1', { answers })] }).verdict).toBe('healthy');
    }
    const none = [answer('NOERROR', 'A', []), answer('NOERROR', 'AAAA', [])];
    const report = checkObjects(dnsObjects(), { tools: [tool('coredns-1', { answers: none })] });
    expect(report.causes[0]?.code).toBe('DNS130');
  });

  it('that are wrong name the server', () => {
    const tools = [
      tool('coredns-1', { answers: [answer('NOERROR')] }),
      tool('coredns-2', { answers: [answer('NXDOMAIN')] }),
    ];
    const report = checkObjects(dnsObjects(), { tools });
    expect(report).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS130', subject: { name: 'coredns-2' } }] });
  });

  it('that do not come are told', () => {
    const failed = 'error forwarding port 53: dial tcp4 127.0.0.1:53: connect: connection refused';
    const report = checkObjects(dnsObjects(), {
      tools: [tool('coredns-1', { failed }), tool('coredns-2', { failed })],
    });
    expect(report).toMatchObject({ verdict: 'broken', causes: [{ code: 'DNS131' }] });
    expect(report.headline).toContain('connection refused');
  });
});

describe('other DNS than CoreDNS', () => {
  it('is recognised: kube-dns, and Cloud DNS without servers in the cluster', () => {
    const kubeDns = server('kube-dns-1', {
      containers: [{ name: 'kubedns', image: 'gke.gcr.io/k8s-dns-kube-dns:1.22' }],
      meta: { ownerReferences: [] },
    });
    expect(checkObjects([kubeDns, dnsService()]).findings.map(({ code }) => code)).toContain('DNS120');
    const google = { ...node('gke-1'), spec: { providerID: 'gce://p/z/gke-1' } };
    const cloud = checkObjects([dnsService(), google, service('web'), pod('web-1')]);
    expect(cloud.verdict).toBe('healthy');
    expect(cloud.headline).toContain('Cloud DNS');
  });

  it('is recognised: the service of each node of EKS Auto Mode, where no pod is missed', () => {
    const auto = node('i-1', true, { metadata: { name: 'i-1', labels: { 'eks.amazonaws.com/compute-type': 'auto' } } });
    const system = pod('metrics-server-1', { namespace: 'kube-system' });
    const report = checkObjects([auto, system, pod('web-1')]);
    expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
    expect(report.headline).toContain('EKS Auto Mode');
    // With the add-on beside it the add-on is judged.
    const servers = [server('coredns-1', { ready: false })];
    expect(causeCodes(checkObjects([...dnsObjects({ servers }), auto]))).toEqual(['DNS101']);
  });
});
