import type { Condition, Field, Rule, Verdict } from './rule-set.ts';

const FIELDS: Readonly<Record<string, Field>> = {
  '-p': 'protocol',
  '--protocol': 'protocol',
  '-s': 'source',
  '--source': 'source',
  '-d': 'destination',
  '--destination': 'destination',
  '-i': 'in',
  '--in-interface': 'in',
  '-o': 'out',
  '--out-interface': 'out',
  '--sport': 'sport',
  '--sports': 'sport',
  '--source-port': 'sport',
  '--dport': 'dport',
  '--dports': 'dport',
  '--destination-port': 'dport',
  '--ctstate': 'state',
  '--state': 'state',
  '--mark': 'mark',
};

/** What follows `-A CHAIN`: conditions, comment and target. What is not known becomes a condition that nobody can answer. */
export function readIptablesRule(
  words: readonly string[],
  from: number,
  line: number,
  counted: number | undefined,
): Rule {
  const conditions: Condition[] = [];
  let verdict: Verdict = { kind: 'continue', what: '' };
  let comment = '';
  let packets = counted;
  let negated = false;
  let at = from;
  while (at < words.length) {
    const word = words[at] ?? '';
    const next = words[at + 1] ?? '';
    if (word === '!') {
      negated = true;
      at++;
      continue;
    }
    const field = FIELDS[word];
    if (field !== undefined) {
      conditions.push(plainCondition(field, negated, next));
      at += 2;
    } else if (word === '-m' || word === '--match') {
      at += 2;
    } else if (word === '--comment') {
      comment = next;
      at += 2;
    } else if (word === '-c' || word === '--set-counters') {
      packets = Number(next);
      at += 3;
    } else if (word === '-j' || word === '--jump' || word === '-g' || word === '--goto') {
      verdict = readVerdict(next, word === '-g' || word === '--goto', words.slice(at + 2));
      break;
    } else {
      const end = endOfOption(words, at + 1);
      conditions.push({ field: 'other', negated, values: [words.slice(at, end).join(' ')] });
      at = end;
    }
    negated = false;
  }
  return { line, conditions, verdict, comment, packets };
}

const TCP: Condition = { field: 'protocol', negated: false, values: ['tcp'] };
const UDP: Condition = { field: 'protocol', negated: false, values: ['udp'] };

function plainCondition(field: Field, negated: boolean, text: string): Condition {
  // Every rule for a Service says one of the two: one object is enough.
  if (field === 'protocol' && !negated && text === 'tcp') return TCP;
  if (field === 'protocol' && !negated && text === 'udp') return UDP;
  return { field, negated, values: text.includes(',') ? text.split(',') : [text] };
}

/** An option takes the words up to the next one. */
function endOfOption(words: readonly string[], from: number): number {
  let at = from;
  while (at < words.length && words[at] !== '!' && !(words[at] ?? '').startsWith('-')) at++;
  return at;
}

function readVerdict(target: string, goto: boolean, options: readonly string[]): Verdict {
  if (goto) return { kind: 'goto', chain: target };
  switch (target) {
    case 'ACCEPT':
      return { kind: 'accept' };
    case 'DROP':
      return { kind: 'drop' };
    case 'REJECT':
      return { kind: 'reject' };
    case 'RETURN':
      return { kind: 'return' };
    case 'QUEUE':
    case 'NFQUEUE':
    case 'TPROXY':
      return { kind: 'queue' };
    case 'MASQUERADE':
    case 'SNAT':
    case 'NETMAP':
      return { kind: 'masquerade' };
    case 'DNAT':
    case 'REDIRECT':
      return { kind: 'dnat', to: optionValue(options, '--to-destination') };
    default:
      return NON_TERMINATING.test(target)
        ? { kind: 'continue', what: [target, ...options].join(' ') }
        : { kind: 'jump', chain: target };
  }
}

/** Targets after which the next rule is looked at (iptables-extensions(8)); any other capital word is a chain. */
const NON_TERMINATING =
  /^(AUDIT|CHECKSUM|CLASSIFY|CONNMARK|CONNSECMARK|CT|DSCP|ECN|HL|HMARK|IDLETIMER|LED|LOG|MARK|NFLOG|NOTRACK|RATEEST|SECMARK|SET|SYNPROXY|TCPMSS|TCPOPTSTRIP|TEE|TOS|TRACE|TTL|ULOG)$/;

function optionValue(options: readonly string[], name: string): string {
  const at = options.indexOf(name);
  return at < 0 ? '' : (options[at + 1] ?? '');
}
