import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ALL_PORTS,
  formatPorts,
  hasPort,
  intersectPorts,
  isAllPorts,
  NO_PORTS,
  type PortSet,
  PROTOCOLS,
  portRange,
  protocolOf,
  samePorts,
  subtractPorts,
  toPortRanges,
  unionPorts,
  wholeProtocol,
} from './port-set.ts';

const range = fc.record({
  protocol: fc.constantFrom(...PROTOCOLS),
  from: fc.integer({ min: 1, max: 40 }),
  length: fc.nat(20),
});
const set: fc.Arbitrary<PortSet> = fc
  .array(range, { maxLength: 6 })
  .map((ranges) =>
    ranges.reduce<PortSet>(
      (all, one) => unionPorts(all, portRange(one.protocol, one.from, one.from + one.length)),
      NO_PORTS,
    ),
  );

describe('port sets', () => {
  it('unite, intersect and subtract as sets of single ports do', () => {
    fc.assert(
      fc.property(set, set, fc.constantFrom(...PROTOCOLS), fc.integer({ min: 1, max: 70 }), (a, b, protocol, port) => {
        const [inA, inB] = [hasPort(a, protocol, port), hasPort(b, protocol, port)];
        expect(hasPort(unionPorts(a, b), protocol, port)).toBe(inA || inB);
        expect(hasPort(intersectPorts(a, b), protocol, port)).toBe(inA && inB);
        expect(hasPort(subtractPorts(a, b), protocol, port)).toBe(inA && !inB);
      }),
    );
  });

  it('have one form: equal sets have equal edges, whatever way they were made', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        expect(samePorts(unionPorts(a, b), unionPorts(b, a))).toBe(true);
        expect(samePorts(unionPorts(subtractPorts(a, b), intersectPorts(a, b)), a)).toBe(true);
        expect(samePorts(subtractPorts(ALL_PORTS, subtractPorts(ALL_PORTS, a)), a)).toBe(true);
      }),
    );
  });

  it('never run from one protocol into the next', () => {
    const all = PROTOCOLS.map(wholeProtocol).reduce(unionPorts, NO_PORTS);
    expect(isAllPorts(all)).toBe(true);
    expect(toPortRanges(all)).toEqual(PROTOCOLS.map((protocol) => ({ protocol, from: 1, to: 65535 })));
    expect(toPortRanges(unionPorts(portRange('TCP', 65535), portRange('UDP', 1)))).toHaveLength(2);
  });

  it('read like the rules they come from', () => {
    expect(formatPorts(ALL_PORTS)).toBe('all ports');
    expect(formatPorts(NO_PORTS)).toBe('no ports');
    expect(formatPorts(unionPorts(portRange('TCP', 80), portRange('UDP', 53, 54)))).toBe('TCP 80, UDP 53-54');
  });

  it('take TCP for no protocol, and refuse ports that the API refuses', () => {
    expect(protocolOf(undefined)).toBe('TCP');
    expect(protocolOf('ICMP')).toBeUndefined();
    expect([portRange('TCP', 0), portRange('TCP', 65536), portRange('TCP', 9, 8), portRange('TCP', 1.5)]).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });
});
