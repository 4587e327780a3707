import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { node } from '../../../../shared/testing/builders.ts';
import { runCli } from '../../../../shared/testing/run-cli.ts';
import { netdns } from '../../plugin.ts';
import { causeCodes, checkObjects, dnsObjects, logOf, server } from '../../testing/dns-objects.ts';

const page = (pod: string, lines: readonly string[]) => ({
  path: `tools/coredns/${pod}/metrics.txt`,
  text: `${lines.join('\n')}\n`,
});
const upstream = (to: string, quick: number, all: number) => [
  `coredns_proxy_request_duration_seconds_bucket{proxy_name="forward",rcode="NOERROR",to="${to}",le="0.1"} ${quick}`,
  `coredns_proxy_request_duration_seconds_bucket{proxy_name="forward",rcode="NOERROR",to="${to}",le="4"} ${all}`,
  `coredns_proxy_request_duration_seconds_bucket{proxy_name="forward",rcode="NOERROR",to="${to}",le="+Inf"} ${all}`,
  `coredns_proxy_request_duration_seconds_count{proxy_name="forward",rcode="NOERROR",to="${to}"} ${all}`,
];
const answers = (rcodes: Readonly<Record<string, number>>) =>
  Object.entries(rcodes).map(([rcode, count]) => `coredns_dns_responses_total{rcode="${rcode}",zone="."} ${count}`);
const latency = (bound: number, all: number) => [
  `coredns_dns_requests_total{zone="."} ${all}`,
  `coredns_dns_request_duration_seconds_bucket{zone=".",le="${bound}"} ${all}`,
  `coredns_dns_request_duration_seconds_bucket{zone=".",le="+Inf"} ${all}`,
];
const hash = (value: string) => `coredns_reload_version_info{hash="sha512",value="${value}"} 1`;

function check(first: readonly string[], second: readonly string[] = []) {
  return checkObjects(dnsObjects(), { tools: [page('coredns-1', first), page('coredns-2', second)] });
}

describe('metrics of the DNS servers', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['DNS270', upstream('10.0.0.2:53', 10, 1000), []],
    ['DNS271', latency(0.5, 1000), latency(0.001, 1000)],
    ['DNS272', answers({ NOERROR: 800, SERVFAIL: 200 }), []],
    ['DNS274', ['coredns_forward_max_concurrent_rejects_total 12'], []],
    ['DNS275', ['coredns_panics_total 2'], []],
    ['DNS276', [hash('aaa')], [hash('bbb')]],
    ['DNS277', ['coredns_reload_failed_total 1', hash('aaa')], [hash('bbb')]],
    [
      'DNS278',
      [
        ...upstream('10.0.0.2:53', 100, 100),
        'coredns_proxy_healthcheck_failures_total{proxy_name="forward",to="10.0.0.2:53"} 40',
      ],
      [],
    ],
    ['DNS278', ['coredns_proxy_healthcheck_failures_total{proxy_name="forward",to="10.0.0.9:53"} 5'], []],
  ])('%s is the cause', (code, first, second) => {
    expect(causeCodes(check(first, second))).toEqual([code]);
  });

  it('that are sound are silent', () => {
    const sound = [
      ...upstream('10.0.0.2:53', 990, 1000),
      ...latency(0.004, 5000),
      ...answers({ NOERROR: 3000, NXDOMAIN: 1900, SERVFAIL: 3 }),
      'coredns_forward_max_concurrent_rejects_total 0',
      'coredns_panics_total 0',
      'coredns_reload_failed_total 0',
      'coredns_proxy_healthcheck_failures_total{proxy_name="forward",to="10.0.0.2:53"} 2',
      hash('aaa'),
    ];
    const report = check(sound, sound);
    expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
    expect(report.findings.filter(({ code }) => /^DNS2/.test(code))).toEqual([]);
  });

  it('do not blame a server whose upstream was slow', () => {
    const waited = [...latency(0.5, 1000), ...upstream('10.0.0.2:53', 40, 60)];
    expect(causeCodes(check(waited, latency(0.001, 1000)))).toEqual([]);
    const quick = [...latency(0.5, 1000), ...upstream('10.0.0.2:53', 60, 60)];
    expect(causeCodes(check(quick, latency(0.001, 1000)))).toEqual(['DNS271']);
  });

  it('that tell of failures which are over are silent', () => {
    const failed = [
      ...answers({ NOERROR: 800, SERVFAIL: 200 }),
      ...latency(0.5, 1000),
      'coredns_plugin_enabled{name="errors",server="dns://:53",view="",zone="."} 1',
    ];
    const answered = (rcodes: Readonly<Record<string, number>>, recent: string) =>
      checkObjects(dnsObjects(), {
        tools: [
          page('coredns-1', failed),
          page('coredns-2', latency(0.001, 1000)),
          { path: 'tools/coredns/coredns-1/metrics-later.txt', text: answers(rcodes).join('\n') },
          { path: 'tools/coredns/coredns-1/coredns.recent.log', text: recent },
        ],
      });
    const quiet = '[INFO] plugin/reload: Running configuration SHA512 = aaa\n';
    expect(causeCodes(answered({ NOERROR: 806, SERVFAIL: 200 }, quiet))).toEqual([]);
    // Asked just now, or by others a moment ago: it goes on.
    expect(causeCodes(answered({ NOERROR: 803, SERVFAIL: 203 }, quiet))).toContain('DNS272');
    const error = '[ERROR] plugin/errors: 2 example.com. A: read udp 10.244.0.5:41234->10.0.0.2:53: i/o timeout\n';
    expect(causeCodes(answered({ NOERROR: 806, SERVFAIL: 200 }, error))).toContain('DNS272');
  });

  it('tell different Corefiles by the logs, where the pages do not', () => {
    const log = (pod: string, text: string) =>
      logOf(pod, `[INFO] plugin/reload: Running configuration SHA512 = ${text}\n`, false);
    const codes = (first: string, second: string) =>
      causeCodes(checkObjects(dnsObjects(), { logs: [log('coredns-1', first), log('coredns-2', second)] }));
    expect(codes('aaa', 'bbb')).toEqual(['DNS276']);
    expect(codes('aaa', 'aaa')).toEqual([]);
  });

  it('name the odd server where most agree, and none where they do not', () => {
    const summary = (...hashes: readonly string[]): string => {
      const servers = hashes.map((_, at) => server(`coredns-${at + 1}`));
      const logs = hashes.map((hash, at) =>
        logOf(`coredns-${at + 1}`, `[INFO] plugin/reload: Running configuration SHA512 = ${hash}\n`, false),
      );
      const { causes } = checkObjects(dnsObjects({ servers }), { logs });
      return causes.find(({ code }) => code === 'DNS276')?.summary ?? '';
    };
    expect(summary('aaa', 'bbb')).toBe('coredns-1 and coredns-2 run on different Corefiles');
    expect(summary('aaa', 'bbb', 'aaa')).toBe('coredns-2 runs on another Corefile than coredns-1 and coredns-3');
    expect(summary('aaa', 'bbb', 'ccc')).toBe('coredns-1, coredns-2 and coredns-3 run on different Corefiles');
  });

  it('that are few prove nothing', () => {
    expect(check([...answers({ SERVFAIL: 20 }), ...upstream('10.0.0.2:53', 0, 20)]).causes).toEqual([]);
  });

  it('note a storm of names that do not exist', () => {
    const report = check(answers({ NOERROR: 1000, NXDOMAIN: 4000 }));
    expect(report.causes).toEqual([]);
    expect(report.findings.map(({ code }) => code)).toContain('DNS273');
  });
});

describe('load of the DNS servers', () => {
  const usage = (memory: string, cpu = '10m'): KubeObject =>
    ({
      apiVersion: 'metrics.k8s.io/v1beta1',
      kind: 'PodMetrics',
      metadata: { name: 'coredns-1', namespace: 'kube-system' },
      containers: [{ name: 'coredns', usage: { memory, cpu } }],
    }) as KubeObject;

  it('memory near the limit is told', () => {
    expect(causeCodes(checkObjects([...dnsObjects(), usage('168Mi')]))).toEqual(['DNS280']);
    expect(checkObjects([...dnsObjects(), usage('60Mi')]).causes).toEqual([]);
  });

  it('memory of the page of metrics counts too', () => {
    expect(causeCodes(check(['process_resident_memory_bytes 170000000']))).toEqual(['DNS280']);
  });

  it('a CPU limit that is used up is told', () => {
    const limited = ['coredns-1', 'coredns-2'].map((name) =>
      server(name, {
        node: name === 'coredns-1' ? 'n1' : 'n2',
        containers: [
          { name: 'coredns', image: 'registry.example/coredns:v1.12.4', resources: { limits: { cpu: '100m' } } },
        ],
      }),
    );
    expect(causeCodes(checkObjects([...dnsObjects({ servers: limited }), usage('20Mi', '99m')]))).toEqual(['DNS283']);
    expect(checkObjects([...dnsObjects({ servers: limited }), usage('20Mi', '50m')]).causes).toEqual([]);
  });

  it('two servers for eighty nodes are noted, for thirty they are not', () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => node(`x${at}`));
    const codes = (count: number) => checkObjects([...dnsObjects(), ...many(count)]).findings.map(({ code }) => code);
    expect(codes(80)).toContain('DNS281');
    expect(codes(28)).not.toContain('DNS281');
  });

  it('an autoscaler at its maximum is told', () => {
    const scaler = (reason: string): KubeObject =>
      ({
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'coredns', namespace: 'kube-system' },
        spec: { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'coredns' } },
        status: { conditions: [{ type: 'ScalingLimited', status: 'True', reason, message: reason }] },
      }) as KubeObject;
    expect(causeCodes(checkObjects([...dnsObjects(), scaler('TooManyReplicas')]))).toEqual(['DNS282']);
    expect(checkObjects([...dnsObjects(), scaler('TooFewReplicas')]).causes).toEqual([]);
  });
});

describe('netdns metrics', () => {
  it('reads a page from a file, of an old version too', async () => {
    const stdin =
      'coredns_dns_request_count_total{zone="."} 1000\ncoredns_dns_response_rcode_count_total{rcode="NOERROR",zone="."} 1000\n';
    const run = await runCli(netdns, ['metrics', '-', '-o', 'json'], { stdin });
    const report = JSON.parse(run.stdout);
    expect(run.exit).toBe(0);
    expect(report.metrics[0]).toMatchObject({ queries: 1000, rcodes: { NOERROR: 1000 } });
  });

  it.each([
    [['metrics', '-'], 'holds no metrics'],
    [['metrics', '-', '--for', 'soon'], '--for soon is no time'],
    [['metrics', 'nowhere'], 'nowhere does not exist'],
  ])('%j is a mistake that is explained', async (words, message) => {
    const run = await runCli(netdns, words, { stdin: 'hello\n' });
    expect({ exit: run.exit, told: run.stderr.includes(message) }).toEqual({ exit: 2, told: true });
  });
});
