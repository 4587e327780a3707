import kleur from 'kleur';
import type { RungResult, Verdict } from './report.ts';

/** Colours that add to what words and marks already say; without colour nothing is lost. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  command(text: string): string;
  verdict(verdict: Verdict, text: string): string;
  mark(result: RungResult, text: string): string;
}

/** The painter for a view; with `color` false it returns every text as it is. */
export function createPaint(color: boolean): Paint {
  // kleur looks at the environment once, when loaded; the decision is the view's.
  kleur.enabled = color;
  const byVerdict = { broken: kleur.red, degraded: kleur.yellow, healthy: kleur.green, unknown: kleur.magenta };
  const byResult = { fail: kleur.red, warn: kleur.yellow, pass: kleur.green, unknown: kleur.magenta };
  return {
    bold: (text) => kleur.bold(text),
    dim: (text) => kleur.gray(text),
    command: (text) => kleur.cyan(text),
    verdict: (verdict, text) => kleur.bold(byVerdict[verdict](text)),
    mark: (result, text) => byResult[result](text),
  };
}
