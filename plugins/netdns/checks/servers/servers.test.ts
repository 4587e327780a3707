import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { networkPolicy, node, pod, secondsAgo } from '../../../../shared/testing/builders.ts';
import { causeCodes, checkObjects, configMap, crashed, dnsObjects, logOf, server } from '../../testing/dns-objects.ts';

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

  it('that have all just started answer nobody yet', () => {
    const young = (name: string) =>
      server(name, {
        node: 'n1',
        ready: false,
        meta: { creationTimestamp: secondsAgo(12) },
        status: {
          phase: 'Pending',
          startTime: secondsAgo(12),
          conditions: [
            { type: 'PodScheduled', status: 'True', lastTransitionTime: secondsAgo(12) },
            { type: 'Ready', status: 'False', lastTransitionTime: secondsAgo(12) },
          ],
          containerStatuses: [
            { name: 'coredns', ready: false, restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } },
          ],
        },
      });
    const report = checkObjects(dnsObjects({ servers: [young('coredns-1'), young('coredns-2')], replicas: 2 }));
    expect(report.verdict).toBe('broken');
    expect(causeCodes(report)).toEqual(['DNS101']);
    expect(report.headline).toContain('0 of 2 pods ready, the youngest is 12s old');
    const one = checkObjects(dnsObjects({ servers: [server('coredns-1', { node: 'n2' }), young('coredns-2')] }));
    expect(one).toMatchObject({ verdict: 'healthy', causes: [] });
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
    expect(report.causes[0]?.fixes[0]?.undo).toContain('--limits=memory=170Mi');
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

  it('that waited for the API at their start, and got it, are not ready for another reason', () => {
    const servers = both.map((one) => server(one.metadata?.name ?? '', { ready: false }));
    const ask = (...lines: readonly string[]) =>
      causeCodes(checkObjects(dnsObjects({ servers }), { logs: [logOf('coredns-1', `${lines.join('\n')}\n`, false)] }));
    const wait = '[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server';
    const vain = '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API';
    expect(ask(wait, '.:53', 'CoreDNS-1.11.1')).toEqual(['DNS101']);
    expect(ask(wait)).toEqual(['DNS110']);
    expect(ask(wait, vain, '.:53', 'CoreDNS-1.11.1')).toEqual(['DNS110']);
  });

  it('that are ready and lost a right since tell it, and those that only began without it do not', () => {
    const line =
      'failed to list *v1.EndpointSlice: endpointslices.discovery.k8s.io is forbidden: User "system:serviceaccount:kube-system:coredns" cannot list resource "endpointslices" in API group "discovery.k8s.io" at the cluster scope';
    const ask = (...lines: readonly string[]) =>
      checkObjects(dnsObjects(), { logs: [logOf('coredns-1', `.:53\nCoreDNS-1.11.1\n${lines.join('\n')}\n`, false)] });
    const lost = ask(line, line, line);
    expect(lost).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS112', confidence: 'likely' }] });
    expect(lost.headline).toContain('may no longer list endpointslices');
    const begun = '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API';
    expect(ask(begun, line, line).causes).toEqual([]);
    expect(ask('[INFO] plugin/ready: Still waiting on: "kubernetes"', line, line).causes).toEqual([]);
    expect(ask(line, line, '[INFO] Reloading complete').causes).toEqual([]);
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
    expect(report.headline).toBe('1 of 2 DNS servers runs on node n2, which is not ready: coredns-2');
  });

  it('the only server on a node that is down: no name resolves', () => {
    const objects = [
      ...without(dnsObjects({ servers: [server('coredns-2', { node: 'n2', ready: false })] }), 'Node'),
      node('n1'),
      node('n2', false),
    ];
    const report = checkObjects(objects);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toBe(
      'no name resolves: the only DNS server, coredns-2, runs on node n2, which is not ready',
    );
  });
});
