import { describe, expect, it } from 'vitest';
import { type SourceFile, sourceFiles } from './source-files.ts';

const files = sourceFiles(['shared', 'plugins']);
const shipped = files.filter((file) => !isTest(file.path));

function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || /^shared\/testing\//.test(path) || /^plugins\/[^/]+\/testing\//.test(path);
}

/** `shared/model/pods.ts` → `model`; files of plugins → `plugins`. */
function layerOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'shared' ? second : top;
}

/** Each layer with the layers it may use, and why the line is drawn there. */
const LAYERS: Readonly<Record<string, { readonly uses: readonly string[]; readonly why: string }>> = {
  util: { uses: [], why: 'text, durations and quantities know nothing of Kubernetes' },
  model: { uses: ['util'], why: 'facts are plain data and depend on nobody who reads or judges them' },
  policy: { uses: ['util', 'model'], why: 'policy semantics are pure functions of facts' },
  dns: { uses: ['util', 'model'], why: 'names and Corefiles are judged from facts alone' },
  datapath: { uses: ['util', 'model'], why: 'rules and routes are computed from facts alone' },
  messages: { uses: ['util', 'model'], why: 'words name objects and know nothing of how they were judged' },
  report: { uses: ['util', 'model', 'messages'], why: 'a printer knows the report and the words and nothing else' },
  diagnose: {
    uses: ['util', 'model', 'messages', 'report', 'policy', 'dns', 'datapath'],
    why: 'judging is pure: it never reaches the world',
  },
  runtime: { uses: ['util'], why: 'the world outside is one interface that everybody may take as an argument' },
  kube: { uses: ['util', 'model', 'runtime'], why: 'only this folder knows HTTP and kubeconfig' },
  collect: { uses: ['util', 'model', 'runtime', 'kube'], why: 'reading ends in a snapshot, before anything is judged' },
  cli: {
    uses: ['util', 'model', 'messages', 'report', 'diagnose', 'runtime', 'kube', 'collect'],
    why: 'the command line joins the stages and belongs to no plugin',
  },
};

describe('boundaries', () => {
  for (const [layer, { uses, why }] of Object.entries(LAYERS)) {
    it(`shared/${layer} imports only ${uses.join(', ') || 'nothing of ours'}: ${why}`, () => {
      const breaches = shipped
        .filter((file) => file.path.startsWith(`shared/${layer}/`))
        .flatMap((file) =>
          file.own
            .filter((to) => layerOf(to) !== layer && !uses.includes(layerOf(to)))
            .map((to) => `${file.path} → ${to}`),
        );
      expect(breaches).toEqual([]);
    });
  }

  it('every folder of shared has its line above, so that a new one is placed on purpose', () => {
    const layers = new Set(files.filter((file) => file.path.startsWith('shared/')).map((file) => layerOf(file.path)));
    layers.delete('testing');
    expect([...layers].filter((layer) => !(layer in LAYERS))).toEqual([]);
  });

  it('plugins never import each other: what two need lives in shared', () => {
    const breaches = shipped.flatMap((file) => {
      const plugin = /^plugins\/([^/]+)\//.exec(file.path)?.[1];
      if (plugin === undefined) return [];
      return file.own
        .filter((to) => to.startsWith('plugins/') && !to.startsWith(`plugins/${plugin}/`))
        .map((to) => `${file.path} → ${to}`);
    });
    expect(breaches).toEqual([]);
  });

  it('checks never reach the world: a judgement is a function of facts', () => {
    const world = ['kube', 'collect', 'cli', 'runtime', 'report'];
    const breaches = shipped
      .filter((file) => /^plugins\/[^/]+\/checks\//.test(file.path))
      .flatMap((file) => file.own.filter((to) => world.includes(layerOf(to))).map((to) => `${file.path} → ${to}`));
    expect(breaches).toEqual([]);
  });

  it('only shared/kube knows @kubernetes/client-node', () => {
    const breaches = shipped.filter(
      (file) => !file.path.startsWith('shared/kube/') && file.packages.some((name) => name.startsWith('@kubernetes/')),
    );
    expect(breaches.map((file) => file.path)).toEqual([]);
  });

  it('shipped code never imports test helpers', () => {
    const breaches = shipped.flatMap((file) => file.own.filter(isTest).map((to) => `${file.path} → ${to}`));
    expect(breaches).toEqual([]);
  });

  it('there is no import cycle: a file can be understood after the files it imports', () => {
    expect(findCycle(files)).toEqual([]);
  });
});

function findCycle(all: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(all.map((file) => [file.path, file]));
  const done = new Set<string>();
  const trail: string[] = [];
  function visit(path: string): readonly string[] {
    if (done.has(path)) return [];
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    trail.push(path);
    for (const to of byPath.get(path)?.own ?? []) {
      const cycle = visit(to);
      if (cycle.length > 0) return cycle;
    }
    trail.pop();
    done.add(path);
    return [];
  }
  for (const file of all) {
    const cycle = visit(file.path);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
