import { execa } from 'execa';
import { crdObjects } from '../cluster/addons/crds.ts';

/** The kinds that it adds, as the API server lists them. */
const KINDS = ['adminnetworkpolicies', 'baselineadminnetworkpolicies', 'clusternetworkpolicies'];

/**
 * Gives a cluster the definitions of the cluster-wide policies, as their project publishes them. Returns how to take them
 * away again; a cluster that has them keeps them.
 */
export async function applyDefinitions(kubeconfig: string): Promise<() => Promise<unknown>> {
  const kubectl = (args: readonly string[], input = '', reject = true) =>
    execa('kubectl', args, { env: { KUBECONFIG: kubeconfig }, input, reject });
  const known = await kubectl(['get', '--raw', '/apis/policy.networking.k8s.io'], '', false);
  if (known.exitCode === 0) return async () => undefined;
  const crds = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: await crdObjects(['policy']) });
  await kubectl(['apply', '--server-side', '-f', '-'], crds);
  const names = KINDS.map((kind) => `crd/${kind}.policy.networking.k8s.io`);
  await kubectl(['wait', '--for=condition=Established', ...names, '--timeout=60s']);
  return () => kubectl(['delete', '--ignore-not-found', '-f', '-'], crds);
}
