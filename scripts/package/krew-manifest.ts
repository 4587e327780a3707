import { dump } from 'js-yaml';
import { archiveName, binaryName, type Platform } from './platforms.ts';

/** An archive of a release. */
export interface Artefact {
  readonly plugin: string;
  readonly platform: Platform;
  readonly sha256: string;
}

export interface ManifestOptions {
  readonly plugin: string;
  /** Without v. */
  readonly version: string;
  readonly homepage: string;
  /** Archives are at `RELEASES/v1.2.3/NAME`. */
  readonly releases: string;
}

/** What krew's list and description say of each plugin: no flags, no more than a screen. */
const WORDS: Readonly<Record<string, { readonly short: string; readonly long: string }>> = {
  netsvc: {
    short: 'Find why a Service does not answer, and the fix',
    long: `Names the true cause why a Service does not answer, shows the evidence and the
command that restores it: selectors, readiness, ports, endpoints, policies,
Ingresses, DNS names. It only reads, and works on saved snapshots too.`,
  },
  netdns: {
    short: 'Find why a name does not resolve, or slowly',
    long: `Names the true cause why a name does not resolve from a pod, or resolves
slowly: CoreDNS and its Corefile, the DNS Service, search lists, policies,
upstream resolvers. It shows the evidence and the command that mends it.`,
  },
  netpol: {
    short: 'Tell who can reach a pod, and by which rule',
    long: `Answers who can reach a workload, who cannot and by which NetworkPolicy rule,
and what would change if a file were applied. Works on a cluster, on manifests
and on saved snapshots.`,
  },
  netcni: {
    short: 'Check the network under the pods, node by node',
    long: `Tells whether the network under the pods is sound: agents of the network
plugin, address ranges, routes, MTU, connection tracking, node to node. It shows
the evidence and the command that mends what is broken.`,
  },
};

/** The manifest that krew installs a plugin by. */
export function krewManifest(options: ManifestOptions, artefacts: readonly Artefact[]): string {
  const { plugin, version, homepage, releases } = options;
  const words = WORDS[plugin];
  if (words === undefined) throw new Error(`scripts/package/krew-manifest.ts has no words for plugin ${plugin}`);
  const manifest = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: plugin },
    spec: {
      version: `v${version}`,
      homepage,
      shortDescription: words.short,
      description: `${words.long}\n`,
      platforms: artefacts
        .filter((artefact) => artefact.plugin === plugin)
        .map(({ platform, sha256 }) => ({
          selector: { matchLabels: { os: platform.os, arch: platform.arch } },
          uri: `${releases}/v${version}/${archiveName(plugin, version, platform)}`,
          sha256,
          bin: binaryName(plugin, platform),
        })),
    },
  };
  return `# Made by scripts/package.ts; the words are in scripts/package/krew-manifest.ts.\n${dump(manifest, { lineWidth: 100 })}`;
}
