import { escaped, num } from './xml.ts';

/** A drawing, without the element around it. */
export interface Picture {
  /** What it shows, for those who cannot see it. */
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** SVG elements; colours are classes of the style sheet. */
  readonly body: string;
}

/** The width that pictures have where what they show allows it, in CSS pixels. */
export const pictureWidth = 760;

/** A picture as an element of a page. */
export function svgElement(
  { title, width, height, body }: Picture,
  id: string,
  kind = 'picture',
): string {
  return (
    `<svg id="${id}" class="${kind}" role="img" viewBox="0 0 ${num(width)} ${num(height)}" ` +
    `width="${num(width)}" height="${num(height)}"><title>${escaped(title)}</title>${body}</svg>`
  );
}
