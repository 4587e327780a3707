import ipaddr from 'ipaddr.js';

/**
 * The part of `ip-address` that the SOCKS client uses, with the package for addresses that is in the bundle anyway: two of
 * them would be a twelfth of the smallest plugin.
 */
export class Address4 {
  private readonly address: ipaddr.IPv4;

  constructor(text: string) {
    this.address = ipaddr.IPv4.parse(text);
  }

  toArray(): number[] {
    return this.address.octets;
  }
}

export class Address6 {
  private readonly address: ipaddr.IPv6;

  constructor(text: string) {
    this.address = ipaddr.IPv6.parse(text);
  }

  static fromByteArray(bytes: number[]): Address6 {
    return new Address6(ipaddr.fromByteArray(bytes).toString());
  }

  /** Eight groups of four digits. */
  canonicalForm(): string {
    return this.address.parts.map((group) => group.toString(16).padStart(4, '0')).join(':');
  }
}
