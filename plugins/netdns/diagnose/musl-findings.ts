import type { Evidence, Finding } from '../../../shared/messages/finding.ts';
import { refOf } from '../../../shared/model/refs.ts';
import { namesMessages } from '../messages/names.ts';
import type { NameQuestion } from './name-question.ts';

/** A name with an address that musl throws away, because the question for the other type failed. */
export function muslGivesUp(
  { expansion, servers, name, pod }: NameQuestion,
  evidence: readonly Evidence[],
): readonly Finding[] {
  if (expansion.libc !== 'musl') return [];
  const answers = servers.flatMap((server) => server.answers);
  for (const query of expansion.queries) {
    const own = answers.filter((answer) => answer.name === query.name);
    const good = own.find((answer) => answer.rcode === 'NOERROR' && answer.answers.length > 0);
    const bad = own.find((answer) => answer.rcode !== 'NOERROR');
    if (good === undefined || bad === undefined || good.type === bad.type) continue;
    const address = good.answers.at(-1)?.data ?? '';
    return [
      namesMessages.DNS617.raise({
        subject: pod === undefined ? { kind: 'Name', name } : refOf(pod, 'Pod'),
        args: { name: query.name, type: bad.type, rcode: bad.rcode, has: good.type, address },
        evidence: [
          { fact: `${bad.type} → ${bad.rcode}, ${good.type} → ${address}`, source: `the DNS servers, ${query.name}.` },
          ...evidence,
        ],
      }),
    ];
  }
  return [];
}

/** A name that glibc would find in the search list and musl does not look for there. */
export function muslOnly(
  { expansion, zone, name, types, resolver, pod }: NameQuestion,
  evidence: readonly Evidence[],
): readonly Finding[] {
  if (expansion.libc !== 'musl' || expansion.notes.length === 0 || name.endsWith('.')) return [];
  const found = resolver.searches
    .map((suffix) => `${name}.${suffix}`.toLowerCase())
    .find((full) => zone.foretell(full, types) === 'found');
  if (found === undefined) return [];
  return [
    namesMessages.DNS608.raise({
      subject: pod === undefined ? { kind: 'Name', name } : refOf(pod, 'Pod'),
      args: { name, ndots: resolver.ndots, dots: name.split('.').length - 1, full: `${found}.` },
      evidence: [...evidence, ...expansion.notes.map((fact) => ({ fact, source: 'musl' }))],
    }),
  ];
}
