import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Confidence, Finding, Severity } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { ago } from '../../../../../shared/util/duration.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { awaitedJob } from '../dependencies/awaited-jobs.ts';
import { NEEDS_USES, needsOf, withWords } from '../dependencies/dependencies.ts';
import { commandLine, logsOf, podSource, saying, wholeCommand } from '../pod-evidence.ts';
import { inPods, podKeys } from '../pod-groups.ts';
import { rolloutNote, withUndo } from '../rollout-note.ts';
import { servicePods, weigh } from '../service-pods.ts';
import { POD_USES } from '../workloads-behind.ts';
import { lookAtLog } from './container-crashes.ts';
import { exitInWords } from './exit-codes.ts';
import {
  backOffInWords,
  containerInWords,
  groupTroubled,
  restartsInWords,
  type Troubled,
  troubledPods,
  troubleEvidence,
} from './troubled-containers.ts';

/** A migration during a rollout may well take some minutes. */
const PATIENCE = 300_000;
const YOUNG = 30_000;

/** Init containers that fail or do not come to their end, so that the app never starts. */
export const initContainer = defineCheck<ServiceSubject>({
  id: 'netsvc/init-container',
  group: 'pods',
  needs: ['Pod'],
  uses: [...POD_USES, ...NEEDS_USES],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const pods = troubledPods(index, subject, ['crash', 'init-running', 'exits-cleanly']);
    return groupTroubled(
      pods.filter(({ trouble }) => trouble.role === 'init'),
      (entry) => String(entry.trouble.ended?.exitCode ?? ''),
    ).map((group) => raise(index, subject, group));
  },
});

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Troubled, ...Troubled[]]): Finding {
  const [first] = group;
  const all = servicePods(index, subject);
  const { trouble } = first;
  // Waiting is all that most of them do: what the command names is what the container waits for.
  const ran = commandLine(trouble.container.spec);
  const whole = wholeCommand(trouble.container.spec);
  const needs = needsOf(index, first, trouble.container, [whole], trouble.kind === 'init-running');
  const facts = {
    subject: first.owner,
    pods: podKeys(group),
    dependsOn: needs.dependsOn,
    waitsFor: needs.waitsFor,
    ...weigh(subject, all, group),
    fixes: withUndo(rolloutNote(index, group), [...needs.fixes, lookAtLog(first)]),
  };
  const args = { container: containerInWords(trouble), where: inPods(group, all) };
  if (trouble.kind === 'init-running') {
    const when = ago(trouble.container.status?.state?.running?.startedAt, index.now);
    const lasted = index.now - Date.parse(trouble.container.status?.state?.running?.startedAt ?? '');
    const said = logsOf(index, first, trouble.container.name).map(({ text }) => text);
    const job = awaitedJob(index, subject.namespace, [whole, ...said].join('\n'));
    const finding = podsMessages.SVC233.raise({
      ...facts,
      fixes: [...(job?.fixes ?? []), ...facts.fixes],
      ...patience(facts.severity, lasted, index.orLater),
      args: {
        ...args,
        since: when === '' || (index.orLater && lasted < 60_000) ? '' : ` after ${when.replace(' ago', '')}`,
        job: job?.words ?? '',
      },
      evidence: [
        ...troubleEvidence(index, group, ['Unhealthy'], true),
        ...(ran === '' ? [] : [{ fact: `it runs: ${ran}`, source: `${podSource(first)} spec.initContainers` }]),
        ...needs.evidence,
        ...(job?.evidence ?? []),
      ],
    });
    return withWords(finding, needs);
  }
  const finding = podsMessages.SVC232.raise({
    ...facts,
    args: {
      ...args,
      end: exitInWords(trouble.ended?.exitCode, trouble.ended?.signal),
      restarts: restartsInWords(group),
      reason: backOffInWords(group),
    },
    evidence: [...troubleEvidence(index, group, [], true), ...needs.evidence],
  });
  return withWords(finding, needs.words === '' ? { words: saying(index, group, trouble.container.name) } : needs);
}

/**
 * While other pods serve, an init container may take its time; without them, one that is surely young is only a possible
 * cause.
 */
function patience(
  severity: Severity,
  lasted: number,
  orLater: boolean,
): { readonly severity: Severity; readonly confidence?: Confidence } {
  if (severity === 'warning' && lasted < PATIENCE) return { severity: 'info' };
  return severity === 'critical' && lasted < YOUNG && !orLater
    ? { severity: 'warning', confidence: 'possible' }
    : { severity };
}
