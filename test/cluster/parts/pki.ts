import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { gatewayAddress, kubernetesAddress } from '../addresses.ts';
import { binaryPath } from '../build/cache.ts';
import { clusterPath } from '../state.ts';

interface Certificate {
  readonly name: string;
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly hosts?: readonly string[];
  /** Authority that signs; without one the certificate is an authority itself. */
  readonly signer?: string;
  readonly validSeconds: number;
}

const year = 365 * 24 * 3600;

export function pkiPath(cluster: string, file: string): string {
  return clusterPath(cluster, 'pki', file);
}

export function readPki(cluster: string, file: string): string {
  return readFileSync(pkiPath(cluster, file), 'utf8');
}

async function sign(cluster: string, list: readonly Certificate[]): Promise<void> {
  const folder = clusterPath(cluster, 'pki');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await execa(binaryPath('helper'), ['pki', folder], { input: JSON.stringify(list) });
}

/** The certificates kubeadm would make, by the same names and groups. */
export async function makeCertificates(cluster: string, index: number, nodes: readonly string[]): Promise<void> {
  const client = { signer: 'ca', validSeconds: year };
  await sign(cluster, [
    { name: 'ca', commonName: 'kubernetes', validSeconds: 10 * year },
    { name: 'front-proxy-ca', commonName: 'front-proxy-ca', validSeconds: 10 * year },
    // Only the key is used: it signs the tokens of service accounts.
    { name: 'sa', commonName: 'service-accounts', validSeconds: 10 * year },
    {
      ...client,
      name: 'apiserver',
      commonName: 'kube-apiserver',
      hosts: [
        ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
        ...['localhost', '127.0.0.1', kubernetesAddress, gatewayAddress(index)],
      ],
    },
    {
      ...client,
      name: 'apiserver-kubelet-client',
      commonName: 'kube-apiserver-kubelet-client',
      organizations: ['system:masters'],
    },
    { ...client, name: 'front-proxy-client', commonName: 'front-proxy-client', signer: 'front-proxy-ca' },
    { ...client, name: 'admin', commonName: 'kubernetes-admin', organizations: ['system:masters'] },
    { ...client, name: 'controller-manager', commonName: 'system:kube-controller-manager' },
    { ...client, name: 'scheduler', commonName: 'system:kube-scheduler' },
    ...nodes.map((node) => ({
      ...client,
      name: node,
      commonName: `system:node:${node}`,
      organizations: ['system:nodes'],
    })),
  ]);
}

/** A client certificate for anybody; a negative validity makes one that has expired. */
export async function makeClientCertificate(
  cluster: string,
  name: string,
  groups: readonly string[],
  validSeconds = year,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const file = `user-${name.replaceAll(/[^a-zA-Z0-9-]/g, '-')}`;
  await sign(cluster, [{ name: file, commonName: name, organizations: groups, signer: 'ca', validSeconds }]);
  return {
    certificate: readFileSync(join(clusterPath(cluster, 'pki'), `${file}.crt`), 'utf8'),
    key: readFileSync(join(clusterPath(cluster, 'pki'), `${file}.key`), 'utf8'),
  };
}
