import { type ForwardedZone, targetAddress } from '../../../shared/dns/corefile/forwarded-zones.ts';
import type { LogMeaning } from '../../../shared/dns/logs/parse-line.ts';
import { RECENT_SECONDS } from '../../../shared/dns/logs/recent.ts';
import type { LogGroup, LogSummary, QuerySummary, Tally } from '../../../shared/dns/logs/summarise.ts';
import type { Message } from '../../../shared/messages/define-messages.ts';
import type { Finding, Fix } from '../../../shared/messages/finding.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import { joinNames, shorten } from '../../../shared/util/text.ts';
import { type LogArgs, logMessages } from '../messages/logs.ts';

const MESSAGES: Partial<Readonly<Record<LogMeaning, Message<LogArgs>>>> = {
  loop: logMessages.DNS250,
  'reload-refused': logMessages.DNS251,
  'upstream-unreachable': logMessages.DNS252,
  'upstream-refused': logMessages.DNS252,
  'upstream-unusable': logMessages.DNS261,
  'upstream-timeout': logMessages.DNS253,
  'too-many-files': logMessages.DNS254,
  'too-many-queries': logMessages.DNS255,
  overload: logMessages.DNS256,
  panic: logMessages.DNS257,
  'start-refused': logMessages.DNS258,
  'upstream-unhealthy': logMessages.DNS259,
};

const ENDS: readonly LogMeaning[] = ['loop', 'start-refused'];

/** What counts however long ago it was said in the log of this run or the one before. */
const LASTING: readonly LogMeaning[] = [...ENDS, 'panic'];

/** Below this a failure upstream is what every network knows now and then. */
const LEAST: Partial<Readonly<Record<LogMeaning, number>>> = {
  'upstream-timeout': 5,
  'upstream-refused': 3,
  'upstream-unreachable': 3,
  'upstream-unusable': 3,
  overload: 3,
};

/** What is known beside the logs. */
export interface LogScene {
  /** The lines of the last moments: what is not among them is over and becomes a note. */
  readonly recent?: LogSummary;
  /** The ConfigMap with the Corefile. */
  readonly configMap?: string;
  /** Whether some server is ready. */
  readonly othersServe?: boolean;
  /** Nodes of the pods, by their names. */
  readonly nodes?: ReadonlyMap<string, string>;
  /** Nodes of the pods that take their resolv.conf from them. */
  readonly homes?: ReadonlyMap<string, string>;
  /** Where the Corefile forwards to. */
  readonly forwards?: readonly ForwardedZone[];
  /** The CPU limit of the servers, where it is a small one, and the workload that has it. */
  readonly cpu?: { readonly limit: string; readonly container: string };
}

/** What logs say that somebody should know, worst first. */
export function logFindings(
  summary: LogSummary,
  subject: Ref,
  source: string,
  scene: LogScene = {},
): readonly Finding[] {
  const { recent = summary, configMap = 'coredns', othersServe = false, nodes = new Map() } = scene;
  const namespace = subject.namespace ?? 'kube-system';
  const groups = summary.groups.flatMap((group): readonly Finding[] => {
    const message = MESSAGES[group.meaning];
    const least = LEAST[group.meaning] ?? 1;
    if (message === undefined || group.count < least) return [];
    const lately = recent.groups.find(({ meaning }) => meaning === group.meaning)?.count ?? 0;
    const over = !LASTING.includes(group.meaning) && lately < least;
    return [
      message.raise({
        subject,
        args: {
          pods: `${joinNames(group.pods)}${ENDS.includes(group.meaning) ? onNodes(group.pods, nodes) : ''}`,
          count: group.count,
          what: whatOf(group),
          namespace,
          configMap,
          ...zoneNames(group, scene.forwards ?? []),
          more: moreOf(group, scene),
        },
        ...(over ? { severity: 'info' } : {}),
        // What keeps a new server from starting leaves the older ones: names resolve, until those are replaced too.
        ...(othersServe && ENDS.includes(group.meaning) ? { severity: 'warning', impact: 0.5 } : {}),
        ...(group.meaning === 'overload' ? moreCpu(scene.cpu, subject) : {}),
        ...(group.meaning === 'start-refused' ? backFix(group, subject, nodes.get(group.pods[0] ?? '')) : {}),
        evidence: [
          { fact: shorten(group.example, 240), source: `${source} ${joinNames(group.pods)}` },
          ...(over
            ? [{ fact: `${lately === 0 ? 'none' : lately} of them within the last ${RECENT_SECONDS} s`, source }]
            : []),
        ],
        // What ends servers explains all of them, also those whose log was not kept.
        ...(ENDS.includes(group.meaning) ? {} : { pods: group.pods.map((pod) => `${namespace}/${pod}`) }),
      }),
    ];
  });
  return [...groups, ...searchMisses(summary.queries, subject, source)];
}

/** Where a cache that ended served the pods of its node. */
function onNodes(pods: readonly string[], nodes: ReadonlyMap<string, string>): string {
  const names = [...new Set(pods.flatMap((pod) => nodes.get(pod) ?? []))].filter((name) => name !== '');
  return names.length === 0 ? '' : ` on ${names.length === 1 ? 'node' : 'nodes'} ${joinNames(names)}`;
}

/** Whose names an upstream is asked for, where it is that of single zones. */
function zoneNames({ upstreams }: LogGroup, forwards: readonly ForwardedZone[]): { readonly names?: string } {
  const zones = upstreams.flatMap(({ what }) =>
    forwards.filter(({ targets }) => targets.some((word) => targetAddress(word) === what)).map(({ zone }) => zone),
  );
  if (zones.length === 0 || zones.includes('.')) return {};
  return { names: `names of ${joinNames([...new Set(zones)].map((zone) => zone.replace(/\.$/, '')))}` };
}

/** What decides beside the count: whence a query came back, how many may wait, how little processor time there is. */
function moreOf({ meaning, example, pods }: LogGroup, { cpu, forwards = [], homes: nodes }: LogScene): string {
  if (meaning === 'overload') return cpu === undefined ? '' : `, with a CPU limit of ${cpu.limit}`;
  if (meaning === 'too-many-queries') {
    const most = /exceeded maximum (\d+)/.exec(example)?.[1];
    return most === undefined ? '' : ` (max_concurrent ${most})`;
  }
  const from = meaning === 'loop' ? /Loop \((?:127(?:\.\d+){3}|\[?::1\]?):\d+ ->/.exec(example) : null;
  if (from === null) return '';
  const [target = ''] = forwards.find(({ zone }) => zone === '.')?.targets ?? [];
  const homes = [...new Set(pods.flatMap((pod) => nodes?.get(pod) ?? []))];
  // Servers have dnsPolicy Default, so that their file is that of their node.
  const file =
    homes.length === 0
      ? 'their resolv.conf'
      : `the resolv.conf of ${homes.length === 1 ? 'node' : 'nodes'} ${joinNames(homes)}`;
  const names = target.startsWith('/') ? file : target === '' ? 'their resolv.conf or the Corefile' : 'the Corefile';
  return ` over loopback, which ${names} names as upstream`;
}

function moreCpu(
  cpu: LogScene['cpu'],
  { kind, name, namespace = 'kube-system' }: Ref,
): { readonly fixes?: readonly Fix[] } {
  if (cpu === undefined || (kind !== 'Deployment' && kind !== 'DaemonSet')) return {};
  const command = `kubectl set resources ${kind.toLowerCase()} ${name} -n ${namespace} -c ${cpu.container} --limits=cpu=`;
  const title = 'give the servers more processor time';
  return { fixes: [{ title, command: `${command}1`, risk: 'low', undo: `${command}${cpu.limit}` }] };
}

/** A path, a port or a right that is missing: the specification of the pods was changed, not the Corefile. */
function backFix(
  { example }: LogGroup,
  { kind, name, namespace = 'kube-system' }: Ref,
  node: string | undefined,
): { readonly fixes?: readonly Fix[] } {
  const taken = /listen (?:tcp|udp) (\S+): bind: address already in use/.exec(example)?.[1];
  if (taken !== undefined && node !== undefined) {
    const title = `see on the node who holds ${taken}, and stop that or change the address`;
    return {
      fixes: [
        { title, command: `kubectl debug node/${node} -it --image=busybox -- chroot /host ss -lntup`, risk: 'low' },
      ],
    };
  }
  const outside = /^loading Caddyfile|permission denied|address already in use|cannot assign/.test(example);
  if (!outside || (kind !== 'Deployment' && kind !== 'DaemonSet')) return {};
  const command = `kubectl rollout undo ${kind.toLowerCase()} ${name} -n ${namespace}`;
  return { fixes: [{ title: 'take the last change of the pods back', command, risk: 'low', undo: command }] };
}

function whatOf({ meaning, upstreams, zones, example }: LogGroup): string {
  if (meaning === 'loop') return joinNames(zones);
  if (meaning === 'start-refused') return shorten(example.replace(/^\[\w+\] /, ''), 160);
  if (meaning === 'upstream-unusable') return shorten(example.replace(/^.*?plugin\/errors: \S+ \S+ \S+: /, ''), 160);
  if (meaning === 'panic') return shorten(example.replace(/^.*panic[^:]*: ?/i, '(').concat(')'), 120);
  if (meaning === 'reload-refused') return shorten(example.replace(/^.*?(?:failed|Failed)[^:]*: ?/, ''), 120);
  return joinNames(upstreams.map(({ what }) => what));
}

/** Queries of which fewer than that are no sample. */
const SAMPLE = 100;

function searchMisses(queries: QuerySummary | undefined, subject: Ref, source: string): readonly Finding[] {
  if (queries === undefined || queries.queries < SAMPLE) return [];
  const share = Math.round((queries.searchMisses / queries.queries) * 100);
  if (share < 50) return [];
  const [name] = queries.searchMissNames;
  return [
    logMessages.DNS260.raise({
      subject,
      args: { pods: '', count: share, what: name?.what ?? '', namespace: subject.namespace ?? '', configMap: '' },
      evidence: [
        { fact: `${queries.searchMisses} of ${queries.queries} queries: NXDOMAIN under a search suffix`, source },
        { fact: `clients: ${tallies(queries.searchMissClients)}`, source },
        { fact: `names: ${tallies(queries.searchMissNames)}`, source },
      ],
    }),
  ];
}

/** `10.244.1.7 (41), 10.244.2.3 (9)`. */
export function tallies(list: readonly Tally[], most = 5): string {
  return list
    .slice(0, most)
    .map(({ what, count }) => `${what} (${count})`)
    .join(', ');
}
