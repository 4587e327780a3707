/** Names as the Go library of CoreDNS (miekg/dns) takes them. Lengths are in bytes. */

const encoder = new TextEncoder();

/** Whether the last dot stands for the root, and is not an escaped one. */
export function isFqdn(name: string): boolean {
  if (!name.endsWith('.')) return false;
  const backslashes = /\\*$/.exec(name.slice(0, -1))?.[0].length ?? 0;
  return backslashes % 2 === 0;
}

/** The name with the dot at its end. */
export function fqdn(name: string): string {
  return isFqdn(name) ? name : `${name}.`;
}

/** Lower case and with the dot at the end: how CoreDNS keeps zones. */
export function normalName(name: string): string {
  return fqdn(name).toLowerCase();
}

/** `dns.IsDomainName`: labels of 1 to 63 bytes, 255 in all; any character goes, `\.` and `\DDD` are escapes. */
export function isDomainName(name: string): boolean {
  if (name === '') return false;
  const bytes = encoder.encode(fqdn(name));
  let offset = 0;
  let begin = 0;
  let wasDot = false;
  let escaping = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 0x5c) {
      escaping = !escaping;
      if (offset + 1 > 256) return false;
      const skip = isDigits(bytes, at + 1) ? 3 : 1;
      at += skip;
      begin += skip;
      wasDot = false;
    } else if (byte === 0x2e) {
      escaping = false;
      if ((at === 0 && bytes.length > 1) || wasDot) return false;
      wasDot = true;
      const length = at - begin;
      if (length >= 64) return false;
      offset += 1 + length;
      if (offset > 256) return false;
      begin = at + 1;
    } else {
      escaping = false;
      wasDot = false;
    }
  }
  return !escaping;
}

function isDigits(bytes: Uint8Array, at: number): boolean {
  return [0, 1, 2].every((step) => {
    const byte = bytes[at + step];
    return byte !== undefined && byte >= 0x30 && byte <= 0x39;
  });
}

/** Length in bytes, as Go counts a string. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Whether a name is the zone or lies below it. Both normal names. */
export function isBelow(name: string, zone: string): boolean {
  return zone === '.' || name === zone || name.endsWith(`.${zone}`);
}

/** Whether a normal zone is one of the trees for addresses. */
export function isReverseZone(zone: string): boolean {
  return /(^|\.)(in-addr|ip6)\.arpa\.$/.test(zone);
}

const TYPES =
  'A AAAA AFSDB AMTRELAY ANY APL ATMA AVC AXFR CAA CDNSKEY CDS CERT CNAME CSYNC DHCID DLV DNAME DNSKEY DS EID EUI48 EUI64 GID GPOS HINFO HIP HTTPS IPSECKEY ISDN IXFR KEY KX L32 L64 LOC LP MAILA MAILB MB MD MF MG MINFO MR MX NAPTR NID NIMLOC NINFO NS NSAP-PTR NSEC NSEC3 NSEC3PARAM NULL NXNAME NXT None OPENPGPKEY OPT PTR PX RESINFO RKEY RP RRSIG RT Reserved SIG SMIMEA SOA SPF SRV SSHFP SVCB TA TALINK TKEY TLSA TSIG TXT UID UINFO UNSPEC URI X25 ZONEMD';
const RCODES =
  'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP NOTIMPL REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE DSOTYPENI BADSIG BADVERS BADKEY BADTIME BADMODE BADNAME BADALG BADTRUNC BADCOOKIE';

const types = new Set(TYPES.split(' '));
const rcodes = new Set(RCODES.split(' '));
const classes = new Set(['IN', 'CS', 'CH', 'HS', 'NONE', 'ANY']);
const opcodes = new Set(['QUERY', 'IQUERY', 'STATUS', 'NOTIFY', 'UPDATE']);

/** Whether the library knows a record type by this name; case counts. */
export function isType(text: string): boolean {
  return types.has(text);
}

/** Whether miekg/dns knows the response code by this name. */
export function isRcode(text: string): boolean {
  return rcodes.has(text);
}

/** Whether miekg/dns knows the class by this name. */
export function isClass(text: string): boolean {
  return classes.has(text);
}

/** Whether miekg/dns knows the opcode by this name. */
export function isOpcode(text: string): boolean {
  return opcodes.has(text);
}
