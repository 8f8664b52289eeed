import { describe, expect, it } from 'vitest';
import { contentDisposition } from '../../../src/gateway/http/download-name.ts';

describe('the name of a download', () => {
  it.each([
    ['cat.jpg', 'attachment; filename=cat.jpg'],
    ['/some/where/a cat.jpg', 'attachment; filename="a cat.jpg"'],
    [String.raw`up\..\cat.jpg`, 'attachment; filename=cat.jpg'],
    ['a"b.txt', String.raw`attachment; filename="a\"b.txt"`],
    ['a;filename=b', 'attachment; filename="a;filename=b"'],
    ['€.txt', `attachment; filename="?.txt"; filename*=UTF-8''%E2%82%AC.txt`],
    ['50%25', `attachment; filename=50%25; filename*=UTF-8''50%2525`],
    ['x\r\nSet-Cookie: a=b', 'attachment; filename="x__Set-Cookie: a=b"'],
    ['invoice\u202egpj.exe', 'attachment; filename=invoice_gpj.exe'],
    ['..', 'attachment'],
    ['some/', 'attachment'],
    ['', 'attachment'],
    [undefined, 'attachment'],
  ])('%j', (file, header) => {
    expect(contentDisposition(file)).toBe(header);
  });

  it('that holds bytes which are no text is still one that a header can hold', () => {
    expect(contentDisposition('\udcffA')).toBe(
      `attachment; filename="?A"; filename*=UTF-8''%EF%BF%BDA`,
    );
  });

  it('that has no end is cut, with its ending kept', () => {
    const header = contentDisposition(`${'\u{1f600}'.repeat(900)}.txt`);
    expect(header.length).toBeLessThan(2500);
    expect(header).toMatch(/\.txt$/);
  });
});
