import { describe, expect, it } from 'vitest';
import { NOW } from '../../../../shared/testing/builders.ts';
import { makeCertificate } from '../../../../shared/testing/certificates.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { HOST, ingressClass, ingressTo, soundService, tlsSecret } from '../../testing/ingress-objects.ts';

const day = 86_400_000;
const at = (days: number): string => new Date(Date.parse(NOW) + days * day).toISOString();
const base = [...soundService(), ingressClass('edge', 'example.com/edge'), ingressTo('shop', { secret: 'shop-tls' })];
const good = makeCertificate([HOST], at(-10), at(200));

function diagnose(...more: Parameters<typeof diagnoseObjects>[0]) {
  return diagnoseObjects([...base, ...more], 'web');
}

describe('ingress certificates', () => {
  it('stays silent for a good one and for a wildcard of one label', () => {
    expect(diagnose(tlsSecret('shop-tls', good)).verdict).toBe('healthy');
    const wild = makeCertificate(['*.example.com'], at(-10), at(200));
    expect(diagnose(tlsSecret('shop-tls', wild)).verdict).toBe('healthy');
  });

  it('tells TLS hosts that are none of those that are served', () => {
    const www = ingressTo('shop', { secret: 'shop-tls', host: 'www.example.com', tlsHosts: [HOST] });
    const facts = [...soundService(), ingressClass('edge', 'example.com/edge'), tlsSecret('shop-tls', good)];
    const report = diagnoseObjects([...facts, www], 'web');
    expect(causeCodes(report)).toEqual(['SVC725']);
    expect(report.headline).toContain('has a certificate for shop.example.com, but serves www.example.com');
    const wild = ingressTo('shop', { secret: 'shop-tls', host: '*.example.com', tlsHosts: [HOST] });
    expect(diagnoseObjects([...facts, wild], 'web').verdict).toBe('healthy');
  });

  it('tells a Secret that does not exist, and that it stands in another namespace', () => {
    const report = diagnose();
    expect(causeCodes(report)).toEqual(['SVC709']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('from Secret shop-tls, which does not exist');
    const other = { ...tlsSecret('shop-tls', good), metadata: { name: 'shop-tls', namespace: 'cert-store' } };
    expect(diagnose(other).headline).toContain('in this namespace: it is in namespace cert-store');
    const alike = { ...other, metadata: { name: 'shop-tls', namespace: 'shop-certs' } };
    expect(diagnose(other, alike).headline).toContain('it is in namespace shop-certs');
  });

  it('points at cert-manager when it should have made it', () => {
    const issued = ingressTo('shop', {
      secret: 'shop-tls',
      meta: { annotations: { 'cert-manager.io/cluster-issuer': 'le' } },
    });
    const report = diagnoseObjects([...soundService(), ingressClass('edge', 'example.com/edge'), issued], 'web');
    expect(report.causes[0]?.fixes[0]?.command).toContain('kubectl describe certificate');
  });

  it('is unable to verify what it may not read, and says so as a note', () => {
    const report = diagnoseObjects(base, 'web', { except: { Secret: 'forbidden' } });
    expect(report.verdict).toBe('healthy');
    expect(report.findings.find((finding) => finding.code === 'SVC716')?.summary).toContain('forbidden: list Secret');
    const emptied = { ...tlsSecret('shop-tls', {}), data: { 'tls.crt': '', 'tls.key': '' } };
    expect(diagnose(emptied).findings.map((finding) => finding.code)).toContain('SVC716');
    const { data: _, ...bare } = tlsSecret('shop-tls', good);
    expect(diagnose(bare).findings.map((finding) => finding.code)).toContain('SVC716');
  });

  it('tells the wrong type and missing keys', () => {
    const keys = { ...tlsSecret('shop-tls', {}, 'Opaque'), data: { 'cert.pem': '' } };
    const report = diagnose(keys);
    expect(causeCodes(report)).toEqual(['SVC710']);
    expect(report.headline).toContain('(type Opaque) has no tls.crt and tls.key, only cert.pem');
    expect(diagnose(tlsSecret('shop-tls', good, 'Opaque')).causes[0]).toMatchObject({
      code: 'SVC710',
      confidence: 'possible',
    });
  });

  it('tells expired, not yet valid and soon to expire', () => {
    expect(diagnose(tlsSecret('shop-tls', makeCertificate([HOST], at(-100), at(-3)))).headline).toContain(
      'expired 3d ago',
    );
    expect(causeCodes(diagnose(tlsSecret('shop-tls', makeCertificate([HOST], at(2), at(100)))))).toEqual(['SVC717']);
    expect(diagnose(tlsSecret('shop-tls', makeCertificate([HOST], at(-300), at(5)))).headline).toContain(
      'expires in 5d',
    );
  });

  it('trusts cert-manager to renew in time, until it is overdue', () => {
    const kept = (until: number) => {
      const secret = tlsSecret('shop-tls', makeCertificate([HOST], at(until - 90), at(until)));
      return {
        ...secret,
        metadata: { ...secret.metadata, annotations: { 'cert-manager.io/certificate-name': 'shop' } },
      };
    };
    expect(diagnose(kept(25)).verdict).toBe('healthy');
    expect(causeCodes(diagnose(kept(10)))).toEqual(['SVC712']);
  });

  it('tells a host that the certificate is not for', () => {
    const report = diagnose(tlsSecret('shop-tls', makeCertificate(['other.example.com'], at(-10), at(200))));
    expect(causeCodes(report)).toEqual(['SVC713']);
    expect(report.headline).toContain('is not for shop.example.com: it carries other.example.com');
  });

  it('tells key and certificate that do not belong together, and a chain in the wrong order', () => {
    const other = makeCertificate(['other.example.com'], at(-10), at(200));
    expect(causeCodes(diagnose(tlsSecret('shop-tls', { ...good, key: other.key })))).toEqual(['SVC714']);
    const turned = { certificate: other.certificate + good.certificate, key: good.key };
    const report = diagnose(tlsSecret('shop-tls', turned));
    expect(causeCodes(report)).toEqual(['SVC714']);
    expect(report.headline).toContain('wrong order');
    const secret = tlsSecret('shop-tls', good);
    const keyless = { ...secret, data: { ...secret.data, 'tls.key': '' } };
    expect(diagnose(keyless).verdict).toBe('healthy');
    const noted = (position: string) => ({
      ...keyless,
      metadata: { ...keyless.metadata, annotations: { 'kubectl-net/key-belongs-to-certificate': position } },
    });
    expect(diagnose(noted('1')).verdict).toBe('healthy');
    expect(causeCodes(diagnose(noted('none')))).toEqual(['SVC714']);
  });

  it('tells text that is no certificate, and never prints what a Secret holds', () => {
    const report = diagnose(tlsSecret('shop-tls', { certificate: 'hunter2', key: good.key }));
    expect(causeCodes(report)).toEqual(['SVC718']);
    expect(JSON.stringify(report)).not.toContain('hunter2');
    expect(JSON.stringify(report)).not.toContain('PRIVATE KEY');
  });
});
