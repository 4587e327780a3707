import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption } from '../../../shared/cli/common-options.ts';
import { cniOption } from './options.ts';

/** Expectations for a pipeline. */
export const assert: Command = {
  name: 'assert',
  usage: '-f FILE',
  summary: 'hold the policies against a file of what they are to allow and to deny',
  about:
    'A line is "allow shop/web -> shop/db:5432/TCP" or "deny internet -> shop/db"; ends are written as for can-reach, and ' +
    'comments begin with #. As YAML: lists under allow: and deny:, or items "- allow: A -> B:PORT". allow holds when every ' +
    'pod may reach every pod, deny when none may, without a port on any port whatever. The exit status is 1 when a line ' +
    'fails, 2 for a line that cannot be read, 3 when one cannot be told.',
  examples: [
    { line: 'kubectl netpol assert -f expectations.txt', says: 'against the cluster' },
    { line: 'kubectl netpol assert -f expectations.yaml --snapshot manifests/ -o junit', says: 'in a pipeline' },
  ],
  options: [
    {
      name: 'filename',
      alias: 'f',
      type: 'array',
      value: 'FILE',
      describe: 'expectations, or - for standard input; may be repeated',
    },
    cniOption,
    failOnOption,
  ],
  formats: DIAGNOSIS_FORMATS,
  completes: 'nothing',
  run: async (request) => (await import('../actions/assert.ts')).runAssert(request),
};
