/**
 * Tables of who reaches whom, in the form of Kubernetes' end-to-end tests: a line for every sender, a mark for every
 * receiver (`.` yes, `X` no, `?` depends), a space between namespaces.
 *
 *     x/a   ... ... ...
 *     x/bc  X.. ... ...
 *     yz/*  X.. ... ...
 *
 * A line may speak for several senders: `x/bc` for x/b and x/c, `yz/*` for all of y and z. Each sender stands in exactly
 * one line. A pod always reaches itself, so the marks on the diagonal are not read.
 */
import type { Pod } from '../../model/objects-pod.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import type { Answer } from '../evaluate/verdict.ts';
import { connectivity } from '../many/connectivity.ts';
import { buildPolicyModel, type PolicyFacts } from '../model.ts';
import { hasPort, type Protocol, protocolOf } from '../rules/port-set.ts';
import { naiveAnswer } from './naive.ts';

const MARKS: Readonly<Record<Answer, string>> = { yes: '.', no: 'X', depends: '?' };

/**
 * Holds a table against three readers of the policies: the walk rule by rule, the matrix of all pairs, and the naive
 * evaluator, so that a table also proves what the random clusters are compared with. `ports` is a list such as
 * `TCP 80, UDP 80`; the table must hold for each. Throws with both tables side by side and the pairs that differ.
 */
export function expectReach(facts: PolicyFacts, ports: string, expected: string): void {
  const wanted = wantedRows(facts.pods, expected);
  for (const text of ports.split(', ')) {
    for (const [reader, answers] of readersOf(facts, text)) {
      const observed = facts.pods.map((from) => facts.pods.map((to) => MARKS[answers(from, to)]));
      if (String(observed) !== String(wanted)) {
        throw new Error(difference(facts.pods, wanted, observed, `${text}, ${reader}`));
      }
    }
  }
}

/** Pairs named one by one; the tables show the rest. */
const TOLD = 10;

type Answers = (from: Pod, to: Pod) => Answer;

function readersOf(facts: PolicyFacts, text: string): readonly (readonly [string, Answers])[] {
  const [name, number] = text.split(' ');
  const protocol = protocolOf(name);
  if (protocol === undefined) throw new Error(`no protocol in "${text}"`);
  const question = { protocol, port: Number(number) };
  const model = buildPolicyModel(facts);
  return [
    [
      'rule by rule',
      (from, to) => evaluate(model, { type: 'pod', pod: from }, { type: 'pod', pod: to }, question).answer,
    ],
    ['all pairs at once', matrixAnswers(facts, protocol, question.port)],
    ['naive evaluator', (from, to) => naiveAnswer(facts, from, to, protocol, question.port)],
  ];
}

function matrixAnswers(facts: PolicyFacts, protocol: Protocol, port: number): Answers {
  const matrix = connectivity(buildPolicyModel(facts), 'pod');
  const rowOf = (pod: Pod): number => matrix.peers.findIndex((peer) => peer.type === 'pods' && peer.pods.includes(pod));
  return (from, to) => {
    if (from === to) return 'yes';
    const { allowed, depends } = matrix.cell(rowOf(from), rowOf(to));
    return hasPort(allowed, protocol, port) ? 'yes' : hasPort(depends, protocol, port) ? 'depends' : 'no';
  };
}

/** The table of a test as one row of marks for each pod. */
function wantedRows(pods: readonly Pod[], text: string): readonly (readonly string[])[] {
  const rows = new Map<Pod, readonly string[]>();
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const [label = '', ...marks] = line.split(/\s+/);
    const cells = [...marks.join('')];
    if (cells.length !== pods.length) throw new Error(`"${line}" has ${cells.length} marks for ${pods.length} pods`);
    const senders = pods.filter((pod) => speaksFor(label, pod));
    if (senders.length === 0) throw new Error(`no pod is meant by "${label}"`);
    for (const sender of senders) {
      if (rows.has(sender)) throw new Error(`${nameOf(sender)} stands in two lines`);
      rows.set(
        sender,
        cells.map((mark, to) => (pods[to] === sender ? '.' : mark)),
      );
    }
  }
  return pods.map((pod) => {
    const row = rows.get(pod);
    if (row === undefined) throw new Error(`${nameOf(pod)} stands in no line`);
    return row;
  });
}

/** `yz/*`, `x/bc`, `x/a`, `*` for all: every name of the grid is one letter. */
function speaksFor(label: string, { metadata }: Pod): boolean {
  const [namespaces = '', names = '*'] = label.split('/');
  const has = (letters: string, name = ''): boolean => letters === '*' || letters.includes(name);
  return has(namespaces, metadata?.namespace) && has(names, metadata?.name);
}

function difference(
  pods: readonly Pod[],
  wanted: readonly (readonly string[])[],
  observed: readonly (readonly string[])[],
  title: string,
): string {
  const space = (cells: readonly string[] = []): string =>
    cells
      .map((cell, i) =>
        i > 0 && pods[i]?.metadata?.namespace !== pods[i - 1]?.metadata?.namespace ? ` ${cell}` : cell,
      )
      .join('');
  const rows = pods.map((pod, i) => `  ${nameOf(pod)}  ${space(wanted[i])}   ${space(observed[i])}`);
  const pairs = pods.flatMap((from, i) =>
    pods.flatMap((to, j) => {
      const [want, found] = [wanted[i]?.[j], observed[i]?.[j]];
      return want === found ? [] : [`  ${nameOf(from)} to ${nameOf(to)}: expected ${want}, observed ${found}`];
    }),
  );
  const told = pairs.length > TOLD ? [...pairs.slice(0, TOLD), `  and ${pairs.length - TOLD} more`] : pairs;
  return [`${title}: expected, then observed`, ...rows, `${pairs.length} pairs differ:`, ...told].join('\n');
}

function nameOf({ metadata }: Pod): string {
  return `${metadata?.namespace}/${metadata?.name}`;
}
