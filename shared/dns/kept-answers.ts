import type { ClusterIndex } from '../model/cluster-index.ts';
import { compareText } from '../util/text.ts';

/** What is kept of one pod in a folder of `tools/`, a file of JSON each. */
interface Kept {
  readonly pod: string;
}

/** The files of a folder by pod, read once per index. One without the list of objects that makes it ours is passed over. */
export function keptAnswers<File extends Kept>(
  index: ClusterIndex,
  folder: string,
  list: Exclude<keyof File & string, 'pod'>,
): readonly File[] {
  return index.memo(`dns/${folder}`, () =>
    index
      .tools(folder)
      .flatMap(({ text }) => parse<File>(text, list))
      .sort((a, b) => compareText(a.pod, b.pod)),
  );
}

function parse<File extends Kept>(text: string, list: keyof File): readonly File[] {
  try {
    const value = JSON.parse(text) as Partial<File>;
    return typeof value.pod === 'string' && isListOfObjects(value[list]) ? [value as File] : [];
  } catch {
    return [];
  }
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'object' && entry !== null);
}
