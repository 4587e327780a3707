import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMetrics } from './parse-page.ts';
import { quantile, summarisePage } from './summarise-page.ts';

const now = 1_000_000;

describe('parseMetrics', () => {
  it('reads names, labels, values, and passes over the rest', () => {
    const page = parseMetrics(
      '# HELP a x\na 1\nb{x="1",y="a \\"b\\" \\\\ c"} 2.5e3 1700000000\nc{} +Inf\nnonsense\nd NaN\n',
    );
    expect(page.get('a')).toEqual([{ labels: {}, value: 1 }]);
    expect(page.get('b')).toEqual([{ labels: { x: '1', y: 'a "b" \\ c' }, value: 2500 }]);
    expect(page.get('c')?.[0]?.value).toBe(Number.POSITIVE_INFINITY);
    expect(page.get('d')?.[0]?.value).toBeNaN();
    expect([...page.keys()]).toEqual(['a', 'b', 'c', 'd']);
  });

  it('reads any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void summarisePage(text, { now })));
  });
});

describe('quantile', () => {
  const buckets = [
    [0.1, 50],
    [1, 90],
    [Number.POSITIVE_INFINITY, 100],
  ] as const;
  it.each([
    [0.5, 0.1],
    [0.25, 0.05],
    [0.7, 0.55],
    [0.99, 1],
  ])('of %d is %d', (share, value) => {
    expect(quantile(buckets, share)).toBeCloseTo(value, 9);
  });

  it('of nothing is unknown', () => {
    expect(quantile([], 0.5)).toBeUndefined();
    expect(
      quantile(
        [
          [1, 0],
          [Number.POSITIVE_INFINITY, 0],
        ],
        0.5,
      ),
    ).toBeUndefined();
  });
});

/** The same counts in the names and labels of three generations. */
const GENERATIONS = {
  '1.6': [
    'coredns_dns_request_count_total{family="1",proto="udp",server="dns://:53",zone="."} 90',
    'coredns_dns_request_count_total{family="2",proto="tcp",server="dns://:53",zone="."} 10',
    'coredns_dns_response_rcode_count_total{rcode="NOERROR",server="dns://:53",zone="."} 60',
    'coredns_dns_response_rcode_count_total{rcode="NXDOMAIN",server="dns://:53",zone="."} 40',
    'coredns_forward_request_count_total{to="10.0.0.2:53"} 20',
    'coredns_forward_response_rcode_count_total{rcode="NOERROR",to="10.0.0.2:53"} 15',
    'coredns_forward_response_rcode_count_total{rcode="SERVFAIL",to="10.0.0.2:53"} 5',
    'coredns_forward_request_duration_seconds_bucket{to="10.0.0.2:53",le="0.1"} 10',
    'coredns_forward_request_duration_seconds_bucket{to="10.0.0.2:53",le="+Inf"} 20',
    'coredns_forward_healthcheck_failure_count_total{to="10.0.0.2:53"} 3',
    'coredns_forward_max_concurrent_reject_count_total 4',
    'coredns_panic_count_total 1',
    'coredns_reload_failed_count_total 2',
    'coredns_cache_hits_total{server="dns://:53",type="success"} 30',
    'coredns_cache_misses_total{server="dns://:53"} 10',
    'coredns_cache_size{server="dns://:53",type="success"} 7',
  ],
  '1.9': [
    'coredns_dns_requests_total{family="1",proto="udp",server="dns://:53",type="A",zone="."} 100',
    'coredns_dns_responses_total{plugin="kubernetes",rcode="NOERROR",server="dns://:53",zone="."} 60',
    'coredns_dns_responses_total{plugin="",rcode="NXDOMAIN",server="dns://:53",zone="."} 40',
    'coredns_forward_requests_total{to="10.0.0.2:53"} 20',
    'coredns_forward_responses_total{rcode="NOERROR",to="10.0.0.2:53"} 15',
    'coredns_forward_responses_total{rcode="SERVFAIL",to="10.0.0.2:53"} 5',
    'coredns_forward_request_duration_seconds_bucket{rcode="NOERROR",to="10.0.0.2:53",le="0.1"} 10',
    'coredns_forward_request_duration_seconds_bucket{rcode="NOERROR",to="10.0.0.2:53",le="+Inf"} 20',
    'coredns_forward_healthcheck_failures_total{to="10.0.0.2:53"} 3',
    'coredns_forward_max_concurrent_rejects_total 4',
    'coredns_panics_total 1',
    'coredns_reload_failed_total 2',
    'coredns_cache_hits_total{server="dns://:53",type="success"} 30',
    'coredns_cache_misses_total{server="dns://:53"} 10',
    'coredns_cache_entries{server="dns://:53",type="success"} 7',
  ],
  '1.12': [
    'coredns_dns_requests_total{family="1",proto="udp",server="dns://:53",type="A",view="",zone="."} 100',
    'coredns_dns_responses_total{plugin="kubernetes",rcode="NOERROR",server="dns://:53",view="",zone="."} 60',
    'coredns_dns_responses_total{plugin="loadbalance",rcode="NXDOMAIN",server="dns://:53",view="",zone="."} 40',
    'coredns_proxy_request_duration_seconds_bucket{proxy_name="forward",rcode="NOERROR",to="10.0.0.2:53",le="0.1"} 5',
    'coredns_proxy_request_duration_seconds_bucket{proxy_name="forward",rcode="NOERROR",to="10.0.0.2:53",le="+Inf"} 15',
    'coredns_proxy_request_duration_seconds_count{proxy_name="forward",rcode="NOERROR",to="10.0.0.2:53"} 15',
    'coredns_proxy_request_duration_seconds_bucket{proxy_name="forward",rcode="SERVFAIL",to="10.0.0.2:53",le="0.1"} 5',
    'coredns_proxy_request_duration_seconds_bucket{proxy_name="forward",rcode="SERVFAIL",to="10.0.0.2:53",le="+Inf"} 5',
    'coredns_proxy_request_duration_seconds_count{proxy_name="forward",rcode="SERVFAIL",to="10.0.0.2:53"} 5',
    'coredns_proxy_healthcheck_failures_total{proxy_name="forward",to="10.0.0.2:53"} 3',
    'coredns_forward_max_concurrent_rejects_total 4',
    'coredns_panics_total 1',
    'coredns_reload_failed_total 2',
    'coredns_cache_hits_total{server="dns://:53",type="success",view="",zones="."} 30',
    'coredns_cache_misses_total{server="dns://:53",view="",zones="."} 10',
    'coredns_cache_entries{server="dns://:53",type="success",view="",zones="."} 7',
  ],
};

describe('names and labels of every generation tell the same', () => {
  it.each(Object.entries(GENERATIONS))('%s', (_, lines) => {
    expect(summarisePage(lines.join('\n'), { now })).toMatchObject({
      queries: 100,
      rcodes: { NOERROR: 60, NXDOMAIN: 40 },
      upstreams: [
        { to: '10.0.0.2:53', requests: 20, rcodes: { NOERROR: 15, SERVFAIL: 5 }, p50: 0.1, healthFailures: 3 },
      ],
      rejects: 4,
      panics: 1,
      reloadFailed: 2,
      cacheHits: 30,
      cacheMisses: 10,
      cacheEntries: 7,
    });
  });
});

describe('between two readings', () => {
  const page = (queries: number, below: number) =>
    `coredns_dns_requests_total{zone="."} ${queries}\ncoredns_dns_request_duration_seconds_bucket{zone=".",le="0.01"} ${below}\ncoredns_dns_request_duration_seconds_bucket{zone=".",le="+Inf"} ${queries}\n`;

  it('only what happened since is counted', () => {
    const found = summarisePage(page(150, 100), { now, earlier: page(100, 90), seconds: 10 });
    expect(found).toMatchObject({ queries: 50, seconds: 10 });
    expect(found.p50).toBe(0.01);
  });

  it('after a restart what happened since the restart', () => {
    expect(summarisePage(page(30, 30), { now, earlier: page(100, 90), seconds: 10 }).queries).toBe(30);
  });

  it('the time since the start is known from the page', () => {
    expect(summarisePage('process_start_time_seconds 400\n', { now }).seconds).toBe(600);
  });
});
