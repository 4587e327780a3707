import type { AddressRange } from '../../../shared/util/addresses.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';
import { rangesWords } from '../answer/end-values.ts';
import { coversInternet } from '../answer/internet.ts';
import type { Judged, PortVerdict } from '../answer/judge-pair.ts';
import { isByAddress, outsideNote } from '../answer/outside-words.ts';
import { type Party, senderWords } from '../targets/party.ts';
import { reasonsWords } from '../words/reasons.ts';
import type { Asked } from './ask.ts';

/** The answer in a sentence. */
export function headlineOf(asked: Asked, from: Party, to: Party, judged: Judged): string {
  const { answer } = judged;
  const [first] = judged.ports;
  const on = portPhrase(judged);
  const reasons = reasonsOf(asked, from, to, judged);
  const incomplete = asked.gaps.incomplete;
  if (incomplete !== undefined)
    return `whether ${senderWords(from)} can reach ${to.words}${on} is not sure: ${incomplete}`;
  const enforced = asked.enforcement.enforced === 'no' && reasons[0] !== undefined ? ` — ${reasons[0]}` : '';
  if (answer === 'yes') return `${senderWords(from)} can reach ${to.words}${on}${enforced}`;
  if (answer === 'no') {
    if (first?.pairs.length === 0) return `${to.words} has nothing that listens${on}`;
    return `${senderWords(from)} cannot reach ${to.words}${on}`;
  }
  if (judged.mixed) {
    const by = (wanted: string): readonly string[] =>
      judged.ports.filter((port) => port.answer === wanted).map((port) => port.words);
    const open = by('yes');
    return open.length === 0
      ? `whether ${senderWords(from)} can reach ${to.words} on ${joinNames(by('depends'))} is not decided; on ${joinNames(by('no'))} it cannot`
      : `${senderWords(from)} can reach ${to.words} on ${open.join(', ')} and not on ${judged.declared ? 'its other ports' : 'other ports'}: say which with --port`;
  }
  const split = splitWords(first);
  return `whether ${senderWords(from)} can reach ${to.words}${on} depends: ${split ?? reasons[0] ?? 'the facts do not decide it'}`;
}

/** `2 of 3 pairs of pods are allowed`, where they differ. */
export function splitWords(port: PortVerdict | undefined): string | undefined {
  if (port === undefined) return undefined;
  const count = (answer: string): number =>
    port.pairs.reduce((sum, pair) => sum + (pair.verdict.answer === answer ? pair.count : 0), 0);
  const [yes, no] = [count('yes'), count('no')];
  if (yes === 0 || no === 0) return undefined;
  const [open, shut] = [rangesOf(port, 'yes'), rangesOf(port, 'no')];
  if (open.length > 0 && shut.length > 0 && !open.some((range) => shut.includes(range))) {
    const verb = open.length === 1 || coversInternet(open) ? 'is' : 'are';
    const [one, other] = [open, shut].map((some) =>
      coversInternet(some) ? `over IPv${some[0]?.family}` : rangesWords(some),
    );
    return `${coversInternet(open) ? 'the internet ' : ''}${one} ${verb} allowed and ${other} denied`;
  }
  return `${plural(yes, 'pair of pods is', 'pairs of pods are')} allowed and ${no} denied`;
}

/** The addresses of an end that is no pod, of the pairs with one answer. */
function rangesOf({ pairs }: PortVerdict, answer: string): readonly AddressRange[] {
  const found = pairs.flatMap(({ from, to, verdict }) =>
    verdict.answer === answer ? [from, to].flatMap((unit) => (unit.type === 'range' ? [unit.range] : [])) : [],
  );
  return [...new Set(found)];
}

/** ` on port 80 (http), which is TCP 8080 of its pods`; empty where any port is meant. */
export function portPhrase({ ports }: Pick<Judged, 'ports'>): string {
  const [only] = ports;
  if (ports.length !== 1 || only === undefined)
    return ports.length === 0 || ports.some(({ words }) => words.startsWith('any'))
      ? ''
      : ` on ${ports.map(({ words }) => words).join(', ')}`;
  const numbers = [...new Set(only.pairs.map(({ question }) => question.port))];
  if (only.words.startsWith('any other')) return ' on any port';
  const target =
    numbers.length === 1 && !new RegExp(`\\b${numbers[0]}\\b`).test(only.words)
      ? `, which is ${only.protocol} ${numbers[0]} of its pods`
      : '';
  return ` on ${only.words}${target}`;
}

/** What the answer rests on, and what is to be minded of it, each once. */
export function reasonsOf({ name }: Asked, from: Party, to: Party, judged: Judged): readonly string[] {
  const reasons = [
    ...from.notes,
    ...to.notes,
    ...judged.ports.flatMap(({ pairs }) => pairs.flatMap(({ verdict }) => verdict.reasons)),
  ];
  return [...reasonsWords(reasons, name), ...outsideNotes(from, to, judged)];
}

function outsideNotes(from: Party, to: Party, judged: Judged): readonly string[] {
  if (judged.answer === 'no' || from.members.some(({ type }) => type !== 'range')) return [];
  const byAddress = judged.ports.some(({ pairs }) => pairs.some(({ verdict }) => isByAddress(verdict.ingress)));
  const note = outsideNote(to, byAddress);
  return note === undefined ? [] : [note];
}
