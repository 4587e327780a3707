import type { IpvsDump } from '../dump/ipvs.ts';
import { type Portal, type ProxyRules, portalKey, type ServiceChain, targetOf } from './proxy-rules.ts';

/** The virtual servers of one family. A backend of weight 0 is on its way out and takes nothing new. */
export function proxyFromIpvs({ services, named }: IpvsDump, family: 4 | 6): ProxyRules | undefined {
  if (named > 0) return undefined;
  const own = services.filter(({ address }) => address.includes(':') === (family === 6));
  if (own.length === 0) return undefined;
  const portals = new Map<string, Portal>();
  const chains = new Map<string, ServiceChain>();
  for (const { line, protocol, address, port, backends } of own) {
    const key = portalKey(address, protocol, port);
    portals.set(key, { key, chain: key, line, comment: '' });
    chains.set(key, {
      name: key,
      line,
      comment: '',
      endpoints: backends
        .filter(({ weight }) => weight > 0)
        .map((backend) => ({ chain: key, target: targetOf(backend.address, backend.port), line, lost: false })),
      leads: backends.length > 0,
    });
  }
  // A Service without endpoints keeps its virtual server: there are no refusals.
  return {
    mode: 'ipvs',
    family,
    portals,
    refused: new Map(),
    chains,
    // Ports of the node are virtual servers at each of its addresses: which those are is not told here.
    nodePorts: new Map([...portals.values()].map((portal) => [portal.key.replace(/^[^/]*\//, ''), portal])),
    asksNodePorts: true,
    insiders: new Set(),
    hasPortals: true,
    hasRefusals: false,
  };
}
