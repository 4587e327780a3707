import { createHash } from 'node:crypto';
import { toldBy, withoutPassing } from '../../report/told.ts';
import type { CommandResult } from '../command.ts';

/** The same for two results of a command that tell the same; small, however much they tell. */
export function fingerprint(result: CommandResult): string {
  const hash = createHash('sha256');
  for (const text of textsOf(result)) hash.update(text);
  return hash.digest('base64');
}

function* textsOf(result: CommandResult): Iterable<string> {
  if (result.type === 'report') {
    yield toldBy(result.report);
  } else if (result.type === 'pieces') {
    for (const piece of result.pieces) yield withoutPassing(Buffer.from(piece).toString());
  } else {
    yield withoutPassing(result.type === 'text' ? result.text : JSON.stringify(result.value));
  }
}
