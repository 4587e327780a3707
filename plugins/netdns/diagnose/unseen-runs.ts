import type { CheckRun } from '../../../shared/diagnose/run-checks.ts';
import type { ClusterDns } from '../../../shared/dns/cluster-dns.ts';
import { countedLater, metricsOf } from '../../../shared/dns/metrics/pages.ts';
import { serverAnswersOf } from '../../../shared/dns/server-answers.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isFinished, isReady } from '../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { enforcementIn } from '../../../shared/policy/enforcement/enforcement-of-index.ts';
import { compareText, joinNames, shorten } from '../../../shared/util/text.ts';
import { undecidedBy, unreadLabels } from '../checks/policy/dns-access.ts';

/** Ways to the servers that were refused, or that cannot be gone from here: told, so that silence is not taken for health. */
export function unseenRuns(
  index: ClusterIndex,
  dns: ClusterDns | undefined,
  callers: string | undefined,
): readonly CheckRun[] {
  const ready = (dns?.pods ?? []).filter(isReady).map(nameOf);
  if (ready.length === 0) return [];
  const unasked = serverAnswersOf(index).flatMap(({ pod, unasked: not, failed = '' }) =>
    not === true && ready.includes(pod) ? [failed] : [],
  );
  const noPage = metricsOf(index).some(({ program }) => program === 'coredns') ? [] : refusals(index, ready, 'metrics');
  return [
    ...told('answers', unasked),
    ...told('metrics', noPage),
    ...told('logs', refusals(index, ready, 'log')),
    ...udp(index, ready, unasked),
    ...(dns === undefined ? [] : undecided(index, dns, callers)),
  ];
}

/** What decides whether pods may ask, and was not judged or not read, is not taken for allowed in silence. */
function undecided(index: ClusterIndex, dns: ClusterDns, callers: string | undefined): readonly CheckRun[] {
  const pods = index
    .list('Pod', callers)
    .filter((pod) => !isFinished(pod) && pod.spec?.hostNetwork !== true && !dns.pods.includes(pod));
  const enforced = enforcementIn(index).enforced !== 'no';
  return [
    ...open(pods, 'policies-not-judged', (pod) => undecidedBy(index, dns, pod).map(formatRef), notJudged),
    ...(enforced ? open(pods, 'labels-not-read', (pod) => unreadLabels(index, dns, pod), notRead) : []),
  ];
}

const notJudged = (policies: readonly string[]): string => `${joinNames(policies, 2)} not judged here`;

const notRead = (spaces: readonly string[]): string =>
  `the labels of ${spaces.length === 1 ? 'namespace' : 'namespaces'} ${joinNames(spaces, 2)} were not read`;

/** One line for all pods of which something leaves open whether they may ask. */
function open(
  pods: readonly Pod[],
  id: string,
  whatOf: (pod: Pod) => readonly string[],
  words: (what: readonly string[]) => string,
): readonly CheckRun[] {
  const found = pods.map((pod) => ({ pod, what: whatOf(pod) })).filter(({ what }) => what.length > 0);
  const what = [...new Set(found.flatMap((one) => one.what))];
  if (what.length === 0) return [];
  const spaces = [...new Set(found.map(({ pod }) => namespaceOf(pod)))].sort(compareText);
  const of = `${spaces.length === 1 ? 'namespace' : 'namespaces'} ${joinNames(spaces, 3)}`;
  const reason = `whether pods of ${of} may ask DNS: ${words(what)}`;
  return [{ id: `netdns/${id}`, group: 'policy', outcome: { result: 'unknown', reason } }];
}

function told(group: string, reasons: readonly string[]): readonly CheckRun[] {
  return [...new Set(reasons)].slice(0, 3).map((reason) => ({
    id: `netdns/${group}-unseen`,
    group,
    outcome: { result: 'unknown', reason: shorten(reason, 240) },
  }));
}

function refusals(index: ClusterIndex, pods: readonly string[], what: string): readonly string[] {
  const texts = new Map(index.tools('tools/coredns').map(({ path, text }) => [path, text.trim()]));
  return pods.flatMap((pod) => texts.get(`tools/coredns/${pod}/${what}.refused.txt`) ?? []);
}

/** Pods ask over UDP. Where the counters of the servers did not move while we looked, that way was not seen to be open. */
function udp(index: ClusterIndex, ready: readonly string[], unasked: readonly string[]): readonly CheckRun[] {
  const asked = serverAnswersOf(index).length > unasked.length;
  if (!asked) return [];
  const later = countedLater(index);
  // One question that arrived shows the way open; within a moment not every server gets one.
  if (ready.some((pod) => (later.get(pod)?.udpQueries ?? 0) > 0)) return [];
  const seconds = [...later.values()][0]?.seconds;
  const seen = seconds === undefined ? 'what pods ask was not counted' : `no pod asked within ${seconds} s`;
  const reason = `we asked from inside over TCP, and ${seen}; try kubectl exec POD -- nslookup kubernetes.default`;
  return [{ id: 'netdns/udp-unseen', group: 'way from pods', outcome: { result: 'unknown', reason } }];
}
