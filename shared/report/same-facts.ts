import type { Finding, Fix } from '../messages/finding.ts';
import { besideOrBelow } from './next-lines.ts';
import { FACT_COMMANDS } from './own-commands.ts';
import type { NotChecked, Report, Section } from './report.ts';

/** The flags that chose the facts of a report, each text with a blank before every flag; empty where none was given. */
export interface Again {
  /** For our own commands: ` --snapshot dump.yaml`, ` --context prod`. */
  readonly own: string;
  /** For kubectl, which knows no `--snapshot`. */
  readonly kubectl: string;
}

type Told = Pick<Report, 'causes' | 'findings' | 'notChecked'>;

/**
 * The report with every command that it tells the reader to run meant for the same facts as itself: who asked a recording
 * or another context must not get the answer of, nor change, the cluster that happens to be current.
 */
export function askAgain(report: Report, again: Again): Report {
  if (again.own === '' && again.kubectl === '') return report;
  const { sections, items } = report;
  return {
    ...report,
    ...told(report, again),
    ...(sections === undefined ? {} : { sections: sections.map((section) => sectionFor(section, again)) }),
    ...(items === undefined ? {} : { items: items.map((item) => ({ ...item, ...told(item, again) })) }),
  };
}

function told({ causes, findings, notChecked }: Told, again: Again): Told {
  return {
    causes: causes.map((finding) => findingFor(finding, again)),
    findings: findings.map((finding) => findingFor(finding, again)),
    notChecked: notChecked.map(({ check, reason }): NotChecked => ({ check, reason: sentenceFor(reason, again) })),
  };
}

function findingFor(finding: Finding, again: Again): Finding {
  return {
    ...finding,
    explain: sentenceFor(finding.explain, again),
    fixes: finding.fixes.map((fix): Fix => {
      const { title, command, undo } = fix;
      return {
        ...fix,
        // What is asked after a change is asked of the cluster that was changed, not of the recording from before.
        title: sentenceFor(title, { ...again, own: again.kubectl }),
        command: lineFor(command, again),
        ...(undo === undefined ? {} : { undo: lineFor(undo, again) }),
      };
    }),
  };
}

function sectionFor(section: Section, again: Again): Section {
  if (section.type === 'table') return section;
  if (section.type === 'hops') {
    const hops = section.hops.map((hop) => ({ ...hop, lines: hop.lines.map((line) => sentenceFor(line, again)) }));
    return { ...section, hops };
  }
  const lines = section.lines.flatMap((line) => {
    if (/^\s+kubectl\s/.test(line)) return [lineFor(line, again)];
    const [, title, command] = TITLED.exec(line) ?? [];
    return title === undefined || command === undefined
      ? [sentenceFor(line, again)]
      : besideOrBelow(title, lineFor(command, again));
  });
  return { ...section, lines };
}

const OWN = 'kubectl net(?:svc|dns|pol|cni)\\b';
/** `Evidence and fix: kubectl netsvc web -n shop`. */
const TITLED = new RegExp(`^(\\S[^:]*:) (${OWN}.*)$`);
/** A command that a sentence ends with, after its colon or in quotes of its own: ours, or one of kubectl. */
const DELIMITED = /(?<=: )kubectl (?:(?!, )[^;\n])*[^.,;\n]$|(?<=`)kubectl [^`]*/gm;
const NAMED = new RegExp(`${OWN}(?: [a-z-]+)?`, 'g');

/**
 * A sentence that names a command. Where its end is plain the flags follow it; elsewhere those of ours get
 * them behind their name, where they are understood too, and kubectl is only spoken of.
 */
function sentenceFor(text: string, again: Again): string {
  if (!text.includes('kubectl ')) return text;
  const ended = text.replace(DELIMITED, (command) => lineFor(command, again).replaceAll('kubectl', MARK));
  return ended
    .replace(NAMED, (words) => {
      const [kubectl, plugin, word = ''] = words.split(' ');
      const flags = flagsOf(` ${word}`, again);
      if (FACT_COMMANDS.has(word) || flags === '') return words + flags;
      return `${kubectl} ${plugin}${flags}${words.slice(`${kubectl} ${plugin}`.length)}`;
    })
    .replaceAll(MARK, 'kubectl');
}

/** Stands for a `kubectl` that is done with. */
const MARK = '\u0000';

/**
 * What a shell makes of a line, as far as it matters here: an escaped letter, text in single quotes, a command inside of
 * double quotes, the end of a command, a command's name.
 */
const PIECES = /\\.|'[^']*'|"(?:[^"\\]|\\.)*"|\s+(?:\|\|?|&&|>|#)\s|;\s|\n|(?<![\w./-])kubectl(?=\s)/gs;

/** A line to paste, which may hold several commands. */
function lineFor(line: string, again: Again): string {
  let done = '';
  let pending = '';
  let from = 0;
  for (const { 0: piece, index } of line.matchAll(PIECES)) {
    done += line.slice(from, index);
    from = index + piece.length;
    if (piece === 'kubectl') {
      const rest = line.slice(from);
      const own = /^ net(?:svc|dns|pol|cni)\b/.exec(rest)?.[0];
      done += own === undefined ? piece + again.kubectl : piece;
      pending = own === undefined ? '' : flagsOf(rest.slice(own.length), again);
    } else if (piece.startsWith('"')) {
      done += piece.replace(/(?<=\$\()kubectl(?=\s)/g, `kubectl${again.kubectl}`);
    } else if (piece.startsWith("'") || piece.startsWith('\\')) {
      done += piece;
    } else {
      done += pending + piece;
      pending = '';
    }
  }
  return done + line.slice(from) + pending;
}

/** The flags for a command of ours that goes on with these words; `explain` and `completion` read no facts. */
function flagsOf(rest: string, again: Again): string {
  const word = /^ ([a-z]+)/.exec(rest)?.[1] ?? '';
  if (word === 'explain' || word === 'completion') return '';
  // These two ask a cluster, whatever is judged.
  return word === 'snapshot' || word === 'version' ? again.kubectl : again.own;
}
