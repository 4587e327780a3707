// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are words for shells.
import { describe, expect, it } from 'vitest';
import { readCommandLine } from './command-line.ts';

function read(command: readonly string[], args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const variables = Object.entries(env).map(
    ([name, value]) => [name, { name, value, source: 'env', literal: true }] as const,
  );
  return readCommandLine(
    { ...(command.length === 0 ? {} : { command }), ...(args.length === 0 ? {} : { args }) },
    new Map(variables),
  );
}

/** `any:8080`, `loopback:8000/UDP`, with `!` for a side port. */
function listeners(
  command: readonly string[],
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
) {
  return read(command, args, env).listeners.map(
    ({ host, port, protocol, role }) =>
      `${role === 'side' ? '!' : ''}${host}:${port ?? '?'}${protocol === 'UDP' ? '/UDP' : ''}`,
  );
}

const sh = (script: string): readonly string[] => ['sh', '-c', script];

describe('readCommandLine', () => {
  const cases: readonly (readonly [words: readonly string[], listeners: readonly string[]])[] = [
    [['httpd', '-f', '-p', '8080'], ['any:8080']],
    [['busybox', 'httpd', '-f', '-p', '127.0.0.1:8080'], ['loopback:8080']],
    [['httpd', '-f', '-p8080'], ['any:8080']],
    [['sh', '-c', 'exec httpd -f -p "${1#*=}"', 'server', '--listen=127.0.0.1:8080'], ['loopback:8080']],
    [['sh', '-c', 'exec httpd -f -p ${1##*:}', 'server', '--listen=tcp:0.0.0.0:8080'], ['any:8080']],
    [['sh', '-c', 'httpd -f -p ${1%/*}', 'server', '8080/tcp'], ['any:8080']],
    [['sh', '-c', 'exec httpd -f "$@"', 'server', '-p', '127.0.0.1:9090'], ['loopback:9090']],
    [['sh', '-c', 'httpd -f -p $1', 'server', '9090'], ['any:9090']],
    [['httpd', '-f', '-h', '/www'], ['any:80']],
    [['httpd', '-DFOREGROUND'], []],
    [['postgres', '-c', 'listen_addresses=localhost', '-c', 'max_connections=100'], ['loopback:5432']],
    [['postgres', '-c', "listen_addresses='*'", '-p', '5433'], ['any:5433']],
    [['postgres', '-c', 'config_file=/c/postgresql.conf'], []],
    [
      ['mysqld', '--bind-address=127.0.0.1'],
      ['loopback:3306', '!loopback:33060'],
    ],
    [['nc', '-lk', '-p', '9090', '-e', 'cat'], ['any:9090']],
    [['nc', '-lkp', '9090'], ['any:9090']],
    [['nc', '-l', '-s', '127.0.0.1', '-p', '53', '-u'], ['loopback:53/UDP']],
    [['nc', '-l', '8080'], ['any:8080']],
    [['ncat', '-l', '127.0.0.1', '8080'], ['loopback:8080']],
    [['nc', '-z', 'db', '5432'], []],
    [['socat', 'TCP-LISTEN:8080,bind=127.0.0.1,fork,reuseaddr', 'EXEC:cat'], ['loopback:8080']],
    [['socat', 'UDP4-RECVFROM:514,fork', 'SYSTEM:cat'], ['any:514/UDP']],
    [['tcpsvd', '0', '8080', 'cat'], ['any:8080']],
    [['python3', '-m', 'http.server', '9090'], ['any:9090']],
    [['python', '-m', 'http.server', '--bind', '127.0.0.1', '8080'], ['loopback:8080']],
    [['python3', '-m', 'http.server'], ['any:8000']],
    [['python3', '-c', "HTTPServer(('127.0.0.1', 8080), H).serve_forever()"], ['loopback:8080']],
    [['python3', 'manage.py', 'runserver'], ['loopback:8000']],
    [['python3', 'manage.py', 'runserver', '0.0.0.0:8080'], ['any:8080']],
    [['python3', 'manage.py', 'runserver', '8080'], ['loopback:8080']],
    [['flask', 'run', '--port', '8080'], ['loopback:8080']],
    [['flask', 'run', '--host=0.0.0.0', '--port=8080'], ['any:8080']],
    [['uvicorn', 'app:app', '--port', '8080'], ['loopback:8080']],
    [['gunicorn', '-b', ':8080', 'app:app'], ['any:8080']],
    [['gunicorn', '--bind=127.0.0.1:8080', 'app:app'], ['loopback:8080']],
    [['gunicorn', '-c', 'conf.py', 'app:app'], []],
    [['php', '-S', '127.0.0.1:8080'], ['loopback:8080']],
    [['node', '-e', "require('http').createServer(f).listen(3000, '127.0.0.1')"], ['loopback:3000']],
    [['java', '-Dserver.port=9090', '-jar', 'app.jar'], ['untold:9090']],
    [['java', '-jar', 'app.jar', '--server.port=9090', '--server.address=127.0.0.1'], ['loopback:9090']],
    [['/app/server', '--port=9090'], ['untold:9090']],
    [['/app/server', '--listen=127.0.0.1:8080'], ['loopback:8080']],
    [['/app/server', '--bind', 'localhost', '--port', '8080'], ['loopback:8080']],
    [['/app/server', '--host', '127.0.0.1'], ['loopback:?']],
    [
      ['/app/server', '--http.addr=:8080', '--metrics-addr=127.0.0.1:9090'],
      ['any:8080', '!loopback:9090'],
    ],
    [['/app/server', '-p', '9090'], ['untold:9090']],
    [['/app/server', '--db-host=127.0.0.1', '--db-port=5432'], []],
    [['redis-server', '--port', '6380', '--bind', '127.0.0.1'], ['loopback:6380']],
    [
      ['serve', '8080', '9000'],
      ['untold:8080', 'untold:9000'],
    ],
    [
      ['agnhost', 'netexec', '--http-port=8080'],
      ['any:8080', 'any:8081/UDP'],
    ],
    [['tini', '--', 'httpd', '-f', '-p', '8080'], ['any:8080']],
    [['timeout', '3600', 'httpd', '-f', '-p', '8080'], ['any:8080']],
    [['nginx', '-g', 'daemon off;'], []],
    [sh('echo "server { listen 127.0.0.1:8080; }" > /etc/nginx/conf.d/x.conf; exec nginx'), ['loopback:8080']],
    [sh('httpd -p 8080 -h /a; exec httpd -f -p 8443'), ['any:8080', 'any:8443']],
    [sh("sh -c 'httpd -f -p 8080'"), ['any:8080']],
    [['sleep', '3600'], []],
  ];
  for (const [words, expected] of cases) {
    it(`hears ${expected.join(' and ') || 'nothing'} in ${words.join(' ')}`, () => {
      expect(listeners(words)).toEqual(expected);
    });
  }

  it('puts variables of the container in, as the kubelet and the shell do', () => {
    expect(listeners(['/app/server', '--port=$(PORT)'], [], { PORT: '3000' })).toEqual(['untold:3000']);
    expect(listeners(sh('exec httpd -f -p $PORT'), [], { PORT: '3000' })).toEqual(['any:3000']);
    expect(listeners(sh('httpd -f -p $' + '{PORT:-8080}'))).toEqual(['any:8080']);
    expect(listeners(sh('PORT=81; httpd -f -p $PORT'))).toEqual(['any:81']);
  });

  it('claims nothing from a variable whose value is not known', () => {
    const unknown = readCommandLine(
      { command: sh('exec httpd -f -p $PORT') },
      new Map([['PORT', { name: 'PORT', value: undefined, source: 'env PORT', literal: false }]]),
    );
    expect(unknown.listeners).toEqual([]);
    expect(unknown.complete).toBe(false);
  });

  it('reads args alone as options of the program in the image, or as the whole command', () => {
    expect(listeners([], ['serve', '9090'])).toEqual(['untold:9090']);
    expect(listeners([], ['serve', '--timeout', '300'])).toEqual([]);
    expect(listeners([], ['import', '9090'])).toEqual([]);
    expect(listeners([], ['--port=9090'])).toEqual(['untold:9090']);
    expect(listeners([], ['httpd', '-f', '-p', '9090'])).toEqual(['any:9090']);
  });

  it('knows whether it understood everything', () => {
    expect(read(['sleep', '3600']).complete).toBe(true);
    expect(read(sh('while true; do sleep 5; done')).complete).toBe(true);
    expect(read(['sh']).complete).toBe(true);
    expect(read(sh('echo hi; /app/server')).complete).toBe(false);
    expect(read(['sh', '/entrypoint.sh']).complete).toBe(false);
    expect(read([]).complete).toBe(false);
  });

  it('notes every number that it may not understand', () => {
    expect([...read(['/app/run', '--upstream=http://10.0.0.1:8081/x', '8443'], []).numbers]).toEqual([8081, 8443]);
  });
});
