import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { type DeclaredPort, declaredPorts } from '../../../../shared/model/pods.ts';
import { isSideName } from '../../../../shared/model/side-ports.ts';
import { hideSecrets } from '../../../../shared/util/hide-secrets.ts';
import { type ContainerSigns, containerSigns, type Sign } from './container-signs.ts';
import { portsOfPlainImage } from './plain-image.ts';
import { numbersOfExecProbes, type ProbedPort, probedPorts } from './probe-ports.ts';

/**
 * Whether a pod answers on a port, as far as objects and logs tell. Only `served` and the four faults are judgements;
 * `declared` means that nothing speaks against it, `unknown` that nothing speaks at all: declaring a port is optional.
 */
export type Serving =
  | { readonly state: 'served' }
  | { readonly state: 'declared' }
  | { readonly state: 'unknown' }
  /** The container listens, but only for the pod itself. */
  | { readonly state: 'loopback'; readonly container: string; readonly sign: Sign }
  /** The signs name other ports. `declared`: a container declares the port in question all the same. */
  | {
      readonly state: 'elsewhere';
      readonly container: string;
      readonly ports: readonly number[];
      readonly declared: boolean;
      readonly signs: readonly Sign[];
      readonly others: readonly (DeclaredPort | ProbedPort)[];
      readonly image: boolean;
    }
  /** The container runs a command that serves nothing: `sleep 3600`. */
  | { readonly state: 'silent'; readonly container: string; readonly words: string }
  /** The number is declared, for another protocol only. Not `sure`: TCP may stand there because nobody wrote UDP. */
  | { readonly state: 'otherProtocol'; readonly declared: DeclaredPort; readonly sure: boolean };

/** What else the Service asks of the pod. */
export interface Asked {
  readonly port: number;
  readonly protocol: string;
  /** Where the Service's other ports go: a container that listens there may well listen here too. */
  readonly claimed: ReadonlySet<number>;
  /** The Service port is one for operators (metrics, health), which containers often leave undeclared. */
  readonly side: boolean;
  /** What the Service calls the port. */
  readonly name?: string | undefined;
}

/** Judges one port of one pod. */
export function servingOf(index: ClusterIndex, pod: Pod, asked: Asked): Serving {
  const { port, protocol } = asked;
  const probed = probedPorts(index, pod);
  if (protocol === 'TCP' && probed.some((probe) => probe.port === port && probe.passes)) return { state: 'served' };
  const containers = containerSigns(index, pod);
  const onPort = containers.flatMap(({ signs, name }) =>
    signs
      .filter(({ listener }) => listener.port === port && listener.protocol === protocol)
      .map((sign) => ({ sign, container: name })),
  );
  if (onPort.some(({ sign }) => sign.listener.host === 'any')) return { state: 'served' };
  const loopback = onPort.find(({ sign }) => sign.listener.host === 'loopback');
  if (loopback !== undefined) return { state: 'loopback', ...loopback };
  if (onPort.length > 0) return { state: 'served' };

  const all = declaredPorts(pod.spec);
  const declaring = all.filter((declared) => declared.port === port && declared.protocol === protocol);
  if (declaring.length > 0) {
    const verdicts = declaring.map((declared) => ofDeclaring(index, pod, containers, declared, all, asked.side));
    // One container that may serve it is enough.
    return verdicts.find((verdict) => verdict.state === 'declared') ?? verdicts[0] ?? { state: 'declared' };
  }
  return ofUndeclared(index, pod, asked, containers, all, probed);
}

function ofDeclaring(
  index: ClusterIndex,
  pod: Pod,
  containers: readonly ContainerSigns[],
  declared: DeclaredPort,
  all: readonly DeclaredPort[],
  side: boolean,
): Serving {
  const container = containers.find(({ name }) => name === declared.container);
  if (container === undefined) return { state: 'declared' };
  const { signs, line, name } = container;
  const bound = signs.find(({ listener }) => listener.port === undefined && listener.host === 'loopback');
  if (bound !== undefined && declared.protocol === 'TCP') return { state: 'loopback', container: name, sign: bound };
  if (numbersOfExecProbes(index, pod).has(declared.port)) return { state: 'declared' };
  const main = mainSigns(signs, declared.protocol).filter((sign) => !isOfAnotherSocket(sign, declared));
  if (isSilent(container) && main.length === 0)
    return { state: 'silent', container: name, words: hideSecrets(line.text) };
  const own = new Set(all.filter((other) => other.container === name).map((other) => other.port));
  // A port that is declared as well is a second socket, unless the whole command line is understood.
  const contrary = line.complete ? main : main.filter(({ listener }) => !own.has(listener.port ?? 0));
  // The main socket of an app says nothing about the one for its metrics.
  const operator = side || isSideName(declared.name);
  if (contrary.length === 0) return ofDeclaredByImage(pod, container, declared, containers.length);
  if (operator && !line.complete) return { state: 'declared' };
  const probed = probedPorts(index, pod);
  const another = containers.some((other) => other.name !== name && !other.helper && isOpaque(other, all, probed));
  if (another) return { state: 'declared' };
  if (!line.complete && mentions(container, declared.port)) return { state: 'declared' };
  return {
    state: 'elsewhere',
    container: name,
    ports: portsOf(contrary),
    declared: true,
    signs: contrary,
    others: [],
    image: false,
  };
}

/** Apps with several sockets often log only some of them: a gRPC server that started says nothing about the HTTP port. */
function isOfAnotherSocket({ via, listener }: Sign, { name = '' }: DeclaredPort): boolean {
  const special = /grpc|\brpc\b|thrift|websocket|gossip|raft|cluster|replication|internal/i;
  return via === 'log' && name !== '' && special.test(listener.words) && !special.test(name);
}

function ofUndeclared(
  index: ClusterIndex,
  pod: Pod,
  { port, protocol, claimed, side, name: called }: Asked,
  containers: readonly ContainerSigns[],
  all: readonly DeclaredPort[],
  probed: readonly ProbedPort[],
): Serving {
  const open = containers.filter(({ helper }) => !helper);
  const [first] = open;
  if (first === undefined) return { state: 'unknown' };
  const wrong = all.find((declared) => declared.port === port && declared.protocol !== protocol);
  if (wrong !== undefined) {
    // An app that serves both protocols on one number often declares one of them.
    if (claimed.has(port)) return { state: 'unknown' };
    return { state: 'otherProtocol', declared: wrong, sure: isSure(wrong, open, probed) };
  }
  if (open.some((container) => !container.line.complete && mentions(container, port))) return { state: 'unknown' };
  if (numbersOfExecProbes(index, pod).has(port)) return { state: 'unknown' };

  const main = open.flatMap(({ name, line, signs }) =>
    mainSigns(signs, protocol)
      .filter(({ listener }) => line.complete || (!side && !claimed.has(listener.port ?? 0)))
      .map((sign) => ({ name, sign })),
  );
  const opaque = open.filter((container) => isOpaque(container, all, probed));
  if (main.length > 0 && opaque.length === 0) {
    const signs = main.map(({ sign }) => sign);
    return {
      state: 'elsewhere',
      container: main[0]?.name ?? '',
      ports: portsOf(signs),
      declared: false,
      signs,
      others: othersOf(open, claimed, all, probed),
      image: false,
    };
  }
  if (open.every(isSilent)) return { state: 'silent', container: first.name, words: hideSecrets(first.line.text) };
  if (protocol !== 'TCP') return { state: 'unknown' };
  if (opaque.length > 0) return ofImage(pod, open, port);
  if (!side) return ofOthers(othersOf(open, claimed, all, probed));
  // The one that has the name, and that no other Service port leads to, is meant.
  return ofOthers(
    all.filter(
      (one) => called !== undefined && one.name === called && one.protocol === protocol && !claimed.has(one.port),
    ),
  );
}

/** UDP is only ever written on purpose; TCP is the default, so that it takes a TCP probe or listener to be sure. */
function isSure(declared: DeclaredPort, open: readonly ContainerSigns[], probed: readonly ProbedPort[]): boolean {
  if (declared.protocol !== 'TCP') return true;
  if (/^(https?|web|grpc|h2c)\b/.test(declared.name ?? '')) return true;
  if (probed.some((probe) => probe.port === declared.port)) return true;
  return open.some(({ signs }) =>
    signs.some(
      ({ listener }) => listener.port === declared.port && listener.protocol === 'TCP' && listener.host !== 'untold',
    ),
  );
}

/** Nothing but declared and probed ports: a fault only when one of them is there for nobody else. */
function ofOthers(others: readonly (DeclaredPort | ProbedPort)[]): Serving {
  const [best] = others;
  if (best === undefined) return { state: 'unknown' };
  const ports = [...new Set(others.map((other) => other.port))];
  return { state: 'elsewhere', container: best.container, ports, declared: false, signs: [], others, image: false };
}

/** Ports that containers declare, or answer probes on, which are neither for operators nor for other Service ports. */
function othersOf(
  open: readonly ContainerSigns[],
  claimed: ReadonlySet<number>,
  all: readonly DeclaredPort[],
  probed: readonly ProbedPort[],
): readonly (DeclaredPort | ProbedPort)[] {
  const names = new Set(open.map(({ name }) => name));
  const side = new Set(all.filter((declared) => isSideName(declared.name)).map((declared) => declared.port));
  const free = (port: number, container: string): boolean =>
    names.has(container) && !claimed.has(port) && !side.has(port);
  return [
    ...all.filter((declared) => declared.protocol === 'TCP' && free(declared.port, declared.container)),
    ...probed.filter((probe) => probe.passes && free(probe.port, probe.container)),
  ];
}

/** What a container declares is a note; an official image that runs as it comes listens where its maker says. */
function ofDeclaredByImage(pod: Pod, container: ContainerSigns, declared: DeclaredPort, count: number): Serving {
  const runs = container.running.status?.state?.running !== undefined;
  if (!runs || count > 1 || declared.protocol !== 'TCP' || container.signs.length > 0) return { state: 'declared' };
  const serving = ofImage(pod, [container], declared.port);
  return serving.state === 'elsewhere' ? { ...serving, declared: true } : { state: 'declared' };
}

/** What a single official image that runs as it comes says of the port. */
function ofImage(pod: Pod, open: readonly ContainerSigns[], port: number): Serving {
  const ports = portsOfPlainImage(pod, open);
  if (ports === undefined) return { state: 'unknown' };
  if (ports.includes(port)) return { state: 'declared' };
  return {
    state: 'elsewhere',
    container: open[0]?.name ?? '',
    ports,
    declared: false,
    signs: [],
    others: [],
    image: true,
  };
}

/** Runs, and runs a command that opens no port. One that ends or crashes has a cause of its own. */
function isSilent({ line, running: { status } }: ContainerSigns): boolean {
  if (!line.complete || line.listeners.length > 0) return false;
  if (status === undefined) return true;
  const last = status.lastState?.terminated;
  const ended = last !== undefined && (last.reason === 'OOMKilled' || ![137, 143].includes(last.exitCode ?? 0));
  return status.state?.running !== undefined && !ended;
}

/** Nothing tells where it listens, so it may listen anywhere. */
function isOpaque(container: ContainerSigns, all: readonly DeclaredPort[], probed: readonly ProbedPort[]): boolean {
  const { name, line, signs } = container;
  if (line.complete || signs.some(({ listener }) => listener.role === 'main' && listener.port !== undefined))
    return false;
  if (all.some((declared) => declared.container === name)) return false;
  return !probed.some((probe) => probe.container === name && probe.passes);
}

function mainSigns(signs: readonly Sign[], protocol: string): readonly Sign[] {
  return signs.filter(
    ({ listener }) => listener.role === 'main' && listener.port !== undefined && listener.protocol === protocol,
  );
}

/** The number stands somewhere in the command line or environment, in a way that is not understood. */
function mentions({ line, env }: ContainerSigns, port: number): boolean {
  if (line.numbers.has(port)) return true;
  const digits = new RegExp(`(?<!\\d)${port}(?!\\d)`);
  return [...env.values()].some(({ value }) => value !== undefined && digits.test(value));
}

function portsOf(signs: readonly Sign[]): readonly number[] {
  return [...new Set(signs.flatMap(({ listener }) => (listener.port === undefined ? [] : [listener.port])))];
}
