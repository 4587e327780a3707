import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption } from '../../../shared/cli/common-options.ts';
import { cniOption } from './options.ts';

/** What would change, before it does. */
export const diff: Command = {
  name: 'diff',
  usage: '-f FILE|DIR [--delete KIND/NAME] | BEFORE AFTER',
  summary: 'show which connections a change of policies, labels or workloads would add and take away',
  about:
    'With -f, the files are laid over the cluster (or the snapshot) as kubectl apply would: objects of the same kind, ' +
    'namespace and name are replaced, new ones added. Nothing is applied. With two recordings or folders, the second is ' +
    'compared with the first. The exit status is 1 when something happens that --expect does not name.',
  examples: [
    { line: 'kubectl netpol diff -f policy.yaml -n shop', says: 'before applying a policy' },
    { line: 'kubectl netpol diff --delete networkpolicy/allow-web -n shop', says: 'before deleting one' },
    { line: 'kubectl netpol diff -f manifests/ --expect none', says: 'a refactoring that must not change anything' },
    { line: 'kubectl netpol diff main/ branch/ -o json', says: 'two folders of manifests' },
  ],
  options: [
    {
      name: 'filename',
      alias: 'f',
      type: 'array',
      value: 'PATH',
      describe: 'a file, folder or archive to lay over what is there, or - for standard input; may be repeated',
    },
    {
      name: 'delete',
      type: 'array',
      value: 'KIND/NAME',
      describe:
        'an object to leave out: networkpolicy/web, networkpolicy/NS/NAME, or the name of a NetworkPolicy; may be repeated',
    },
    {
      name: 'expect',
      type: 'string',
      value: 'CHANGES',
      choices: ['none', 'gained', 'lost', 'any'],
      describe: 'what may happen: gained (default; a loss exits 1), lost (a gain exits 1), none, any',
    },
    cniOption,
    failOnOption,
  ],
  formats: DIAGNOSIS_FORMATS,
  completes: 'nothing',
  run: async (request) => (await import('../actions/diff.ts')).runDiff(request),
};
