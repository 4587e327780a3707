import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Snapshot } from '../model/snapshot.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { type TempFiles, tempFiles } from '../testing/temp-files.ts';
import { readSnapshots } from './read-snapshot.ts';

let files: TempFiles;
beforeEach(() => {
  files = tempFiles();
});
afterEach(() => files.remove());

const read = (...paths: string[]): Promise<Snapshot> => readSnapshots(paths, fakeRuntime({ cwd: files.folder }));
const told = async (...paths: string[]): Promise<readonly string[]> =>
  (await read(...paths)).problems.map(({ path, line, message }) => `${path}:${line}: ${message}`);

const policy = (metadata: string, spec = '{podSelector: {}}'): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n${metadata}\nspec: ${spec}\n`;
const named = (spec?: string): string => policy('metadata: {name: web, namespace: shop}', spec);

describe('manifests of policies', () => {
  it('without a name are told and not passed over, since the server refuses them', async () => {
    files.write('m/a.yaml', `${policy('metadata: {namespace: shop}')}---\n${policy('')}---\n${named()}`);
    expect(await told('m')).toEqual([
      'm/a.yaml:1: NetworkPolicy without metadata.name',
      'm/a.yaml:6: NetworkPolicy without metadata.name',
    ]);
    const { objects, problems } = await read('m');
    expect(objects.NetworkPolicy).toHaveLength(1);
    expect(problems.map(({ policyOf }) => policyOf)).toEqual(['shop', 'default']);
  });

  it('are read as the server has them: a field that is null is absent, an entry of a list is not', async () => {
    const rule = '{from: null, ports: [{port: 80, protocol: null, endPort: null}]}';
    files.write(
      'm/a.yaml',
      named(`{podSelector: {matchLabels: {app: null}}, policyTypes: ~, ingress: [${rule}, null]}`),
    );
    expect((await read('m')).objects.NetworkPolicy?.[0]).toHaveProperty('spec', {
      podSelector: { matchLabels: { app: '' } },
      ingress: [{ ports: [{ port: 80 }] }, null],
    });
    expect(await told('m')).toEqual([]);
  });

  it('of a kind or an apiVersion that no server has are told, since they are refused', async () => {
    const as = (head: string): string => `${head}\nmetadata: {name: web, namespace: shop}\nspec: {podSelector: {}}\n`;
    files.write('m/a.yaml', as('kind: NetworkPolicy'));
    files.write('m/b.yaml', as('apiVersion: v1\nkind: NetworkPolicy'));
    files.write('m/c.yaml', as('apiVersion: networking.k8s.io/v1\nkind: networkpolicy'));
    files.write('m/d.yaml', as('apiVersion: crd.antrea.io/v1beta1\nkind: NetworkPolicy'));
    expect(await told('m')).toEqual([
      'm/a.yaml:1: NetworkPolicy without apiVersion; NetworkPolicy of networking.k8s.io/v1 may be meant',
      'm/b.yaml:1: there is no NetworkPolicy of v1; NetworkPolicy of networking.k8s.io/v1 may be meant',
      'm/c.yaml:1: there is no networkpolicy of networking.k8s.io/v1; NetworkPolicy of networking.k8s.io/v1 may be meant',
    ]);
    files.write('m/e.yaml', as('kind: AdminNetworkPolicy'));
    expect((await read('m')).problems.map(({ policyOf }) => policyOf)).toEqual(['shop', 'shop', 'shop', '*']);
  });

  it('of a kind that is nearly one, or a version that never was, are told too; other kinds of the groups are not', async () => {
    const as = (apiVersion: string, kind: string, more = ''): string =>
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web, namespace: shop${more}}\nspec: {podSelector: {}}\n`;
    files.write('near/z.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
    files.write('near/a.yaml', as('networking.k8s.io/v1', 'NetworkPolicies'));
    files.write('near/b.yaml', as('networking.k8s.io/v1', 'NetworkPolciy'));
    files.write('near/c.yaml', as('networking.k8s.io/v1beta1', 'NetworkPolicy'));
    files.write('near/d.yaml', as('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicies'));
    const meant = 'NetworkPolicy of networking.k8s.io/v1 may be meant';
    expect(await told('near')).toEqual([
      `near/a.yaml:1: there is no NetworkPolicies of networking.k8s.io/v1; ${meant}`,
      `near/b.yaml:1: there is no NetworkPolciy of networking.k8s.io/v1; ${meant}`,
      `near/c.yaml:1: there is no NetworkPolicy of networking.k8s.io/v1beta1; ${meant}`,
      'near/d.yaml:1: there is no AdminNetworkPolicies of policy.networking.k8s.io/v1alpha1; AdminNetworkPolicy of policy.networking.k8s.io/v1alpha1 may be meant',
    ]);
    files.write('sound/a.yaml', as('networking.k8s.io/v1', 'Ingress'));
    files.write('sound/b.yaml', as('extensions/v1beta1', 'NetworkPolicy'));
    files.write('sound/c.yaml', as('policy.networking.k8s.io/v1beta1', 'ClusterNetworkPolicy'));
    files.write('sound/d.yaml', as('networking.example.com/v1', 'NetworkPolicies'));
    files.write('sound/e.yaml', as('networking.k8s.io/v2', 'NetworkPolicy', ', uid: u'));
    expect(await told('sound')).toEqual([]);
  });

  it('that stand in two files with other rules are told: which of them is applied is not known', async () => {
    files.write('m/a.yaml', named());
    files.write('m/b.yaml', named('{podSelector: {}, ingress: [{}]}'));
    const [one, ...more] = await told('m');
    expect(one).toBe(
      'm/b.yaml:1: NetworkPolicy web stands in m/a.yaml:1 as well, with other content; this one is taken',
    );
    expect(more).toEqual([]);
    files.write('same/a.yaml', named());
    files.write('same/b.yaml', named());
    expect(await told('same')).toEqual([]);
  });

  it('that have a key twice are told in JSON too, where parsers take the last one in silence', async () => {
    const text =
      '{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web", "namespace": "shop"},\n' +
      ' "spec": {"podSelector": {}, "ingress": [],\n  "ingress": [{}]}}\n';
    files.write('m/a.json', text);
    expect(await told('m')).toEqual(['m/a.json:3: NetworkPolicy web has ingress twice; the one above is lost']);
    files.write('m/a.json', text.replace('"ingress": [],', ''));
    expect(await told('m')).toEqual([]);
  });

  it('that have a key twice are told in lists as well, written as YAML or JSON', async () => {
    const yaml = (labels: string, uid = ''): string =>
      `apiVersion: v1\nkind: List\nitems:\n- apiVersion: networking.k8s.io/v1\n  kind: NetworkPolicy\n  metadata: {name: web, namespace: shop${uid}}\n  spec:\n    podSelector: {matchLabels: {${labels}}}\n`;
    const json = (labels: string): string =>
      `{"apiVersion": "v1", "kind": "List", "items": [\n{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"},\n "spec": {"podSelector": {"matchLabels": {${labels}}}}}]}\n`;
    files.write('list/a.yaml', yaml('app: a, app: b'));
    files.write('list/b.json', json('"app": "a", "app": "b"'));
    const lost = 'app stands twice in one mapping of this list; the one above is lost';
    expect(await told('list')).toEqual([`list/a.yaml:8: ${lost}`, `list/b.json:3: ${lost}`]);
    files.write('list/a.yaml', yaml('app: a, tier: b'));
    files.write('list/b.json', json('"app": "a", "tier": "b"'));
    expect(await told('list')).toEqual([]);
  });

  it('read from a cluster twice are two readings, and no doubt', async () => {
    const stored = (version: string, spec: string): string =>
      policy(`metadata: {name: web, namespace: shop, uid: u, resourceVersion: "${version}"}`, spec);
    files.write('m/a.yaml', stored('1', '{podSelector: {}}'));
    files.write('m/b.yaml', stored('2', '{podSelector: {}, ingress: [{}]}'));
    expect(await told('m')).toEqual([]);
  });
});

describe('a Kustomization', () => {
  const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [web.yaml]\n';

  it('that changes what stands in the files is told', async () => {
    files.write('k/web.yaml', named());
    files.write('k/kustomization.yaml', `${head}namespace: prod\nimages: [{name: web, newTag: "2"}]\npatches: []\n`);
    expect(await told('k')).toEqual([
      'k/kustomization.yaml:1: kustomize builds other objects from these files (namespace, patches); read what kubectl kustomize DIR prints instead',
    ]);
  });

  it('that only lists resources and images is not', async () => {
    files.write('k/web.yaml', named());
    files.write('k/kustomization.yaml', `${head}images: [{name: web, newTag: "2"}]\n`);
    expect(await told('k')).toEqual([]);
  });
});
