import { describe, expect, it } from 'vitest';
import { askManifests } from '../testing/ask-manifests.ts';
import { deployment } from '../testing/shop.ts';

interface Row {
  readonly from: { readonly kind: string; readonly name: string; readonly cidr?: string };
  readonly to: { readonly kind: string; readonly name: string; readonly cidr?: string };
}

async function pairs(manifests: string, of: 'connections' | 'undecided' = 'connections'): Promise<readonly string[]> {
  const { stdout } = await askManifests(manifests, 'matrix -o json');
  const rows = JSON.parse(stdout)[of] as readonly Row[];
  return rows.map(({ from, to }) => `${from.cidr ?? from.name} ${to.cidr ?? to.name}`).sort();
}

const TEMPLATE = 'template: {metadata: {labels: {app: odd}}, spec: {containers: [{name: c, image: i}]}}';
const DENY =
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {podSelector: {matchLabels: {app: odd}}}\n';

describe('workloads of kinds that operators bring', () => {
  it.each([
    ['apps.openshift.io/v1', 'DeploymentConfig', `{selector: {app: odd}, ${TEMPLATE}}`],
    ['argoproj.io/v1alpha1', 'Rollout', `{${TEMPLATE}}`],
    ['kubevirt.io/v1', 'VirtualMachine', '{template: {metadata: {labels: {app: odd}}, spec: {domain: {}}}}'],
  ])('%s %s stands for its pods', async (apiVersion, kind, spec) => {
    const odd = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: odd, namespace: shop}\nspec: ${spec}\n`;
    const all = [deployment('shop', 'web'), odd, DENY].join('\n---\n');
    const found = await pairs(all);
    expect(found).toContain('odd web');
    expect(found).not.toContain('web odd');
    for (const name of ['shop/odd', `${kind}/odd -n shop`]) {
      const run = await askManifests(all, `can-reach shop/web ${name}`);
      expect([run.exit, run.stderr]).toEqual([1, '']);
      expect(run.stdout).toContain(`${kind} shop/odd`);
    }
  });
});

describe('networks that namespaces share', () => {
  const namespace = (name: string, net: string): string =>
    `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {k8s.ovn.org/primary-user-defined-network: "", net: ${net}}}\n`;
  const network = (role: string): string =>
    `apiVersion: k8s.ovn.org/v1\nkind: ClusterUserDefinedNetwork\nmetadata: {name: one}\nspec: {namespaceSelector: {matchLabels: {net: one}}, network: {topology: Layer2, layer2: {role: ${role}}}}\n`;
  const worlds = [
    namespace('x', 'one'),
    namespace('y', 'one'),
    namespace('z', 'two'),
    deployment('x', 'a'),
    deployment('y', 'b'),
    deployment('z', 'c'),
  ];

  it('a primary network joins the namespaces that it selects', async () => {
    const manifests = [...worlds, network('Primary')].join('\n---\n');
    expect(await pairs(manifests)).toEqual(expect.arrayContaining(['a b', 'b a']));
    expect(await pairs(manifests, 'undecided')).toEqual([]);
  });

  it('a secondary network joins nobody', async () => {
    expect(await pairs([...worlds, network('Secondary')].join('\n---\n'), 'undecided')).toHaveLength(6);
  });
});

it('blocks that together are the whole address space are told as one', async () => {
  const halves = '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/1}}, {ipBlock: {cidr: 128.0.0.0/1}}]}]}';
  const policy = DENY.replace('{podSelector: {matchLabels: {app: odd}}}', halves);
  expect(await pairs(`${deployment('shop', 'web')}\n---\n${policy}`)).toContain('0.0.0.0/0 web');
});
