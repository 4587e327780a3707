import type { Fix } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { ContainerStatus, Pod } from '../../../shared/model/objects-pod.ts';
import { conditionOf, podKey } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { shorten, withoutLogHead } from '../../../shared/util/text.ts';
import { LOG_ROWS, type LogRow } from './log-rows.ts';

/** What an agent's own words mean, with the line. */
export interface LogCause {
  readonly meaning: string;
  readonly line: string;
  readonly source: string;
  /** What mends it, where that is always the same. */
  readonly fix: readonly Fix[];
}

/** The first known complaint in the logs and status of an agent's pod; the latest lines are read first. */
export function logCause(index: ClusterIndex, pod: Pod): LogCause | undefined {
  const pull = pullCause(pod);
  if (pull !== undefined) return pull;
  for (const { text, source } of textsOf(index, pod)) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    for (const [pattern, meaning, fix] of LOG_ROWS) {
      const line = lines.findLast((one) => pattern.test(one) && COMPLAINT.test(one));
      if (line === undefined) continue;
      return { meaning, line: shorten(withoutLogHead(line), 240), source, fix: fixesOf(fix, line) };
    }
  }
  return undefined;
}

/** What a runtime says of an image speaks of a registry, which rows about the agent's own words would misread. */
function pullCause(pod: Pod): LogCause | undefined {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const status = statuses.find(({ state }) => /^(ErrImage|ImagePull|InvalidImage)/.test(state?.waiting?.reason ?? ''));
  if (status === undefined) return undefined;
  const { name = '', image = '', state } = status;
  return {
    meaning: `its image ${image} cannot be had`,
    line: shorten(state?.waiting?.message ?? state?.waiting?.reason ?? '', 240),
    source: `Pod ${podKey(pod)} status of container ${name}`,
    fix: [],
  };
}

function fixesOf(fix: LogRow[2], line: string): readonly Fix[] {
  if (fix === undefined) return [];
  return typeof fix === 'function' ? fix(line) : [fix];
}

/** A line that merely mentions a thing is no complaint about it. */
const COMPLAINT =
  /error|fail|fatal|panic|unable|cannot|can't|couldn't|could not|refused|forbidden|unauthorized|timeout|not |no such|unknown|expired|doesn't|denied|empty|conflict|already (using|in use)|overlaps|different peers|loose|^E\d{4}|^F\d{4}/i;

function textsOf(index: ClusterIndex, pod: Pod): readonly { readonly text: string; readonly source: string }[] {
  const key = podKey(pod);
  // Of several containers the one that ends again and again says more than one that runs and waits for it.
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].sort(
    (a, b) => standing(a) - standing(b),
  );
  const texts = statuses.flatMap((status) => {
    const { name = '', state, lastState } = status;
    const logs = [true, false].flatMap((previous) => {
      const text = index.log(namespaceOf(pod), nameOf(pod), name, previous);
      return text === undefined ? [] : [{ text: lastPart(text), source: `log of Pod ${key} container ${name}` }];
    });
    const ended = [state?.terminated?.message, lastState?.terminated?.message, state?.waiting?.message].flatMap(
      (text) => (text === undefined || text === '' ? [] : [{ text, source: `Pod ${key} status of container ${name}` }]),
    );
    return [...logs, ...ended];
  });
  const probes = index
    .events(pod, 'Pod')
    .filter(({ reason }) => reason === 'Unhealthy' || reason === 'FailedCreatePodSandBox' || reason === 'FailedMount')
    .slice(-2)
    .map(({ message }) => ({ text: message, source: `Event on Pod ${key}` }));
  const scheduled = conditionOf(pod, 'PodScheduled');
  const refused = scheduled?.status === 'False' ? [{ text: scheduled.message ?? '', source: `Pod ${key} status` }] : [];
  return [...texts, ...probes, ...refused];
}

function standing({ ready, state }: ContainerStatus): number {
  if (state?.waiting !== undefined && !/^(ContainerCreating|PodInitializing)$/.test(state.waiting.reason ?? ''))
    return 0;
  return ready === true ? 2 : 1;
}

/** The end of a long log: what ended the agent stands there. */
function lastPart(text: string): string {
  return text.length > 65_536 ? text.slice(-65_536) : text;
}
