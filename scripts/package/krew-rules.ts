import { basename, extname } from 'node:path';
import { load } from 'js-yaml';
import { valid } from 'semver';

/** What krew refuses, and what its reviewers ask to change. */
export interface ManifestVerdict {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const API_VERSION = 'krew.googlecontainertools.github.com/v1alpha2';

/** Names that Windows keeps for devices; a folder cannot be called so. */
const DEVICES = new Set(
  ['con', 'prn', 'aux', 'nul'].concat(
    ...['com', 'lpt'].map((port) => Array.from({ length: 9 }, (_, at) => `${port}${at + 1}`)),
  ),
);

/** Where krew itself runs. */
const SUPPORTED = [
  ...['386', 'amd64', 'arm64'].map((arch) => ['windows', arch] as const),
  ...['386', 'amd64', 'arm', 'arm64', 'ppc64le', 's390x'].map((arch) => ['linux', arch] as const),
  ...['386', 'amd64', 'arm64'].map((arch) => ['darwin', arch] as const),
];

const KNOWN_FIELDS = {
  manifest: ['apiVersion', 'kind', 'metadata', 'spec'],
  spec: ['version', 'homepage', 'shortDescription', 'description', 'caveats', 'platforms'],
  platform: ['selector', 'uri', 'sha256', 'bin', 'files'],
} as const;

/**
 * Judges a plugin manifest by the rules of krew's own checks (its `validation` package and `validate-krew-manifest`,
 * version 0.4), which cannot be installed everywhere. Unknown fields are errors here: krew passes over a misspelt one.
 */
export function judgeManifest(file: string, text: string): ManifestVerdict {
  const errors: string[] = [];
  const warnings: string[] = [];
  const manifest = parse(text);
  if (typeof manifest === 'string') return { errors: [manifest], warnings };
  if (extname(file) !== '.yaml') errors.push(`the file must end in .yaml, not ${extname(file) || 'in nothing'}`);
  errors.push(...unknownFields(manifest, KNOWN_FIELDS.manifest, ''));
  if (manifest.apiVersion !== API_VERSION) errors.push(`apiVersion must be ${API_VERSION}`);
  if (manifest.kind !== 'Plugin') errors.push('kind must be Plugin');
  errors.push(...nameErrors(basename(file, extname(file)), asFields(manifest.metadata).name));

  const spec = asFields(manifest.spec);
  errors.push(...unknownFields(spec, KNOWN_FIELDS.spec, 'spec.'));
  errors.push(...specErrors(spec));
  warnings.push(...specWarnings(spec));
  const platforms = Array.isArray(spec.platforms) ? spec.platforms.map(asFields) : [];
  if (platforms.length === 0) errors.push('spec.platforms must hold at least one platform');
  platforms.forEach((platform, at) => {
    errors.push(...platformErrors(platform).map((error) => `spec.platforms[${at}]: ${error}`));
  });
  errors.push(...overlaps(platforms));
  return { errors, warnings };
}

function parse(text: string): Fields | string {
  try {
    const value = load(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : 'not a YAML object';
  } catch (error) {
    return `not YAML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  }
}

function nameErrors(fromFile: string, name: unknown): readonly string[] {
  if (name !== fromFile) return [`metadata.name must be ${fromFile}, as the file is called`];
  if (!/^[\w-]+$/.test(fromFile)) return [`the name ${fromFile} may hold only letters, digits, _ and -`];
  return DEVICES.has(fromFile.toLowerCase()) ? [`the name ${fromFile} belongs to a device on Windows`] : [];
}

function specErrors({ version, shortDescription }: Fields): readonly string[] {
  const errors: string[] = [];
  if (!isText(shortDescription)) errors.push('spec.shortDescription must be set');
  else if (/[\r\n]/.test(shortDescription)) errors.push('spec.shortDescription must be one line');
  if (!isText(version)) errors.push('spec.version must be set');
  else if (!version.startsWith('v') || valid(version) !== version.slice(1).replace(/\+.*$/, '')) {
    errors.push(`spec.version must be a semantic version with a v before it, such as v1.2.3, not ${version}`);
  }
  return errors;
}

function specWarnings({ homepage, description, shortDescription, caveats }: Fields): readonly string[] {
  const warnings: string[] = [];
  if (!isText(homepage)) warnings.push('spec.homepage should be set');
  if (!isText(description)) warnings.push('spec.description should be set');
  for (const [field, value, limit] of [
    ['description', description, 80],
    ['shortDescription', shortDescription, 70],
    ['caveats', caveats, 80],
  ] as const) {
    const long = isText(value) && value.split('\n').some((line) => line.length > limit && line.trim().includes(' '));
    if (long) warnings.push(`spec.${field} has a line of more than ${limit} characters`);
  }
  return warnings;
}

function platformErrors(platform: Fields): readonly string[] {
  const errors = [...unknownFields(platform, KNOWN_FIELDS.platform, '')];
  if (!isText(platform.uri)) errors.push('uri must be set');
  if (!isText(platform.bin)) errors.push('bin must be set');
  if (!isText(platform.sha256)) errors.push('sha256 must be set');
  else if (!/^[a-f0-9]{64}$/.test(platform.sha256)) errors.push('sha256 must be 64 lower-case hexadecimal digits');
  return [...errors, ...filesErrors(platform.files), ...selectorErrors(platform.selector)];
}

function filesErrors(files: unknown): readonly string[] {
  if (files === undefined || files === null) return [];
  if (!Array.isArray(files) || files.length === 0) return ['files must be left out or hold at least one entry'];
  return files
    .map(asFields)
    .flatMap(({ from, to }) => [
      ...(isText(from) ? [] : ['from must be set in every entry of files']),
      ...(isText(to) ? [] : ['to must be set in every entry of files']),
    ]);
}

function selectorErrors(selector: unknown): readonly string[] {
  if (selector === undefined || selector === null) return ['selector must be set'];
  const { labels, expressions } = selectorParts(selector);
  if (labels === undefined && (expressions ?? []).length === 0) return ['selector must not be empty'];
  const keys = [...Object.keys(labels ?? {}), ...(expressions ?? []).map(({ key }) => String(key))];
  const strange = keys.find((key) => key !== 'os' && key !== 'arch');
  if (strange !== undefined) return [`selector may ask only for os and arch, not for ${strange}`];
  if (labels !== undefined && Object.keys(labels).length === 0) return ['matchLabels must be left out or hold a label'];
  if (expressions?.length === 0) return ['matchExpressions must be left out or hold an expression'];
  if (!SUPPORTED.some(([os, arch]) => selects(selector, os, arch))) return ['selector matches no platform of krew'];
  return [];
}

function overlaps(platforms: readonly Fields[]): readonly string[] {
  return SUPPORTED.flatMap(([os, arch]) => {
    const found = platforms.flatMap(({ selector }, at) => (selects(selector, os, arch) ? [at] : []));
    return found.length > 1 ? [`spec.platforms ${found.join(' and ')} both match ${os}/${arch}`] : [];
  });
}

/** A label selector as Kubernetes reads it. */
function selects(selector: unknown, os: string, arch: string): boolean {
  const values: Readonly<Record<string, string>> = { os, arch };
  const { labels, expressions } = selectorParts(selector);
  if (labels === undefined && expressions === undefined) return false;
  return (
    Object.entries(labels ?? {}).every(([key, value]) => values[key] === value) &&
    (expressions ?? []).every(({ key, operator, values: asked }) => {
      const value = values[String(key)];
      const list = Array.isArray(asked) ? asked : [];
      if (operator === 'In') return list.includes(value);
      // Without values these two are no selector at all, and with values the others are none.
      if (operator === 'NotIn') return list.length > 0 && !list.includes(value);
      if (list.length > 0) return false;
      return operator === 'Exists' ? value !== undefined : operator === 'DoesNotExist' && value === undefined;
    })
  );
}

function selectorParts(selector: unknown): {
  readonly labels: Fields | undefined;
  readonly expressions: readonly Fields[] | undefined;
} {
  const { matchLabels, matchExpressions } = asFields(selector);
  return {
    labels: matchLabels === undefined || matchLabels === null ? undefined : asFields(matchLabels),
    expressions: Array.isArray(matchExpressions) ? matchExpressions.map(asFields) : undefined,
  };
}

function unknownFields(fields: Fields, known: readonly string[], place: string): readonly string[] {
  return Object.keys(fields)
    .filter((key) => !known.includes(key))
    .map((key) => `${place}${key} is no field of a manifest`);
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
