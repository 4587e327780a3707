import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { wrap } from '../../../shared/util/text.ts';
import { statusFacts } from '../diagnose/status-facts.ts';
import { readNetwork, takesNoWords } from './read-network.ts';

const WIDTH = 80;

/** `status`: facts with their places. */
export async function runStatus(request: Request): Promise<CommandResult> {
  takesNoWords(request, 'status');
  const { snapshot, index } = await readNetwork(request);
  const facts = statusFacts(index);
  const known = facts.some(({ source }) => source !== '');
  return {
    type: 'value',
    value: { source: sourceName(snapshot), takenAt: index.takenAt, facts },
    text: facts.flatMap(lines).join('\n'),
    exit: known ? 0 : 3,
  };
}

function lines({ name, value, source }: ReturnType<typeof statusFacts>[number]): readonly string[] {
  const start = name.padEnd(16);
  const indent = ' '.repeat(start.length);
  const told = wrap(value, WIDTH, indent).map((line, at) => (at === 0 ? start + line.slice(start.length) : line));
  if (source === '') return told;
  const last = told.at(-1) ?? '';
  const place = `(${source})`;
  if (last.length + place.length + 2 <= WIDTH) return [...told.slice(0, -1), `${last}  ${place}`];
  return [...told, ...wrap(place, WIDTH, `${indent}  `)];
}
