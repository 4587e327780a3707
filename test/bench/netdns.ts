/**
 * The records that 10,000 Services promise, in milliseconds: `node test/bench/netdns.ts`. The limit is one second.
 */
import process from 'node:process';
import { zoneOf } from '../../shared/dns/zone.ts';
import { createIndex } from '../../shared/model/cluster-index.ts';
import type { Service } from '../../shared/model/objects-network.ts';

const services = Array.from({ length: 10_000 }, (_, at): Service => {
  const address = `10.96.${at >> 8}.${at & 255}`;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `app-${at}`, namespace: `ns-${at % 100}` },
    spec: { clusterIP: address, clusterIPs: [address], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
  };
});
const index = createIndex({
  takenAt: '2026-03-01T12:00:00Z',
  source: { type: 'snapshot', name: 'bench' },
  objects: { Service: services },
  coverage: [],
  logs: [],
  tools: [],
  problems: [],
});
const start = performance.now();
const records = zoneOf(index).all().length;
process.stdout.write(`${records} records of 10,000 Services in ${Math.round(performance.now() - start)} ms\n`);
