import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { shorten } from '../../../../../shared/util/text.ts';
import type { ConfiguredListener } from './config-listeners.ts';
import { parseAddress, portNumber } from './listener.ts';

/** Files of an app's own making; those of known servers and of Spring are read by their manuals. */
const FILE = /^(?!(?:application|bootstrap)[\w-]*\.)[\w.-]*\.(?:json|ya?ml|properties|toml|ini|env)$/i;
const PORT_KEY = /^(?:(?:http|listen|server|web|app|service)[_.-]?)?port$/i;
const ADDRESS_KEY = /^(?:(?:http|server|web)[_.-]?)?(?:listen|bind)(?:[_.-]?(?:addr|address|on))?$/i;
/** Sections that mean the app itself; a port under any other (`database`, `redis`, `metrics`) is somebody else's. */
const SECTION = /^(?:server|http|web|app|service|listen|listener|api|network)$/i;
/** Much longer texts are data, not settings. */
const LONGEST = 32_768;

interface Setting {
  readonly path: readonly string[];
  readonly value: string;
  /** As it stands in the file. */
  readonly words: string;
}

/**
 * The one socket that the configuration files of an app's own making name, mounted from ConfigMaps: `"port": 8081`,
 * `server.port=8081`, `listen: ":8081"`. A guess: that the app reads the file and means itself is likely, not known. None
 * where the files name several.
 */
export function listenerOfPlainConfig(index: ClusterIndex, pod: Pod): ConfiguredListener | undefined {
  const namespace = pod.metadata?.namespace ?? '';
  const found = (pod.spec?.volumes ?? []).flatMap(({ configMap }) => {
    const name = configMap?.name;
    const data = name === undefined ? undefined : index.get('ConfigMap', namespace, name)?.data;
    return name === undefined
      ? []
      : Object.entries(data ?? {}).flatMap(([file, text]) =>
          FILE.test(file) && String(text).length <= LONGEST
            ? settingsOf(file, String(text)).flatMap((setting) => toListener(setting, name, file) ?? [])
            : [],
        );
  });
  const ports = new Set(found.map(({ listener }) => listener.port));
  return ports.size === 1 ? found[0] : undefined;
}

function toListener({ path, value, words }: Setting, configMap: string, file: string): ConfiguredListener | undefined {
  const key = path.at(-1) ?? '';
  const dotted = key.split('.');
  const sections = [...path.slice(0, -1), ...dotted.slice(0, -1)];
  const last = dotted.at(-1) ?? '';
  if (sections.length > 2 || !sections.every((one) => SECTION.test(one))) return undefined;
  const address = ADDRESS_KEY.test(last) ? parseAddress(value) : undefined;
  const port = PORT_KEY.test(last) ? portNumber(value) : address?.port;
  if (port === undefined) return undefined;
  const listener = {
    port,
    host: address?.reach === 'loopback' ? ('loopback' as const) : ('any' as const),
    protocol: 'TCP' as const,
    role: 'main' as const,
    byDefault: true,
    words: shorten(words, 76),
  };
  return { listener, configMap, file };
}

function settingsOf(file: string, text: string): readonly Setting[] {
  if (/\.json$/i.test(file)) {
    try {
      return ofObject(JSON.parse(text) as unknown, []);
    } catch {
      return [];
    }
  }
  return /\.ya?ml$/i.test(file) ? ofIndented(text) : ofLines(text);
}

function ofObject(value: unknown, path: readonly string[]): readonly Setting[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || path.length > 3) return [];
  return Object.entries(value).flatMap(([key, inner]): readonly Setting[] =>
    typeof inner === 'number' || typeof inner === 'string'
      ? [
          {
            path: [...path, key],
            value: String(inner),
            words: `"${[...path, key].join('.')}": ${JSON.stringify(inner)}`,
          },
        ]
      : ofObject(inner, [...path, key]),
  );
}

/** Keys of YAML by their indentation; lists are passed over. */
function ofIndented(text: string): readonly Setting[] {
  const open: { readonly key: string; readonly depth: number }[] = [];
  return text.split('\n').flatMap((line): readonly Setting[] => {
    const [, blanks = '', key, value = ''] = /^( *)(- .*|[\w.-]+):(?: +(.*?))? *\r?$/.exec(line) ?? [];
    if (key === undefined) return [];
    while ((open.at(-1)?.depth ?? -1) >= blanks.length) open.pop();
    const bare = unquoted(value.replace(/ +#.*$/, ''));
    const path = [...open.map((one) => one.key), key];
    if (bare === '') open.push({ key, depth: blanks.length });
    return bare === '' ? [] : [{ path, value: bare, words: `${path.join('.')}: ${bare}` }];
  });
}

/** `key = value` below `[section]`, as in properties, TOML, INI and environment files. */
function ofLines(text: string): readonly Setting[] {
  let section: readonly string[] = [];
  return text.split('\n').flatMap((line): readonly Setting[] => {
    const head = /^\s*\[+([\w.-]+)\]+/.exec(line)?.[1];
    if (head !== undefined) section = head.split('.');
    const [, key, value = ''] = /^\s*(?:export +)?([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (head !== undefined || key === undefined) return [];
    const bare = unquoted(value.replace(/\s+[#;].*$/, ''));
    return [{ path: [...section, key], value: bare, words: `${[...section, key].join('.')}=${bare}` }];
  });
}

function unquoted(value: string): string {
  return value.trim().replace(/^(["'])(.*)\1$/, '$2');
}
