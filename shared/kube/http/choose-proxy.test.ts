import { describe, expect, it } from 'vitest';
import { bypasses, chooseProxy } from './choose-proxy.ts';

const server = new URL('https://api.prod.example.com:6443');

describe('the proxy for a server', () => {
  it('is proxy-url, before any environment', () => {
    const env = { HTTPS_PROXY: 'http://env:1', NO_PROXY: '*' };
    expect(chooseProxy(server, 'socks5://jump:1080', env)?.href).toBe('socks5://jump:1080');
  });

  it('is that of the environment for the scheme of the server, upper case first', () => {
    const env = { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:1', HTTP_PROXY: 'plain:3128' };
    expect(chooseProxy(server, undefined, env)?.host).toBe('upper:1');
    expect(chooseProxy(server, undefined, { https_proxy: 'http://lower:1' })?.host).toBe('lower:1');
    expect(chooseProxy(new URL('http://api:8001'), undefined, env)?.href).toBe('http://plain:3128/');
    expect(chooseProxy(server, undefined, { HTTP_PROXY: 'plain:3128', ALL_PROXY: 'all:1' })).toBeUndefined();
  });

  it.each(['ftp://x', 'http://', '::'])('%s is refused', (text) => {
    expect(() => chooseProxy(server, text, {})).toThrow('is not a proxy address');
  });
});

describe('NO_PROXY', () => {
  it.each([
    ['*', true],
    ['example.com', true],
    ['.example.com', true],
    ['*.example.com', true],
    [' other , EXAMPLE.com ', true],
    ['api.prod.example.com', true],
    ['.api.prod.example.com', false],
    ['ample.com', false],
    ['example.com:6443', true],
    ['example.com:443', false],
    ['10.0.0.0/8', false],
    ['', false],
  ])('%s excludes api.prod.example.com:6443: %s', (list, expected) => {
    expect(bypasses(server, list)).toBe(expected);
  });

  it.each([
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://10.1.2.3', '10.1.2.3', true],
    ['https://10.1.2.3:6443', '10.1.2.3:443', false],
    ['https://[fd00::7]:6443', 'fd00::/8', true],
    ['https://[fd00::7]:6443', '[fd00::7]:6443', true],
    ['https://[fd00::7]:6443', 'fd00::7', true],
    ['https://10.1.2.3', '10.0.0.0/99', false],
    ['https://localhost:6443', '', true],
    ['https://127.0.0.1:6443', '', true],
    ['https://[::1]:6443', '', true],
  ])('%s with %s: %s', (address, list, expected) => {
    expect(bypasses(new URL(address), list)).toBe(expected);
  });
});
