import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { type TempFiles, tempFiles } from '../../../shared/testing/temp-files.ts';
import { netpol } from '../plugin.ts';
import { deployment } from '../testing/shop.ts';

let files: TempFiles;
beforeEach(() => {
  files = tempFiles();
});
afterEach(() => files.remove());

const POLICY =
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {podSelector: {}}\n';

async function matrixBeside(text: string): Promise<{ readonly exit: number; readonly stdout: string }> {
  files.write('d/all.yaml', `${deployment('shop', 'web')}\n---\n${deployment('shop', 'api')}\n---\n${POLICY}`);
  files.write('d/text.txt', text);
  return await runCli(netpol, ['matrix', '-n', 'shop', '--snapshot', files.path('d')]);
}

describe('a text that kubectl printed for people, beside the policies', () => {
  it.each([
    ['pods', 'NAME        READY   STATUS    RESTARTS   AGE\nweb-1       1/1     Running   0          3d\n'],
    ['events', '3m   Warning   BackOff   pod/other-1   Back-off\n'],
  ])('of %s is named and leaves the answer sure', async (_, text) => {
    const run = await matrixBeside(text);
    expect(run.exit).toBe(0);
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toMatch(/text\.txt: .*-o yaml/);
    expect(run.stdout).not.toContain('INCOMPLETE');
  });

  it('of policies leaves it open', async () => {
    const run = await matrixBeside('NAME       POD-SELECTOR   AGE\ndeny-all   <none>         3d\n');
    expect(run.exit).toBe(3);
    expect(run.stdout).toContain('INCOMPLETE');
  });
});
