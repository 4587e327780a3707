import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { networkPolicy, ownedBy, pod, service, workload } from '../../../../shared/testing/builders.ts';
import { checkObjects, configMap, crashed, dnsObjects, logOf } from '../../testing/dns-objects.ts';

const UPSTREAM = service(
  'kube-dns-upstream',
  {
    clusterIP: '10.96.0.11',
    clusterIPs: ['10.96.0.11'],
    selector: { 'k8s-app': 'kube-dns' },
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
  },
  { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
);

const corefile = (forward: string, bind = '169.254.20.10 10.96.0.10'): string => `cluster.local:53 {
    errors
    cache {
        success 9984 30
        denial 9984 5
    }
    reload
    loop
    bind ${bind}
    forward . ${forward} {
        force_tcp
    }
    prometheus :9253
    health 169.254.20.10:8080
}
`;

const cachePod = (name: string, node: string) =>
  pod(name, {
    namespace: 'kube-system',
    node,
    labels: { 'k8s-app': 'node-local-dns' },
    meta: ownedBy('DaemonSet', 'node-local-dns'),
    spec: { hostNetwork: true },
  });

function world(text: string, pods = [cachePod('cache-1', 'n1'), cachePod('cache-2', 'n2')]): readonly KubeObject[] {
  const set = workload(
    'DaemonSet',
    'node-local-dns',
    { 'k8s-app': 'node-local-dns' },
    {},
    { namespace: 'kube-system' },
  );
  return [...dnsObjects(), set, ...pods, configMap('node-local-dns', { Corefile: text })];
}

const codes = (objects: readonly KubeObject[], options = {}) =>
  checkObjects(objects, options).causes.map(({ code }) => code);

describe('NodeLocal DNSCache', () => {
  it('is silent when it is sound, with its own placeholder or the address of its upstream', () => {
    expect(codes([...world(corefile('__PILLAR__CLUSTER__DNS__')), UPSTREAM])).toEqual([]);
    expect(codes([...world(corefile('10.96.0.11')), UPSTREAM])).toEqual([]);
  });

  it('that was installed without its values is told with the placeholder', () => {
    const report = checkObjects([...world(corefile('__PILLAR__CLUSTER__DNS__', '__PILLAR__LOCAL__DNS__')), UPSTREAM]);
    expect(report.causes[0]).toMatchObject({ code: 'DNS502' });
    expect(report.headline).toContain('__PILLAR__LOCAL__DNS__ (ConfigMap kube-system/node-local-dns, line 9)');
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      "kubectl get configmap node-local-dns -n kube-system -o yaml | grep -v resourceVersion: > before.yaml && sed -e 's/__PILLAR__LOCAL__DNS__/169.254.20.10/g' before.yaml | kubectl apply -f -",
    );
  });

  it('that has no block for the domain of the kubelets is told, unless all names go to the DNS servers', () => {
    const kubelet = configMap('kubelet-config', {
      kubelet: 'kind: KubeletConfiguration\nclusterDNS:\n- 169.254.20.10\nclusterDomain: cluster.local\n',
    });
    const rest = (to: string) => `.:53 {\n    errors\n    bind 169.254.20.10 10.96.0.10\n    forward . ${to}\n}\n`;
    const other = corefile('__PILLAR__CLUSTER__DNS__').replace('cluster.local', 'cluster.lokal');
    const outside = rest('__PILLAR__UPSTREAM__SERVERS__');
    const report = checkObjects([...world(other + outside), UPSTREAM, kubelet]);
    expect(report.causes[0]).toMatchObject({ code: 'DNS507' });
    expect(report.headline).toContain('has no block for cluster.local (it has cluster.lokal)');
    expect(codes([...world(other + rest('__PILLAR__CLUSTER__DNS__')), UPSTREAM, kubelet])).toEqual([]);
    expect(codes([...world(corefile('__PILLAR__CLUSTER__DNS__') + outside), UPSTREAM, kubelet])).toEqual([]);
  });

  it('that forwards to an address which no Service has is told with the right one', () => {
    const report = checkObjects([...world(corefile('10.96.77.77')), UPSTREAM]);
    expect(report.causes[0]).toMatchObject({ code: 'DNS503' });
    expect(report.headline).toContain(
      'forwards to 10.96.77.77, which belongs to no Service (the DNS servers are behind 10.96.0.11)',
    );
  });

  it('nor does any of its namespace, where others were not read', () => {
    const part = { only: { Service: { namespace: 'kube-system' } } };
    const report = checkObjects([...world(corefile('10.96.77.77')), UPSTREAM], part);
    expect(report.causes[0]).toMatchObject({ code: 'DNS503', confidence: 'likely' });
    expect(codes([...world(corefile('10.96.0.11')), UPSTREAM], part)).toEqual([]);
    expect(codes([...world(corefile('10.96.77.77')), UPSTREAM], { only: { Service: { namespace: 'shop' } } })).toEqual(
      [],
    );
  });

  it('that a circle ended is told with its node', () => {
    const pods = [crashed(cachePod('cache-1', 'n1')), cachePod('cache-2', 'n2')];
    const text =
      '[FATAL] plugin/loop: Loop (169.254.20.10:34222 -> 169.254.20.10:53) detected for zone ".", see https://coredns.io\n';
    const logs = [{ namespace: 'kube-system', pod: 'cache-1', container: 'app', previous: true, text }];
    const report = checkObjects([...world(corefile('__PILLAR__CLUSTER__DNS__'), pods), UPSTREAM], { logs });
    expect(report.headline).toContain('come back to cache-1 on node n1: plugin loop ended the server');
  });

  it('without its upstream Service is told', () => {
    expect(codes(world(corefile('__PILLAR__CLUSTER__DNS__')))).toEqual(['DNS504']);
  });

  it('that crashes on one node names the node', () => {
    const report = checkObjects([
      ...world(corefile('10.96.0.11'), [cachePod('cache-1', 'n1'), crashed(cachePod('cache-2', 'n2'))]),
      UPSTREAM,
    ]);
    expect(report.causes[0]).toMatchObject({ code: 'DNS501' });
    expect(report.headline).toContain('pods on node n2 cannot resolve names');
  });

  it('whose port another program holds says so, with the node to look at', () => {
    const words = 'Listen: listen tcp 169.254.20.10:53: bind: address already in use\n';
    const pods = [cachePod('cache-1', 'n1'), crashed(cachePod('cache-2', 'n2'))];
    const logs = [{ ...logOf('cache-2', words), container: 'app' }];
    const report = checkObjects([...world(corefile('10.96.0.11'), pods), UPSTREAM], { logs });
    expect(report.causes.map(({ code }) => code)).toEqual(['DNS258']);
    expect(report.causes[0]?.evidence.at(-1)?.fact).toContain('pods on node n2 cannot resolve names');
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      title: 'see on the node who holds 169.254.20.10:53, and stop that or change the address',
      command: 'kubectl debug node/n2 -it --image=busybox -- chroot /host ss -lntup',
    });
  });

  it('that does not start with its Corefile is told as the node cache, which is no CoreDNS of some version', () => {
    const text = corefile('10.96.0.11').replace('    reload\n', '    kubernetes cluster.local\n    reload\n');
    const report = checkObjects([...world(text, [crashed(cachePod('cache-1', 'n1'))]), UPSTREAM]);
    expect(report.causes.map(({ code }) => code)).toEqual(['DNS201']);
    expect(report.headline).toBe("Corefile:7: the node cache does not start with this: Unknown directive 'kubernetes'");
  });

  it('that forwards to its own address makes a circle', () => {
    expect(codes([...world(corefile('169.254.20.10')), UPSTREAM])).toEqual(['DNS204']);
  });

  describe('that kubelets name', () => {
    const kubelet = (name: string, address: string) => ({
      path: `tools/kubelet/${name}/configz.json`,
      text: JSON.stringify({ kubeletconfig: { clusterDNS: [address], clusterDomain: 'cluster.local' } }),
    });
    const asks = (address: string) => ({ tools: [kubelet('n1', address), kubelet('n2', address)] });

    it('and that is placed on one node only is missed on the other', () => {
      const report = checkObjects(
        [...world(corefile('10.96.0.11'), [cachePod('cache-1', 'n1')]), UPSTREAM],
        asks('169.254.20.10'),
      );
      expect(report.causes.map(({ code }) => code)).toEqual(['DNS508']);
      expect(report.headline).toContain('pods on node n2 cannot resolve names: the kubelet writes 169.254.20.10');
    });

    it('and that is not placed on a virtual node is not missed there', () => {
      const taint = { key: 'virtual-kubelet.io/provider', value: 'azure', effect: 'NoSchedule' };
      const virtual = [...world(corefile('10.96.0.11'), [cachePod('cache-1', 'n1')]), UPSTREAM].map((one) =>
        one.kind === 'Node' && one.metadata?.name === 'n2' ? { ...one, spec: { taints: [taint] } } : one,
      );
      expect(codes(virtual, asks('169.254.20.10'))).toEqual([]);
    });

    it('and that is not there at all is missed on every node', () => {
      const report = checkObjects(dnsObjects(), asks('169.254.20.10'));
      expect(report.causes[0]).toMatchObject({ code: 'DNS508', confidence: 'likely' });
      expect(report.headline).toContain('pods on nodes n1 and n2');
    });

    it('is no fault where it runs, where it is a service of the node, or where pods could not be read', () => {
      expect(codes([...world(corefile('10.96.0.11')), UPSTREAM], asks('169.254.20.10'))).toEqual([]);
      // LocalDNS of AKS.
      expect(codes(dnsObjects(), asks('169.254.10.11'))).toEqual([]);
      const blind = { ...asks('169.254.20.10'), except: { DaemonSet: 'forbidden' as const } };
      expect(codes(dnsObjects(), blind)).toEqual([]);
    });
  });

  it('that cannot write its rules is told from its metrics', () => {
    const tools = [
      {
        path: 'tools/nodecache/cache-1/setup-metrics.txt',
        text: 'coredns_nodecache_setup_errors_total{errortype="iptables"} 12\n',
      },
    ];
    expect(codes([...world(corefile('10.96.0.11')), UPSTREAM], { tools })).toEqual(['DNS505']);
  });

  it('that gets no answer from the DNS servers names its node and the way to look at', () => {
    const line = (upstream: string, name: string) =>
      `[ERROR] plugin/errors: 2 ${name}. A: dial tcp ${upstream}: i/o timeout\n`.repeat(6);
    const log = (podName: string, text: string) => ({ ...logOf(podName, text, false), container: 'app' });
    const sound = [...world(corefile('10.96.0.11')), UPSTREAM];
    const inside = { logs: [log('cache-2', line('10.96.0.11:53', 'web.shop.svc.cluster.local'))] };
    const report = checkObjects(sound, inside);
    expect(report).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS506' }] });
    expect(report.headline).toContain('for pods on node n2: the node cache asked the DNS servers at 10.96.0.11:53');
    expect(report.headline).toContain('i/o timeout, 6 times');
    const few = { logs: [log('cache-2', '[ERROR] plugin/errors: 2 a. A: dial tcp 10.96.0.11:53: i/o timeout\n')] };
    expect(codes(sound, few)).toEqual([]);
  });

  it('whose resolvers outside do not answer says so as the servers do', () => {
    const line = '[ERROR] plugin/errors: 2 api.example.com. A: read udp 10.0.0.1:1->192.0.2.1:53: i/o timeout\n';
    const logs = [{ ...logOf('cache-1', line.repeat(9), false), container: 'app' }];
    const report = checkObjects([...world(corefile('10.96.0.11')), UPSTREAM], { logs });
    expect(report.causes[0]).toMatchObject({ code: 'DNS253', subject: { kind: 'DaemonSet', name: 'node-local-dns' } });
    expect(report.headline).toContain('timed out 9 times: 192.0.2.1:53 did not answer');
  });

  it('that policies forget is told where kubelets name it', () => {
    const kubelet = {
      path: 'tools/kubelet/n1/configz.json',
      text: JSON.stringify({ kubeletconfig: { clusterDNS: ['169.254.20.10'], clusterDomain: 'cluster.local' } }),
    };
    const dnsOnly = networkPolicy('dns-only', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }] }],
    });
    const report = checkObjects([...world(corefile('10.96.0.11')), UPSTREAM, pod('web-1'), dnsOnly], {
      tools: [kubelet],
    });
    expect(report.causes.map(({ code }) => code)).toEqual(['DNS403']);
    expect(report.headline).toContain('169.254.20.10');
  });
});
