import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { namespaceOf } from '../../../../../shared/model/refs.ts';
import { hideSecrets } from '../../../../../shared/util/hide-secrets.ts';
import { joinNames, shorten } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { commandLine, podSource } from '../pod-evidence.ts';
import { inPods, podKeys } from '../pod-groups.ts';
import { rolloutNote, withUndo } from '../rollout-note.ts';
import { servicePods, weigh } from '../service-pods.ts';
import { POD_USES } from '../workloads-behind.ts';
import { notExecutable } from './execute-bit.ts';
import { exitInWords } from './exit-codes.ts';
import {
  containerInWords,
  groupTroubled,
  type Troubled,
  troubledPods,
  troubleEvidence,
} from './troubled-containers.ts';
import { isInTemplate, patchContainer } from './workload-commands.ts';

/** Containers whose first process cannot be run. */
export const containerCannotStart = defineCheck<ServiceSubject>({
  id: 'netsvc/container-cannot-start',
  group: 'pods',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    groupTroubled(troubledPods(index, subject, ['start'])).map((group) => raise(index, subject, group)),
});

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Troubled, ...Troubled[]]): Finding {
  const [first] = group;
  const all = servicePods(index, subject);
  const { trouble } = first;
  const { image } = trouble.container.spec;
  const told = index
    .events(first.pod, 'Pod')
    .findLast((event) => ['Failed', 'FailedPostStartHook'].includes(event.reason));
  const failed = told?.reason === 'FailedPostStartHook' ? told.reason : undefined;
  const hook = failed !== undefined || trouble.reason === 'PostStartHookError' || !trouble.proven;
  const own = trouble.ended?.message ?? (trouble.reason === 'CrashLoopBackOff' ? '' : trouble.message);
  const text = hook ? '' : own;
  const reason = hook ? (failed ?? trouble.reason) : (trouble.ended?.reason ?? trouble.reason);
  const { spec } = trouble.container;
  const ran = commandLine(spec);
  const run = [...(spec.command ?? []), ...(spec.args ?? [])];
  const bit = hook ? undefined : notExecutable(index, first, run, text === '' ? (told?.message ?? '') : text);
  return podsMessages.SVC228.raise({
    subject: first.owner,
    ...(trouble.proven ? {} : { confidence: 'likely' as const }),
    args: {
      container: containerInWords(trouble),
      where: inPods(group, all),
      reason: trouble.reason === reason ? reason : `${trouble.reason}, ${reason}`,
      detail: hook
        ? trouble.proven
          ? hookWords(trouble.message, failed === undefined ? undefined : told?.message)
          : `its postStart hook likely fails: the run ended by a signal (${exitInWords(trouble.ended?.exitCode)}), for which no probe accounts`
        : coreOf(text === '' ? (told?.message ?? `exit code ${trouble.ended?.exitCode ?? '?'}`) : text) +
          missingFile(index, first, text) +
          (bit?.words ?? ''),
    },
    pods: podKeys(group),
    evidence: [
      ...troubleEvidence(index, group, ['Failed', 'FailedPostStartHook'], true),
      ...(hook
        ? hookEvidence(first)
        : [
            {
              fact:
                ran === ''
                  ? `image ${image ?? ''} runs with its own command`
                  : `image ${image ?? ''} runs: ${shorten(ran, 120)}`,
              source: `${podSource(first)} spec.containers`,
            },
          ]),
    ],
    ...weigh(subject, all, group),
    fixes: withUndo(rolloutNote(index, group), [
      ...(bit?.fixes ?? []),
      ...startFixes(first, hook, /error mounting/.test(text)),
    ]),
  });
}

/** The end of runc's chain of errors: `exec: "/app/server": stat /app/server: no such file or directory`. */
function coreOf(message: string): string {
  const plain = message
    .replace(/^Error: /, '')
    .replace(/^container create failed: /, '')
    // CRI-O hands on a line of runc's log.
    .replace(/^time="[^"]*" level=\w+ msg="([\s\S]*)"\s*$/, (_, text: string) => text.replaceAll('\\"', '"'))
    .replace(/^[\s\S]*unable to start container process: /, '')
    .replace(/: unknown$/, '');
  const mount =
    /error mounting "(?:[^"]*\/volume-subpaths\/(?=[^"/]+\/[^"/]+\/\d+")|[^"]*\/(?=[^"/]+"))([^"/]+)[^"]*" to rootfs at "([^"]+)".*: ([^:]+)$/s.exec(
      plain,
    );
  if (mount !== null) return `volume ${mount[1]} cannot be mounted at ${mount[2]}: ${mount[3]}`;
  const core = /((?:exec|chdir to cwd|mount|setgroups|exec user process)[: (][\s\S]*)$/.exec(plain);
  return shorten(hideSecrets(core?.[1] ?? plain), 160);
}

/** A subPath that the ConfigMap does not have becomes an empty directory, which cannot stand in the place of a file. */
function missingFile(index: ClusterIndex, { pod }: Troubled, message: string): string {
  const [, name, file = ''] =
    /\/volume-subpaths\/([^"/]+)\/[^"]*" to rootfs at "[^"]*\/([^"/]+)".*not a directory/s.exec(message) ?? [];
  const map = pod.spec?.volumes?.find((volume) => volume.name === name)?.configMap?.name ?? '';
  const keys = Object.keys(index.get('ConfigMap', namespaceOf(pod), map)?.data ?? {});
  return keys.length === 0 || keys.includes(file) ? '' : `; ConfigMap ${map} has only ${joinNames(keys, 3)}`;
}

/** A hook is mended where it stands; a command that cannot be run is edited or, when the image knows better, dropped. */
function startFixes(first: Troubled, hook: boolean, mount: boolean): readonly Fix[] {
  const { owner, trouble } = first;
  const namespace = first.pod.metadata?.namespace ?? '';
  const name = trouble.container.name;
  const edit: Fix = {
    title: hook
      ? `correct lifecycle.postStart of container ${name}`
      : mount
        ? `correct its mountPath; a single file needs subPath (volumeMounts of ${name})`
        : 'correct command and args',
    command: `kubectl edit ${owner.kind.toLowerCase()} ${owner.name} -n ${namespace}`,
    risk: 'low',
  };
  const { postStart } = trouble.container.spec.lifecycle ?? {};
  if (!hook || postStart === undefined || !isInTemplate(first, name)) return [edit];
  const patch = (value: unknown): string =>
    patchContainer(owner, name, { lifecycle: { postStart: value } }, trouble.role !== 'app');
  return [edit, { title: 'or do without the hook', command: patch(null), risk: 'low', undo: patch(postStart) }];
}

/**
 * `command '/bin/false' exited with 1` of the waiting state's message, `Exec lifecycle hook ([/bin/false]) for Container
 * "app" in Pod "…" failed - error: command '/bin/false' exited with 1: , message: ""`; while the container backs off only
 * the event is left, which says no more than that it failed.
 */
function hookWords(message: string, event = 'PostStartHook failed'): string {
  const [, error = '', output = ''] = /failed - error: ([\s\S]*?)(?:, message: "([\s\S]*?)"*)?$/.exec(message) ?? [];
  if (error === '') return shorten(event, 160);
  const tidy = error.replace(/[:,\s]+$/, '');
  return shorten(output.trim() === '' || tidy.includes(output.trim()) ? tidy : `${tidy} (${output.trim()})`, 200);
}

/** `exec [/bin/sh -c …]` of the hook that failed. */
function hookEvidence(first: Troubled): readonly Evidence[] {
  const command = first.trouble.container.spec.lifecycle?.postStart?.exec?.command;
  if (command === undefined) return [];
  return [
    {
      fact: `postStart runs: ${shorten(hideSecrets(command.join(' ')), 120)}`,
      source: `${podSource(first)} spec.containers lifecycle`,
    },
  ];
}
