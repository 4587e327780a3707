import { existsSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { KINDS, type KindName } from '../../shared/model/kinds.ts';
import { PLUGINS } from './plugins.ts';

interface Role {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

function roleOf(plugin: string, file: string): Role {
  return load(readFileSync(`plugins/${plugin}/rbac/${file}`, 'utf8')) as Role;
}

function grants(role: Role, kind: KindName): boolean {
  const { group, plural } = KINDS[kind];
  return role.rules.some((rule) => rule.apiGroups.includes(group) && rule.resources.includes(plural));
}

/** Kinds that a namespace Role cannot give, or that belong to the platform's people. */
const PLATFORM: readonly KindName[] = ['CalicoNetworkPolicy', 'CiliumNetworkPolicy', 'Gateway', 'HTTPRoute', 'Route'];

const withRoles = PLUGINS.filter(({ name }) => existsSync(`plugins/${name}/rbac`));

describe.each(withRoles)('ready-made roles of $name', ({ name, checks }) => {
  const read = [...new Set(checks.flatMap((check) => [...check.needs, ...(check.uses ?? [])]))].sort();

  it('the ClusterRole grants every kind that a check reads', () => {
    const role = roleOf(name, 'cluster-role.yaml');
    expect(read.filter((kind) => !grants(role, kind))).toEqual([]);
  });

  it('the namespace Role grants every namespaced kind that a check reads', () => {
    const role = roleOf(name, 'namespace-role.yaml');
    const namespaced = read.filter((kind) => KINDS[kind].namespaced && !PLATFORM.includes(kind));
    expect(namespaced.filter((kind) => !grants(role, kind))).toEqual([]);
  });

  it('neither grants a verb that changes anything', () => {
    const verbs = [roleOf(name, 'cluster-role.yaml'), roleOf(name, 'namespace-role.yaml')].flatMap((role) =>
      role.rules.flatMap((rule) => rule.verbs),
    );
    expect([...new Set(verbs)].sort()).toEqual(['get', 'list']);
  });
});
