import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { faults } from '../faults/catalogue.ts';
import type { Fault } from '../faults/fault.ts';
import { openStage, play, type Stage } from '../faults/stage.ts';
import { describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';
import { type PluginRun, runPlugin } from '../kit/plugin.ts';
import { type Answer, answerOf, type Fix, firstChange, toldBy } from './answer.ts';

const foreign = foreignKubeconfig();
const reason = foreign === undefined ? skipReason() : undefined;
const EXIT: Readonly<Record<string, number>> = { healthy: 0, degraded: 1, broken: 1, unknown: 3 };

/** Faults live in namespaces of their own, so they can be played side by side. */
describe.skipIf(reason !== undefined)(`live faults${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  const kubeconfig = foreign ?? describeCluster(testClusterName).kubeconfig;

  it.concurrent.each(faults.map((fault) => [fault.name, fault] as const))(
    '%s',
    { timeout: 420_000 },
    async (_, fault) => {
      const stage = await openStage(kubeconfig, namespaceOf(fault));
      try {
        await play(stage, fault);
        const live = await settledAnswer(fault, stage, kubeconfig);
        const first = live.causes[0];
        expect(live.verdict, live.headline).toBe(fault.verdict);
        if (fault.code !== undefined) expect(first?.code, live.headline).toBe(fault.code);
        for (const word of fault.words ?? []) expect(toldBy(live)).toContain(word);
        await sameFromRecording(fault, stage, kubeconfig, live);
        await heal(fault, stage, kubeconfig, live);
      } finally {
        await stage.close();
      }
    },
  );
});

function namespaceOf(fault: Fault): string {
  return fault.namespace ?? fault.name;
}

async function ask(fault: Fault, kubeconfig: string, words: readonly string[] = []): Promise<PluginRun> {
  return await runPlugin('netsvc', [...fault.ask, '-n', namespaceOf(fault), '-o', 'json', ...words], { kubeconfig });
}

/**
 * The answer once it says what the fault is. Kubernetes tells its own story in steps (an event first, the back-off
 * later), so the question is asked again for a while; the last answer is the one that counts.
 */
async function settledAnswer(fault: Fault, stage: Stage, kubeconfig: string): Promise<Answer> {
  let run = await ask(fault, kubeconfig);
  for (let round = 0; round < 10; round++) {
    const answer = answerOf(run);
    const told = toldBy(answer);
    if (answer.verdict === fault.verdict && (fault.words ?? []).every((word) => told.includes(word))) break;
    await stage.until(() => true, 'answering');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    run = await ask(fault, kubeconfig);
  }
  const answer = answerOf(run);
  expect(run.exitCode, `${answer.headline}\n${run.stderr}`).toBe(EXIT[answer.verdict]);
  return answer;
}

/** Records the namespace and asks the recording: verdict and first cause must be those of the cluster. */
async function sameFromRecording(fault: Fault, stage: Stage, kubeconfig: string, live: Answer): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-net-recording-'));
  try {
    const file = join(folder, 'recording.tar.gz');
    const recorded = await runPlugin('netsvc', ['snapshot', '-n', stage.namespace, '-o', file], { kubeconfig });
    expect(recorded.exitCode, recorded.stderr).toBe(0);
    const offline = answerOf(await ask(fault, '/nonexistent', ['--snapshot', file]));
    expect(offline.verdict, offline.headline).toBe(live.verdict);
    expect(offline.causes[0]?.code).toBe(live.causes[0]?.code);
    expect(offline.causes[0]?.subject).toEqual(live.causes[0]?.subject);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Heals as the fault says, by the line that the report gives to paste where it can, and asks until all is well. */
async function heal(fault: Fault, stage: Stage, kubeconfig: string, live: Answer): Promise<void> {
  if (fault.heal === undefined && fault.healWith === undefined) return;
  const change = fault.heal === 'fix' ? changeOf(live) : undefined;
  if (change !== undefined) {
    await paste(change.command, kubeconfig);
  } else if (fault.heal !== 'fix') {
    for (const words of fault.heal ?? []) await stage.kubectl(words);
  }
  if (fault.healWith !== undefined) await stage.apply(fault.healWith);
  if (fault.healed !== undefined) await stage.until(fault.healed, 'healed');
  const healed = await answerThat((answer) => answer.verdict === 'healthy', fault, kubeconfig);
  expect(healed.verdict, `after healing: ${healed.headline}`).toBe('healthy');
  if (change?.undo === undefined) return;
  await paste(change.undo, kubeconfig);
  const code = live.causes[0]?.code;
  const again = await answerThat(({ causes }) => causes[0]?.code === code, fault, kubeconfig);
  expect(again.causes[0]?.code, `after the undo: ${again.headline}`).toBe(code);
}

function changeOf({ causes: [first], headline }: Answer): Fix {
  const change = first === undefined ? undefined : firstChange(first);
  if (change === undefined) throw new Error(`nothing to paste: ${headline}`);
  return change;
}

/** Runs a line as a reader would: in a shell, letter by letter. */
async function paste(command: string, kubeconfig: string): Promise<void> {
  // Some lines keep what they change in a file of the current folder.
  await execa('sh', ['-c', command], { cwd: tmpdir(), env: { KUBECONFIG: kubeconfig } });
}

/** Asks until an answer is as wanted; the last one when none is. */
async function answerThat(wanted: (answer: Answer) => boolean, fault: Fault, kubeconfig: string): Promise<Answer> {
  let answer = answerOf(await ask(fault, kubeconfig));
  for (let round = 0; round < 20 && !wanted(answer); round++) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    answer = answerOf(await ask(fault, kubeconfig));
  }
  return answer;
}
