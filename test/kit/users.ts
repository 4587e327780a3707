import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { bindClusterRole, clusterRole, serviceAccount } from '../cluster/addons/rbac.ts';
import { KubeApi, type KubeObject } from '../cluster/api.ts';
import { kubeconfigText } from '../cluster/parts/kubeconfig.ts';
import { makeClientCertificate } from '../cluster/parts/pki.ts';
import { apply } from './manifests.ts';
import { once, type Undo } from './undo.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export interface RestrictedUser {
  readonly kubeconfig: string;
  readonly name: string;
  readonly undo: Undo;
}

const look = ['get', 'list', 'watch'];
const core = ['pods', 'pods/log', 'services', 'endpoints', 'configmaps', 'events', 'serviceaccounts'];
const nodes: Rule = { apiGroups: [''], resources: ['nodes', 'namespaces', 'persistentvolumes'], verbs: look };
const secrets: Rule = { apiGroups: [''], resources: ['secrets'], verbs: look };
const enter: Rule = {
  apiGroups: [''],
  resources: ['pods/exec', 'pods/portforward', 'pods/attach', 'pods/ephemeralcontainers'],
  verbs: ['create', 'get', 'patch', 'update'],
};
const workloads: readonly Rule[] = [
  { apiGroups: [''], resources: core, verbs: look },
  { apiGroups: ['apps', 'batch', 'autoscaling', 'policy'], resources: ['*'], verbs: look },
  { apiGroups: ['discovery.k8s.io', 'networking.k8s.io', 'events.k8s.io'], resources: ['*'], verbs: look },
];
const elsewhere: Rule = {
  apiGroups: ['gateway.networking.k8s.io', 'policy.networking.k8s.io'],
  resources: ['*'],
  verbs: look,
};

/** What people are commonly allowed, by what is missing. All see objects of the usual kinds. */
const userKinds = {
  /** All of one namespace, nothing of the cluster. */
  'namespace-only': [...workloads, secrets, enter],
  'no-secrets': [...workloads, elsewhere, nodes, enter],
  'no-nodes': [...workloads, elsewhere, { ...nodes, resources: ['namespaces'] }, secrets, enter],
  'no-exec': [...workloads, elsewhere, nodes, secrets],
  /** Known to the server, and allowed nothing. */
  nobody: [],
} as const satisfies Record<string, readonly Rule[]>;

export type UserKind = keyof typeof userKinds;

/**
 * A user with few rights, as a kubeconfig of its own. It is a service account with
 * a token, so that it works on any cluster, not only on ours.
 */
export async function restrictedUser(
  kind: UserKind,
  namespace: string,
  cluster: { readonly kubeconfig: string },
): Promise<RestrictedUser> {
  const name = `kit-${kind}`;
  const role = `${name}-${namespace}`;
  const bound: readonly KubeObject[] =
    kind === 'namespace-only'
      ? [
          { ...clusterRole(role, []), kind: 'Role', metadata: { name, namespace }, rules: userKinds[kind] },
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'RoleBinding',
            metadata: { name, namespace },
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
            subjects: [{ kind: 'ServiceAccount', name, namespace }],
          },
        ]
      : [clusterRole(role, userKinds[kind]), bindClusterRole(role, role, namespace, name)];
  const undo = await apply([serviceAccount(namespace, name), ...bound], cluster);
  const api = new KubeApi(cluster.kubeconfig);
  try {
    const answer = await api.json('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 7200 },
    });
    const token: string = answer.status.token;
    return writeUser(name, cluster.kubeconfig, { token }, namespace, undo);
  } finally {
    api.close();
  }
}

/** The administrator with a client certificate that ended an hour ago (clusters of ours only: it takes their authority's key). */
export async function expiredUser(clusterName: string, kubeconfig: string): Promise<RestrictedUser> {
  const credentials = await makeClientCertificate(clusterName, 'expired-admin', ['system:masters'], -3600);
  return writeUser('expired-admin', kubeconfig, credentials, 'default', async () => undefined);
}

function writeUser(
  name: string,
  adminKubeconfig: string,
  credentials: Parameters<typeof kubeconfigText>[0]['credentials'],
  namespace: string,
  undo: Undo,
): RestrictedUser {
  const admin = load(readFileSync(adminKubeconfig, 'utf8')) as {
    clusters: readonly { name: string; cluster: { server: string; 'certificate-authority-data'?: string } }[];
  };
  const [target] = admin.clusters;
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-net-user-'));
  const path = join(folder, 'kubeconfig');
  const text = kubeconfigText({
    cluster: target?.name ?? 'cluster',
    server: target?.cluster.server ?? '',
    authority: Buffer.from(target?.cluster['certificate-authority-data'] ?? '', 'base64').toString(),
    user: name,
    credentials,
    namespace,
  });
  writeFileSync(path, text, { mode: 0o600 });
  return {
    name,
    kubeconfig: path,
    undo: once(async () => {
      await undo();
      rmSync(folder, { recursive: true, force: true });
    }),
  };
}
