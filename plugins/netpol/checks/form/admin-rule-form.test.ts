import { describe, expect, it } from 'vitest';
import { type AnyRule, adminRuleProblems, type KindForm } from './admin-rule-form.ts';

const all = { namespaces: {} };
const NEWER: KindForm = { most: 25, ports: 'protocols', pods: ['podSelector'] };
const OLDER: KindForm = { most: 100, ports: 'ports', pods: ['namespaceSelector', 'podSelector'] };
const problems = (rule: object, form = NEWER): readonly string[] =>
  adminRuleProblems(rule as AnyRule, form).map(({ field, problem }) => `${field}: ${problem}`);
const into = (...from: readonly object[]) => ({ from });
const out = (...to: readonly object[]) => ({ to });
const ports = (...protocols: readonly object[]) => ({ from: [all], protocols });
const tcp = (destinationPort: object) => ports({ tcp: { destinationPort } });

/** As an API server with the definition of ClusterNetworkPolicy v1alpha2 answers. */
describe('a rule of a cluster-wide policy', () => {
  it.each([
    [{ name: 'n'.repeat(101), from: [all] }, '.name: 101 characters, and 100 are the most'],
    [into({}), '.from[0]: exactly one field of a peer must be set, and none is'],
    [into({ ...all, pods: {} }), '.from[0]: exactly one field of a peer must be set'],
    [into(...new Array(26).fill(all)), '.from: 26 entries, and 25 are the most'],
    [
      into({ networks: ['10.0.0.0/8'] }),
      '.from[0].networks: from has namespaces and pods alone; addresses and nodes stand under to',
    ],
    [
      { from: [all], ports: [{ portNumber: { port: 80 } }] },
      '.ports: this kind has protocols; ports belongs to the other one',
    ],
    [out({ networks: [] }), '.to[0]: networks is empty'],
    [out({ networks: ['10.0.0.0/8', '10.0.0.0/8'] }), '.to[0]: networks names one twice'],
    [out({ networks: ['10.0.0.0'] }), '.to[0]: "10.0.0.0" is no address block such as 10.0.0.0/8'],
    [out({ domainNames: ['*'] }), '.to[0]: "*" is no domain name such as example.com or *.example.com'],
    [ports(), '.protocols: the list is empty; for every port leave it out'],
    [ports({}), '.protocols[0]: exactly one field of a port must be set, and none is'],
    [into({ pods: { namespaceSelector: {} } }), '.from[0]: pods needs podSelector; {} stands for all'],
    [into({ namespaces: null }), '.from[0]: exactly one field of a peer must be set, and none is'],
    [{ from: [all], protocols: [null] }, '.protocols[0]: exactly one field of a port must be set, and none is'],
    [ports({ tcp: null }), '.protocols[0]: exactly one field of a port must be set, and none is'],
    [into({ namespaces: { matchExpressions: [{ key: 'a' }] } }), '.from[0]: an expression needs key and operator'],
    [ports({ tcp: {}, udp: {} }), '.protocols[0]: exactly one field of a port must be set'],
    [ports({ tcp: {} }), '.protocols[0]: a protocol needs destinationPort with a number or a range'],
    [tcp({}), '.protocols[0]: a protocol needs destinationPort with a number or a range'],
    [tcp({ number: 0 }), '.protocols[0]: port 0 is not between 1 and 65535'],
    [tcp({ number: 65536 }), '.protocols[0]: port 65536 is not between 1 and 65535'],
    [tcp({ number: 1, range: {} }), '.protocols[0]: destinationPort has a number or a range, not both'],
    [tcp({ range: { start: 2 } }), '.protocols[0]: end missing is not between 1 and 65535'],
    [tcp({ range: { start: 2, end: 2 } }), '.protocols[0]: start 2 is not smaller than end 2'],
    [
      { ...out({ nodes: {} }), protocols: [{ destinationNamedPort: 'http' }] },
      ': a port name stands beside networks, nodes or domainNames, which have no port names',
    ],
  ])('is refused, %#', (rule, problem) => {
    expect(problems(rule)).toEqual([problem]);
  });

  it.each(['010.0.0.0/8', '10.0.0.0/08', '::ffff:10.0.0.0/104', 'fe80::1%eth0/64', ' 10.0.0.0/8', ''])(
    'is refused with the network "%s"',
    (cidr) => {
      expect(problems(out({ networks: [cidr] }))).toEqual([`.to[0]: "${cidr}" is no address block such as 10.0.0.0/8`]);
    },
  );

  it.each([
    [into(all)],
    [into(...new Array(25).fill(all))],
    [{ name: 'n'.repeat(100), from: [all] }],
    [out({ networks: ['10.1.2.3/8', '2001:db8::/32'] })],
    [out({ domainNames: ['a.example.com', '*.example.com', 'EXAMPLE.com', '_srv.example.com'] })],
    [into({ pods: { podSelector: {}, namespaceSelector: {} } })],
    [into({ pods: { podSelector: {} } })],
    [into({ namespaces: null, pods: { podSelector: {} } })],
    [{ from: [all], protocols: null }],
    [tcp({ range: { start: 1, end: 65535 } })],
    [ports({ destinationNamedPort: 'http' }, { sctp: { destinationPort: { number: 7 } } })],
    [{ ...out(all), protocols: [{ destinationNamedPort: 'http' }] }],
  ])('is taken, %#', (rule) => {
    expect(problems(rule)).toEqual([]);
  });

  it('of the older kinds names namespaces, and may end a range where it begins, or before', () => {
    const rule = { from: [all], ports: [{ portRange: { start: 5, end: 5 } }, { portRange: { start: 5, end: 4 } }] };
    expect(problems(rule, OLDER)).toEqual([]);
    expect(problems({ from: [{ pods: { podSelector: {} } }], ports: [] }, OLDER)).toEqual([
      '.from[0]: pods needs namespaceSelector; {} stands for all',
      '.ports: the list is empty; for every port leave it out',
    ]);
  });
});
