import type { Enforcement } from '../../../../shared/policy/enforcement/enforcement.ts';
import { DIRECTIONS } from '../../../../shared/policy/rules/rules.ts';
import { type PolicySubject, writtenPolicy } from '../../lint/policy-subject.ts';

/** Something of the policy APIs that a plugin ignores. */
export interface MissingFeature {
  readonly feature: string;
  readonly effect: string;
  readonly uses: (subject: PolicySubject) => boolean;
  /** Where the plugin was seen. */
  readonly source: string;
}

interface Feature {
  readonly name: string;
  readonly uses: MissingFeature['uses'];
}

const END_PORT: Feature = {
  name: 'endPort',
  uses: (subject) => hasPort(subject, ({ endPort }) => endPort !== undefined),
};
const SCTP: Feature = { name: 'SCTP', uses: (subject) => hasPort(subject, ({ protocol }) => protocol === 'SCTP') };
const ADMIN: Feature = {
  name: 'AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy',
  uses: ({ kind }) => kind !== 'NetworkPolicy',
};

const IGNORED = 'the plugin ignores it';
const FIRST_ONLY = 'only the first port of the range is opened';

interface Gap {
  readonly plugin: string;
  readonly feature: Feature;
  readonly effect: string;
  /** Versions below have the gap; absent: all that are known. */
  readonly before?: readonly [major: number, minor: number];
}

/**
 * Cilium: cilium/cilium#28684 (endPort, known from 1.16 on) and #23380 (the cluster-wide kinds). Azure NPM:
 * Azure/azure-container-networking#2313. Weave Net ended before these APIs; kube-router, also inside K3s, has
 * NetworkPolicy only.
 */
const GAPS: readonly Gap[] = [
  { plugin: 'Cilium', feature: END_PORT, effect: FIRST_ONLY, before: [1, 16] },
  { plugin: 'Cilium', feature: ADMIN, effect: IGNORED },
  { plugin: 'Azure NPM', feature: END_PORT, effect: FIRST_ONLY },
  { plugin: 'Azure NPM', feature: ADMIN, effect: IGNORED },
  { plugin: 'Weave Net', feature: END_PORT, effect: FIRST_ONLY },
  { plugin: 'Weave Net', feature: SCTP, effect: IGNORED },
  { plugin: 'Weave Net', feature: ADMIN, effect: IGNORED },
  { plugin: 'kube-router', feature: ADMIN, effect: IGNORED },
  { plugin: 'K3s', feature: ADMIN, effect: IGNORED },
];

/** The gaps of the plugin that enforces. One that depends on the version counts only where the version is seen. */
export function featuresMissing({ by, plugins }: Enforcement): readonly MissingFeature[] {
  const found = plugins.find(({ name }) => name === by);
  const source = found?.evidence[0]?.source ?? '--cni';
  const version = versionIn(found?.evidence.map(({ fact }) => fact) ?? []);
  return GAPS.filter(({ plugin, before }) => {
    if (plugin !== by) return false;
    return before === undefined || (version !== undefined && isBefore(version, before));
  }).map(({ feature, effect }) => ({ feature: feature.name, effect, uses: feature.uses, source }));
}

function versionIn(facts: readonly string[]): readonly [number, number] | undefined {
  for (const fact of facts) {
    const [, major, minor] = /:v?(\d+)\.(\d+)\.\d+/.exec(fact) ?? [];
    if (major !== undefined && minor !== undefined) return [Number(major), Number(minor)];
  }
  return undefined;
}

function isBefore([major, minor]: readonly [number, number], [m, n]: readonly [number, number]): boolean {
  return major < m || (major === m && minor < n);
}

function hasPort(
  subject: PolicySubject,
  test: (port: { readonly endPort?: number; readonly protocol?: string }) => boolean,
): boolean {
  const spec = writtenPolicy(subject)?.spec;
  return DIRECTIONS.some((direction) =>
    (spec?.[direction] ?? []).some((rule) => (rule?.ports ?? []).some((port) => port !== null && test(port))),
  );
}
