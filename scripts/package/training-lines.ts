import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

/**
 * Enough to call what most answers need. With twice as many a question took as long, and every plugin's cache is larger
 * and its training under emulation longer.
 */
const INCIDENTS = 8;

/**
 * Command lines of a plugin that are run while the code cache is made: what people type most, and recorded incidents.
 * None needs a cluster; one asks a server that refuses, so that the code of the client is in the cache too.
 */
export function trainingLines(plugin: string, root: string, kubeconfig: string): readonly (readonly string[])[] {
  const cluster = ['--kubeconfig', kubeconfig, '-n', 'default'];
  return [
    ['--help'],
    ['--version'],
    ['version', '--client'],
    ['explain', '--help'],
    ['explain'],
    ['completion'],
    ['__complete', ''],
    ['__complete', '--'],
    ['__complete', '--kubeconfig', kubeconfig, '-n', 'default', 'web'],
    ['version', ...cluster],
    ...recordedLines(plugin, root),
  ];
}

function recordedLines(plugin: string, root: string): readonly (readonly string[])[] {
  const folder = join(root, 'test', 'scenarios');
  const all = readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const words = commandOf(join(folder, name, 'case.yaml'));
      if (words[0] !== plugin) return [];
      const facts = ['--snapshot', join(folder, name, 'facts'), '--snapshot', join(folder, '_cluster')];
      return [[...words.slice(1), ...facts]];
    });
  const step = Math.max(1, Math.floor(all.length / INCIDENTS));
  const chosen = all.filter((_, at) => at % step === 0).slice(0, INCIDENTS);
  const [first] = chosen;
  return first === undefined ? [] : [...chosen, [...first, '-o', 'json']];
}

function commandOf(path: string): readonly string[] {
  try {
    const { command = '' } = load(readFileSync(path, 'utf8')) as { readonly command?: string };
    return command.split(/\s+/);
  } catch {
    return [];
  }
}
