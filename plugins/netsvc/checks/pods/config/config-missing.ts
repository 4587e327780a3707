import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { shorten } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import {
  containerInWords,
  groupTroubled,
  type Troubled,
  troubledPods,
  troubleEvidence,
} from '../containers/troubled-containers.ts';
import { isPatchable, patchTemplateSpec } from '../containers/workload-commands.ts';
import { inPods, podKeys } from '../pod-groups.ts';
import { rolloutNote, withUndo } from '../rollout-note.ts';
import { servicePods, weigh } from '../service-pods.ts';
import { POD_USES } from '../workloads-behind.ts';
import { configFixes, nearestConfig, parseMissingConfig } from './config-fixes.ts';

/** Containers that cannot be created: a Secret, ConfigMap or key is missing, or their settings are refused. */
export const configMissing = defineCheck<ServiceSubject>({
  id: 'netsvc/config-missing',
  group: 'pods',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    groupTroubled(troubledPods(index, subject, ['config', 'create']), (entry) => messageOf(index, entry)).map((group) =>
      raise(index, subject, group),
    ),
});

/** The waiting state's words without what differs from pod to pod. */
function messageOf(index: ClusterIndex, entry: Troubled): string {
  const own = entry.trouble.message;
  const told = index.events(entry.pod, 'Pod').findLast((event) => event.reason === 'Failed');
  const text = own === '' ? (told?.message ?? '').replace(/^Error: /, '') : own;
  return shorten(text.replace(/ \(pod: "[^"]*", container: [^)]*\)/, ''), 160);
}

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Troubled, ...Troubled[]]): Finding {
  const [first] = group;
  const all = servicePods(index, subject);
  const note = rolloutNote(index, group);
  const message = messageOf(index, first);
  const missing = parseMissingConfig(message);
  const facts = {
    subject: first.owner,
    pods: podKeys(group),
    evidence: troubleEvidence(index, group, ['Failed']),
    ...weigh(subject, all, group),
  };
  const args = { container: containerInWords(first.trouble), where: inPods(group, all) };
  if (missing !== undefined) {
    return podsMessages.SVC226.raise({
      ...facts,
      args: {
        ...args,
        missing:
          (message.includes(`${subject.namespace}/`) ? message : `${message} in namespace ${subject.namespace}`) +
          nearestConfig(index, subject.namespace, missing),
      },
      fixes: withUndo(note, configFixes(index, subject.namespace, missing)),
    });
  }
  return podsMessages.SVC227.raise({
    ...facts,
    args: { ...args, reason: first.trouble.reason, detail: message },
    fixes: withUndo(note, settingFixes(first, message)),
  });
}

function settingFixes(entry: Troubled, message: string): readonly Fix[] {
  if (/runAsNonRoot/.test(message) && isPatchable(entry.owner)) {
    return [
      {
        title: 'run as a user other than root (the image must allow it)',
        command: patchTemplateSpec(entry.owner, { securityContext: { runAsUser: 10001 } }),
        risk: 'low',
        undo: patchTemplateSpec(entry.owner, { securityContext: { runAsUser: null } }),
      },
    ];
  }
  return [
    {
      title: 'see the whole message',
      command: `kubectl describe pod ${entry.name} -n ${entry.pod.metadata?.namespace ?? ''}`,
      risk: 'none',
    },
  ];
}
