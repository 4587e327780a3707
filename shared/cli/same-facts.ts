import type { Again } from '../report/same-facts.ts';
import { shellQuote } from '../util/text.ts';
import type { Options } from './command.ts';

/** Flags of kubectl that say where facts come from; a token is nothing to print. */
const VALUES = [
  'kubeconfig',
  'context',
  'cluster',
  'user',
  'server',
  'certificate-authority',
  'client-certificate',
  'client-key',
  'tls-server-name',
  'as',
  'as-uid',
] as const;

/** What a line to paste needs to ask, and to change, what this command line has asked. */
export function sameFacts(options: Options): Again {
  const given = VALUES.flatMap((flag) => {
    const value = options.string(flag);
    return value === undefined ? [] : [flagText(flag, value)];
  });
  const groups = options.list('as-group').map((group) => flagText('as-group', group));
  const unsafe = options.boolean('insecure-skip-tls-verify') ? [' --insecure-skip-tls-verify'] : [];
  const kubectl = [...given, ...groups, ...unsafe].join('');
  const snapshots = options.list('snapshot').map((path) => flagText('snapshot', path));
  return { kubectl, own: kubectl + snapshots.join('') };
}

function flagText(flag: string, value: string): string {
  return ` --${flag} ${shellQuote(value)}`;
}
