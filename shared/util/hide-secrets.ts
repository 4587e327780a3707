const WORD =
  '[\\w.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|credential|private[_-]?key)[\\w.-]*';

/** How the reason goes on after `error fetching secret:`. */
const REASON = '(?!(?:permission|access|connection|not|no|failed|invalid|cannot|unable|context|request) [a-z])';

/**
 * A text that somebody else wrote, without secrets: values that follow a telling word, as `password=x` or `--token x`,
 * credentials in URLs, bearer tokens and JSON web tokens.
 */
export function hideSecrets(line: string): string {
  return line
    .replace(new RegExp(`(["']?${WORD}["']?\\s*(?:=>|[=:])\\s*)${REASON}("[^"]*"|'[^']*'|[^\\s,;&}]+)`, 'gi'), '$1***')
    .replace(new RegExp(`(--?${WORD} +)(?!-)\\S+`, 'gi'), '$1***')
    .replace(/\b(redis-cli\b[^|;&]*? (?:-a|--pass) +|mysql(?:admin)?\b[^|;&]*? -p)(?! )\S+/g, '$1***')
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]+@/gi, '$1***@')
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, '$1 ***')
    .replace(/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*/g, '***')
    .replace(/\bAKIA[0-9A-Z]{12,}\b/g, '***');
}
