import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../shared/model/objects.ts';
import { runCli } from '../../shared/testing/run-cli.ts';
import { pluginOf } from '../contract/plugins.ts';
import { validCluster } from './valid-cluster.ts';

const COMMANDS = ['netsvc check -A', 'netdns check', 'netcni check', 'netpol lint -A', 'netpol matrix -A'];

/** Values of every type, sound and mad, to be put where another is expected. */
const junk = fc.constantFrom<unknown>(
  null,
  '',
  'x',
  0,
  -1,
  1e12,
  true,
  [],
  {},
  [null],
  [{}],
  { a: null },
  '2026-13-45T99:99:99Z',
  '10.0.0.0/99',
  ':::',
);

/** Which object, which of its fields, and what becomes of it; `gone` takes it away. */
const damage = fc.record({ object: fc.nat(), field: fc.nat(), value: fc.oneof(junk, fc.constant('gone')) });

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;
type Slot = readonly [holder: Record<string, unknown>, key: string];

/** Every field of an object but those that say what it is. */
function slotsOf(value: unknown, top = true): readonly Slot[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder)
    .filter((key) => !top || (key !== 'kind' && key !== 'apiVersion'))
    .flatMap((key) => [[holder, key] as const, ...slotsOf(holder[key], false)]);
}

function damaged(objects: readonly KubeObject[], damages: readonly Damage[]): readonly KubeObject[] {
  const copies = structuredClone(objects);
  for (const { object, field, value } of damages) {
    const slots = slotsOf(copies[object % copies.length]);
    const slot = slots[field % Math.max(1, slots.length)];
    if (slot === undefined) continue;
    const [holder, key] = slot;
    if (value !== 'gone') holder[key] = structuredClone(value);
    else delete holder[key];
  }
  return copies;
}

describe('objects with fields of another type, empty or gone', { timeout: 180_000 }, () => {
  it.each(COMMANDS)('never end %s by a fault of its own', async (command) => {
    const damages = fc.array(damage, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(validCluster, damages, async ({ objects }, all) => {
        const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: damaged(objects, all) });
        const argv = [...command.split(' ').slice(1), '--snapshot', '-'];
        // A check that fails in it makes `runCli` throw, with the name of the check.
        const run = await runCli(pluginOf(command), argv, { stdin });
        expect(run.stderr).not.toContain('fault of the plugin');
        expect([0, 1, 2, 3]).toContain(run.exit);
      }),
      { numRuns: 60 },
    );
  });
});
