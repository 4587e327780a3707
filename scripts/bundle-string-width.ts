/**
 * Columns that a text takes in a terminal, for the packages that would otherwise load ICU at start-up. Marks that
 * combine take none, East Asian wide letters and emoji two (Unicode TR 11, the ranges that occur in practice).
 */
export default function stringWidth(text: string): number {
  let width = 0;
  for (const letter of text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')) {
    const code = letter.codePointAt(0) ?? 0;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || isCombining(code)) continue;
    width += isWide(code) ? 2 : 1;
  }
  return width;
}

function isCombining(code: number): boolean {
  return (code >= 0x300 && code <= 0x36f) || (code >= 0x200b && code <= 0x200f) || (code >= 0xfe00 && code <= 0xfe0f);
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
