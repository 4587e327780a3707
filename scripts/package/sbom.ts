import { createHash } from 'node:crypto';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import { BASE_VERSION } from './platforms.ts';
import type { ShippedPackage } from './shipped-packages.ts';

/**
 * What is in a plugin's binary, as CycloneDX 1.6 in JSON. Times and random numbers stay out, so that the same binary has
 * the same account; the serial number is made of what is in it.
 */
export function sbom(plugin: string, version: string, packages: readonly ShippedPackage[]): string {
  const bom = new Models.Bom({ metadata: new Models.Metadata() });
  const program = new Models.Component(Enums.ComponentType.Application, `kubectl-${plugin}`, {
    version,
    bomRef: `kubectl-${plugin}@${version}`,
    licenses: new Models.LicenseRepository([new Models.SpdxLicense('Apache-2.0')]),
  });
  bom.metadata.component = program;
  const node = new Models.Component(Enums.ComponentType.Platform, 'node', {
    version: BASE_VERSION,
    bomRef: `node@${BASE_VERSION}`,
    description: 'the JavaScript runtime that the program is joined with',
    purl: new PackageURL('generic', null, 'node', BASE_VERSION, null, null).toString(),
    licenses: new Models.LicenseRepository([new Models.SpdxLicense('MIT')]),
  });
  const components = [node, ...packages.map(componentOf)];
  for (const component of components) {
    bom.components.add(component);
    program.dependencies.add(component.bomRef);
  }
  bom.serialNumber = serialNumber(components.map((component) => String(component.purl)).concat(plugin, version));
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function componentOf({ name, version, license, homepage, integrity }: ShippedPackage): Models.Component {
  const [scope, bare] = name.startsWith('@') ? name.split('/') : [null, name];
  const component = new Models.Component(Enums.ComponentType.Library, bare ?? name, {
    version,
    bomRef: `${name}@${version}`,
    purl: new PackageURL('npm', scope ?? null, bare ?? name, version, null, null).toString(),
    licenses: new Models.LicenseRepository([licenseOf(license)]),
    ...(scope === null || scope === undefined ? {} : { group: scope }),
  });
  if (integrity !== undefined) {
    const [algorithm = '', value = ''] = integrity.split('-');
    if (algorithm === 'sha512') {
      component.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(value, 'base64').toString('hex'));
    }
  }
  if (homepage !== undefined) {
    component.externalReferences.add(new Models.ExternalReference(homepage, Enums.ExternalReferenceType.Website));
  }
  return component;
}

function licenseOf(license: string): Models.SpdxLicense | Models.LicenseExpression {
  return /[ ()]/.test(license) ? new Models.LicenseExpression(license) : new Models.SpdxLicense(license);
}

/** A UUID of version 8: free-form, here from a hash (RFC 9562). */
function serialNumber(words: readonly string[]): string {
  const hash = createHash('sha256').update(words.join('\n')).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `urn:uuid:${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')}`;
}
