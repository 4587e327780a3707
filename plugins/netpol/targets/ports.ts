import { UsageError } from '../../../shared/cli/command.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { formatServicePort } from '../../../shared/model/pods.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import { type Protocol, toPortRanges } from '../../../shared/policy/rules/port-set.ts';
import { declaredPortsOf, resolveNamedPort, type Unit } from '../../../shared/policy/rules/units.ts';
import { serviceTargets } from '../../../shared/policy/services/service-targets.ts';
import { wrap } from '../../../shared/util/text.ts';
import { type Party, podsOfParty } from './party.ts';

/** A port that was asked about, as each member of the destination sees it. */
export interface AskedPort {
  /** `port 80`, or `port 80 (http)` of a Service. */
  readonly words: string;
  readonly protocol: Protocol;
  /** Undefined where the member does not have it: a target port by a name that it does not declare. */
  readonly on: (unit: Unit) => number | undefined;
  /** The one address family of a Service. */
  readonly family?: 4 | 6;
}

/** What the words on the command line say about the port. */
export interface PortWish {
  readonly port: string | undefined;
  readonly protocol: Protocol | undefined;
}

/**
 * The ports that a question is about: the one that was named, else those of the Service; undefined when any port is
 * meant. Throws a UsageError for a port that the destination does not have.
 */
export function askedPorts(to: Party, { port, protocol }: PortWish): readonly AskedPort[] | undefined {
  if (to.service !== undefined) return servicePorts(to, to.service, port, protocol);
  if (port === undefined) return anyPort(protocol);
  if (/^\d+$/.test(port)) {
    const number = checked(Number(port));
    const one = protocol ?? 'TCP';
    return [{ words: `${one} ${number}`, protocol: one, on: () => number }];
  }
  return [namedPort(to, port, protocol)];
}

/** Without a port all of them are meant, of every protocol. */
export function anyPort(protocol: Protocol | undefined): undefined {
  if (protocol === undefined) return undefined;
  throw new UsageError(
    '--protocol needs a port here',
    `Such as --port 53 --protocol ${protocol}, or --port 53/${protocol}`,
  );
}

/** Who asks for a port that the Service has not may mean its pods. */
function behindService(pods: readonly Pod[], wanted: number | string | undefined): string {
  const declared = pods.some((pod) =>
    declaredPortsOf(pod).some(({ name, number }) => number === wanted || (name === wanted && name !== '')),
  );
  return declared
    ? 'Its pods have that port: ask about their workload or labels, such as deploy/NAME.'
    : 'Pods are reached on the port behind the arrow.';
}

function checked(number: number): number {
  if (number >= 1 && number <= 65535) return number;
  throw new UsageError(`port ${number} is not between 1 and 65535`);
}

function servicePorts(
  to: Party,
  service: Service,
  port: string | undefined,
  protocol: Protocol | undefined,
): readonly AskedPort[] {
  const pods = podsOfParty(to);
  const wanted = port !== undefined && /^\d+$/.test(port) ? checked(Number(port)) : port;
  const found = serviceTargets(service, pods, wanted).filter(
    (entry) => protocol === undefined || entry.protocol === protocol,
  );
  if (found.length === 0) {
    const own = (service.spec?.ports ?? []).map(formatServicePort).join(', ');
    const asked =
      port === undefined ? `${protocol} port` : `port ${port}${protocol === undefined ? '' : `/${protocol}`}`;
    throw new UsageError(
      `${formatRef(to.ref)} has no ${asked}`,
      own === '' ? 'It has no ports at all.' : wrap(`Its ports: ${own}. ${behindService(pods, wanted)}`, 80).join('\n'),
    );
  }
  const families = service.spec?.ipFamilies ?? [];
  const family = families.length === 1 ? ({ family: families[0] === 'IPv6' ? 6 : 4 } as const) : {};
  return found.map(({ servicePort, name, protocol: own, targetPort, targets }) => {
    const byPod = new Map(targets.map((target) => [target.pod, target.port]));
    return {
      words: `port ${servicePort}${name === undefined || name === '' ? '' : ` (${name})`}${own === 'TCP' ? '' : `/${own}`}`,
      protocol: own,
      on: (unit) =>
        unit.type === 'pod' ? byPod.get(unit.pod) : typeof targetPort === 'number' ? targetPort : undefined,
      ...family,
    };
  });
}

function namedPort(to: Party, name: string, protocol: Protocol | undefined): AskedPort {
  const on = (unit: Unit): number | undefined =>
    unit.type === 'pod' ? toPortRanges(resolveNamedPort(unit.pod, { name, protocol }))[0]?.from : undefined;
  const first = to.members.find((unit) => on(unit) !== undefined);
  if (first?.type !== 'pod') {
    const known = [...new Set(podsOfParty(to).flatMap((pod) => declaredPortsOf(pod).map((entry) => entry.name)))];
    const names = known.filter((entry) => entry !== '');
    throw new UsageError(
      `no port of ${to.words} is called ${name}`,
      names.length === 0 ? 'Give its number.' : wrap(`Its port names: ${names.join(', ')}.`, 80).join('\n'),
    );
  }
  const own = declaredPortsOf(first.pod).find((entry) => entry.name === name)?.protocol;
  return { words: `port "${name}"`, protocol: protocol ?? own ?? 'TCP', on };
}
