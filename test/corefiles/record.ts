import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCases } from './read-cases.ts';
import { askCoreDns } from './real-coredns.ts';

/** `node test/corefiles/record.ts PATH_TO_COREDNS_1.12.4` writes down what it does with every case of the corpus. */
const [binary] = process.argv.slice(2);
if (binary === undefined) throw new Error('say where CoreDNS 1.12.4 is');

const verdicts: Record<string, string> = {};
for (const one of readCases()) {
  const { valid, output } = await askCoreDns(binary, one);
  const words = output
    .split('\n')
    .filter(
      (line) =>
        line !== '' && !/^maxprocs|^\[(INFO|WARNING)|^\[ERROR\] plugin\/kubernetes: (Failed|Expected)/.test(line),
    );
  verdicts[one.name] = valid ? 'starts' : (words[0] ?? 'no words').replaceAll(/\/tmp\/corefile-\w+/g, '/etc/coredns');
}
writeFileSync(join(import.meta.dirname, 'verdicts.json'), `${JSON.stringify(verdicts, null, 2)}\n`);
