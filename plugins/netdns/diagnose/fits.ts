/** Whether rows, the head among them, stand side by side on a terminal of 80 columns. */
export function fits(rows: readonly (readonly string[])[]): boolean {
  const widths = (rows[0] ?? []).map((_, at) => rows.reduce((most, row) => Math.max(most, row[at]?.length ?? 0), 0));
  return widths.reduce((sum, width) => sum + width + 2, -2) <= 80;
}
