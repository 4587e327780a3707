/** The fields of a Kustomization that make other objects than its files hold (kustomize.config.k8s.io, Kustomization). */
const CHANGES: ReadonlySet<string> = new Set([
  'namespace',
  'namePrefix',
  'nameSuffix',
  'commonLabels',
  'labels',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'replacements',
  'replicas',
  'vars',
  'components',
  'transformers',
  'generators',
  'configMapGenerator',
  'secretGenerator',
  'helmCharts',
  'helmChartInflationGenerator',
]);

/**
 * What keeps the files beside a Kustomization from being what is applied. Undefined for one that only lists resources, and
 * for other values.
 */
export function kustomizeFault(value: Readonly<Record<string, unknown>>): string | undefined {
  const { apiVersion, kind } = value;
  if (
    typeof apiVersion !== 'string' ||
    !apiVersion.startsWith('kustomize.config.k8s.io/') ||
    kind !== 'Kustomization'
  ) {
    return undefined;
  }
  const found = Object.keys(value).filter((field) => CHANGES.has(field));
  if (found.length === 0) return undefined;
  return `kustomize builds other objects from these files (${found.join(', ')}); read what kubectl kustomize DIR prints instead`;
}
