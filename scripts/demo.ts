/** The README's first command: a recorded incident through the plugin as users run it. */
import process from 'node:process';
import { execa } from 'execa';

const CASE = 'test/scenarios/selector-relabelled-in-release';
const words = ['payment-service', '--snapshot', `${CASE}/facts`, '--snapshot', 'test/scenarios/_cluster'];

await execa('node', ['scripts/build.ts', 'netsvc'], { preferLocal: true, stdout: 'ignore', stderr: 'inherit' });
process.stdout.write(`$ kubectl netsvc payment-service        # on the incident recorded in ${CASE}\n`);
const run = await execa('node', ['dist/kubectl-netsvc', ...words, '-n', 'shop'], {
  preferLocal: true,
  reject: false,
  stdout: 'inherit',
  stderr: 'inherit',
});
// Exit status 1 is the answer "faults found", which is what the incident is there to show.
process.exitCode = run.exitCode === 1 ? 0 : 1;
