import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { judgeManifest } from './krew-rules.ts';

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown>;
  spec: Record<string, unknown> & { platforms: Record<string, unknown>[] };
}

/** A manifest that krew takes. */
function sound(): Manifest {
  return {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'netsvc' },
    spec: {
      version: 'v1.2.3',
      homepage: 'https://example.com',
      shortDescription: 'Find why a Service does not answer',
      description: 'Names the cause.',
      platforms: [platform('linux', 'amd64'), platform('windows', 'amd64')],
    },
  };
}

function platform(os: string, arch: string): Record<string, unknown> {
  return {
    selector: { matchLabels: { os, arch } },
    uri: 'https://example.com/a.tar.gz',
    sha256: '0123456789abcdef'.repeat(4),
    bin: 'kubectl-netsvc',
  };
}

function judge(change: (manifest: Manifest) => void, file = 'netsvc.yaml') {
  const manifest = sound();
  change(manifest);
  return judgeManifest(file, dump(manifest));
}

const first = (manifest: Manifest): Record<string, unknown> => manifest.spec.platforms[0] as Record<string, unknown>;
const selector = (value: unknown) => (manifest: Manifest) => {
  first(manifest).selector = value;
};

describe("krew's rules", () => {
  it('find nothing in a sound manifest', () => {
    expect(judge(() => {})).toEqual({ errors: [], warnings: [] });
  });

  it.each<[string, (manifest: Manifest) => void, string]>([
    ['an older API', (m) => (m.apiVersion = 'krew.googlecontainertools.github.com/v1alpha1'), 'apiVersion must be'],
    ['another kind', (m) => (m.kind = 'Plugins'), 'kind must be Plugin'],
    ['another name than the file', (m) => (m.metadata.name = 'netdns'), 'metadata.name must be netsvc'],
    ['no name', (m) => (m.metadata = {}), 'metadata.name must be netsvc'],
    ['no version', (m) => delete m.spec.version, 'spec.version must be set'],
    ['a version without v', (m) => (m.spec.version = '1.2.3'), 'semantic version with a v'],
    ['a version of two numbers', (m) => (m.spec.version = 'v1.2'), 'semantic version with a v'],
    ['a leading zero', (m) => (m.spec.version = 'v1.02.3'), 'semantic version with a v'],
    ['no short description', (m) => (m.spec.shortDescription = ''), 'shortDescription must be set'],
    ['two lines in it', (m) => (m.spec.shortDescription = 'one\ntwo'), 'must be one line'],
    ['no platform', (m) => (m.spec.platforms = []), 'at least one platform'],
    ['no uri', (m) => delete first(m).uri, 'uri must be set'],
    ['no bin', (m) => delete first(m).bin, 'bin must be set'],
    ['no checksum', (m) => delete first(m).sha256, 'sha256 must be set'],
    ['a short checksum', (m) => (first(m).sha256 = 'abc'), '64 lower-case'],
    ['a checksum in capitals', (m) => (first(m).sha256 = 'ABCDEF0123456789'.repeat(4)), '64 lower-case'],
    ['empty files', (m) => (first(m).files = []), 'files must be left out'],
    ['files without from', (m) => (first(m).files = [{ to: '.' }]), 'from must be set'],
    ['files without to', (m) => (first(m).files = [{ from: '*' }]), 'to must be set'],
    ['no selector', (m) => delete first(m).selector, 'selector must be set'],
    ['an empty selector', selector({}), 'selector must not be empty'],
    ['empty labels', selector({ matchLabels: {} }), 'matchLabels must be left out'],
    ['a selector for something else', selector({ matchLabels: { os: 'linux', libc: 'musl' } }), 'not for libc'],
    [
      'a platform that krew is not on',
      selector({ matchLabels: { os: 'plan9', arch: 'amd64' } }),
      'no platform of krew',
    ],
    [
      'an expression without its values',
      selector({ matchExpressions: [{ key: 'os', operator: 'NotIn', values: [] }] }),
      'no platform of krew',
    ],
    [
      'an expression with values it cannot have',
      selector({ matchExpressions: [{ key: 'os', operator: 'Exists', values: ['linux'] }] }),
      'no platform of krew',
    ],
    [
      'an operator that is none',
      selector({ matchExpressions: [{ key: 'os', operator: 'Is', values: ['linux'] }] }),
      'no platform of krew',
    ],
    ['two platforms for one', selector({ matchLabels: { arch: 'amd64' } }), '0 and 1 both match windows/amd64'],
    [
      'two platforms by an expression',
      selector({ matchExpressions: [{ key: 'os', operator: 'In', values: ['linux', 'windows'] }] }),
      '0 and 1 both match windows/amd64',
    ],
    ['a misspelt field', (m) => (m.spec.shortdescription = 'x'), 'spec.shortdescription is no field'],
    ['a misspelt field of a platform', (m) => (first(m).sha265 = 'x'), 'sha265 is no field'],
  ])('refuse %s', (_, change, says) => {
    expect(judge(change).errors.join('\n')).toContain(says);
  });

  it.each([
    ['con.yaml', 'belongs to a device'],
    ['net svc.yaml', 'may hold only letters'],
    ['netsvc.yml', 'must end in .yaml'],
  ])('refuse the file name %s', (file, says) => {
    const name = file.replace(/\.ya?ml$/, '');
    const { errors } = judge((manifest) => (manifest.metadata.name = name), file);
    expect(errors.join('\n')).toContain(says);
  });

  it.each(['', '- a', 'a: [', '"text"'])('refuse %j, which is no manifest', (text) => {
    expect(judgeManifest('netsvc.yaml', text).errors.join('\n')).toMatch(/not (YAML|a YAML object)/);
  });

  it('warn of what reviewers ask to change', () => {
    const { errors, warnings } = judge((manifest) => {
      delete manifest.spec.homepage;
      manifest.spec.description = `short\n${'word '.repeat(20)}`;
      manifest.spec.caveats = 'x'.repeat(100);
    });
    expect(errors).toEqual([]);
    expect(warnings).toEqual(['spec.homepage should be set', 'spec.description has a line of more than 80 characters']);
  });
});
