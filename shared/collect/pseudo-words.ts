import { compareText } from '../util/text.ts';

/** Replaces words in a text by their pseudonyms; words that are not known stay. */
export type WordMapper = (text: string) => string;

/** Where a word was met: decides its pseudonym's prefix. Earlier ones win. */
export type WordRole = 'namespace' | 'node' | 'service' | 'app' | 'name' | 'host' | 'value';

const PREFIX: Readonly<Record<WordRole, string>> = {
  namespace: 'ns',
  node: 'node',
  service: 'svc',
  app: 'app',
  name: 'name',
  host: 'host',
  value: 'value',
};

const ROLES = Object.keys(PREFIX) as readonly WordRole[];

/** Words of protocols, of the cluster's own names and of top-level domains: never replaced, they betray nothing. */
const PUBLIC = wordSet(
  'http https http2 h2c tcp udp sctp grpc dns tls ssl svc cluster local default kubernetes system true false enabled ' +
    'disabled yes no none null com org net io dev co eu us de uk internal localhost linux amd64 arm64 docker library ' +
    'quay gcr ghcr registry k8s registry-1 amazonaws azurecr pkg sha256 latest',
);

/** Words that messages of Kubernetes are made of: replaced in names, but kept in prose, which checks read. */
const PROSE = wordSet(
  'pod pods node nodes service services container containers image images endpoint endpoints job jobs name names ' +
    'namespace label labels port ports host path key value probe readiness liveness startup failed failure error errors ' +
    'fatal warning info debug connect connection refused reset timeout deadline exceeded get post put delete dial lookup ' +
    'server client proxy main init sidecar memory cpu disk quota limit limits request requests spec status metadata ' +
    'reason message back-off pulling pulled pull created create started start starting restarting killing kill unhealthy ' +
    'healthy scheduled data config secret secrets volume volumes mount network policy plugin sandbox address addresses ' +
    'listen listening user users file files not found no such in of the a an and or to for with from on at by is was has ' +
    'be are available insufficient taint taints affinity selector match matches matched new old ready running pending ' +
    'succeeded terminated waiting exit code signal api web-server test ingress backend',
);

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

export interface WordBook {
  /** Notes a name or value; parts between dots are words of their own. */
  add(text: string | undefined, role: WordRole): void;
  /** Notes a name that is public: system components are called alike everywhere. */
  keep(text: string | undefined): void;
  /** The mappings, once everything is noted: `names` for fields that hold names, `prose` for messages and logs. */
  mappers(): { readonly names: WordMapper; readonly prose: WordMapper };
  /** All noted words in order: the secret from which pseudonyms of addresses are derived. */
  fingerprint(): string;
}

const WORD = /[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?/g;

/** Collects words; the same words give the same pseudonyms, numbered in the order of the words. */
export function createWordBook(): WordBook {
  const noted = new Map<string, WordRole>();
  const kept = new Set<string>();
  const each = (text: string | undefined, use: (word: string) => void): void => {
    for (const word of text?.match(WORD) ?? []) if (isTelling(word)) use(word);
  };
  const words = (): [string, WordRole][] =>
    [...noted].filter(([word]) => !kept.has(word)).sort(([a], [b]) => compareText(a, b));
  return {
    add: (text, role) =>
      each(text, (word) => {
        const known = noted.get(word);
        if (known === undefined || ROLES.indexOf(role) < ROLES.indexOf(known)) noted.set(word, role);
      }),
    keep: (text) => each(text, (word) => kept.add(word)),
    mappers: () => mappersOf(words()),
    fingerprint: () => words().join('\n'),
  };
}

/** Numbers and versions tell nothing, public words nothing new. */
function isTelling(word: string): boolean {
  return (
    word.length > 1 &&
    /[A-Za-z]{2}/.test(word) &&
    !PUBLIC.has(word.toLowerCase()) &&
    !/^v\d+(?:(?:alpha|beta)\d+)?$/.test(word)
  );
}

function mappersOf(words: readonly (readonly [string, WordRole])[]): { names: WordMapper; prose: WordMapper } {
  const map = new Map<string, string>();
  const counts = new Map<WordRole, number>();
  // A name made of a known one keeps its ending, so that `web-7d9f8-abcde` still belongs to `web-7d9f8` and `web`.
  const byLength = [...words].sort(([a], [b]) => a.length - b.length || compareText(a, b));
  for (const [word, role] of byLength) {
    const derived = role === 'app' || role === 'name' ? derive(word, map) : undefined;
    if (derived !== undefined) {
      map.set(word, derived);
      continue;
    }
    const count = (counts.get(role) ?? 0) + 1;
    counts.set(role, count);
    map.set(word, `${PREFIX[role]}-${count}`);
  }
  const mapped = (word: string): string => map.get(word) ?? derive(word, map) ?? word;
  return {
    names: (text) => text.replace(WORD, mapped),
    prose: (text) => text.replace(WORD, (word) => (PROSE.has(word.toLowerCase()) ? word : mapped(word))),
  };
}

/** The pseudonym of the longest known beginning, with the generated ending as it is. */
function derive(word: string, map: ReadonlyMap<string, string>): string | undefined {
  let at = word.lastIndexOf('-');
  for (let step = 0; at > 0 && step < 3; step++) {
    const known = map.get(word.slice(0, at));
    const ending = word.slice(at + 1);
    if (known !== undefined && isGenerated(ending)) return `${known}-${ending}`;
    at = word.lastIndexOf('-', at - 1);
  }
  return undefined;
}

/** Hashes and ordinals that controllers append (k8s.io/apimachinery/pkg/util/rand uses these letters). */
function isGenerated(ending: string): boolean {
  return ending
    .split('-')
    .every((part) => /^(?:[bcdfghjklmnpqrstvwxz2456789]{4,10}|\d{1,10}|[0-9a-f]{6,16})$/.test(part));
}
