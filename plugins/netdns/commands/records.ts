import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption } from '../../../shared/cli/common-options.ts';

/** What names there must be. */
export const records: Command = {
  name: 'records',
  usage: '[SERVICE|POD]',
  summary: 'every record that the DNS specification promises, and what each server serves',
  about:
    'A and AAAA, SRV of named ports, names of endpoints behind headless Services, PTR, aliases, and the record of the ' +
    'schema. With --live each DNS server is asked for all of them through a port-forward: missing, stale and extra records ' +
    'are told, and the server that differs.',
  examples: [
    { line: 'kubectl netdns records web -n shop', says: 'one Service' },
    { line: 'kubectl netdns records pod/db-0 -n shop', says: 'the names of one pod' },
    { line: 'kubectl netdns records --all --live', says: 'the whole cluster, asked of every server' },
  ],
  options: [
    { name: 'all', type: 'boolean', describe: 'all Services: of the namespace given with -n, else of all namespaces' },
    { name: 'live', type: 'boolean', describe: 'ask each DNS server for them' },
    failOnOption,
  ],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'target',
  run: async (request) => (await import('../actions/records.ts')).runRecords(request),
};
