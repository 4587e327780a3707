import { parseArgs } from 'node:util';
import { ensureBuilt } from './build/ensure.ts';
import { images } from './build/images.ts';
import { down } from './down.ts';
import { ClusterFailure } from './failure.ts';
import { enterCommand } from './machine/enter.ts';
import { type ClusterOptions, type CrdGroup, checkName, defaultOptions } from './options.ts';
import { usualSize } from './scale/objects.ts';
import { scale } from './scale/scale.ts';
import { clusterNames, readState } from './state.ts';
import { statusLines } from './status.ts';
import { adminKubeconfig, up } from './up.ts';

const usage = `usage: npm run cluster -- COMMAND [OPTIONS]

  up      bring a cluster up, and print its KUBECONFIG
          --name NAME (e2e)  --nodes 1-4 (2)  --proxy-mode iptables|nftables  --dual-stack
          --cni flannel-vxlan|flannel-host-gw|bridge
          --crds gateway,policy,istio,cilium,calico  --no-metrics  --port PORT
  down    remove a cluster: --name NAME, or --all
  status  say what is up: [--name NAME]
  env     print "export KUBECONFIG=…": --name NAME, [--node NODE: how to enter a node]
  images  make the images, and print their names
  scale   an API server filled with objects, without nodes
          --name NAME (scale)  --pods 10000 --services 2000 --policies 500 --nodes 200  --port PORT
`;

const { positionals, values } = parse();

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      allowNegative: true,
      options: {
        name: { type: 'string' },
        nodes: { type: 'string' },
        node: { type: 'string' },
        'proxy-mode': { type: 'string' },
        'dual-stack': { type: 'boolean' },
        cni: { type: 'string' },
        crds: { type: 'string' },
        metrics: { type: 'boolean' },
        port: { type: 'string' },
        kubernetes: { type: 'string' },
        all: { type: 'boolean' },
        pods: { type: 'string' },
        services: { type: 'string' },
        policies: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** A number as it was typed; what is none is said in the typed word. */
function numberOf(option: 'nodes' | 'port' | 'pods' | 'services' | 'policies', otherwise: number): number {
  const typed = values[option];
  if (typed === undefined) return otherwise;
  if (!/^\d+$/.test(typed)) throw new ClusterFailure(`--${option} ${typed}: not a whole number`);
  return Number(typed);
}

function clusterOptions(name: string): ClusterOptions {
  return {
    ...defaultOptions,
    name,
    nodes: numberOf('nodes', defaultOptions.nodes),
    proxyMode: (values['proxy-mode'] ?? defaultOptions.proxyMode) as ClusterOptions['proxyMode'],
    dualStack: values['dual-stack'] ?? defaultOptions.dualStack,
    cni: (values.cni ?? defaultOptions.cni) as ClusterOptions['cni'],
    metrics: values.metrics ?? defaultOptions.metrics,
    crds: (values.crds ?? '').split(',').filter((group) => group !== '') as CrdGroup[],
    ...(values.port === undefined ? {} : { port: numberOf('port', 0) }),
  };
}

const commands: Record<string, (name: string) => Promise<void>> = {
  async up(name) {
    await up(clusterOptions(name), say, values.kubernetes === undefined ? {} : { version: values.kubernetes });
    print(`KUBECONFIG=${adminKubeconfig(name)}`);
  },
  async down(name) {
    for (const one of values.all ? clusterNames() : [name]) {
      await down(one);
      say(`cluster ${one} is down`);
    }
  },
  async status() {
    for (const line of await statusLines(values.name)) {
      print(line);
    }
  },
  async env(name) {
    if (readState(name) === undefined) {
      throw new ClusterFailure(`there is no cluster ${name}; \`up --name ${name}\` makes one`);
    }
    print(
      values.node === undefined
        ? `export KUBECONFIG=${adminKubeconfig(name)}`
        : enterCommand(name, values.node).join(' '),
    );
  },
  async scale(name) {
    const { port } = clusterOptions(name);
    const size = {
      pods: numberOf('pods', usualSize.pods),
      services: numberOf('services', usualSize.services),
      policies: numberOf('policies', usualSize.policies),
      nodes: numberOf('nodes', usualSize.nodes),
    };
    await scale({ ...defaultOptions, name, ...(port === undefined ? {} : { port }) }, size, say);
    print(`KUBECONFIG=${adminKubeconfig(name)}`);
  },
  async images() {
    await ensureBuilt(say, { nodes: true });
    for (const image of Object.values(images)) {
      print(image);
    }
  },
};

const [command = '', ...words] = positionals;
const run = commands[command];
if (run === undefined || values.help || words.length > 0) {
  if (words.length > 0) say(`unexpected: ${words.join(' ')}\n`);
  process.stderr.write(usage);
  process.exit(values.help ? 0 : 2);
}
try {
  const name = values.name ?? (command === 'scale' ? 'scale' : defaultOptions.name);
  checkName(name);
  await run(name);
} catch (error) {
  // What the system refuses (no space, no right) is not a fault of this program either.
  if (!(error instanceof ClusterFailure || (error instanceof Error && 'syscall' in error))) {
    throw error;
  }
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
