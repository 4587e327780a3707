/**
 * Commands of our plugins that read facts, as far as sentences of ours name them behind the plugin's name. A word that
 * is none of these (`kubectl netdns looks closer`) belongs to the sentence.
 */
export const FACT_COMMANDS: ReadonlySet<string> = new Set([
  ...['check', 'diagnose', 'endpoints', 'path'],
  ...['resolve', 'explain-search', 'records', 'corefile', 'logs', 'metrics', 'resolvconf'],
  ...['who-can-reach', 'can-reach', 'what-can', 'policies', 'matrix', 'graph', 'lint', 'diff', 'assert', 'generate'],
  ...['status', 'ipam', 'mtu', 'ranges', 'pod', 'rules'],
]);
