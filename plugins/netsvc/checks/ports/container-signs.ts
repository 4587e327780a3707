import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Container, Pod } from '../../../../shared/model/objects-pod.ts';
import { controllerOf, ownerWorkload } from '../../../../shared/model/owners.ts';
import {
  isReady,
  podAddresses,
  podKey,
  type RunningContainer,
  runningContainers,
} from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { hideSecrets } from '../../../../shared/util/hide-secrets.ts';
import { type CommandLine, readCommandLine } from './listen/command-line.ts';
import { type ConfiguredListener, listenersOfConfig } from './listen/config-listeners.ts';
import { type Environment, environmentOf, type Variable } from './listen/environment.ts';
import { listenersOfEnvironment } from './listen/environment-listeners.ts';
import type { Listener } from './listen/listener.ts';
import { listenersOfLog } from './listen/log-listeners.ts';
import { listenerOfPlainConfig } from './listen/plain-config.ts';

/** A socket with where it is told. */
export interface Sign {
  readonly listener: Listener;
  readonly via: 'args' | 'env' | 'log' | 'config';
  /** For evidence: `Deployment shop/web container app args`. */
  readonly source: string;
  /** The ConfigMap of a configuration file. */
  readonly configMap?: string;
  /** Read off a file of which it is not known that the container reads it so. */
  readonly guess?: true;
}

/** Everything that tells where one container listens, save probes and declared ports. */
export interface ContainerSigns {
  readonly running: RunningContainer;
  readonly name: string;
  readonly line: CommandLine;
  readonly env: Environment;
  /** Command line, log and configuration; the environment only where none of them names a port. */
  readonly signs: readonly Sign[];
  /** A mesh proxy or log shipper, which never serves what the Service means. */
  readonly helper: boolean;
}

export const HELPERS =
  /^(istio-proxy|linkerd-proxy|consul-dataplane|envoy-sidecar|dapr|daprd|vault-agent|cloud-sql-proxy|cloudsql-proxy|fluent-?bit|fluentd|promtail|filebeat|vector|datadog-agent|otel-collector|config-reloader|git-sync)$/;

/** The signs of all containers of a pod that run beside each other, native sidecars included. */
export function containerSigns(index: ClusterIndex, pod: Pod): readonly ContainerSigns[] {
  return index.memoOf(pod, 'netsvc/ports/signs', () =>
    runningContainers(pod).map((running) => signsOf(index, pod, running)),
  );
}

function signsOf(index: ClusterIndex, pod: Pod, running: RunningContainer): ContainerSigns {
  const namespace = pod.metadata?.namespace ?? '';
  const { env, line } = spokenOf(index, namespace, running.spec);
  const workload = ownerWorkload(index, pod);
  const where = workload === undefined ? `Pod ${podKey(pod)}` : formatRef(workload.ref);
  const log = logFor(index, pod, running.name);
  const told: Sign[] = [
    ...line.listeners.map((listener) => {
      const source = `${where} container ${running.name} ${(running.spec.args ?? []).length > 0 ? 'args' : 'command'}`;
      const from = listener.port === undefined ? undefined : namedVariable(running.spec, env, String(listener.port));
      return {
        listener: { ...settled(listener, env), ...(from === undefined ? {} : { variable: from.name }) },
        via: 'args' as const,
        source: from === undefined ? source : `${source}, ${from.literal ? '' : `${from.name} of `}${from.source}`,
      };
    }),
    ...listenersOfLog(log?.text ?? '', podAddresses(log?.pod ?? pod)).map((listener) => ({
      listener,
      via: 'log' as const,
      source: `log of ${podKey(log?.pod ?? pod)} container ${running.name}`,
    })),
    ...listenersOfConfig(index, pod, running.spec).map(({ listener, configMap, file }) => ({
      listener,
      via: 'config' as const,
      source: `ConfigMap ${namespace}/${configMap} key ${file}`,
      configMap,
    })),
  ];
  const fromEnv = listenersOfEnvironment(env).map((listener) => {
    const variable = env.get(listener.variable ?? '');
    const source = variable?.literal === false ? variable.source : `${where} container ${running.name} env`;
    return { listener, via: 'env' as const, source };
  });
  const known = joined(told, fromEnv);
  const others = runningContainers(pod).filter(({ name }) => !HELPERS.test(name));
  const silent = !line.complete && !known.some(({ listener }) => listener.role === 'main') && !namesPort(line);
  const guessed = silent && others.length === 1 ? listenerOfPlainConfig(index, pod) : undefined;
  return {
    running,
    name: running.name,
    line,
    env,
    signs: [...known, ...guesses(namespace, guessed)].map((sign) => ({
      ...sign,
      listener: { ...sign.listener, words: hideSecrets(sign.listener.words) },
    })),
    helper: HELPERS.test(running.name),
  };
}

interface Log {
  readonly pod: Pod;
  readonly text: string;
}

/** Logs are read of one pod for many: those of one revision that fare alike write the same. */
function logFor(index: ClusterIndex, pod: Pod, container: string): Log | undefined {
  const namespace = pod.metadata?.namespace ?? '';
  const textOf = ({ metadata }: Pod, name: string): string | undefined =>
    index.log(namespace, metadata?.name ?? '', name, false);
  const text = textOf(pod, container);
  if (text !== undefined) return { pod, text };
  const read = index.memo(`netsvc/ports/logs/${namespace}`, () => {
    const map = new Map<string, Log>();
    for (const one of index.list('Pod', namespace))
      for (const { name } of runningContainers(one)) {
        const said = textOf(one, name);
        if (said !== undefined) map.set(alike(one, name), { pod: one, text: said });
      }
    return map;
  });
  return read.get(alike(pod, container));
}

function alike(pod: Pod, container: string): string {
  const { labels = {}, name } = pod.metadata ?? {};
  const revision = labels['pod-template-hash'] ?? labels['controller-revision-hash'] ?? name;
  return `${controllerOf(pod)?.name} ${revision} ${isReady(pod)} ${container}`;
}

/** Whether a number of the command line can be a port that it means. */
function namesPort({ numbers }: CommandLine): boolean {
  return [...numbers].some((number) => number >= 80);
}

function guesses(namespace: string, guessed: ConfiguredListener | undefined): readonly Sign[] {
  if (guessed === undefined) return [];
  const { listener, configMap, file } = guessed;
  return [
    { listener, via: 'config', source: `ConfigMap ${namespace}/${configMap} key ${file}`, configMap, guess: true },
  ];
}

/** The variable that a command line names and that holds a value: `serve $PORT`. */
function namedVariable({ command = [], args = [] }: Container, env: Environment, value: string): Variable | undefined {
  const named = new Set([...command, ...args].join(' ').match(/(?<=\$[({]?)[A-Za-z_]\w*/g));
  return [...env.values()].find((one) => one.value === value && named.has(one.name));
}

/** Pods of one revision have the same words; reading them once serves all. */
function spokenOf(index: ClusterIndex, namespace: string, spec: Container): { env: Environment; line: CommandLine } {
  const { command, args, env, envFrom } = spec;
  return index.memo(`netsvc/ports/spoken/${namespace}/${JSON.stringify([command, args, env, envFrom])}`, () => {
    const environment = environmentOf(index, namespace, spec);
    return { env: environment, line: readCommandLine(spec, environment) };
  });
}

/** A default of a program counts for nothing where the environment may set it: gunicorn reads $PORT, flask FLASK_RUN_HOST. */
function settled(listener: Listener, env: Environment): Listener {
  if (listener.host !== 'loopback' || listener.hostText !== undefined) return listener;
  const names = [...env.keys()].filter((name) => /HOST|BIND|ADDR|CMD_ARGS/.test(name));
  return names.length > 0 ? { ...listener, host: 'any' } : listener;
}

function joined(told: readonly Sign[], fromEnv: readonly Sign[]): readonly Sign[] {
  const named = told.filter(({ listener }) => listener.role === 'main' && listener.port !== undefined);
  if (fromEnv.length === 0) return told;
  // The environment overrides a program's default and yields to what is spelt out.
  if (named.length === 0) return [...told, ...fromEnv];
  if (named.every(({ listener }) => listener.byDefault === true))
    return [...told.filter((sign) => !named.includes(sign)), ...fromEnv];
  return told;
}
