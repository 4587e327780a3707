import type { ConfigMap } from '../../model/objects.ts';

/** Who writes a ConfigMap with a Corefile anew, so that an edit by hand does not last, and where changes belong instead. */
export function keeperOf({ metadata }: ConfigMap): string | undefined {
  const { labels = {}, annotations = {} } = metadata ?? {};
  const custom = 'what shall last belongs into ConfigMap coredns-custom';
  if (labels['objectset.rio.cattle.io/hash'] !== undefined) return `K3s writes it anew at each start: ${custom}`;
  if (labels['addonmanager.kubernetes.io/mode'] === 'Reconcile')
    return `the add-on manager (AKS) writes it anew: ${custom}`;
  if (labels['app.kubernetes.io/managed-by'] === 'Helm') {
    const release = annotations['meta.helm.sh/release-name'];
    const of = release === undefined ? '' : ` of release ${release}`;
    const how = /^rke2-/.test(release ?? '') ? ' (a HelmChartConfig on RKE2)' : '';
    return `Helm writes it anew: what shall last belongs into the values${of}${how}`;
  }
  if (labels['eks.amazonaws.com/component'] === 'coredns')
    return 'as an EKS add-on it is written anew by updates: what shall last belongs into its configuration values';
  return undefined;
}
