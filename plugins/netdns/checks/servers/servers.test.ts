import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { networkPolicy, node, pod, secondsAgo, service } from '../../../../shared/testing/builders.ts';
import {
  causeCodes,
  checkObjects,
  configMap,
  crashed,
  dnsObjects,
  dnsService,
  logOf,
  server,
} from '../../testing/dns-objects.ts';

const both = [server('coredns-1', { node: 'n1' }), server('coredns-2', { node: 'n2' })];
const without = (objects: readonly KubeObject[], kind: string, name?: string): readonly KubeObject[] =>
  objects.filter((object) => object.kind !== kind || (name !== undefined && object.metadata?.name !== name));

describe('a sound cluster', () => {
  it('is healthy and silent', () => {
    const report = checkObjects(dnsObjects());
    expect(report).toMatchObject({ verdict: 'healthy', causes: [], notChecked: [] });
    expect(report.headline).toBe('cluster DNS is healthy: 2 of 2 servers ready behind 10.96.0.10');
  });

  it('stays so with one replica on one node, where no other place is', () => {
    const objects = without(dnsObjects({ servers: [server('coredns-1')] }), 'Node', 'n2');
    expect(checkObjects(objects)).toMatchObject({ verdict: 'healthy', findings: [] });
  });

  it('notes one replica, one node and no budget on several nodes, without a fault', () => {
    const one = checkObjects(dnsObjects({ servers: [server('coredns-1')] }));
    expect(one).toMatchObject({ verdict: 'healthy', findings: [{ code: 'DNS114' }] });
    const together = checkObjects(dnsObjects({ servers: [server('coredns-1'), server('coredns-2')] }));
    expect(together.findings.map(({ code }) => code)).toEqual(['DNS115', 'DNS116']);
  });
});

describe('facts that are missing', () => {
  it('never make a cluster healthy', () => {
    expect(checkObjects([], { except: { Service: 'forbidden', Pod: 'forbidden' } }).verdict).toBe('unknown');
    expect(checkObjects(dnsObjects(), { except: { Service: 'forbidden' } }).verdict).toBe('unknown');
    const alone = [configMap('coredns', { Corefile: '.:53 {\n}\n' })];
    const except = { Service: 'notCollected', Pod: 'notCollected', Deployment: 'notCollected' } as const;
    expect(checkObjects(alone, { except }).verdict).toBe('unknown');
    expect(checkObjects([server('coredns-1')], { except: { ...except, Pod: 'ok' } }).verdict).toBe('unknown');
  });

  it('are no faults either: pods that could not be listed are not pods that are gone', () => {
    const report = checkObjects(without(dnsObjects(), 'Pod'), { except: { Pod: 'forbidden' } });
    expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
  });
});

describe('servers', () => {
  it('that crash on their Corefile are told with the line of the log', () => {
    const servers = both.map((one) => crashed(one));
    const logs = [logOf('coredns-1', "/etc/coredns/Corefile:13 - Error during parsing: Unknown directive 'foward'\n")];
    const report = checkObjects(dnsObjects({ servers }), { logs });
    expect(report.causes[0]).toMatchObject({ severity: 'critical' });
    expect(JSON.stringify(report.causes[0])).toContain("Unknown directive 'foward'");
    expect(report.causes).toHaveLength(1);
  });

  it('that are scaled to 0 can be started again', () => {
    const report = checkObjects(dnsObjects({ servers: [], replicas: 0 }));
    expect(causeCodes(report)).toEqual(['DNS102']);
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl scale deployment coredns -n kube-system --replicas=2');
  });

  it('that cannot be placed say why', () => {
    const message = '0/2 nodes are available: 2 Insufficient memory';
    const status = {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message,
          lastTransitionTime: secondsAgo(900),
        },
      ],
      containerStatuses: [],
    };
    const report = checkObjects(dnsObjects({ servers: both.map((one) => ({ ...one, status })) }));
    expect(causeCodes(report)).toEqual(['DNS101']);
    expect(report.headline).toContain('Insufficient memory');
  });

  it('that were deleted with their Deployment are missed', () => {
    const objects = without(without(without(dnsObjects(), 'Deployment'), 'Pod'), 'EndpointSlice');
    const report = checkObjects([...objects, pod('kube-proxy-1', { namespace: 'kube-system', labels: {} })]);
    expect(causeCodes(report)).toEqual(['DNS101']);
    expect(report.headline).toContain('no Deployment, DaemonSet or pod of DNS servers');
  });

  it('of which one is sick are told as degraded, not broken', () => {
    const report = checkObjects(dnsObjects({ servers: [server('coredns-1'), crashed(server('coredns-2'))] }));
    expect(report).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS103' }] });
  });

  it('of which others may not be created are told, with what the controller says', () => {
    const objects = dnsObjects({ servers: [server('coredns-1')], replicas: 2 });
    const message = 'pods "coredns-x" is forbidden: no PriorityClass with name critical was found';
    const refused = objects.map((object) =>
      object.kind === 'Deployment'
        ? { ...object, status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message }] } }
        : object,
    );
    const report = checkObjects(refused);
    expect(report).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS103' }] });
    expect(report.headline).toContain('no PriorityClass with name critical was found');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl rollout undo deployment coredns -n kube-system');
  });

  it.each([
    ['loading Caddyfile via flag: open /etc/coredns/Corfile: no such file or directory', 'no such file'],
    ['Listen: listen tcp :53: bind: permission denied', 'permission denied'],
  ])('that end with "%s" get the last change of the pods taken back', (line, words) => {
    const text = `maxprocs: Leaving GOMAXPROCS=2: CPU quota undefined\n${line}\nmaxprocs: No GOMAXPROCS change to reset\n`;
    const report = checkObjects(dnsObjects({ servers: both.map((one) => crashed(one)) }), {
      logs: [logOf('coredns-1', text), logOf('coredns-2', 'unable to retrieve container logs for containerd://1a')],
    });
    expect(report.causes).toHaveLength(1);
    expect(report.causes[0]).toMatchObject({ code: 'DNS258' });
    expect(report.headline).toContain(words);
    expect(JSON.stringify(report)).not.toMatch(/maxprocs|unable to retrieve/);
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl rollout undo deployment coredns -n kube-system');
  });

  it('that run out of memory are told as such, with more memory', () => {
    const servers = both.map((one) => crashed(one, { exitCode: 137, reason: 'OOMKilled' }));
    const report = checkObjects(dnsObjects({ servers }));
    expect(report).toMatchObject({ verdict: 'broken', causes: [{ code: 'DNS108', severity: 'critical' }] });
    expect(report.headline).toContain('limit of 170Mi (OOMKilled)');
    expect(report.causes[0]?.fixes[0]?.command).toContain(
      'set resources deployment coredns -n kube-system --limits=memory=340Mi',
    );
  });

  it('that cannot reach the API server say so before all that follows', () => {
    const line =
      '[ERROR] plugin/kubernetes: Failed to watch *v1.Service: failed to list *v1.Service: Get "https://10.96.0.1:443/api/v1/services?limit=500": dial tcp 10.96.0.1:443: i/o timeout';
    const servers = both.map((one) => server(one.metadata?.name ?? '', { ready: false }));
    const logs = servers.map((one) => logOf(one.metadata?.name ?? '', `${line}\n`, false));
    const egress = networkPolicy(
      'lock',
      // Whether the API server is in that block cannot be known.
      { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] },
      { namespace: 'kube-system' },
    );
    const report = checkObjects([...dnsObjects({ servers }), egress], { logs });
    expect(causeCodes(report)[0]).toBe('DNS110');
    expect(report.headline).toContain('dial tcp 10.96.0.1:443: i/o timeout');
    expect(JSON.stringify(report.causes[0]?.evidence)).toContain('NetworkPolicy kube-system/lock');
    expect(causeCodes(report)).not.toContain('DNS101');
  });

  it('that wait for the API server and do not say why are told as likely, with the question for their rights', () => {
    const servers = both.map((one) => server(one.metadata?.name ?? '', { ready: false }));
    const logs = servers.map((one) =>
      logOf(
        one.metadata?.name ?? '',
        '[ERROR] plugin/kubernetes: Failed to watch\n[INFO] plugin/ready: Plugins not ready: "kubernetes"\n',
        false,
      ),
    );
    const report = checkObjects(dnsObjects({ servers }), { logs });
    expect(report.causes[0]).toMatchObject({ code: 'DNS110', confidence: 'likely' });
    expect(report.causes[0]?.fixes[0]?.command).toContain('kubectl auth can-i list endpointslices.discovery.k8s.io');
    const ready = checkObjects(dnsObjects({ servers: both }), { logs });
    expect(ready.verdict).toBe('healthy');
  });

  it('that wait, and whose account has no role that lets them read, lack that right', () => {
    const servers = both.map((one) =>
      server(one.metadata?.name ?? '', { ready: false, spec: { serviceAccountName: 'coredns' } }),
    );
    const logs = servers.map((one) =>
      logOf(one.metadata?.name ?? '', '[ERROR] plugin/kubernetes: Failed to watch\n', false),
    );
    const rbac = (resources: readonly string[], account = 'coredns'): readonly KubeObject[] => [
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'system:coredns' },
        rules: [{ apiGroups: ['', 'discovery.k8s.io'], resources, verbs: ['list', 'watch'] }],
      } as KubeObject,
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'system:coredns' },
        roleRef: { kind: 'ClusterRole', name: 'system:coredns' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'kube-system', name: account }],
      } as KubeObject,
    ];
    const ask = (objects: readonly KubeObject[]) => checkObjects([...dnsObjects({ servers }), ...objects], { logs });
    const all = ['services', 'namespaces', 'endpointslices'];
    expect(causeCodes(ask(rbac(all)))).toEqual(['DNS110']);
    const lacking = ask(rbac(['services', 'namespaces']));
    expect(causeCodes(lacking)).toEqual(['DNS112']);
    expect(lacking.headline).toContain('may not list endpointslices');
    const unbound = ask(rbac(all, 'other'));
    expect(causeCodes(unbound)).toEqual(['DNS112']);
    expect(JSON.stringify(unbound.causes[0]?.evidence)).toContain('no ClusterRole is bound to ServiceAccount');
  });

  it('that lack a right name it', () => {
    const line =
      '"Unhandled Error" err="reflector.go:229: Failed to watch *v1.EndpointSlice: failed to list *v1.EndpointSlice: endpointslices.discovery.k8s.io is forbidden: User \\"system:serviceaccount:kube-system:coredns\\" cannot list resource \\"endpointslices\\" in API group \\"discovery.k8s.io\\" at the cluster scope"';
    const servers = both.map((one) => server(one.metadata?.name ?? '', { ready: false }));
    const report = checkObjects(dnsObjects({ servers }), {
      logs: [logOf('coredns-1', `E1128 03:09:12.1 1 x.go:1] ${line}\n`, false)],
    });
    expect(causeCodes(report)).toEqual(['DNS112']);
  });

  it('that lack a right, in the words of older versions, name it', () => {
    const line =
      'failed to list *v1.EndpointSlice: endpointslices.discovery.k8s.io is forbidden: User "system:serviceaccount:kube-system:coredns" cannot list resource "endpointslices" in API group "discovery.k8s.io" at the cluster scope';
    const servers = both.map((one) => server(one.metadata?.name ?? '', { ready: false }));
    const report = checkObjects(dnsObjects({ servers }), { logs: [logOf('coredns-1', `${line}\n`, false)] });
    expect(causeCodes(report)).toEqual(['DNS112']);
    expect(report.headline).toContain('may not list endpointslices');
  });

  it('on a node that is down are told by the node', () => {
    const objects = [
      ...without(
        dnsObjects({
          servers: [server('coredns-1', { node: 'n1' }), server('coredns-2', { node: 'n2', ready: false })],
        }),
        'Node',
      ),
      node('n1'),
      node('n2', false),
    ];
    const report = checkObjects(objects);
    expect(causeCodes(report)).toEqual(['DNS113']);
    expect(report).toMatchObject({ verdict: 'degraded' });
  });
});

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
  ])('that has %s in place of port 53 over UDP gets a fix that the API takes', (_what, moved, fix) => {
    const ports = [{ name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 }, ...moved];
    const [cause] = checkObjects(dnsObjects({ service: { ports } })).causes;
    expect(cause).toMatchObject({ code: 'DNS107', severity: 'critical' });
    expect(cause?.fixes[0]?.command).toContain(fix);
  });

  it('without endpoints although it selects ready servers is told', () => {
    const objects = without(dnsObjects(), 'EndpointSlice');
    expect(causeCodes(checkObjects(objects))).toEqual(['DNS105']);
    expect(checkObjects(objects, { except: { EndpointSlice: 'forbidden' } }).verdict).toBe('healthy');
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
