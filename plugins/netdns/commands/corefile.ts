import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, suppressOption } from '../../../shared/cli/common-options.ts';
import { wholeClusterOption } from '../../../shared/cli/whole-cluster.ts';

/** What CoreDNS makes of its Corefile. */
export const corefile: Command = {
  name: 'corefile',
  usage: '[FILE|-]',
  summary: 'would CoreDNS start with this Corefile, and what is wrong with it, line by line',
  about:
    'Without a file the ConfigMaps of the cluster or of a recording are read: coredns, coredns-custom, node-local-dns and ' +
    'what they import. A file may be a Corefile or a manifest that holds one; files beside it are imported from. The rules are ' +
    'those of the CoreDNS that runs, or of --coredns-version. With --migrate the text for that version is printed and ' +
    'nothing else, so that it can be piped.',
  examples: [
    { line: 'kubectl netdns corefile', says: 'the Corefiles of the cluster' },
    { line: 'kubectl netdns corefile Corefile --coredns-version 1.14.0', says: 'a file, as a newer CoreDNS reads it' },
    { line: 'kubectl netdns corefile --migrate --coredns-version 1.12.4', says: 'the same without what went' },
  ],
  options: [
    wholeClusterOption,
    {
      name: 'coredns-version',
      type: 'string',
      value: 'VERSION',
      describe: 'judge as this version of CoreDNS does (default: the one that runs)',
    },
    {
      name: 'migrate',
      type: 'boolean',
      describe: 'print the Corefile without options that went, in words of that version',
    },
    failOnOption,
    suppressOption,
  ],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'nothing',
  run: async (request) => (await import('../actions/corefile.ts')).runCorefile(request),
};
