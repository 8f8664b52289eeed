import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { BallastError } from '../../../units/index.ts';

/** How an S3 server has refused. */
interface S3Refusal {
  readonly status: number;
  /** Such as `NoSuchKey`; `''` where the server gives none. */
  readonly reason: string;
}

/** Statuses of a server that has too much to do, or has lost its way for a moment. */
const busyStatuses: ReadonlySet<number> = new Set([429, 500, 503]);

/** An error that an S3 server answers with. Its text has no credentials. */
export class S3Error extends BallastError {
  override readonly name = 'S3Error';
  override readonly data: S3Refusal;

  constructor(what: string, refusal: S3Refusal, message: string) {
    const { status, reason } = refusal;
    const words = [reason, message].filter((word) => word !== '').join(': ');
    super(
      'BUCKET_REFUSED',
      `${what}: the server answers ${status}${words === '' ? '' : ` (${words})`}`,
      { isRetryable: busyStatuses.has(status) },
    );
    this.data = refusal;
  }
}

/** What an S3 server says in XML: texts of elements by name, wherever they are. */
export class S3Answer {
  readonly #root: XmlElement | undefined;

  /** A text that is no XML says nothing. */
  constructor(xml: string) {
    this.#root = rootOf(xml);
  }

  /** The name of the outermost element; `undefined` where there is none. */
  get name(): string | undefined {
    return this.#root?.name;
  }

  /** The text of the first element of a name; `''` where there is none. */
  text(name: string): string {
    return this.#root === undefined ? '' : (elementsIn(this.#root, name)[0]?.text ?? '');
  }

  /** The texts that the elements of one name have in them, by the names of these. */
  rows(name: string, columns: readonly string[]): readonly (readonly string[])[] {
    if (this.#root === undefined) return [];
    return elementsIn(this.#root, name).map((row) =>
      columns.map((column) => elementsIn(row, column)[0]?.text ?? ''),
    );
  }
}

function rootOf(xml: string): XmlElement | undefined {
  try {
    return parseXml(xml).root ?? undefined;
  } catch {
    return undefined;
  }
}

function elementsIn(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.flatMap((child) => {
    if (!(child instanceof XmlElement)) return [];
    return child.name === name ? [child] : elementsIn(child, name);
  });
}
