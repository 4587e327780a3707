import type { AnyMessage } from '../messages/define-messages.ts';
import { UsageError } from './command.ts';
import { nearestWords } from './nearest.ts';

/** The plugins by the letters of their codes. */
const OWNERS: Readonly<Record<string, string>> = { SVC: 'netsvc', DNS: 'netdns', POL: 'netpol', CNI: 'netcni' };

/** The error for a word that is no code of a plugin, with the code that was meant or the plugin that has it. */
export function unknownCode(word: string, messages: readonly AnyMessage[], plugin: string, start = ''): UsageError {
  const all = `All codes: kubectl ${plugin} explain`;
  const owner = OWNERS[/^([a-z]{3})\d+$/i.exec(word)?.[1]?.toUpperCase() ?? ''];
  if (owner !== undefined && owner !== plugin) {
    return new UsageError(
      `${start}${word} is no code of kubectl ${plugin}`,
      `Try: kubectl ${owner} explain ${word.toUpperCase()}`,
    );
  }
  const near = nearMessages(word, messages).map((entry) => `  ${entry.code}  ${entry.title}`);
  return new UsageError(
    `${start}there is no code ${word === '' ? '""' : word}`,
    near.length === 0 ? all : ['Did you mean', ...near, all].join('\n'),
  );
}

/** By slug, else by code, else by the words that stand in slug and title. */
function nearMessages(word: string, messages: readonly AnyMessage[]): readonly AnyMessage[] {
  for (const part of ['slug', 'code'] as const) {
    const names = nearestWords(
      word,
      messages.map((entry) => entry[part]),
    );
    if (names.length > 0) return names.flatMap((name) => messages.filter((entry) => entry[part] === name));
  }
  if (/^\d{3}$/.test(word)) return messages.filter(({ code }) => code.endsWith(word));
  const words = word.toLowerCase().match(/[a-z]{3,}/g) ?? [];
  if (words.length === 0) return [];
  return messages
    .filter(({ slug, title }) => words.every((one) => `${slug} ${title}`.toLowerCase().includes(one)))
    .slice(0, 5);
}
