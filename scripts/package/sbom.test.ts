import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from 'vitest';
import { pluginCode } from './build-binaries.ts';
import { sbom } from './sbom.ts';
import { nodeLicense, noticesText, shippedPackages } from './shipped-packages.ts';

const root = process.cwd();
const [netsvc] = await pluginCode(['netsvc'], { root, version: '1.2.3' });
const packages = netsvc === undefined ? [] : shippedPackages(netsvc.meta, root);

describe('the bill of materials', () => {
  it('is CycloneDX 1.6 by its schema', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(sbom('netsvc', '1.2.3', packages))).toBeNull();
  });

  it('names what is in the bundle, with versions and checksums, and the Node that runs it', () => {
    const bill = JSON.parse(sbom('netsvc', '1.2.3', packages));
    const purls = bill.components.map(({ purl }: { purl: string }) => purl);
    expect(purls).toEqual(expect.arrayContaining(['pkg:npm/kleur@4.1.5', 'pkg:generic/node@22.23.2']));
    expect(purls).toContainEqual(expect.stringMatching(/^pkg:npm\/%40kubernetes\/client-node@/));
    expect(purls.join(' ')).not.toMatch(/vitest|esbuild|typescript/);
    const kleur = bill.components.find(({ name }: { name: string }) => name === 'kleur');
    expect(kleur.hashes[0]).toMatchObject({ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) });
  });

  it('is the same for the same binary', () => {
    expect(sbom('netsvc', '1.2.3', packages)).toBe(sbom('netsvc', '1.2.3', packages));
    expect(sbom('netsvc', '1.2.4', packages)).not.toBe(sbom('netsvc', '1.2.3', packages));
  });
});

describe('the notices', () => {
  it('hold the licence of every package in the bundle, and that of Node', () => {
    const text = noticesText(packages, '22.23.2', nodeLicense(root));
    for (const { name, version, license } of packages) expect(text).toContain(`\n${name} ${version} (${license})\n`);
    expect(packages.length).toBeGreaterThan(5);
    expect(text).toContain('\nNode.js 22.23.2, with the libraries in it\n');
    expect(text).toContain('OpenSSL');
  });
});
