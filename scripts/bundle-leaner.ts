import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Leaves out what costs start-up time or is never used. string-width 7 and later (imported by cliui and wrap-ansi) makes
 * an Intl.Segmenter at load: 13 ms; cli-table3 requires a string-width of its own, which measures with a regular
 * expression of 10 kB. Of yargs only the parser is used. Of client-node only the SOCKS agent is used, which needs neither its
 * models nor its HTTP client nor its logins, and little of a second package for addresses and of one for bytes; what that
 * agent would write for its own developers is left out. Of ws only the client without compression is used.
 */
export const leaner: Plugin = {
  name: 'leaner',
  setup(context) {
    const own = join(import.meta.dirname, 'bundle-string-width.ts');
    context.onResolve({ filter: /^string-width$/ }, (args) =>
      args.kind === 'import-statement' ? { path: own } : stub('string-width'),
    );
    const addresses = join(import.meta.dirname, 'bundle-ip-address.ts');
    context.onResolve({ filter: /^ip-address$/ }, () => ({ path: addresses }));
    const bytes = join(import.meta.dirname, 'bundle-smart-buffer.ts');
    context.onResolve({ filter: /^smart-buffer$/ }, () => ({ path: bytes }));
    context.onResolve({ filter: /^yargs\/helpers$/ }, () => stub('yargs-helpers'));
    // All of a package that is imported while the program runs would be kept.
    for (const name of ['fflate', 'js-yaml']) {
      context.onResolve({ filter: new RegExp(`^${name}$`) }, ({ kind, namespace }) =>
        kind === 'dynamic-import' && namespace !== 'stub' ? stub(name) : undefined,
      );
    }
    for (const name of ['undici', 'jsonpath-plus', 'openid-client', 'debug', '@colors/colors/safe']) {
      context.onResolve({ filter: new RegExp(`^${name}$`) }, () => stub(name));
    }
    context.onResolve({ filter: /gen\/index\.js$/ }, (args) =>
      /client-node[/\\]dist[/\\]config/.test(args.importer) ? stub('client-node-gen') : undefined,
    );
    context.onLoad({ filter: /ws[/\\]wrapper\.mjs$/ }, () => ({
      contents: 'import WebSocket from "./lib/websocket.js";export { WebSocket };',
    }));
    context.onResolve({ filter: /permessage-deflate$/ }, () => stub('permessage-deflate'));
    context.onLoad({ filter: /.*/, namespace: 'stub' }, (args) => ({
      contents: STUBS[args.path] ?? '',
      loader: 'js',
      resolveDir: import.meta.dirname,
    }));
  },
};

function stub(name: string): { readonly path: string; readonly namespace: string } {
  return { path: name, namespace: 'stub' };
}

const ABSENT = 'function(){throw new Error("left out of the bundle")}';

const STUBS: Readonly<Record<string, string>> = {
  // A CommonJS caller wants the function itself.
  'string-width': 'module.exports=require("./bundle-string-width.ts").default;',
  // The rest of that module is there for configuration files.
  'yargs-helpers': 'export { default as Parser } from "yargs-parser";',
  fflate: 'export { Unzip, UnzipInflate } from "fflate";',
  'js-yaml': 'export { CORE_SCHEMA, dump, load, loadAll, mergeTag, parseEvents, YAMLException } from "js-yaml";',
  'permessage-deflate': 'module.exports={extensionName:"permessage-deflate"};',
  undici: `const absent=${ABSENT};module.exports={fetch:absent,Agent:absent,ProxyAgent:absent};`,
  'openid-client': `const absent=${ABSENT};module.exports={discovery:absent,refreshTokenGrant:absent};`,
  debug: 'module.exports=function(){return function(){}};',
  // cli-table3 asks for it where a table has a style, which none has: colours are kleur's.
  '@colors/colors/safe': 'module.exports={};',
  'jsonpath-plus': `module.exports={JSONPath:${ABSENT}};`,
  'client-node-gen': `module.exports={createConfiguration:${ABSENT},ServerConfiguration:${ABSENT}};`,
};
