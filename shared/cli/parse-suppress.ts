import type { KubeObject } from '../model/objects.ts';
import { isCode, SUPPRESS_ANNOTATION, type Suppression } from '../report/suppress.ts';
import { type Plugin, UsageError } from './command.ts';
import { unknownCode } from './unknown-code.ts';

/** `SVC101`, `SVC4*`, `*`, or the name of a finding: `selector-matches-no-pod`. */
const CODE = /^(?:[A-Za-z]{3}[\d*]+|\*|[a-z0-9]+(?:-[a-z0-9]+)+)$/;

/** Reads `--suppress` values: `SVC101`, `SVC101=shop/web`, `SVC4*=shop/*`, several with commas. */
export function parseSuppress(values: readonly string[]): readonly Suppression[] {
  return values
    .flatMap((value) => value.split(','))
    .filter((value) => value.trim() !== '')
    .map((value) => {
      const [code = '', where, ...more] = value.trim().split('=');
      if (!CODE.test(code) || more.length > 0 || where === '') {
        throw new UsageError(`--suppress ${value} is not CODE or CODE=NS/NAME`, 'Example: --suppress SVC101=shop/web');
      }
      if (where !== undefined && where !== '*' && !where.includes('/')) {
        throw new UsageError(`--suppress ${value}: the object needs its namespace`, `Example: ${code}=shop/${where}`);
      }
      return { code, ...(where === undefined ? {} : { where }), by: `--suppress ${value.trim()}` };
    });
}

/** Throws a UsageError for a code of `--suppress` that the plugin does not have: it would suppress nothing, unseen. */
export async function refuseUnknownCodes(values: readonly string[], plugin: Plugin): Promise<void> {
  const rules = parseSuppress(values);
  if (rules.length === 0) return;
  const messages = Object.values(await plugin.messages());
  for (const { code, by } of rules) {
    if (messages.some((message) => isCode(code, message))) continue;
    if (!code.includes('*')) throw unknownCode(code, messages, plugin.name, `${by}: `);
    throw new UsageError(`${by}: no code is like ${code}`, `All codes: kubectl ${plugin.name} explain`);
  }
}

/** The codes that an object's annotation accepts for itself. */
export function suppressedBy(object: KubeObject): readonly Suppression[] {
  const text = object.metadata?.annotations?.[SUPPRESS_ANNOTATION] ?? '';
  return text
    .split(/[\s,]+/)
    .filter((code) => CODE.test(code))
    .map((code) => ({ code, by: `annotation ${SUPPRESS_ANNOTATION}` }));
}
