import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.ts';

const text = 'kind: Pod\nname: größe\n';
const utf16 = Buffer.from(text, 'utf16le');

describe('decodeText', () => {
  it('reads UTF-8 with and without a byte order mark', () => {
    expect(decodeText(Buffer.from(text))).toBe(text);
    expect(decodeText(Buffer.from(`\ufeff${text}`))).toBe(text);
  });

  it('reads the UTF-16 that PowerShell writes, in both byte orders, also without a mark', () => {
    expect(decodeText(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]))).toBe(text);
    const big = Buffer.from(utf16).swap16();
    expect(decodeText(Buffer.concat([Buffer.from([0xfe, 0xff]), big]))).toBe(text);
    expect(decodeText(utf16)).toBe(text);
    expect(decodeText(big)).toBe(text);
  });

  it('survives an odd number of bytes and a text cut inside a letter', () => {
    expect(decodeText(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16.subarray(0, 7)]))).toBe('kin');
    expect(decodeText(Buffer.from('ü').subarray(0, 1))).toBe('\ufffd');
    expect(decodeText(new Uint8Array(0))).toBe('');
  });
});
