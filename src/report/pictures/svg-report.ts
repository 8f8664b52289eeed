import type { SimulationRecording } from '../recording.ts';
import { headline, thinnedNote } from './headline.ts';
import { fullnessPicture } from './fullness.ts';
import { matrixPicture } from './matrix.ts';
import { networkPicture } from './network.ts';
import { pictureStyle } from './style.ts';
import { escaped, num } from './xml.ts';

const margin = 24;
const headingHeight = 34;
const lineHeight = 18;

/** The pictures of a run, one above the other, as an SVG file that needs nothing else. */
export function svgReport(recording: SimulationRecording, title: string): string {
  const pictures = [
    ['Network', networkPicture(recording)],
    ['Bytes held over time', fullnessPicture(recording)],
    ['Transfers', matrixPicture(recording)],
  ] as const;
  const lines = [...headline(recording), ...thinnedNote(recording)];
  const parts: string[] = [];
  let y = margin + 12;
  parts.push(`<text class="heading" x="${margin}" y="${y}">${escaped(title)}</text>`);
  for (const line of lines) {
    y += lineHeight;
    parts.push(`<text class="soft" x="${margin}" y="${y}">${escaped(line)}</text>`);
  }
  y += margin;
  for (const [heading, { height, body }] of pictures) {
    parts.push(`<text class="name" x="${margin}" y="${num(y + 14)}">${heading}</text>`);
    parts.push(`<g transform="translate(${margin} ${num(y + headingHeight)})">${body}</g>`);
    y += headingHeight + height + margin;
  }
  const width = Math.max(...pictures.map(([, picture]) => picture.width)) + margin * 2;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${num(width)} ${num(y)}" ` +
      `width="${num(width)}" height="${num(y)}">`,
    `<title>${escaped(title)}</title><style>${pictureStyle.replaceAll('>', '&gt;')}</style>`,
    `<rect class="paper" width="100%" height="100%"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}
