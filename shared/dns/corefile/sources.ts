import type { ClusterIndex } from '../../model/cluster-index.ts';
import type { ConfigMap } from '../../model/objects.ts';
import type { Container } from '../../model/objects-pod.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { nameOf, namespaceOf, type Ref } from '../../model/refs.ts';
import { clusterDnsOf } from '../cluster-dns.ts';
import { metricsOf } from '../metrics/pages.ts';
import { type JudgeInput, type Judgement, judgeCorefile } from './judge.ts';
import { keeperOf } from './keeper.ts';
import { FILLED_IN } from './lint/problem.ts';
import { COREFILE_PATH, type Files } from './syntax/files.ts';
import { parseVersion } from './versions.ts';

/** A Corefile of the cluster with all that its server reads beside it. */
export interface CorefileSource {
  /** `node-cache`: that of NodeLocal DNSCache. */
  readonly program: 'coredns' | 'node-cache';
  readonly ref: Ref;
  readonly text: string;
  readonly files: Files;
  readonly env: ReadonlyMap<string, string>;
  /** The version of CoreDNS that reads it, and where that was seen; undefined when nothing told it. */
  readonly version: { readonly text: string; readonly source: string } | undefined;
  /** Who writes it anew, so that an edit does not last. */
  readonly keeper?: string;
  /** The Deployment or DaemonSet whose pods read it. */
  readonly workload: { readonly kind: 'Deployment' | 'DaemonSet'; readonly object: Workload } | undefined;
}

/** The version taken where none was seen. */
export const ASSUMED_VERSION = '1.12.4';

const MAIN_NAME = /^(coredns|dns-default|rke2-coredns.*|.*-coredns)$/;
const NODE_CACHE_NAME = /^(node-local-dns|nodelocaldns|node-local-dns-.*)$/;
const SYSTEM = /^(kube-system|openshift-dns|kube-dns|coredns|dns)$/;

/** The Corefile of the cluster's DNS and that of the node cache, as far as they were read. */
export function corefileSources(index: ClusterIndex): readonly CorefileSource[] {
  return index.memo('dns/corefile-sources', () => {
    const maps = index
      .list('ConfigMap')
      .filter((map) => map.data?.Corefile !== undefined && SYSTEM.test(namespaceOf(map)));
    const main = [...maps]
      .filter((map) => MAIN_NAME.test(nameOf(map)))
      .sort((a, b) => Number(nameOf(a) !== 'coredns') - Number(nameOf(b) !== 'coredns'))[0];
    const cache = maps.find((map) => NODE_CACHE_NAME.test(nameOf(map)));
    return [
      ...(main === undefined ? [] : [sourceOf(index, main, 'coredns')]),
      ...(cache === undefined ? [] : [sourceOf(index, cache, 'node-cache')]),
    ];
  });
}

/** The Corefile that the cluster's DNS servers read; undefined when it was not read. */
export function serversCorefile(index: ClusterIndex): CorefileSource | undefined {
  return corefileSources(index).find(({ program }) => program === 'coredns');
}

function sourceOf(index: ClusterIndex, map: ConfigMap, program: CorefileSource['program']): CorefileSource {
  const namespace = namespaceOf(map);
  const workload = readerOf(index, map);
  const containers = workload?.object.spec?.template?.spec?.containers ?? [];
  const container = containers.find(({ image }) => /coredns|node-cache/.test(image ?? '')) ?? containers[0];
  const text = map.data?.Corefile ?? '';
  const keeper = keeperOf(map);
  return {
    program,
    ...(keeper === undefined ? {} : { keeper }),
    ref: { kind: 'ConfigMap', namespace, name: nameOf(map) },
    text: program === 'node-cache' ? filledIn(text) : text,
    files: filesOf(index, map),
    env: environmentOf(container),
    version: versionOf(container, workload) ?? (program === 'coredns' ? versionThatRuns(index) : undefined),
    workload,
  };
}

/** Values the container is given; one that is read from elsewhere (the node's address) is taken to be an address. */
function environmentOf(container: Container | undefined): ReadonlyMap<string, string> {
  return new Map(
    (container?.env ?? []).flatMap(({ name, value, valueFrom }) =>
      name === undefined ? [] : [[name, value ?? (valueFrom === undefined ? '' : FILLED_IN)]],
    ),
  );
}

/** The workload that mounts the ConfigMap. */
function readerOf(index: ClusterIndex, map: ConfigMap): CorefileSource['workload'] {
  const all = [
    ...index.list('Deployment', namespaceOf(map)).map((object) => ({ kind: 'Deployment' as const, object })),
    ...index.list('DaemonSet', namespaceOf(map)).map((object) => ({ kind: 'DaemonSet' as const, object })),
  ];
  return all.find(({ object }) =>
    (object.spec?.template?.spec?.volumes ?? []).some((volume) => volume.configMap?.name === nameOf(map)),
  );
}

/** The ConfigMap's other keys, and `coredns-custom` where AKS, Gardener and K3s mount it. */
function filesOf(index: ClusterIndex, map: ConfigMap): Files {
  const files = new Map<string, string>();
  for (const [key, text] of Object.entries(map.data ?? {})) {
    if (key !== 'Corefile') files.set(`/etc/coredns/${key}`, text);
  }
  const custom = index.get('ConfigMap', namespaceOf(map), 'coredns-custom');
  for (const [key, text] of Object.entries(custom?.data ?? {})) files.set(`/etc/coredns/custom/${key}`, text);
  return files;
}

/** What the node cache fills in by itself when it starts; any address and file will do for judging. */
function filledIn(text: string): string {
  return text
    .replaceAll('__PILLAR__CLUSTER__DNS__', FILLED_IN)
    .replaceAll('__PILLAR__UPSTREAM__SERVERS__', '/etc/resolv.conf');
}

function versionOf(container: Container | undefined, workload: CorefileSource['workload']): CorefileSource['version'] {
  const image = container?.image ?? '';
  const version = versionInImage(image);
  const source = `image ${image} of ${workload?.kind ?? ''} ${nameOf(workload?.object ?? {})}`;
  return version === undefined ? undefined : { text: version, source };
}

/** Versions of the node cache are its own: which CoreDNS is inside they do not tell. */
function versionInImage(image: string): string | undefined {
  const tag = /:([^:@/]+)(?:@|$)/.exec(image)?.[1] ?? '';
  if (!image.includes('coredns') || parseVersion(tag) === undefined) return undefined;
  return /\d+\.\d+(\.\d+)?/.exec(tag)?.[0] ?? tag;
}

/**
 * Where no image tells the version (a digest, or the workload was not read), the servers themselves do: by the image of a
 * pod, by their metrics, and by the first lines of their log. The oldest counts while versions are mixed.
 */
function versionThatRuns(index: ClusterIndex): CorefileSource['version'] {
  const told = (clusterDnsOf(index)?.pods ?? []).flatMap((pod) => {
    const source = `Pod ${namespaceOf(pod)}/${nameOf(pod)}`;
    const container = (pod.spec?.containers ?? []).find(({ image }) => /coredns/.test(image ?? ''));
    const image = versionInImage(container?.image ?? '');
    if (image !== undefined) return [{ text: image, source: `image ${container?.image ?? ''} of ${source}` }];
    const page = metricsOf(index).find((one) => one.pod === nameOf(pod) && one.program === 'coredns');
    const counted = page?.metrics.version;
    if (counted !== undefined) return [{ text: counted, source: `metrics of ${source}` }];
    const log = (pod.spec?.containers ?? []).map(
      ({ name = '' }) => index.log(namespaceOf(pod), nameOf(pod), name, false) ?? '',
    );
    const [, logged] = /^(?:.*\s)?CoreDNS-(\d+\.\d+\.\d+)/m.exec(log.join('\n')) ?? [];
    return logged === undefined ? [] : [{ text: logged, source: `log of ${source}` }];
  });
  return [...told].sort((a, b) => (parseVersion(a.text) ?? 0) - (parseVersion(b.text) ?? 0))[0];
}

/** Judges a Corefile of the cluster as the version that reads it would. */
export function judgeSource(source: CorefileSource, version?: string): Judgement {
  const { text, files, env, program } = source;
  const input: JudgeInput = {
    text,
    files,
    env,
    program,
    path: COREFILE_PATH,
    version: version ?? source.version?.text ?? ASSUMED_VERSION,
  };
  return judgeCorefile(input);
}
