import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gatewayAddress, nodeAddress } from '../addresses.ts';
import { binaryPath } from '../build/cache.ts';
import { type MachineFile, machinePath, writeMachineSpec } from '../machine/spec.ts';
import { clusterPath } from '../state.ts';
import { planePki, resolverConfig, usualResolverAnswers } from './control-plane.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { containerdConfig, kubeletConfig, kubeletConfigPath } from './node.ts';
import { readPki } from './pki.ts';

const programs = (): { from: string; to: string; readOnly: true }[] =>
  (['kube', 'helper'] as const).map((name) => ({ from: binaryPath(name), to: `/opt/bin/${name}`, readOnly: true }));

function componentKubeconfig(cluster: string, server: string, user: string): string {
  return kubeconfigText({
    cluster,
    server,
    authority: readPki(cluster, 'ca.crt'),
    user,
    credentials: { certificate: readPki(cluster, `${user}.crt`), key: readPki(cluster, `${user}.key`) },
  });
}

function commonFiles(machine: string, address: string): readonly MachineFile[] {
  return [
    { path: '/etc/hostname', text: `${machine}\n` },
    { path: '/etc/hosts', text: `127.0.0.1 localhost\n::1 localhost\n${address} ${machine}\n` },
  ];
}

/** The control plane's machine. Returns where its description was written. */
export function planeSpec(cluster: string, index: number): string {
  const local = 'https://127.0.0.1:6443';
  return writeMachineSpec(cluster, 'plane', {
    binds: [...programs(), { from: clusterPath(cluster, 'pki'), to: planePki, readOnly: true }],
    files: [
      ...commonFiles('plane', gatewayAddress(index)),
      { path: resolverConfig, text: JSON.stringify(usualResolverAnswers, undefined, 2) },
      ...['controller-manager', 'scheduler'].map((user) => ({
        path: `/etc/kubernetes/${user}.conf`,
        text: componentKubeconfig(cluster, local, user),
      })),
    ],
  });
}

const cniPlugins = ['bridge', 'host-local', 'loopback', 'portmap', 'bandwidth'];

export function nodeSpec(cluster: string, index: number, node: number, imageArchive: string): string {
  const name = `node${node}`;
  const plugins = machinePath(cluster, name, 'disk/opt/cni/bin');
  mkdirSync(plugins, { recursive: true });
  for (const plugin of cniPlugins) {
    const installed = ['/usr/lib/cni', '/opt/cni/bin'].map((folder) => join(folder, plugin)).find(existsSync);
    if (installed !== undefined) {
      cpSync(installed, join(plugins, plugin), { dereference: true });
    }
  }
  return writeMachineSpec(cluster, name, {
    binds: [...programs(), { from: imageArchive, to: '/opt/images.tar', readOnly: true }],
    files: [
      ...commonFiles(name, nodeAddress(index, node)),
      { path: '/etc/resolv.conf', text: `nameserver ${gatewayAddress(index)}\n` },
      { path: '/etc/machine-id', text: `${String(index).padStart(16, '0')}${String(node).padStart(16, '0')}\n` },
      { path: '/etc/containerd/config.toml', text: containerdConfig() },
      { path: kubeletConfigPath, text: kubeletConfig(node) },
      { path: '/etc/kubernetes/pki/ca.crt', text: readPki(cluster, 'ca.crt') },
      {
        path: '/etc/kubernetes/kubelet.conf',
        text: componentKubeconfig(cluster, `https://${gatewayAddress(index)}:6443`, name),
      },
    ],
  });
}
