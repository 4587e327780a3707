import type { AnyMessage } from '../messages/define-messages.ts';
import { compareText, wrap } from '../util/text.ts';
import { type CommandResult, type Request, UsageError } from './command.ts';
import { unknownCode } from './unknown-code.ts';

const WIDTH = 80;

/** `explain`: what a code means; all codes in short without one. */
export async function runExplain(request: Request): Promise<CommandResult> {
  const messages = Object.values(await request.plugin.messages()).sort((a, b) => compareText(a.code, b.code));
  const [word] = request.args;
  if (word === undefined) {
    return { type: 'value', value: messages.map(messageValue), text: messages.map(lineOf).join('\n') };
  }
  if (request.args.length > 1)
    throw new UsageError('explain takes one code', `Example: kubectl ${request.plugin.name} explain ${word}`);
  const found = messages.find((entry) => entry.code === word.toUpperCase() || entry.slug === word.toLowerCase());
  if (found === undefined) throw unknownCode(word, messages, request.plugin.name);
  return { type: 'value', value: messageValue(found), text: pageOf(found, request.plugin.name) };
}

function severityOf({ role, severity }: AnyMessage): string {
  return role === 'note' ? 'info' : severity;
}

function lineOf(entry: AnyMessage): string {
  const start = `${entry.code}  ${severityOf(entry).padEnd(8)}  `;
  const lines = wrap(entry.title, WIDTH, ' '.repeat(start.length));
  return start + lines.join('\n').trimStart();
}

function pageOf(entry: AnyMessage, plugin: string): string {
  const follows = entry.covers ?? [];
  return [
    `${entry.code}  ${entry.title}`,
    `${entry.slug}, ${severityOf(entry)}${entry.confidence === undefined ? '' : `, ${entry.confidence}`}`,
    '',
    ...entry.explain.split('\n').flatMap((paragraph) => wrap(paragraph, WIDTH)),
    ...(follows.length === 0 ? [] : ['', ...wrap(`It explains, when both are found: ${follows.join(', ')}`, WIDTH)]),
    '',
    ...wrap(
      `Accept it: --suppress ${entry.code}=NS/NAME, or on the object: ` +
        `kubectl annotate ${plugin === 'netsvc' ? 'service NAME' : 'KIND NAME'} kubectl-net/suppress=${entry.code}`,
      WIDTH,
    ),
  ].join('\n');
}

function messageValue(entry: AnyMessage): Record<string, unknown> {
  const { code, slug, title, explain } = entry;
  return {
    code,
    slug,
    severity: severityOf(entry),
    confidence: entry.confidence ?? 'proven',
    title,
    explain,
    covers: entry.covers ?? [],
  };
}
