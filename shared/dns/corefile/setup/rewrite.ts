import { isClass, isRcode, isType, normalName } from '../go/names.ts';
import { atoi, goQuote, numberError, parseUint } from '../go/numbers.ts';
import { compileGoRegexp } from '../go/regexp.ts';
import { eachLine, type Setup, type SetupRule } from './context.ts';

/** Rules of the `rewrite` plugin (coredns plugin/rewrite). */
export const rewrite: SetupRule = (setup) => {
  eachLine(setup, () => {
    const args = setup.rest();
    if (args.length < 2) {
      while (setup.nextInBlock()) args.push(setup.value);
    }
    const error = ruleError(setup, args);
    if (error !== undefined) throw setup.plain(error);
  });
};

type Complaint = string | undefined;

const MATCHES = ['exact', 'prefix', 'suffix', 'substring', 'regex'];

function ruleError(setup: Setup, words: readonly string[]): Complaint {
  const [first] = words;
  if (first === undefined) return 'no rule type specified for rewrite';
  const mode = first.toLowerCase();
  const flows = mode === 'continue' || mode === 'stop';
  if (flows && words.length < 2) return `${mode} rule must begin with a rule type`;
  const type = (flows ? (words[1] ?? '') : first).toLowerCase();
  const args = words.slice(flows ? 2 : 1);
  const since: Readonly<Record<string, string>> = { ttl: '1.2.3', cname: '1.11.0', rcode: '1.11.2' };
  const birth = since[type];
  if (birth !== undefined && !setup.since(birth)) return `invalid rule type ${goQuote(first)}`;
  switch (type) {
    case 'answer':
      return 'response rewrites must begin with a name rule';
    case 'name':
      return nameError(setup, args);
    case 'class':
    case 'type':
      return kindError(type, args);
    case 'edns0':
      return edns0Error(setup, args);
    case 'ttl':
      return ttlError(setup, args);
    case 'cname':
      return cnameError(setup, args);
    case 'rcode':
      return rcodeError(args);
    default:
      return `invalid rule type ${goQuote(first)}`;
  }
}

function kindError(kind: 'class' | 'type', args: readonly string[]): Complaint {
  if (args.length !== 2) return `${kind} rules must have exactly two arguments`;
  const known = kind === 'class' ? isClass : isType;
  const wrong = args.find((arg) => !known(arg.toUpperCase()));
  return wrong === undefined ? undefined : `invalid ${kind} ${goQuote(wrong.toUpperCase())}`;
}

function nameError(setup: Setup, args: readonly string[]): Complaint {
  const [first = '', second = '', third = ''] = args;
  if (args.length < 2) return 'too few arguments for a name rule';
  const match = args.length === 2 ? 'exact' : first.toLowerCase();
  const [from, to] = args.length === 2 ? [first, second] : [second, third];
  const metadata = args[3] === 'metadata' && setup.since('1.15.0');
  if (metadata && match !== 'regex') return 'metadata is only supported for regex name rules';
  const answers = args.slice(metadata ? 4 : 3);
  if (answers.length > 0) {
    const error = answerError(setup, match, answers);
    if (error !== undefined) return error;
  }
  if (metadata) return metadataError(from, to);
  if (match === 'exact') return patternError(normalName(to), normalName(from));
  if (match === 'regex') return patternError(from, to);
  return MATCHES.includes(match)
    ? undefined
    : `name rule supports only exact, prefix, suffix, substring, and regex name matching, received: ${match}`;
}

/** Groups and labels `{plugin/name}` in a name that is put together from metadata. */
function metadataError(from: string, to: string): Complaint {
  const compiled = compileGoRegexp(from);
  if ('error' in compiled) return `invalid regex matching pattern: ${from}`;
  const literal = to.replaceAll(/\{([^}]*)\}/g, (whole, label: string) => {
    const group = atoi(label);
    if (group !== undefined) return group < 0 || group > compiled.groups ? whole : '';
    return /^[^/{]+\/[^{]+$/.test(label) ? '' : whole;
  });
  return /[{}]/.test(literal) ? `invalid placeholder in metadata name replacement: ${to}` : undefined;
}

function answerError(setup: Setup, rule: string, args: readonly string[]): Complaint {
  if (args.length < 2) return `invalid arguments for ${rule} rule`;
  let auto = false;
  let names = 0;
  let last = '';
  for (let at = 0; at < args.length; ) {
    if (last === '' && args[at] !== 'answer') {
      return `exceeded the number of arguments for a non-answer rule argument for ${rule} rule`;
    }
    if (args[at] === 'answer') at += 1;
    if (at >= args.length) return `type missing for answer rule for ${rule} rule`;
    last = args[at] ?? '';
    at += 1;
    if (last === 'auto' && setup.since('1.8.4')) {
      auto = true;
    } else if (last === 'name' || (last === 'value' && setup.since('1.8.2'))) {
      if (args.length - at < 2) return `${last} answer rule for ${rule} rule: 2 arguments required`;
      const error = patternError(args[at] ?? '', args[at + 1] ?? '');
      if (error !== undefined) return `${last} answer rule for ${rule} rule: ${error}`;
      at += 2;
      if (last === 'name') names += 1;
    } else return `invalid type ${goQuote(last)} for answer rule for ${rule} rule`;
  }
  return auto && names > 0 ? 'auto name answer rule cannot be combined with explicit name anwer rules' : undefined;
}

function patternError(from: string, to: string): Complaint {
  const compiled = compileGoRegexp(from);
  if ('error' in compiled) return `invalid regex matching pattern: ${from}`;
  let used = 0;
  for (let group = 0; group <= 100; group += 1) if (to.includes(`{${group}}`)) used += 1;
  return used > compiled.groups
    ? `the rewrite regex pattern (${to}) uses more subexpressions than its corresponding matching regex pattern (${from})`
    : undefined;
}

function edns0Error(setup: Setup, args: readonly string[]): Complaint {
  if (args.length < 2) return 'too few arguments for an EDNS0 rule';
  const type = (args[0] ?? '').toLowerCase();
  const action = (args[1] ?? '').toLowerCase();
  if (action === 'unset' && setup.since('1.12.3')) {
    const wanted = { local: 3, nsid: 2, subnet: 2 }[type];
    if (wanted === undefined) return `invalid rule type ${goQuote(type)}`;
    if (args.length !== wanted) {
      return `${type} unset action requires exactly ${wanted === 3 ? 'two arguments' : 'one argument'}`;
    }
    return type === 'local' ? codeError(args[2] ?? '') : undefined;
  }
  if (!['append', 'replace', 'set'].includes(action)) return `invalid action: ${goQuote(action)}`;
  const words = args.at(-1) === 'revert' && setup.since('1.11.4') ? args.slice(0, -1) : args;
  switch (type) {
    case 'local':
      if (words.length !== 4) return 'EDNS0 local rules require three or four args';
      return localError(words[2] ?? '', words[3] ?? '');
    case 'nsid':
      return words.length === 2 ? undefined : 'EDNS0 NSID rules can accept no more than one arg';
    case 'subnet':
      if (words.length !== 4) return 'EDNS0 subnet rules require three or four args';
      return maskError(words[2] ?? '', 32, 4) ?? maskError(words[3] ?? '', 128, 6);
    default:
      return `invalid rule type ${goQuote(type)}`;
  }
}

const VARIABLES = ['qname', 'qtype', 'client_ip', 'client_port', 'protocol', 'server_ip', 'server_port'];

function codeError(code: string): Complaint {
  return parseUint(code, 16, 0) === undefined ? numberError('ParseUint', code) : undefined;
}

function localError(code: string, data: string): Complaint {
  const error = codeError(code);
  if (error !== undefined) return error;
  if (data.startsWith('{') && data.endsWith('}')) {
    const name = data.slice(1, -1);
    const slash = name.indexOf('/');
    const label = slash > 0 && slash < name.length - 1;
    return VARIABLES.includes(name) || label ? undefined : `unsupported variable name ${goQuote(data)}`;
  }
  if (!data.startsWith('0x')) return undefined;
  const wrong = /[^0-9a-fA-F]/u.exec(data.slice(2))?.[0];
  if (wrong !== undefined) return `encoding/hex: invalid byte: '${wrong}'`;
  return data.length % 2 === 0 ? undefined : 'encoding/hex: odd length hex string';
}

function maskError(text: string, most: number, family: 4 | 6): Complaint {
  const value = parseUint(text, 16, 0);
  if (value === undefined) return numberError('ParseUint', text);
  return value > most ? `invalid IPv${family} bit mask length ${value}` : undefined;
}

function ttlError(setup: Setup, args: readonly string[]): Complaint {
  if (args.length < 2) return `too few (${args.length}) arguments for a ttl rule`;
  const text = args.length === 2 ? args[1] : args.length === 3 ? args[2] : '';
  const ranges = setup.since('1.9.4');
  if (!isTtl(text ?? '') || (!ranges && text?.includes('-') === true)) return `invalid TTL '${text}' for a ttl rule`;
  if (args.length !== 3) return undefined;
  const match = (args[0] ?? '').toLowerCase();
  if (!MATCHES.includes(match)) {
    return 'ttl rule supports only exact, prefix, suffix, substring, and regex name matching';
  }
  return match === 'regex' && 'error' in compileGoRegexp(args[1] ?? '')
    ? `invalid regex pattern in a ttl rule: ${args[1]}`
    : undefined;
}

function isTtl(text: string): boolean {
  const parts = text.split('-');
  const [low = '', high = ''] = parts;
  if (parts.length === 1) return parseUint(low, 32) !== undefined;
  if (parts.length !== 2 || (low === '' && high === '')) return false;
  const least = low === '' ? 0 : parseUint(low, 32);
  const most = high === '' ? 2147483647 : parseUint(high, 32);
  return least !== undefined && most !== undefined && least <= most;
}

function cnameError(setup: Setup, args: readonly string[]): Complaint {
  if (args.length !== 2 && args.length !== 3) return `too few (${args.length}) arguments for a cname rule`;
  if (args.length === 2) return undefined;
  const match = (args[0] ?? '').toLowerCase();
  if (!MATCHES.includes(match)) return `unknown cname rewrite type: ${match}`;
  if (match !== 'regex' || !setup.since('1.13.2')) return undefined;
  const compiled = compileGoRegexp((args[1] ?? '').toLowerCase());
  return 'error' in compiled ? `invalid cname rewrite regex pattern: ${compiled.error}` : undefined;
}

function rcodeError(args: readonly string[]): Complaint {
  if (args.length < 3) return `too few (${args.length}) arguments for a rcode rule`;
  const [from = '', to = ''] = args.length === 3 ? args.slice(1) : args.length === 4 ? args.slice(2) : [];
  if (!isRcodeWord(from)) return `invalid matching RCODE '${from}' for a rcode rule`;
  if (!isRcodeWord(to)) return `invalid replacement RCODE '${to}' for a rcode rule`;
  if (args.length !== 4) return undefined;
  const match = (args[0] ?? '').toLowerCase();
  if (!MATCHES.includes(match)) {
    return 'rcode rule supports only exact, prefix, suffix, substring, and regex name matching';
  }
  return match === 'regex' && 'error' in compileGoRegexp(args[1] ?? '')
    ? `invalid regex pattern in a rcode rule: ${args[1]}`
    : undefined;
}

function isRcodeWord(text: string): boolean {
  const value = parseUint(text, 32);
  return (value !== undefined && value <= 23) || isRcode(text.toUpperCase());
}
