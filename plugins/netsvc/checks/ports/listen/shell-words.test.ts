import { describe, expect, it } from 'vitest';
import { commandsOfScript } from './shell-words.ts';

describe('commandsOfScript', () => {
  const cases: readonly (readonly [script: string, commands: readonly (readonly string[])[]])[] = [
    ['httpd -f -p 8080', [['httpd', '-f', '-p', '8080']]],
    [
      'mkdir -p /www && echo "it works" > /www/index.html; exec httpd -f -p 8080 -h /www',
      [
        ['mkdir', '-p', '/www'],
        ['echo', 'it works'],
        ['httpd', '-f', '-p', '8080', '-h', '/www'],
      ],
    ],
    [
      "while :; do printf 'HTTP/1.1 200 OK\\r\\n' | nc -l -p 80 >/dev/null 2>&1; done",
      [[':'], ['printf', 'HTTP/1.1 200 OK\\r\\n'], ['nc', '-l', '-p', '80']],
    ],
    [
      'case $(hostname) in db-0) exec serve 1;; *) echo no; exit 7;; esac',
      [
        ['serve', '1'],
        ['echo', 'no'],
        ['exit', '7'],
      ],
    ],
    [
      'if test -f /x; then serve 1; else serve 2; fi',
      [
        ['test', '-f', '/x'],
        ['serve', '1'],
        ['serve', '2'],
      ],
    ],
    ['# a comment; not a command\nserve 80 # another', [['serve', '80']]],
    [
      '(nc -lk -p 80 &) ; sleep 1',
      [
        ['nc', '-lk', '-p', '80'],
        ['sleep', '1'],
      ],
    ],
    ['a \\\n b', [['a', 'b']]],
    ['cat <<EOF >/tmp/x', [['cat']]],
    ['echo $(date; sleep 1) "unclosed', [['echo', '$(date; sleep 1)', 'unclosed']]],
    ['', []],
  ];
  for (const [script, commands] of cases) {
    it(`splits ${JSON.stringify(script)}`, () => {
      expect(commandsOfScript(script)).toEqual(commands);
    });
  }
});
