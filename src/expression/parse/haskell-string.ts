const controls =
  'NUL SOH STX ETX EOT ENQ ACK a b t n v f r SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );

/**
 * A text as Haskell writes a string literal, as git-annex's messages show words
 * (spec/expressions.md section 4).
 */
export function haskellString(text: string): string {
  const characters = Array.from(text);
  const shown = characters.map((character, index) =>
    escapeCharacter(character, characters[index + 1] ?? ''),
  );
  return `"${shown.join('')}"`;
}

function escapeCharacter(character: string, following: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '"' || character === '\\') return `\\${character}`;
  if (code > 126) {
    if (code === 127) return '\\DEL';
    return `\\${code}${/[0-9]/.test(following) ? '\\&' : ''}`;
  }
  if (code > 31) return character;
  return `\\${controls[code] ?? ''}${code === 14 && following === 'H' ? '\\&' : ''}`;
}
