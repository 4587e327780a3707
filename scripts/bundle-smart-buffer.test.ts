import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { SmartBuffer } from './bundle-smart-buffer.ts';

// What the SOCKS client would have got: the package that the bundle leaves out is a dependency of its own.
const fromSocks = createRequire(createRequire(import.meta.url).resolve('socks'));
const replaced = fromSocks('smart-buffer') as { SmartBuffer: typeof SmartBuffer };
const BYTES = Buffer.from([5, 0, 0, 3, 4, ...Buffer.from('café').subarray(0, 5), 0x1f, 0x90, 255, 254, 253, 252, 9, 8]);

describe('bytes for the SOCKS client, as smart-buffer gives them', () => {
  it('written', () => {
    const [own, other] = [SmartBuffer, replaced.SmartBuffer].map((Bytes) => {
      const buffer = new Bytes();
      buffer.writeUInt8(5);
      buffer.writeUInt8(255);
      buffer.writeUInt16BE(6443);
      buffer.writeUInt32BE(0xfffefdfc);
      buffer.writeUInt32BE(0x0a600001);
      buffer.writeString('api.example.com/é');
      buffer.writeStringNT('user');
      buffer.writeBuffer(Buffer.from([1, 2, 3]));
      return [...buffer.toBuffer()];
    });
    expect(own).toEqual(other);
  });

  it('read', () => {
    const [own, other] = [SmartBuffer, replaced.SmartBuffer].map((Bytes) => {
      const buffer = Bytes.fromBuffer(BYTES);
      buffer.readOffset = 3;
      const first = [buffer.readUInt8(), buffer.readString(buffer.readUInt8()), buffer.readBuffer(1)[0]];
      return [...first, buffer.readUInt16BE(), buffer.readUInt32BE(), [...buffer.readBuffer()], buffer.readOffset];
    });
    expect(own).toEqual(other);
  });

  it('of an answer that is too short an error', () => {
    for (const Bytes of [SmartBuffer, replaced.SmartBuffer]) {
      expect(() => Bytes.fromBuffer(Buffer.from([1])).readUInt16BE()).toThrow();
    }
  });

  it('has every method that the client calls', async () => {
    const { readFileSync } = await import('node:fs');
    const client = readFileSync(createRequire(import.meta.url).resolve('socks'), 'utf8');
    expect(client).toContain('socksclient');
    const text = readFileSync(fromSocks.resolve('./client/socksclient'), 'utf8');
    const called = new Set([...text.matchAll(/\bbuff\.(\w+)\(/g)].map(([, name = '']) => name));
    const own = new Set(Object.getOwnPropertyNames(SmartBuffer.prototype));
    expect(called.size).toBeGreaterThan(5);
    expect([...called].filter((name) => !own.has(name))).toEqual([]);
  });
});
