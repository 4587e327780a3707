import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** The oldest Node that a bundle runs on. */
export const OLDEST_NODE = 20;

export interface BundleOptions {
  /** `plugins/netsvc`. */
  readonly folder: string;
  readonly outFile: string;
  readonly version: string;
  /** Where esbuild's account of what went into the file is written. */
  readonly metaFile?: string;
}

/**
 * One minified CommonJS file that starts quickly. CommonJS because a small bundle loads 5 to 10 ms sooner than as ESM,
 * and because it can be packed into a single executable.
 */
export async function bundlePlugin(options: BundleOptions): Promise<{ readonly bytes: number }> {
  const result = await build({
    entryPoints: [join(options.folder, 'main.ts')],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: `node${OLDEST_NODE}`,
    // One letter beyond Latin-1 would make V8 hold the whole file as two-byte text, which it reads more slowly.
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
    // yargs calls createRequire(import.meta.url) at load, which has no meaning in CommonJS.
    define: { 'import.meta.url': '__file', KUBECTL_NET_VERSION: JSON.stringify(options.version) },
    banner: { js: banner() },
    plugins: [leaner],
  });
  const code = result.outputFiles[0]?.contents ?? new Uint8Array();
  await mkdir(join(options.outFile, '..'), { recursive: true });
  await writeFile(options.outFile, code);
  await chmod(options.outFile, 0o755);
  if (options.metaFile !== undefined) {
    await mkdir(join(options.metaFile, '..'), { recursive: true });
    await writeFile(options.metaFile, JSON.stringify(result.metafile));
  }
  return { bytes: code.length };
}

/** Written so that old Nodes can read it: they must get to the sentence, not stop at a syntax error before it. */
function banner(): string {
  return [
    '#!/usr/bin/env node',
    `if(+process.versions.node.split(".")[0]<${OLDEST_NODE}){process.stderr.write("error: this plugin needs Node.js ${OLDEST_NODE} or newer; "+process.execPath+" is "+process.version+"\\n");process.exit(2)}`,
    'var __file=require("node:url").pathToFileURL(__filename).href;',
  ].join('\n');
}

/**
 * Leaves out what costs start-up time and is never used. string-width 7 and later (imported by cliui and wrap-ansi)
 * makes an Intl.Segmenter at load: 13 ms; cli-table3 requires its own CommonJS string-width 4, which must stay.
 */
const leaner: Plugin = {
  name: 'leaner',
  setup(context) {
    context.onResolve({ filter: /^string-width$/ }, (args) =>
      args.kind === 'import-statement' ? { path: join(import.meta.dirname, 'bundle-string-width.ts') } : undefined,
    );
    context.onResolve({ filter: /^undici$/ }, () => stub('undici'));
    context.onResolve({ filter: /^jsonpath-plus$/ }, () => stub('jsonpath-plus'));
    context.onResolve({ filter: /gen\/index\.js$/ }, (args) =>
      /client-node[/\\]dist[/\\]config/.test(args.importer) ? stub('client-node-gen') : undefined,
    );
    context.onLoad({ filter: /.*/, namespace: 'stub' }, (args) => ({ contents: STUBS[args.path] ?? '', loader: 'js' }));
  },
};

function stub(name: string): { readonly path: string; readonly namespace: string } {
  return { path: name, namespace: 'stub' };
}

const ABSENT = 'function(){throw new Error("left out of the bundle")}';

const STUBS: Readonly<Record<string, string>> = {
  undici: `const absent=${ABSENT};module.exports={fetch:absent,Agent:absent,ProxyAgent:absent,Dispatcher:absent,Socks5ProxyAgent:absent,EnvHttpProxyAgent:absent,setGlobalDispatcher:absent};`,
  'jsonpath-plus': `module.exports={JSONPath:${ABSENT}};`,
  'client-node-gen': `module.exports={createConfiguration:${ABSENT},ServerConfiguration:${ABSENT}};`,
};

/** The suite's version, from package.json. */
export async function suiteVersion(root: string): Promise<string> {
  const text = await readFile(join(root, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
