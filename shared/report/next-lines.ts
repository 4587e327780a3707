const WIDTH = 80;

/** Where to go on from a table: the command beside its title, or below it where the line would break and not be pasted. */
export function besideOrBelow(title: string, command: string): readonly string[] {
  const line = `${title} ${command}`;
  return line.length <= WIDTH ? [line] : [title, `    ${command}`];
}
