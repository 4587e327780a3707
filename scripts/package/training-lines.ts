import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { kindKeyOf } from '../../shared/model/kinds.ts';
import type { KubeObject } from '../../shared/model/objects.ts';

/**
 * Enough to call what most answers need. More make every answer slower, since code is read that it does not call: other
 * incidents than those took 75 ms with one or two, 77 with four and 80 with eight.
 */
const INCIDENTS = 2;

/** Kubeconfigs for the training. */
export interface TrainingServers {
  /** Leads to a server that refuses connections. */
  readonly refusing: string;
  /** Leads to one that answers from `trainingObjects`. */
  readonly answering: string;
}

/**
 * Command lines of a plugin that are run while the code cache is made: what people type most, and recorded incidents,
 * from files and from servers of this machine, so that the code of the client is in the cache too.
 */
export function trainingLines(plugin: string, root: string, servers: TrainingServers): readonly (readonly string[])[] {
  const { refusing, answering } = servers;
  const cluster = ['--kubeconfig', refusing, '-n', 'default'];
  const incidents = chosenIncidents(plugin, root);
  const [first] = incidents;
  return [
    ['--help'],
    ['--version'],
    ['version', '--client'],
    ['explain', '--help'],
    ['explain'],
    ['completion'],
    ['__complete', ''],
    ['__complete', '--'],
    ['__complete', ...cluster, 'web'],
    ['version', ...cluster],
    ...incidents.map(fromFiles),
    ...(first === undefined ? [] : [[...fromFiles(first), '-o', 'json']]),
    ...incidents.map(({ words }) => [...words, '--kubeconfig', answering]),
  ];
}

/** What the answering server holds: the facts of the incidents. */
export function trainingObjects(plugin: string, root: string): readonly KubeObject[] {
  const folders = new Set(chosenIncidents(plugin, root).flatMap(({ facts }) => facts));
  return [...folders].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .flatMap((name) => loadAll(readFileSync(join(folder, name), 'utf8')))
      .flatMap((document) => (document as { readonly items?: readonly unknown[] } | null)?.items ?? [document])
      .map((document) => document as KubeObject)
      .filter((object) => kindKeyOf(object?.apiVersion, object?.kind) !== undefined),
  );
}

interface Incident {
  /** The command line without the plugin's name. */
  readonly words: readonly string[];
  readonly facts: readonly string[];
}

function fromFiles({ words, facts }: Incident): readonly string[] {
  return [...words, ...facts.flatMap((folder) => ['--snapshot', folder])];
}

function chosenIncidents(plugin: string, root: string): readonly Incident[] {
  const folder = join(root, 'test', 'scenarios');
  const all = readdirSync(folder)
    .sort()
    .flatMap((name): readonly Incident[] => {
      const [first, ...words] = commandOf(join(folder, name, 'case.yaml'));
      return first === plugin ? [{ words, facts: [join(folder, name, 'facts'), join(folder, '_cluster')] }] : [];
    });
  const step = Math.max(1, Math.floor(all.length / INCIDENTS));
  return all.filter((_, at) => at % step === 0).slice(0, INCIDENTS);
}

function commandOf(path: string): readonly string[] {
  try {
    const { command = '' } = load(readFileSync(path, 'utf8')) as { readonly command?: string };
    return command.split(/\s+/);
  } catch {
    return [];
  }
}
