import { describe, expect, it } from 'vitest';
import { hideSecrets } from './hide-secrets.ts';

describe('hideSecrets', () => {
  it.each([
    ['password=hunter2 rejected', 'password=*** rejected'],
    ['DB_PASSWORD: "hunter 2", retry', 'DB_PASSWORD: ***, retry'],
    ['{"apiKey":"abc123","user":"bob"}', '{"apiKey":***,"user":"bob"}'],
    ['postgres://app:hunter2@db:5432/shop', 'postgres://***@db:5432/shop'],
    ['Authorization: Bearer abcdef0123456789', 'Authorization: Bearer ***'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl was refused', 'token *** was refused'],
    ['redis-cli -h cache -a hunter2 ping', 'redis-cli -h cache -a *** ping'],
    ['mysqladmin -u root -phunter2 ping', 'mysqladmin -u root -p*** ping'],
    ['app --db-password hunter2 --port 80', 'app --db-password *** --port 80'],
    ['/healthz?token=hunter2&full=1', '/healthz?token=***&full=1'],
    ['error fetching secret: permission denied', 'error fetching secret: permission denied'],
    ['cannot read token: not found', 'cannot read token: not found'],
    ['password: permission-7, retry', 'password: ***, retry'],
    ['connection refused: db:5432', 'connection refused: db:5432'],
  ])('%s', (line, shown) => {
    expect(hideSecrets(line)).toBe(shown);
  });
});
