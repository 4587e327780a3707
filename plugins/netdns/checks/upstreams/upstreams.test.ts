import { describe, expect, it } from 'vitest';
import { upstreamsPath, type ZoneAnswer } from '../../../../shared/dns/upstream-answers.ts';
import type { ToolOutput } from '../../../../shared/model/snapshot.ts';
import { COREFILE, causeCodes, checkObjects, dnsObjects, logOf } from '../../testing/dns-objects.ts';

const PODS = ['coredns-1', 'coredns-2'];
const first = { name: 'kubectl-net-1a2b.invalid.' };
const second = { name: 'kubectl-net-1a2b.localhost.' };
const sound: ZoneAnswer = { zone: '.', first: { ...first, rcode: 'NXDOMAIN', ms: 9 }, steadyMs: 1 };

const answered = (pod: string, ...zones: readonly ZoneAnswer[]): ToolOutput => ({
  path: upstreamsPath(pod),
  text: JSON.stringify({ pod, namespace: 'kube-system', zones }),
});
/** Both servers say the same. */
const both = (answer: ZoneAnswer): readonly ToolOutput[] => PODS.map((pod) => answered(pod, answer));

/** Pages before and after the questions: how often checks of an upstream's health failed, and questions over UDP. */
function pages(pod: string, [before, after]: readonly [number, number], udp: readonly [number, number] = [0, 0]) {
  const page = (failures: number, questions: number): string =>
    [
      `coredns_proxy_healthcheck_failures_total{proxy_name="forward",to="10.0.0.2:53"} ${failures}`,
      `coredns_dns_requests_total{family="1",proto="udp",server="dns://:53",type="A",zone="."} ${questions}`,
      'process_start_time_seconds 1',
      '',
    ].join('\n');
  return [
    { path: `tools/coredns/${pod}/metrics.txt`, text: page(before, udp[0]) },
    { path: `tools/coredns/${pod}/metrics-later.txt`, text: page(after, udp[1]) },
  ];
}

const check = (tools: readonly ToolOutput[], corefile = COREFILE, logs: ReturnType<typeof logOf>[] = []) =>
  checkObjects(dnsObjects({ corefile }), { tools, logs });

describe('what the resolvers above answer', () => {
  it('is sound when nobody has the name: silence', () => {
    const report = check(both(sound));
    expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
  });

  it('DNS140: no answer at all, while checks over UDP fail too', () => {
    const silent = both({ zone: '.', first, second });
    const report = check([...silent, ...PODS.flatMap((pod) => pages(pod, [3, 9]))]);
    expect(causeCodes(report)).toEqual(['DNS140']);
    expect(report.headline).toContain('names outside of the cluster do not resolve: upstream 10.0.0.2:53');
    expect(report.causes[0]).toMatchObject({ severity: 'critical', confidence: 'proven' });
  });

  it('DNS140 names the one server that hears nothing, and its node', () => {
    const report = check([answered('coredns-1', { zone: '.', first, second }), answered('coredns-2', sound)]);
    expect(causeCodes(report)).toEqual(['DNS140']);
    expect(report.headline).toContain('from DNS server coredns-1 on n1');
    expect(report.causes[0]?.severity).toBe('warning');
  });

  it('DNS140 says what the server logged, and of which zone', () => {
    const corefile = `${COREFILE}corp.example:53 {\n    forward . 10.9.9.9\n}\n`;
    const asked = { zone: 'corp.example.', first: { name: 'kubectl-net-1a2b.corp.example.' } };
    const line = `[ERROR] plugin/errors: 2 ${asked.first.name} A: read tcp 10.244.0.2:4711->10.9.9.9:53: i/o timeout\n`;
    const tools = PODS.map((pod) => answered(pod, sound, asked));
    const report = check(
      tools,
      corefile,
      PODS.map((pod) => logOf(pod, line, false)),
    );
    expect(causeCodes(report)).toEqual(['DNS140']);
    expect(report.headline).toContain(
      'names of corp.example do not resolve: upstream 10.9.9.9:53: read tcp: i/o timeout',
    );
  });

  it.each(['SERVFAIL', 'REFUSED'])('DNS141: %s where "no such name" is right', (rcode) => {
    const failing = { zone: '.', first: { ...first, rcode, ms: 3 }, second: { ...second, rcode, ms: 3 } };
    const report = check(both(failing));
    expect(causeCodes(report)).toEqual(['DNS141']);
    expect(report.headline).toContain(`answers ${rcode}`);
  });

  it('is no fault of a resolver that cannot reach the world but answers for itself', () => {
    const alone = {
      zone: '.',
      first: { ...first, rcode: 'SERVFAIL', ms: 3 },
      second: { ...second, rcode: 'NXDOMAIN', ms: 2 },
    };
    expect(check(both(alone)).causes).toEqual([]);
  });

  it('DNS142: a known name takes longer than 100 ms; up to that is quick enough', () => {
    const slow = check(both({ ...sound, steadyMs: 310 }));
    expect(causeCodes(slow)).toEqual(['DNS142']);
    expect(slow).toMatchObject({ verdict: 'degraded', headline: expect.stringContaining('takes 310 ms') });
    expect(check(both({ ...sound, steadyMs: 100 })).causes).toEqual([]);
  });

  it('DNS143: no answer over TCP, while checks over UDP succeed', () => {
    const tools = [...both({ zone: '.', first, second }), ...PODS.flatMap((pod) => pages(pod, [3, 3]))];
    const line = `[ERROR] plugin/errors: 2 ${first.name} A: dial tcp 10.0.0.2:53: i/o timeout\n`;
    const report = check(
      tools,
      COREFILE,
      PODS.map((pod) => logOf(pod, line, false)),
    );
    expect(causeCodes(report)).toEqual(['DNS143']);
    expect(report.headline).toContain('answers over UDP, but not over TCP');
    // A server that has not given up yet checks nothing, so that no failed check says nothing.
    expect(check(tools).causes[0]).toMatchObject({ code: 'DNS140', confidence: 'likely' });
  });
});

describe('questions over UDP that come to the servers', () => {
  const watchedFor = (seconds: number): ToolOutput => ({
    path: 'tools/coredns/metrics-later-seconds.txt',
    text: String(seconds),
  });
  const at = (now: number): readonly ToolOutput[] => [
    ...pages('coredns-1', [0, 0], [1_000_000, now]),
    ...pages('coredns-2', [0, 0], [1_000_000, 1_000_900]),
    watchedFor(3600 * 24 * 30),
  ];

  it('DNS144: none within the time in which many were to be expected', () => {
    const report = check(at(1_000_000));
    expect(causeCodes(report)).toEqual(['DNS144']);
    expect(report.headline).toContain('no question over UDP reaches coredns-1');
  });

  it('are not missed where some came, nor where few were to be expected', () => {
    expect(check(at(1_000_002)).causes).toEqual([]);
    const quiet = [...pages('coredns-1', [0, 0], [20, 20]), ...pages('coredns-2', [0, 0], [20, 21]), watchedFor(5)];
    expect(check(quiet).causes).toEqual([]);
  });
});
