import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { portsMessages } from '../../messages/ports.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type DeadGroup, deadGroups, failingPods, impactOf, severityOf } from './dead-port.ts';
import { patchTarget, workloadPatch } from './port-fixes.ts';
import { PORT_USES } from './port-uses.ts';
import { evidenceOf, ownersWords, sendsWords } from './port-words.ts';

/** The container was told to run `sleep` or the like: it is Ready and serves nothing. */
export const containerServesNothing = defineCheck<ServiceSubject>({
  id: 'netsvc/container-serves-nothing',
  group: 'ports',
  needs: ['Pod'],
  uses: PORT_USES,
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index, now }) =>
    deadGroups(index, subject).flatMap((group) => {
      const { fault, port, number, backends, all } = group;
      // Placeholders behind a headless name (peers, jobs) are found by DNS and need no port.
      if (fault.state !== 'silent' || subject.headless) return [];
      const pods = failingPods(index, group);
      return [
        portsMessages.SVC404.raise({
          subject: subject.ref,
          args: {
            sends: sendsWords(subject, port, number),
            owners: ownersWords(backends, all),
            container: fault.container,
            words: shorten(fault.words, 80),
          },
          severity: severityOf(index, subject, group),
          impact: impactOf(subject, group),
          evidence: evidenceOf(index, subject, group, now),
          fixes: fixesOf(index, group),
          ...(pods === undefined ? {} : { pods }),
        }),
      ];
    }),
});

function fixesOf(index: ClusterIndex, { fault, backends }: DeadGroup): readonly Fix[] {
  const target = fault.state === 'silent' ? patchTarget(index, backends[0], fault.container) : undefined;
  if (target === undefined) return [];
  const fields = (['command', 'args'] as const).filter((field) => target.container[field] !== undefined);
  const remove = fields.map((field) => ({ op: 'remove', path: `${target.path}/${field}` }));
  const back = fields.map((field) => ({ op: 'add', path: `${target.path}/${field}`, value: target.container[field] }));
  return [
    {
      title: "let the image's own program run (restarts the pods)",
      command: workloadPatch(target.workload, remove),
      risk: 'low',
      undo: workloadPatch(target.workload, back),
    },
  ];
}
