import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { NEEDS_USES, needsOf, withWords } from '../dependencies/dependencies.ts';
import { eventEvidence, logsOf, saying } from '../pod-evidence.ts';
import { inPods, podKeys } from '../pod-groups.ts';
import { rolloutNote, withUndo } from '../rollout-note.ts';
import { servicePods, weigh } from '../service-pods.ts';
import { POD_USES } from '../workloads-behind.ts';
import { notExecutable } from './execute-bit.ts';
import { exitInWords } from './exit-codes.ts';
import { portTaken } from './port-taken.ts';
import { serviceLinkOf } from './service-links.ts';
import {
  backOffInWords,
  containerInWords,
  groupTroubled,
  restartsInWords,
  type Troubled,
  troubledPods,
  troubleEvidence,
} from './troubled-containers.ts';
import { logs } from './workload-commands.ts';

/** Containers that end by themselves again and again, with an error or without one. */
export const containerCrashes = defineCheck<ServiceSubject>({
  id: 'netsvc/container-crashes',
  group: 'pods',
  needs: ['Pod'],
  uses: [...POD_USES, ...NEEDS_USES],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const pods = troubledPods(index, subject, ['crash', 'exits-cleanly']).filter(
      ({ trouble }) => trouble.role !== 'init',
    );
    return groupTroubled(pods, (entry) => String(entry.trouble.ended?.exitCode ?? '')).map((group) =>
      raise(index, subject, group),
    );
  },
});

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Troubled, ...Troubled[]]): Finding {
  const [first] = group;
  const all = servicePods(index, subject);
  const { trouble } = first;
  const args = { container: containerInWords(trouble), where: inPods(group, all), restarts: restartsInWords(group) };
  const link = serviceLinkOf(index, group);
  const needs = needsOf(index, first, trouble.container);
  const facts = {
    subject: first.owner,
    pods: podKeys(group),
    dependsOn: needs.dependsOn,
    waitsFor: needs.waitsFor,
    evidence: [
      ...(link === undefined ? [] : [link.evidence]),
      ...troubleEvidence(index, group, [], true),
      ...killedForMemory(index, first),
      ...needs.evidence,
    ],
    ...weigh(subject, all, group),
    fixes: withUndo(rolloutNote(index, group), [...(link?.fixes ?? []), ...needs.fixes, lookAtLog(first)]),
  };
  const taken = portTaken(index, group);
  if (taken !== undefined) {
    return podsMessages.SVC247.raise({
      ...facts,
      confidence: taken.confidence,
      args: { ...args, reason: backOffInWords(group), port: taken.port, holder: taken.holder },
      evidence: [...facts.evidence, ...taken.evidence],
      fixes: withUndo(rolloutNote(index, group), [...taken.fixes, lookAtLog(first)]),
    });
  }
  if (trouble.kind === 'exits-cleanly') {
    return withWords(
      podsMessages.SVC231.raise({ ...facts, args: { ...args, restarts: backOffInWords(group) + args.restarts } }),
      needs.words === '' ? { words: saying(index, group, trouble.container.name) } : needs,
    );
  }
  const { command = [], args: words = [] } = trouble.container.spec;
  const said = logsOf(index, first, trouble.container.name).map(({ text }) => text);
  const bit = notExecutable(index, first, [...command, ...words], said.join('\n'));
  const end =
    exitInWords(trouble.ended?.exitCode, trouble.ended?.signal) + wrongFormat(index, first) + (bit?.words ?? '');
  return withWords(
    podsMessages.SVC229.raise({
      ...facts,
      args: { ...args, end, reason: backOffInWords(group) },
      fixes: [...(bit?.fixes ?? []), ...facts.fixes],
    }),
    needs.words === '' && bit === undefined
      ? { words: saying(index, group, trouble.container.name) + (link?.words ?? '') }
      : needs,
  );
}

/** The runtime's own word, which reaches only the log or its copy when an init program of the image starts the app. */
function wrongFormat(index: ClusterIndex, entry: Troubled): string {
  const { container, ended } = entry.trouble;
  const told = [ended?.message ?? '', ...logsOf(index, entry, container.name).map(({ text }) => text)];
  if (!told.some((text) => /exec format error/i.test(text))) return '';
  const arch = index.get('Node', undefined, entry.pod.spec?.nodeName ?? '')?.metadata?.labels?.['kubernetes.io/arch'];
  return `, exec format error: the program is not for the node's processor${arch === undefined ? '' : ` (${arch})`}, or a script without #!`;
}

/** The kernel may kill a child for want of memory: the container then ends with 137 and only an event of the node says why. */
function killedForMemory(index: ClusterIndex, { pod, trouble }: Troubled): readonly Evidence[] {
  if (trouble.ended?.exitCode !== 137) return [];
  const began = Date.parse(trouble.ended.startedAt ?? '');
  const node = index.get('Node', undefined, pod.spec?.nodeName ?? '');
  const event =
    node === undefined
      ? undefined
      : index
          .events(node, 'Node')
          .findLast(({ reason, lastSeen }) => /^(OOMKilling|SystemOOM)$/.test(reason) && Date.parse(lastSeen) >= began);
  return event === undefined ? [] : [eventEvidence(event, index.now)];
}

/** The proof of a fault in the app that only a person can mend. */
export function lookAtLog(entry: Troubled): Fix {
  const previous = entry.trouble.restarts > 0;
  return {
    title: previous ? 'read why the last run ended' : 'read its log',
    command: logs(entry.pod.metadata?.namespace ?? '', entry.name, entry.trouble.container.name, previous),
    risk: 'none',
  };
}
