/** Lines of two texts that differ, with some around them, as `diff -u` shows them: ` `, `-` or `+` first. */
export function lineDiff(before: string, after: string, around = 2): readonly string[] {
  const steps = compareLines(before.trimEnd().split('\n'), after.trimEnd().split('\n'));
  const near = (at: number): boolean =>
    steps.slice(Math.max(0, at - around), at + around + 1).some(([sign]) => sign !== ' ');
  const lines: string[] = [];
  for (const [at, [sign, line]] of steps.entries()) {
    if (near(at)) lines.push(`${sign}${line}`);
    else if (lines.length > 0 && lines.at(-1) !== '…') lines.push('…');
  }
  return steps.every(([sign]) => sign === ' ') ? [] : lines.at(-1) === '…' ? lines.slice(0, -1) : lines;
}

type Step = readonly [sign: ' ' | '-' | '+', line: string];

/** Longest common subsequence; Corefiles are short, and longer texts are compared as a whole. */
const MOST_CELLS = 4_000_000;

function compareLines(a: readonly string[], b: readonly string[]): readonly Step[] {
  if (a.length * b.length > MOST_CELLS) {
    return [...a.map((line): Step => ['-', line]), ...b.map((line): Step => ['+', line])];
  }
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        a[i] === b[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const steps: Step[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      steps.push([' ', left]);
      i += 1;
      j += 1;
    } else if (
      right === undefined ||
      (left !== undefined && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      steps.push(['-', left ?? '']);
      i += 1;
    } else {
      steps.push(['+', right]);
      j += 1;
    }
  }
  return steps;
}
