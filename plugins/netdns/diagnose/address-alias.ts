import type { DnsRecord } from '../../../shared/dns/records.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import { parseAddress } from '../../../shared/util/addresses.ts';
import { namesMessages } from '../messages/names.ts';

/**
 * An alias of an address: the record is one by the specification, and CoreDNS passes over it, since no name can be looked
 * up there (plugin/kubernetes, findServices: only targets that are names).
 */
export function isAddressAlias({ type, data }: DnsRecord): boolean {
  return type === 'CNAME' && parseAddress(data) !== undefined;
}

/** The alias that leads nowhere, and why. */
export function aliasFinding(record: DnsRecord, name: string, why: string): Finding {
  return namesMessages.DNS613.raise({
    subject: record.owner,
    args: { name, target: record.data, why },
    evidence: [{ fact: `externalName: ${record.data}`, source: formatRef(record.owner) }],
  });
}

/** Why an address cannot be the target, and what to use instead. */
export const ADDRESS_TARGET = 'which is an address and no name: use a Service without a selector and an EndpointSlice';
