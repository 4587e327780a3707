/**
 * Names of what is read, newest first. CoreDNS renamed most of its metrics in 1.7.0, those of upstreams again in 1.11.0;
 * labels came and went, so that only the ones asked for are looked at.
 */
export const METRIC_NAMES = {
  requests: ['coredns_dns_requests_total', 'coredns_dns_request_count_total'],
  responses: ['coredns_dns_responses_total', 'coredns_dns_response_rcode_count_total'],
  latency: ['coredns_dns_request_duration_seconds'],
  upstreamLatency: ['coredns_proxy_request_duration_seconds', 'coredns_forward_request_duration_seconds'],
  upstreamRequests: ['coredns_forward_requests_total', 'coredns_forward_request_count_total'],
  upstreamResponses: ['coredns_forward_responses_total', 'coredns_forward_response_rcode_count_total'],
  upstreamUnhealthy: [
    'coredns_proxy_healthcheck_failures_total',
    'coredns_forward_healthcheck_failures_total',
    'coredns_forward_healthcheck_failure_count_total',
  ],
  allUnhealthy: ['coredns_forward_healthcheck_broken_total', 'coredns_forward_healthcheck_broken_count_total'],
  rejects: ['coredns_forward_max_concurrent_rejects_total', 'coredns_forward_max_concurrent_reject_count_total'],
  cacheHits: ['coredns_cache_hits_total'],
  cacheMisses: ['coredns_cache_misses_total'],
  cacheEntries: ['coredns_cache_entries', 'coredns_cache_size'],
  staleAnswers: ['coredns_cache_served_stale_total'],
  panics: ['coredns_panics_total', 'coredns_panic_count_total'],
  shed: ['coredns_shed_dropped_total'],
  reloadFailed: ['coredns_reload_failed_total', 'coredns_reload_failed_count_total'],
  configHash: ['coredns_reload_version_info'],
  build: ['coredns_build_info'],
  plugins: ['coredns_plugin_enabled'],
  healthFailed: ['coredns_health_request_failures_total', 'coredns_health_request_failures'],
  setupErrors: ['coredns_nodecache_setup_errors_total', 'coredns_nodecache_setup_errors'],
  memory: ['process_resident_memory_bytes'],
  started: ['process_start_time_seconds'],
  openFiles: ['process_open_fds'],
  mostFiles: ['process_max_fds'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type MetricNeed = keyof typeof METRIC_NAMES;
