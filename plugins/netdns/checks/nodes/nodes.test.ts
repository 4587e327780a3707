import { describe, expect, it } from 'vitest';
import type { Service } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { event, networkPolicy, node, pod, secondsAgo, service } from '../../../../shared/testing/builders.ts';
import { checkObjects, dnsObjects } from '../../testing/dns-objects.ts';

const n1 = node('n1');
const tool = (path: string, ...lines: readonly string[]) => ({ path, text: `${lines.join('\n')}\n` });
const told3 = (condition: { type: string; status: string; reason: string; message: string }) =>
  node('n3', true, { status: { conditions: [{ type: 'Ready', status: 'True' }, condition] } });
const found = (report: ReturnType<typeof checkObjects>) => report.findings.map(({ code }) => code);

describe('a full connection table', () => {
  it('is told from the words of the kernel that came as an event', () => {
    const full = event(n1, 'KernelIssue', 'nf_conntrack: nf_conntrack: table full, dropping packet');
    const [first] = checkObjects([...dnsObjects(), full]).causes;
    expect(first).toMatchObject({ code: 'DNS321', severity: 'critical', subject: { kind: 'Node', name: 'n1' } });
    expect(first?.summary).toContain('the connection table (conntrack) of node n1 is full');
    expect(first?.explain).toContain('single-request-reopen');
  });

  it('is told from the reason and the condition of node-problem-detector', () => {
    const told = event(n1, 'ConntrackFull', 'Conntrack usage over 90%: 98%');
    expect(checkObjects([...dnsObjects(), told]).causes[0]?.code).toBe('DNS321');
    const condition = { type: 'ConntrackFullProblem', status: 'True', reason: 'ConntrackFull', message: '' };
    expect(checkObjects([...dnsObjects(), told3(condition)]).causes[0]?.summary).toContain('node n3');
  });

  it('is told from dumps and from metrics of the node, with the figures', () => {
    const sysctl = ['net.netfilter.nf_conntrack_count = 131072', 'net.netfilter.nf_conntrack_max = 131072'];
    const statistics = 'cpu=0 found=1 invalid=2 insert=0 insert_failed=0 drop=77 early_drop=0';
    const dump = checkObjects(dnsObjects(), { tools: [tool('tools/n2/conntrack.txt', ...sysctl, statistics)] });
    expect(dump.causes[0]?.evidence[0]?.fact).toBe(
      '131072 of 131072 connections, 77 packets dropped since it was started',
    );
    const page = ['node_nf_conntrack_entries 261000', 'node_nf_conntrack_entries_limit 262144'];
    const metrics = checkObjects(dnsObjects(), { tools: [tool('tools/n1/node-exporter.prom', ...page)] });
    expect(metrics.causes[0]).toMatchObject({ code: 'DNS321', subject: { name: 'n1' } });
  });

  it('is told from the words of the kernel in files of a node and in the log of node-problem-detector', () => {
    const kernel = 'Mar 01 11:58:00 n2 kernel: nf_conntrack: nf_conntrack: table full, dropping packet';
    const file = checkObjects(dnsObjects(), { tools: [tool('tools/n2/dmesg.txt', 'eth0: link up', kernel)] });
    expect(file.causes[0]).toMatchObject({ code: 'DNS321', subject: { name: 'n2' }, evidence: [{ fact: kernel }] });
    const detector = pod('node-problem-detector-x1', { namespace: 'kube-system', node: 'n1' });
    const text = `I0301 11:58:00.1 1 log_monitor.go:160] New status generated: Message:${kernel}\n`;
    const logs = [
      { namespace: 'kube-system', pod: 'node-problem-detector-x1', container: 'app', previous: false, text },
    ];
    expect(checkObjects([...dnsObjects(), detector], { logs }).causes[0]).toMatchObject({
      code: 'DNS321',
      subject: { name: 'n1' },
    });
    const quiet = [tool('tools/n2/dmesg.txt', 'kube-proxy: setting nf_conntrack_max to 131072')];
    expect(checkObjects(dnsObjects(), { tools: quiet }).causes).toEqual([]);
  });

  it('is none when it has room, when the condition is false, and for other words', () => {
    const sysctl = ['net.netfilter.nf_conntrack_count = 1000', 'net.netfilter.nf_conntrack_max = 131072'];
    const statistics = 'cpu=0 found=1 invalid=2 insert=0 insert_failed=0 drop=77 early_drop=0';
    const fine = { type: 'ConntrackFullProblem', status: 'False', reason: 'ConntrackIsNotFull', message: '' };
    const other = event(n1, 'Starting', 'Setting conntrack max to 131072');
    const report = checkObjects([...dnsObjects(), told3(fine), other], {
      tools: [tool('tools/n2/conntrack.txt', ...sysctl, statistics)],
    });
    expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
    expect(found(report)).toEqual(found(checkObjects(dnsObjects())));
  });
});

describe('races of the connection table', () => {
  it('are worth knowing, and no fault', () => {
    const statistics = [
      'cpu=0 found=1 invalid=2 insert=0 insert_failed=40 drop=40 early_drop=0',
      'cpu=1 found=1 invalid=2 insert=0 insert_failed=2 drop=2 early_drop=0',
    ];
    const report = checkObjects(dnsObjects(), { tools: [tool('tools/n2/conntrack-S.txt', ...statistics)] });
    expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
    const race = report.findings.find(({ code }) => code === 'DNS322');
    expect(race?.summary).toContain('node n2 lost 42 packets');
  });
});

describe('lookups that time out in the logs of pods', () => {
  const line = (host: string, address = '10.96.0.10') =>
    `dial tcp: lookup ${host} on ${address}:53: read udp 10.244.1.7:47112->${address}:53: i/o timeout\n`;
  const logs = (text: string) => [{ namespace: 'shop', pod: 'web-1', container: 'app', previous: false, text }];
  const shop = [pod('web-1', { node: 'n2' }), service('api')];
  const asked = (text: string, objects = [...dnsObjects(), ...shop]) => checkObjects(objects, { logs: logs(text) });

  it.each(['api', 'api.shop', 'api.shop.svc', 'api.shop.svc.cluster.local', 'api.shop.svc.cluster.local.'])(
    'point to the way from their node while all servers are ready: %s',
    (host) => {
      const report = asked(line(host).repeat(6));
      expect(report).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS323', confidence: 'possible' }] });
      expect(report.headline).toContain('time out in shop/web-1 on node n2, while all 2 DNS servers are ready');
    },
  );

  it.each([
    ['Node.js', 'Error: getaddrinfo EAI_AGAIN api'],
    ['Node.js with c-ares', 'Error: queryA ETIMEOUT api.shop.svc.cluster.local'],
    ['Python', "Failed to resolve 'api' ([Errno -3] Temporary failure in name resolution)"],
    ['Java', 'java.net.UnknownHostException: api: Temporary failure in name resolution'],
    ['Java on Alpine', 'java.net.UnknownHostException: api.shop: Try again'],
    ['libpq', 'could not translate host name "api" to address: Temporary failure in name resolution'],
    ['Ruby', 'Failed to open TCP connection to api:80 (getaddrinfo: Temporary failure in name resolution)'],
    ['PHP', 'php_network_getaddresses: getaddrinfo for api failed: Temporary failure in name resolution'],
    ['.NET', 'System.Net.Http.HttpRequestException: Resource temporarily unavailable (api:80)'],
    [
      'Rust',
      'error trying to connect to http://api:80: dns error: failed to lookup address information: Temporary failure in name resolution',
    ],
    [
      'Rust without a port',
      'error sending request for url (http://api/): client error (Connect): dns error: failed to lookup address information: Temporary failure in name resolution',
    ],
    ['Go with cgo', 'dial tcp: lookup api: Temporary failure in name resolution'],
    [
      'netty',
      "DnsNameResolverTimeoutException: [4567: /10.96.0.10:53] DefaultDnsQuestion(api.shop.svc.cluster.local. IN A) query '4567' via UDP timed out after 5000 milliseconds (no stack trace available)",
    ],
    [
      'nginx',
      '2026/03/01 11:59:11 [error] 29#29: *1 api.shop.svc.cluster.local could not be resolved (110: Operation timed out), client: 10.1.1.1',
    ],
    ['redis-py', 'Error -3 connecting to api:6379. Temporary failure in name resolution.'],
    ['MySQL', "ERROR 2005 (HY000): Unknown MySQL server host 'api' (-3)"],
  ])('are known as %s tells them', (_language, text) => {
    expect(asked(`${text}\n`.repeat(6)).causes).toMatchObject([{ code: 'DNS323' }]);
    const other = text.replace(/\bapi[.\w]*/g, 'api.example.com');
    expect(asked(`${other}\n`.repeat(6)).causes).toEqual([]);
  });

  describe.each([
    ['curl', 'curl: (6) Could not resolve host: api'],
    ['busybox', "wget: bad address 'api:8080'"],
  ])('%s has the same words for a name that does not exist', (_program, text) => {
    const started = (seconds: number) => pod('web-1', { node: 'n2', status: { startTime: secondsAgo(seconds) } });
    const made = (seconds: number) => service('api', {}, { creationTimestamp: secondsAgo(seconds) });
    const servers = dnsObjects().map((one) =>
      one.kind === 'Pod' ? { ...one, status: { ...(one as Pod).status, startTime: secondsAgo(9000) } } : one,
    );
    const codes = (pods: Pod, api: Service) =>
      asked(`${text}\n`.repeat(6), [...servers, pods, api]).causes.map(({ code }) => code);

    it('which tells of lost packets where the Service and the servers are older than the program', () => {
      expect(codes(started(3000), made(6000))).toEqual(['DNS323']);
    });

    it('and nothing where the Service may not have been there yet', () => {
      expect(codes(started(3000), made(600))).toEqual([]);
      expect(codes(started(9900), made(99_000))).toEqual([]);
    });
  });

  it.each([
    'curl: (28) Resolving timed out after 5000 milliseconds',
    ';; connection timed out; no servers could be reached',
  ])('are told without a name: %s, so that the specification must name a Service', (text) => {
    const loop = (url: string) =>
      pod('web-1', { node: 'n2', containers: [{ name: 'app', command: ['sh', '-c', `curl -m 5 ${url}`] }] });
    const codes = (url: string) =>
      asked(`${text}\n`.repeat(6), [...dnsObjects(), loop(url), service('api')]).causes.map(({ code }) => code);
    expect(codes('http://api/')).toEqual(['DNS323']);
    expect(codes('http://api.example.com/')).toEqual([]);
  });

  it('are none of the cluster in a pod that asks other servers', () => {
    const text = 'Error: getaddrinfo EAI_AGAIN api\n'.repeat(6);
    const own = pod('web-1', { node: 'n2', spec: { dnsPolicy: 'None', dnsConfig: { nameservers: ['10.9.9.9'] } } });
    expect(asked(text, [...dnsObjects(), own, service('api')]).causes.map(({ code }) => code)).not.toContain('DNS323');
  });

  it('are silent when few, of outside names, of another server, or with another cause', () => {
    expect(asked(line('api').repeat(2)).causes).toEqual([]);
    expect(asked(line('api.example.com').repeat(20)).causes).toEqual([]);
    expect(asked(line('api', '10.9.9.9').repeat(20)).causes).toEqual([]);
    const lock = networkPolicy('lock', { podSelector: {}, policyTypes: ['Egress'] });
    const shut = asked(line('api').repeat(20), [...dnsObjects(), ...shop, lock]);
    expect(shut.causes.map(({ code }) => code)).toEqual(['DNS401']);
    const full = event(n1, 'KernelIssue', 'nf_conntrack: nf_conntrack: table full, dropping packet');
    const report = asked(line('api').repeat(20), [...dnsObjects(), ...shop, full]);
    expect(report.causes.map(({ code }) => code)).toEqual(['DNS321']);
  });
});
