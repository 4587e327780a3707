import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CorefileCase, readCases } from './read-cases.ts';
import { askCoreDns } from './real-coredns.ts';
import { type Verdicts, versions } from './verdicts.ts';

/** How many servers are started at a time. */
const AT_ONCE = 2;

/**
 * `node test/corefiles/record.ts FOLDER` writes down what every version of CoreDNS does with every case of the corpus.
 * FOLDER holds the programs as VERSION/coredns.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('say in which folder the programs of CoreDNS are, as VERSION/coredns');

const verdicts: Record<string, Verdicts[string]> = {};
const waiting = readCases();
for (const one of waiting) verdicts[one.name] = {};
let next = 0;
await Promise.all(Array.from({ length: AT_ONCE }, work));
writeFileSync(join(import.meta.dirname, 'verdicts.json'), `${JSON.stringify(verdicts, null, 2)}\n`);

async function work(): Promise<void> {
  for (let one = waiting[next++]; one !== undefined; one = waiting[next++]) verdicts[one.name] = await ask(one);
}

/** The verdicts of all versions; one that says the same as the version before it is left out. */
async function ask(one: CorefileCase): Promise<Record<string, string>> {
  const said: Record<string, string> = {};
  let before: string | undefined;
  for (const version of versions) {
    const { valid, output } = await askCoreDns(join(folder as string, version, 'coredns'), one);
    const now = valid ? 'starts' : firstWords(output);
    if (now !== before) said[version] = now;
    before = now;
  }
  return said;
}

function firstWords(output: string): string {
  const words = output
    .split('\n')
    .find(
      (line) =>
        line !== '' && !/^maxprocs|^\[(INFO|WARNING)|^\[ERROR\] plugin\/kubernetes: (Failed|Expected)/.test(line),
    );
  return (words ?? 'no words').replaceAll(/\/tmp\/corefile-\w+/g, '/etc/coredns');
}
