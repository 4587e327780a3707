import { describe, expect, it } from 'vitest';
import { askedHosts, tellsUnresolved } from './asked-hosts.ts';

const named = (text: string): readonly string[] =>
  askedHosts(text).map(({ host, port }) => (port === undefined ? host : `${host}:${port}`));

describe('hosts that a text asks for', () => {
  it.each([
    ['getaddrinfo EAI_AGAIN db', ['db']],
    ['Error: getaddrinfo ENOTFOUND redis.cache.svc.cluster.local', ['redis.cache.svc.cluster.local']],
    ['dial tcp: lookup orders on 10.96.0.10:53: no such host', ['orders']],
    ['java.net.UnknownHostException: payments: Name or service not known', ['payments']],
    ['could not translate host name "postgres" to address: Temporary failure in name resolution', ['postgres']],
    ['curl: (6) Could not resolve host: billing', ['billing']],
    ["wget: bad address 'db:8080'", ['db:8080']],
    ['until nc -z -w 2 mysql 3306; do sleep 1; done', ['mysql:3306']],
    ['dial tcp db:5432: connect: connection refused', ['db:5432']],
    ['pg_isready -h postgres -p 5432', ['postgres:5432']],
    ['mysqladmin ping --host=mariadb', ['mariadb']],
    ['nslookup ledger-db; sleep 2', ['ledger-db']],
    ['connecting to amqp://user:pw@rabbit:5672/', ['rabbit:5672']],
    ['[emerg] host not found in upstream "backend-api" in /etc/nginx/conf.d/default.conf:3', ['backend-api']],
    ['until (echo > /dev/tcp/db/5432) 2>/dev/null; do sleep 1; done', ['db:5432']],
    ['socat - TCP:db:5432', ['db:5432']],
    ['socat TCP-LISTEN:8080,fork TCP4:db:5432', ['db:5432']],
    ['listening on localhost:8080', []],
    ['starting the app', []],
  ])('%j', (text, hosts) => {
    expect(named(text)).toEqual(hosts);
  });

  it('tells names that did not resolve from servers that did not answer', () => {
    expect(tellsUnresolved('getaddrinfo ENOTFOUND db')).toBe(true);
    expect(tellsUnresolved('name resolver error: produced zero addresses')).toBe(true);
    expect(tellsUnresolved('host not found in upstream "api"')).toBe(true);
    expect(tellsUnresolved('dial tcp 10.96.3.4:5432: connect: connection refused')).toBe(false);
  });
});
