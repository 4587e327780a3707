import type { Command, RecordingPlan } from './command.ts';
import { allNamespacesOption } from './common-options.ts';

/** What differs between the plugins' recordings. */
export interface SnapshotWords {
  /** A command line that asks the recording, after `kubectl PLUGIN`: `web`. */
  readonly ask: string;
  /** Loaded when a recording is made. */
  readonly plan: () => Promise<RecordingPlan>;
}

/** The command that records what a plugin reads, so that every command of it can be asked later and elsewhere. */
export function snapshotCommand(plugin: string, { ask, plan }: SnapshotWords): Command {
  return {
    name: 'snapshot',
    summary: 'record what a diagnosis reads into one file, to ask it elsewhere',
    about:
      'The archive holds objects as Lists, events and logs, without the values of Secrets and without secret-looking ' +
      'values in environments, arguments and logs. With --redact also names, addresses and label values are replaced, ' +
      'the same ones always by the same word, so that a diagnosis stays the same.',
    examples: [
      {
        line: `kubectl ${plugin} snapshot -n shop -o incident.tar.gz`,
        says: 'one namespace and what it depends on',
      },
      {
        line: `kubectl ${plugin} snapshot -A -o cluster.tgz --redact`,
        says: 'everything, fit to be sent to others',
      },
      {
        line: `kubectl ${plugin}${ask === '' ? '' : ` ${ask}`} --snapshot incident.tar.gz`,
        says: 'ask the recording',
      },
    ],
    options: [
      allNamespacesOption,
      {
        name: 'output',
        alias: 'o',
        type: 'string',
        value: 'FILE',
        describe: 'the file to write, .tar.gz or .tgz; named after namespace and time unless given',
      },
      { name: 'redact', type: 'boolean', describe: 'replace names, addresses and label values by pseudonyms' },
      { name: 'logs', type: 'boolean', describe: 'record the last lines of all containers, not only of failing ones' },
    ],
    formats: [],
    completes: 'nothing',
    run: async (request) => (await import('./record-snapshot.ts')).recordSnapshot(request, plan),
  };
}
