import { nodeInPath, type TableFill, tableFills } from '../../../../shared/datapath/connection-table.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { toClusterEvent } from '../../../../shared/model/events.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { nodesMessages } from '../../messages/nodes.ts';

/** The kernel's own words, and those of node-problem-detector, which passes them on as events and conditions. */
const FULL = /nf_conntrack: .*table full|conntrack ?(?:table )?(?:is )?full/i;
/** Fill from which new connections find no room, by the count of a moment. */
const NO_ROOM = 0.97;

/** A way on which a node is told to have no room, or to lose packets. */
interface Told {
  readonly node: string;
  readonly evidence: Evidence;
}

/** Questions that nodes drop before any server sees them. */
export const connectionTable = defineCheck<DnsSubject>({
  id: 'netdns/connection-table',
  group: 'pods',
  needs: [],
  uses: ['Event', 'Node', 'Pod'],
  run: (_subject, { index }) => [...full(index), ...races(index)],
});

function full(index: ClusterIndex): readonly Finding[] {
  const told = [
    ...inEvents(index),
    ...inConditions(index),
    ...inKernelLogs(index),
    ...tableFills(index).flatMap(inFill),
  ];
  if (told.length === 0) return [];
  const { names, words } = nodesOf(told);
  return [
    nodesMessages.DNS321.raise({
      subject: { kind: 'Node', name: names[0] ?? '' },
      args: { nodes: words, one: names.length < 2, node: names[0] ?? '<node>' },
      evidence: told.slice(0, 4).map(({ evidence }) => evidence),
    }),
  ];
}

function inEvents(index: ClusterIndex): readonly Told[] {
  return index.list('Event').flatMap((object) => {
    const event = toClusterEvent(object);
    if (event === undefined || !(FULL.test(event.message) || FULL.test(event.reason))) return [];
    const { kind = '', name = '' } = event.object;
    const source = `event ${event.reason} of ${kind} ${name}`;
    return [{ node: kind === 'Node' ? name : '', evidence: { fact: event.message, source } }];
  });
}

function inConditions(index: ClusterIndex): readonly Told[] {
  return index.list('Node').flatMap((node) =>
    (node.status?.conditions ?? []).flatMap(({ type = '', status, reason = '', message = '' }) => {
      if (status !== 'True' || !(FULL.test(type) || FULL.test(message))) return [];
      const fact = `${type}: ${message === '' ? reason : message}`;
      return [{ node: nameOf(node), evidence: { fact, source: `Node ${nameOf(node)} status.conditions` } }];
    }),
  );
}

/** Files with what the kernel says, by the names that tools give them, and the logs of node-problem-detector. */
const KERNEL_FILE = /dmesg|journal|kern(?:el)?\b|messages|syslog/i;

function inKernelLogs(index: ClusterIndex): readonly Told[] {
  const files = index
    .tools()
    .filter(({ path }) => KERNEL_FILE.test(path))
    .map(({ path, text }) => ({ node: nodeInPath(index, path), text, source: path }));
  const detectors = index
    .list('Pod')
    .filter((pod) => /node-problem-detector/.test(nameOf(pod)))
    .flatMap((pod) =>
      (pod.spec?.containers ?? []).map(({ name = '' }) => ({
        node: pod.spec?.nodeName ?? '',
        text: index.log(namespaceOf(pod), nameOf(pod), name, false) ?? '',
        source: `log of ${nameOf(pod)}`,
      })),
    );
  return [...files, ...detectors].flatMap(({ node, text, source }) => {
    const line = text.split('\n').findLast((one) => FULL.test(one));
    return line === undefined ? [] : [{ node, evidence: { fact: shorten(line.trim(), 200), source } }];
  });
}

/** Packets that were dropped may have been so long ago: only a table that is full now is one. */
function inFill({ node, count, max, dropped, source }: TableFill): readonly Told[] {
  if (count === undefined || max === undefined || max <= 0 || count / max < NO_ROOM) return [];
  const since = dropped === 0 ? '' : `, ${dropped} packets dropped since it was started`;
  return [{ node, evidence: { fact: `${count} of ${max} connections${since}`, source } }];
}

function races(index: ClusterIndex): readonly Finding[] {
  const fills = tableFills(index).filter(({ raced }) => raced > 0);
  if (fills.length === 0) return [];
  const told = fills.map(({ node, raced, source }) => ({
    node,
    evidence: { fact: `insert_failed ${raced}`, source },
  }));
  const { names, words } = nodesOf(told);
  return [
    nodesMessages.DNS322.raise({
      subject: { kind: 'Node', name: names[0] ?? '' },
      args: { nodes: words, count: fills.reduce((sum, { raced }) => sum + raced, 0) },
      evidence: told.slice(0, 4).map(({ evidence }) => evidence),
    }),
  ];
}

function nodesOf(told: readonly Told[]): { readonly names: readonly string[]; readonly words: string } {
  const names = [...new Set(told.map(({ node }) => node))].filter((name) => name !== '').sort();
  const words = names.length === 0 ? 'a node' : `${names.length === 1 ? 'node' : 'nodes'} ${joinNames(names)}`;
  return { names, words };
}
