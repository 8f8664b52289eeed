import { parseXml, XmlElement } from '@rgrove/parse-xml';

/** What a server says in XML: texts of elements by their names without a prefix, wherever they are. */
export class XmlAnswer {
  readonly #root: XmlElement | undefined;

  /** A text that is no XML says nothing. */
  constructor(xml: string | XmlElement) {
    this.#root = typeof xml === 'string' ? rootOf(xml) : xml;
  }

  /** The name of the outermost element; `undefined` where there is none. */
  get name(): string | undefined {
    return this.#root === undefined ? undefined : localName(this.#root);
  }

  /** The elements of a name, none of them within another. */
  all(name: string): readonly XmlAnswer[] {
    return this.#root === undefined
      ? []
      : elementsIn(this.#root, name).map((element) => new XmlAnswer(element));
  }

  /** The text of the first element of a name; `''` where there is none. */
  text(name: string): string {
    return this.#root === undefined ? '' : (elementsIn(this.#root, name)[0]?.text ?? '');
  }
}

function rootOf(xml: string): XmlElement | undefined {
  try {
    return parseXml(xml).root ?? undefined;
  } catch {
    return undefined;
  }
}

function localName({ name }: XmlElement): string {
  return name.slice(name.indexOf(':') + 1);
}

function elementsIn(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.flatMap((child) => {
    if (!(child instanceof XmlElement)) return [];
    return localName(child) === name ? [child] : elementsIn(child, name);
  });
}
