import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { hideSecrets } from '../../../../shared/util/hide-secrets.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { portsMessages } from '../../messages/ports.ts';
import { target as of } from '../pods/containers/workload-commands.ts';
import { type DeadIn, deadPortCheck } from './dead-port-check.ts';
import { patchTarget, workloadPatch } from './port-fixes.ts';
import { sendsWords } from './port-words.ts';

/** The container was told to run `sleep` or the like: it is Ready and serves nothing. */
export const containerServesNothing = deadPortCheck(
  'netsvc/container-serves-nothing',
  'silent',
  (group, { index, subject, facts, args, pods }) => {
    // Placeholders behind a headless name (peers, jobs) are found by DNS and need no port.
    if (subject.headless) return undefined;
    const { container, words } = group.fault;
    return portsMessages.SVC404.raise({
      ...facts,
      args: {
        sends: sendsWords(subject, group.port, group.number),
        owners: args.owners,
        container,
        words: shorten(words, 80),
      },
      fixes: fixesOf(index, group),
      ...pods,
    });
  },
);

function fixesOf(index: ClusterIndex, { fault, backends }: DeadIn<'silent'>): readonly Fix[] {
  const target = patchTarget(index, backends[0], fault.container);
  if (target === undefined) return [];
  const fields = (['command', 'args'] as const).filter((field) => target.container[field] !== undefined);
  const words = fields.flatMap((field) => target.container[field] ?? []).join(' ');
  const remove = fields.map((field) => ({ op: 'remove', path: `${target.path}/${field}` }));
  const back = fields.map((field) => ({ op: 'add', path: `${target.path}/${field}`, value: target.container[field] }));
  return [
    {
      title: "let the image's own program run (restarts the pods)",
      command: workloadPatch(target.workload, remove),
      risk: 'low',
      // A command that holds a password is not printed, not even for pasting.
      undo:
        hideSecrets(words) === words
          ? workloadPatch(target.workload, back)
          : `kubectl rollout undo ${of(target.workload.ref)}`,
    },
  ];
}
