import { setTimeout as pause } from 'node:timers/promises';
import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { ClusterDns } from '../../../shared/dns/cluster-dns.ts';
import type { UpstreamAnswers } from '../../../shared/dns/upstream-answers.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { isTroubled } from './ask-upstreams.ts';

/** Servers that have connected before give up within that; new ones take up to 30 s (plugin/pkg/proxy, maxDialTimeout). */
const LONGEST_MS = 8000;
const STEP_MS = 1500;
const RECENT_SECONDS = 60;

/**
 * Waits until servers that heard nothing from above have given up and logged it. Before that nobody checks the upstream's
 * health over UDP, and that no check has failed says nothing. Servers whose log may not be read are not waited for.
 */
export async function awaitTraces(
  gatherer: Gatherer,
  dns: ClusterDns,
  upstreams: readonly UpstreamAnswers[],
): Promise<void> {
  const until = performance.now() + LONGEST_MS;
  let open = upstreams.filter((server) => silentNames(server).length > 0);
  while (open.length > 0 && performance.now() < until) {
    const left = await Promise.all(
      open.map(async (server) => ((await hasLogged(gatherer, dns, server)) ? [] : [server])),
    );
    open = left.flat();
    if (open.length > 0) await pause(STEP_MS);
  }
}

function silentNames({ zones }: UpstreamAnswers): readonly string[] {
  return zones.flatMap((zone) => (isTroubled(zone) && zone.first.rcode === undefined ? [zone.first.name] : []));
}

async function hasLogged(gatherer: Gatherer, dns: ClusterDns, server: UpstreamAnswers): Promise<boolean> {
  const pod = dns.pods.find((one) => nameOf(one) === server.pod);
  const container = pod?.spec?.containers?.[0]?.name ?? '';
  const read = await gatherer.reader.logs(server.namespace, server.pod, { container, sinceSeconds: RECENT_SECONDS });
  if (read.status !== 'ok') return true;
  return silentNames(server).every((name) =>
    read.value.split('\n').some((line) => line.includes('plugin/errors') && line.includes(name)),
  );
}
