import type { Container, PodSpec } from '../../../../../shared/model/objects-pod.ts';
import { claimsOf, mountedObjects } from '../../../../../shared/model/pod-state-preparing.ts';

/** An object of its namespace without which a pod does not start. */
export interface WrittenNeed {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ServiceAccount';
  readonly name: string;
  /** One entry of it that the environment takes. */
  readonly key?: string;
  /** `env LOG_LEVEL of container app`. */
  readonly where: string;
}

/** Objects that the cluster itself writes into every namespace. */
const GIVEN = new Set(['', 'default', 'kube-root-ca.crt', 'openshift-service-ca.crt', 'istio-ca-root-cert']);

/** What a pod names and cannot do without: environment, volumes, claims and service account; optional ones left out. */
export function writtenNeeds(spec: PodSpec): readonly WrittenNeed[] {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const needs: readonly WrittenNeed[] = [
    ...containers.flatMap(ofEnvironment),
    ...mountedObjects({ spec }).map(({ kind, name, volume }) => ({ kind, name, where: `volume ${volume}` })),
    ...claimsOf({ spec }).map((name) => ({ kind: 'PersistentVolumeClaim' as const, name, where: 'volumes' })),
    { kind: 'ServiceAccount', name: spec.serviceAccountName ?? '', where: 'serviceAccountName' },
  ];
  return needs.filter(({ name }) => !GIVEN.has(name));
}

function ofEnvironment({ name: container = '', env = [], envFrom = [] }: Container): readonly WrittenNeed[] {
  const of = `of container ${container}`;
  const whole = envFrom.flatMap(({ configMapRef, secretRef }): readonly WrittenNeed[] => [
    ...named('ConfigMap', configMapRef, `envFrom ${of}`),
    ...named('Secret', secretRef, `envFrom ${of}`),
  ]);
  const single = env.flatMap(({ name = '', valueFrom }): readonly WrittenNeed[] => [
    ...named('ConfigMap', valueFrom?.configMapKeyRef, `env ${name} ${of}`),
    ...named('Secret', valueFrom?.secretKeyRef, `env ${name} ${of}`),
  ]);
  return [...whole, ...single];
}

function named(
  kind: WrittenNeed['kind'],
  ref: { readonly name?: string; readonly key?: string; readonly optional?: boolean } | undefined,
  where: string,
): readonly WrittenNeed[] {
  if (ref === undefined || ref.optional === true) return [];
  return [{ kind, name: ref.name ?? '', where, ...(ref.key === undefined ? {} : { key: ref.key }) }];
}
