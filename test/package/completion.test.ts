import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programPath } from '../../scripts/package/program-path.ts';
import { completionHook } from '../../shared/cli/completion-hook.ts';
import { type ApiServer, startApiServer } from '../../shared/testing/api-server.ts';
import { namespace, pod, service } from '../../shared/testing/builders.ts';
import { kubeConfigText } from '../../shared/testing/kubeconfig.ts';
import { type TempFiles, tempFiles } from '../../shared/testing/temp-files.ts';
import { because, binary, cannotRun, NAMES } from './packaged.ts';

const kubectl = programPath('kubectl');
const reason = cannotRun() ?? (kubectl === undefined ? 'kubectl is not installed' : undefined);
const SYSTEM = ['/usr/local/bin', '/usr/bin', '/bin'];

/** Completion as people have it: kubectl asks the hook in PATH, which asks the binary, which asks the server. */
describe.skipIf(reason !== undefined)(`completion through kubectl${because(reason)}`, () => {
  let files: TempFiles;
  let server: ApiServer;
  let env: Record<string, string>;

  beforeAll(async () => {
    files = tempFiles();
    server = await startApiServer({
      objects: [namespace('shop'), namespace('bank'), service('web'), service('worker'), pod('client')],
    });
    files.write('kubeconfig', kubeConfigText({ server: server.url, namespace: 'shop', context: 'test-shop' }));
    mkdirSync(files.path('bin'));
    for (const name of NAMES) {
      symlinkSync(binary(name), files.path(`bin/kubectl-${name}`));
      files.write(`bin/kubectl_complete-${name}`, completionHook(name));
      chmodSync(files.path(`bin/kubectl_complete-${name}`), 0o755);
    }
    const path = [files.path('bin'), dirname(kubectl ?? ''), ...SYSTEM].join(delimiter);
    env = { PATH: path, HOME: files.folder, KUBECONFIG: files.path('kubeconfig'), TERM: 'dumb' };
  });
  afterAll(async () => {
    await server.close();
    files.remove();
  });

  const run = async (program: string, words: readonly string[], more: Record<string, string> = {}) =>
    await execa(program, words, { extendEnv: false, env: { ...env, ...more }, reject: false, stdin: 'ignore' });

  /** What kubectl's own completion offers for a line whose last word is being typed. */
  async function offered(words: readonly string[], more: Record<string, string> = {}): Promise<readonly string[]> {
    const { stdout } = await run('kubectl', ['__complete', ...words], more);
    const lines = stdout.split('\n');
    return lines.slice(0, -1).map((line) => line.split('\t')[0] ?? '');
  }

  it('offers the plugins themselves as commands', async () => {
    expect(await offered(['netsv'])).toEqual(['netsvc']);
  });

  it.each([
    ['commands', ['netsvc', 'che'], ['check']],
    ['Services', ['netsvc', 'w'], ['web', 'worker']],
    ['pods', ['netsvc', 'web', '--from', 'pod/'], ['pod/client']],
    ['namespaces', ['netsvc', 'web', '-n', ''], ['bank', 'shop']],
    ['contexts', ['netsvc', 'web', '--context', 't'], ['test-shop']],
    ['codes', ['netsvc', 'explain', 'SVC10'], expect.arrayContaining(['SVC101', 'SVC102'])],
    ['flags', ['netsvc', 'check', '--all'], ['--all-namespaces']],
    ['values of flags', ['netsvc', 'web', '-o', 'ya'], ['yaml']],
  ])('offers %s', async (_, words, wanted) => {
    expect(await offered(words)).toEqual(wanted);
  });

  it.each(NAMES)('offers the commands of %s', async (plugin) => {
    expect(await offered([plugin, 'compl'])).toEqual(['completion']);
  });

  it('asks the server no more than once', async () => {
    const before = server.seen.length;
    await offered(['netsvc', 'w']);
    expect(server.seen.length - before).toBe(1);
  });

  it('is silent and offers what it knows when there is no cluster', async () => {
    const nowhere = { KUBECONFIG: files.write('nowhere', kubeConfigText({ server: 'http://127.0.0.1:1' })) };
    const { stdout, stderr } = await run('kubectl_complete-netsvc', ['endpoints', ''], nowhere);
    expect({ stdout, stderr }).toEqual({ stdout: ':4', stderr: '' });
    const broken = { KUBECONFIG: files.write('broken', '{ not: [ a kubeconfig') };
    expect(await offered(['netsvc', 'che'], broken)).toEqual(['check']);
  });

  it('gives up when the server is silent, and offers the rest', async () => {
    const silent = await startApiServer({ objects: [service('web')] });
    silent.play({ do: 'stall' });
    try {
      const stalled = { KUBECONFIG: files.write('silent', kubeConfigText({ server: silent.url })) };
      expect(await offered(['netsvc', 'che'], stalled)).toEqual(['check']);
    } finally {
      await silent.close();
    }
  });

  it('leaves `kubectl plugin list` without a warning', async () => {
    const { stdout, stderr, exitCode } = await run('kubectl', ['plugin', 'list'], {
      PATH: [files.path('bin'), dirname(kubectl ?? '')].join(delimiter),
    });
    for (const name of NAMES) expect(stdout).toContain(`kubectl-${name}`);
    expect(stdout).not.toContain('kubectl_complete');
    const ours = stderr.split('\n').filter((line) => NAMES.some((name) => line.includes(name)));
    expect({ ours, exitCode }).toEqual({ ours: [], exitCode: 0 });
  });

  describe.each(['bash', 'zsh', 'fish'] as const)('in %s', (shell) => {
    const absent = programPath(shell) === undefined ? `${shell} is not installed` : undefined;
    it.skipIf(absent !== undefined)(`offers Services${because(absent)}`, async () => {
      const script = (await run('kubectl', ['completion', shell])).stdout;
      const path = files.write(`completion.${shell}`, script);
      const { stdout } = await run(
        shell,
        shell === 'fish' ? ['--no-config', '-c', FISH, path] : ['-c', SHELL[shell], shell, path],
      );
      expect(stdout.split(/\s+/).filter((word) => word !== '')).toEqual(expect.arrayContaining(['web', 'worker']));
    });
  });

  it('reaches PowerShell by the same question', async () => {
    const { stdout } = await run('kubectl', ['completion', 'powershell']);
    expect(stdout).toContain('__complete');
  });
});

const FISH = 'source $argv[1]; complete -C "kubectl netsvc w" | string replace -r "\\t.*" ""';

const SHELL = {
  // bash-completion's helper, which kubectl's script expects, in the few lines that it needs of it.
  bash: `_get_comp_words_by_ref() { words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=\${words[cword]}; prev=\${words[cword-1]}; }
_init_completion() { _get_comp_words_by_ref; }
__ltrim_colon_completions() { :; }
source "$1"
COMP_WORDS=(kubectl netsvc w); COMP_CWORD=2; COMP_LINE="kubectl netsvc w"; COMP_POINT=16; COMP_TYPE=9
__start_kubectl; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // The functions that zsh's line editor would offer are caught where kubectl's script hands its candidates over.
  zsh: `compdef() { :; }
_describe() { local name; for name in "\${@[-1]}" "\${@[-2]}" "\${@[2]}"; do [[ -n "\${(P)name}" ]] && print -l -- "\${(@P)name}"; done; return 0; }
source "$1"
words=(kubectl netsvc w); CURRENT=3; _kubectl`,
};
