/** The words of one command of a script, quotes removed. */
export type Words = readonly string[];

const LEADING = new Set(['if', 'then', 'else', 'elif', 'while', 'until', 'do', '!', '{', 'exec', 'command', 'nohup']);
const ALONE = new Set(['done', 'fi', 'esac', '}', 'case']);

/**
 * The simple commands of a POSIX shell script, in order: split at `;`, `&`, `|` and line ends, without redirections,
 * comments and keywords. It does not run anything: both branches of an `if` are seen. Substitutions stay as they are.
 * Source: POSIX.1-2024, Shell Command Language, 2.3 Token Recognition.
 */
export function commandsOfScript(script: string): readonly Words[] {
  const commands: Words[] = [];
  let words: string[] = [];
  let word: string | undefined;
  let skipNext = false;
  let depth = 0;
  const endWord = (): void => {
    if (word === undefined) return;
    if (skipNext) skipNext = false;
    else words.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    const bare = withoutKeywords(words);
    if (bare.length > 0) commands.push(bare);
    words = [];
  };
  for (let at = 0; at < script.length; at++) {
    const char = script[at] ?? '';
    if (char === '\\') {
      at++;
      if (script[at] !== '\n') word = (word ?? '') + (script[at] ?? '');
    } else if (char === "'" || char === '"') {
      const end = closingQuote(script, at);
      word = (word ?? '') + withoutEscapes(script.slice(at + 1, end), char);
      at = end;
    } else if (char === '$' && script[at + 1] === '(') {
      const end = closingParenthesis(script, at + 1);
      word = (word ?? '') + script.slice(at, end + 1);
      at = end;
    } else if (char === '#' && word === undefined) {
      while (at + 1 < script.length && script[at + 1] !== '\n') at++;
    } else if (char === '>' || char === '<') {
      // A descriptor number stands before the sign: `2>&1`.
      if (word !== undefined && /^\d$/.test(word)) word = undefined;
      endWord();
      while ('<>&|'.includes(script[at + 1] ?? ' ')) at++;
      skipNext = true;
    } else if (char === '(') {
      depth++;
      endCommand();
    } else if (char === ')' && depth === 0) {
      // `case $x in a) command`: what stands before is a pattern.
      endWord();
      words = [];
    } else if (char === ')') {
      depth--;
      endCommand();
    } else if (char === ';' || char === '&' || char === '|' || char === '\n') {
      endCommand();
    } else if (char === ' ' || char === '\t' || char === '\r') {
      endWord();
    } else {
      word = (word ?? '') + char;
    }
  }
  endCommand();
  return commands;
}

function withoutKeywords(words: readonly string[]): readonly string[] {
  let start = 0;
  while (start < words.length && LEADING.has(words[start] ?? '')) start++;
  return ALONE.has(words[start] ?? '') ? [] : words.slice(start);
}

function closingQuote(script: string, open: number): number {
  const quote = script[open];
  for (let at = open + 1; at < script.length; at++) {
    if (script[at] === '\\' && quote === '"') at++;
    else if (script[at] === quote) return at;
  }
  return script.length;
}

function withoutEscapes(text: string, quote: string): string {
  return quote === "'" ? text : text.replace(/\\([\\"$`])/g, '$1').replace(/\\\n/g, '');
}

function closingParenthesis(script: string, open: number): number {
  let depth = 0;
  for (let at = open; at < script.length; at++) {
    if (script[at] === '(') depth++;
    else if (script[at] === ')' && --depth === 0) return at;
  }
  return script.length;
}
