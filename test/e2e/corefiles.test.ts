import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeCorefile } from '../../shared/dns/corefile/judge.ts';
import { binaryPath } from '../cluster/build/cache.ts';
import { caseEnvironment, readCases } from '../corefiles/read-cases.ts';
import { askCoreDns } from '../corefiles/real-coredns.ts';

const binary = binaryPath('coredns');
const why = existsSync(binary) ? undefined : 'CoreDNS of the test cluster is not built';

describe.skipIf(why !== undefined)(
  `the real CoreDNS 1.12.4 starts with what is judged valid${why ? ` (${why})` : ''}`,
  () => {
    it.concurrent.each(readCases().map((one) => [one.name, one] as const))('%s', async (_, one) => {
      const files = new Map([...one.files].map(([path, content]) => [`/etc/coredns/${path}`, content]));
      const ours = judgeCorefile({ text: one.text, version: '1.12.4', files, env: caseEnvironment });
      const real = await askCoreDns(binary, one);
      // An address of another machine is none that the Corefile could be blamed for.
      const starts = real.valid || /cannot assign requested address/.test(real.output);
      expect({ valid: starts, says: real.valid ? '' : real.output }).toMatchObject({ valid: ours.valid });
    });
  },
);
