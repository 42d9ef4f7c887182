// The structured text that a document consists of, before it becomes plain text, Markdown, HTML or JSON. Says how
// things are said, not what: that is in sections/ and text/. No I/O.

/** A piece of running text. Text is taken literally: nothing in it is markup, whoever wrote it. */
export type Segment =
  | string
  /** A command, file or value: quoted where it stands among words. */
  | { readonly code: string }
  /** An id or value that stands for itself; `ref` names what it can be followed to within the document. */
  | { readonly id: string; readonly ref?: 'item' | 'message' };

/** One paragraph's worth of text. */
export type Rich = readonly Segment[];

export type Fact = readonly [name: Rich, value: Rich];

export type Block =
  | { readonly kind: 'paragraph'; readonly text: Rich }
  | { readonly kind: 'list'; readonly items: readonly Rich[] }
  | { readonly kind: 'facts'; readonly rows: readonly Fact[] }
  | {
      readonly kind: 'table';
      readonly caption: Rich;
      readonly head: readonly Rich[];
      readonly rows: readonly (readonly Rich[])[];
    }
  /** One item of the catalog; `mark` where nothing makes it yet. */
  | {
      readonly kind: 'item';
      readonly id: string;
      readonly mark: Rich | null;
      readonly what: Rich;
      readonly rows: readonly Fact[];
    };

export interface Section {
  /** `3` or `3.2`. */
  readonly number: string;
  /** Name for links, unique in the document. */
  readonly anchor: string;
  readonly title: Rich;
  readonly blocks: readonly Block[];
  readonly sections: readonly Section[];
}

export interface Document {
  readonly language: string;
  readonly title: Rich;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
}

/** A section before it has its number. */
export interface Draft {
  readonly anchor: string;
  readonly title: Rich;
  readonly blocks: readonly Block[];
  readonly sections?: readonly Draft[];
}

/** Numbers sections in their order, those below as `3.1`, `3.2`. */
export function numbered(drafts: readonly Draft[], above = ''): readonly Section[] {
  return drafts.map(({ anchor, title, blocks, sections = [] }, index) => {
    const number = `${above}${index + 1}`;
    return { number, anchor, title, blocks, sections: numbered(sections, `${number}.`) };
  });
}

export function paragraph(text: Rich): Block {
  return { kind: 'paragraph', text };
}

export function list(items: readonly Rich[]): Block {
  return { kind: 'list', items };
}

/** `a, b, c` as one text. */
export function joined(parts: readonly Rich[], separator = ', '): Rich {
  return parts.flatMap((part, index) => (index === 0 ? part : [separator, ...part]));
}

/** Ids as one text, each to be followed. */
export function ids(names: readonly string[], ref?: 'item' | 'message'): Rich {
  return joined(names.map((id) => [ref === undefined ? { id } : { id, ref }]));
}

/** Text in which code stands in backquotes, for JSON. */
export function marked(text: Rich): string {
  return text
    .map((segment) =>
      typeof segment === 'string' ? segment : 'code' in segment ? `\`${segment.code}\`` : segment.id,
    )
    .join('');
}
