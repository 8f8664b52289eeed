import { plain } from '../../units/index.ts';

/**
 * Text for an element or an attribute in quotes, of HTML and of XML: names come from anywhere. What XML
 * cannot hold at all and what would turn the line around stands as U+FFFD.
 */
export function escaped(text: string): string {
  return plain(text.replaceAll('\n', ' '))
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A name cut to so many characters, escaped. */
export function label(name: string, lengthMax: number): string {
  return escaped(cut(name, lengthMax));
}

/** A name cut in its middle, since names often differ at their ends. */
function cut(name: string, lengthMax: number): string {
  const characters = Array.from(name);
  if (characters.length <= lengthMax) return name;
  const tail = Math.floor((lengthMax - 1) / 3);
  const head = lengthMax - 1 - tail;
  return `${characters.slice(0, head).join('')}…${characters.slice(-tail).join('')}`;
}

/** A number for an attribute. */
export function num(value: number): string {
  return String(Number(value.toFixed(1)));
}
