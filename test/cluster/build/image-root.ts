import { cp, mkdir, readdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { ClusterFailure } from '../failure.ts';
import { programPath } from './packages.ts';

/** Programs of the probe image, which kube-proxy's and Flannel's stand on too. */
const tools = [
  ...[
    'bash',
    'curl',
    'dig',
    'host',
    'nslookup',
    'ip',
    'bridge',
    'ss',
    'tcpdump',
    'iperf3',
    'socat',
    'ping',
    'conntrack',
  ],
  ...['ipset', 'nft', 'xtables-nft-multi', 'xtables-legacy-multi', 'sysctl', 'getent', 'ethtool', 'tracepath'],
];

/** Nice to have; a machine without them builds an image without them. */
const optional: ReadonlySet<string> = new Set(['sysctl', 'ethtool', 'tracepath', 'host', 'nslookup', 'bridge']);

const iptablesNames = ['', '-save', '-restore'].flatMap((suffix) => [`iptables${suffix}`, `ip6tables${suffix}`]);

/** An empty root in the shape of Debian's: /bin, /sbin and /lib point into /usr. */
async function makeSkeleton(root: string): Promise<void> {
  for (const folder of [
    'usr/bin',
    'usr/sbin',
    'usr/lib',
    'usr/lib64',
    'etc',
    'run',
    'var',
    'root',
    'proc',
    'sys',
    'dev',
  ]) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await mkdir(join(root, 'tmp'));
  await execa('chmod', ['1777', join(root, 'tmp')]);
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await symlink(`usr/${name}`, join(root, name));
  }
  await symlink('../run', join(root, 'var/run'));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  await writeFile(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
}

/**
 * Waits as the first process of a container and ends at once when it is asked to:
 * a first process without a signal handler is immune to SIGTERM, and its pod
 * would take the whole grace period to go.
 */
const stayScript = `#!/bin/sh
trap 'exit 0' TERM INT
while :; do sleep 3600 & wait $!; done
`;

/** \`serve [PORT…]\` answers every path list with the pod's name, and /hostname too. */
const serveScript = `#!/bin/sh
trap 'exit 0' TERM INT
folder=$(mktemp -d)
hostname > "$folder/index.html"
hostname > "$folder/hostname"
echo ok > "$folder/healthz"
[ $# -gt 0 ] || set -- 80
for port in "$@"; do httpd -f -p "$port" -h "$folder" & done
wait
`;

export async function makeBusyboxRoot(root: string): Promise<void> {
  await makeSkeleton(root);
  const busybox = need('busybox');
  await cp(busybox, join(root, 'usr/bin/busybox'), { dereference: true });
  const { stdout } = await execa(busybox, ['--list']);
  for (const applet of stdout.split('\n')) {
    if (applet !== '' && applet !== 'busybox') {
      await symlink('busybox', join(root, 'usr/bin', applet));
    }
  }
  await writeFile(join(root, 'usr/bin/stay'), stayScript, { mode: 0o755 });
  await writeFile(join(root, 'usr/bin/serve'), serveScript, { mode: 0o755 });
}

/** Programs of this machine with the libraries they load, as one layer. */
export async function makeToolsRoot(root: string): Promise<void> {
  for (const name of tools) {
    const path = programPath(name);
    if (path === undefined && optional.has(name)) {
      continue;
    }
    await copyProgram(root, name);
  }
  // Busybox's shell prefers its own small ip, ping and nc to the programs of these names.
  await symlink('bash', join(root, 'usr/bin/sh'));
  const libraries = dirname(await realpath(await libcPath()));
  const extensions = join(libraries, 'xtables');
  await cp(extensions, join(root, extensions), { recursive: true });
  for (const extension of await readdir(extensions)) {
    await copyLibraries(root, join(extensions, extension));
  }
  for (const [multi, suffix] of [
    ['xtables-nft-multi', ''],
    ['xtables-legacy-multi', '-legacy'],
  ] as const) {
    for (const name of iptablesNames) {
      const [program = '', action] = name.split('-');
      await symlink(multi, join(root, 'usr/sbin', `${program}${suffix}${action ? `-${action}` : ''}`));
    }
  }
  for (const file of ['/etc/protocols', '/etc/services']) {
    await mkdir(join(root, 'etc'), { recursive: true });
    await cp(file, join(root, file)).catch(() => undefined);
  }
}

async function libcPath(): Promise<string> {
  const found = (await loaded(need('curl'))).find((path) => basename(path).startsWith('libc.so'));
  if (found === undefined) {
    throw new ClusterFailure('cannot find the C library of curl with ldd');
  }
  return found;
}

function need(name: string): string {
  const path = programPath(name);
  if (path === undefined) {
    throw new ClusterFailure(`${name} is needed for the images and not installed`);
  }
  return path;
}

async function copyProgram(root: string, name: string): Promise<void> {
  const path = need(name);
  const real = await realpath(path);
  const folder = dirname(path).includes('sbin') ? 'usr/sbin' : 'usr/bin';
  await mkdir(join(root, folder), { recursive: true });
  await cp(real, join(root, folder, name), { dereference: true });
  await copyLibraries(root, real);
}

async function copyLibraries(root: string, program: string): Promise<void> {
  for (const library of await loaded(program)) {
    const real = await realpath(library);
    // Asked for by the name in the first place, whatever file it points to.
    const at = join(root, dirname(real), basename(library));
    await mkdir(dirname(at), { recursive: true });
    await cp(real, at, { dereference: true, force: true });
  }
  // The loader's own path is written into every program.
  await cp('/lib64/ld-linux-x86-64.so.2', join(root, 'usr/lib64/ld-linux-x86-64.so.2'), {
    dereference: true,
  }).catch(() => undefined);
}

async function loaded(program: string): Promise<readonly string[]> {
  const { stdout } = await execa('ldd', [program], { reject: false });
  return [...stdout.matchAll(/(?:=> |^\s+)(\/\S+)/gm)].map(([, path]) => path ?? '').filter((path) => path !== '');
}
