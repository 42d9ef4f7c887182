// Objects out of STIX patterns (STIX 2.1, part 9), as far as one object alone decides whether the pattern
// matches: equalities joined by OR, and conditions on one file that pin it by a digest. Everything else is
// refused with the reason; a pattern is never read as more than it says.
import { IMPORT_LIMITS } from '../config.ts';
import type { Refusal } from './row.ts';
import { refusal } from './row.ts';

/** What a term names; see `PATHS`. */
export type PatternObject = 'md5' | 'sha1' | 'sha256' | 'certificate' | 'url' | 'host' | 'ip';

/** One comparison that alone makes the pattern match. */
export interface PatternTerm {
  readonly object: PatternObject;
  readonly value: string;
}

export type PatternAnswer =
  | { readonly kind: 'terms'; readonly terms: readonly PatternTerm[] }
  | { readonly kind: 'refused'; readonly why: Refusal };

const NO_PATTERN = refusal('a pattern that cannot be read', true);
const TOO_LARGE = refusal('a pattern with too many or too deeply nested conditions', true);
const TOGETHER = refusal('a pattern of several conditions together, no single object decides', true);
const INEXACT = refusal('a pattern without a plain equality of a file, URL, host or IP', true);

/** Object paths that name an object, in lower case, quotes dropped, algorithms without dashes. */
const PATHS: Readonly<Record<string, PatternObject>> = {
  'file:hashes.md5': 'md5',
  'file:hashes.sha1': 'sha1',
  'file:hashes.sha256': 'sha256',
  'x509-certificate:hashes.sha256': 'certificate',
  'url:value': 'url',
  'domain-name:value': 'host',
  'ipv4-addr:value': 'ip',
  'ipv6-addr:value': 'ip',
};

/** What an expression amounts to: terms of which each alone suffices, and why there may be no more of them. */
interface Meaning {
  readonly terms: readonly PatternTerm[];
  /** All its conditions are on one file. */
  readonly ofFile: boolean;
  /** Some condition holds only together with others. */
  readonly together: boolean;
}

const SEVERAL: Meaning = { terms: [], ofFile: false, together: true };

/** Never throws: what cannot be read is refused. */
export function readPattern(text: string): PatternAnswer {
  if (text.length > IMPORT_LIMITS.maxPatternLength) return { kind: 'refused', why: TOO_LARGE };
  const tokens = tokenize(text);
  if (tokens === null) return { kind: 'refused', why: NO_PATTERN };
  try {
    const meaning = new PatternReader(tokens).read();
    if (meaning.terms.length > 0) return { kind: 'terms', terms: meaning.terms };
    return { kind: 'refused', why: meaning.together ? TOGETHER : INEXACT };
  } catch (error) {
    if (error instanceof PatternFault) return { kind: 'refused', why: error.why };
    throw error;
  }
}

class PatternFault extends Error {
  readonly why: Refusal;
  constructor(why: Refusal) {
    super(why.why);
    this.why = why;
  }
}

interface Token {
  readonly kind: 'text' | 'word' | 'mark';
  readonly text: string;
}

/** Blanks | 'text' | object path | word | mark | number. */
const TOKEN =
  /\s+|'((?:[^'\\]|\\.)*)'|([A-Za-z][\w-]*:(?:[\w-]+|'(?:[^'\\]|\\.)*')(?:\.(?:[\w-]+|'(?:[^'\\]|\\.)*')|\[(?:\*|-?\d+)\])*)|([A-Za-z]+)|(!=|<>|<=|>=|[=<>()[\],])|(-?\d+(?:\.\d+)?)/y;

function tokenize(text: string): Token[] | null {
  const tokens: Token[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const found = TOKEN.exec(text);
    if (found === null || tokens.length > 8 * IMPORT_LIMITS.maxPatternTerms) return null;
    const [, quoted, path, word, mark, number] = found;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1') });
    else if (path !== undefined || word !== undefined) tokens.push({ kind: 'word', text: (path ?? word)! });
    else if (mark !== undefined || number !== undefined)
      tokens.push({ kind: 'mark', text: (mark ?? number)! });
  }
  return tokens;
}

class PatternReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #terms = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): Meaning {
    const meaning = this.#observations();
    if (this.#at < this.#tokens.length) throw new PatternFault(NO_PATTERN);
    return meaning;
  }

  /** Observations joined by OR; AND and FOLLOWEDBY need several, and qualifiers more than one look. */
  #observations(): Meaning {
    const parts = [this.#observation()];
    let together = false;
    while (true) {
      const joint = this.#word('OR', 'AND', 'FOLLOWEDBY');
      if (joint === null) break;
      if (joint !== 'OR') together = true;
      parts.push(this.#observation());
    }
    return together ? SEVERAL : anyOf(parts);
  }

  #observation(): Meaning {
    let meaning: Meaning;
    if (this.#mark('(')) meaning = this.#nested(')', () => this.#observations());
    else if (this.#mark('[')) meaning = this.#nested(']', () => this.#alternatives());
    else throw new PatternFault(NO_PATTERN);
    while (this.#word('REPEATS', 'WITHIN', 'START') !== null) {
      meaning = SEVERAL;
      while (this.#at < this.#tokens.length && !this.#atJoint()) this.#at++;
    }
    return meaning;
  }

  /** Comparisons joined by OR, below which AND binds closer. */
  #alternatives(): Meaning {
    const parts = [this.#conjunction()];
    while (this.#word('OR') !== null) parts.push(this.#conjunction());
    return anyOf(parts);
  }

  #conjunction(): Meaning {
    const parts = [this.#comparison()];
    while (this.#word('AND') !== null) parts.push(this.#comparison());
    return parts.length === 1 ? parts[0]! : allOf(parts);
  }

  #comparison(): Meaning {
    if (this.#mark('(')) return this.#nested(')', () => this.#alternatives());
    if (++this.#terms > IMPORT_LIMITS.maxPatternTerms) throw new PatternFault(TOO_LARGE);
    const exists = this.#word('EXISTS') !== null;
    const path = this.#next('word').text;
    if (!path.includes(':')) throw new PatternFault(NO_PATTERN);
    if (exists) return other(path);
    const not = this.#word('NOT') !== null;
    if (this.#mark('=')) return this.#equals(path, not, [this.#value()]);
    if (this.#word('IN') !== null) return this.#equals(path, not, this.#set());
    if (this.#mark('!=', '<>', '<', '>', '<=', '>=')) this.#value();
    else if (this.#word('LIKE', 'MATCHES', 'ISSUBSET', 'ISSUPERSET') !== null) this.#value();
    else throw new PatternFault(NO_PATTERN);
    return other(path);
  }

  #equals(path: string, not: boolean, values: readonly string[]): Meaning {
    const object = PATHS[plainPath(path)];
    if (not || object === undefined) return other(path);
    return { ...other(path), terms: values.map((value) => ({ object, value })) };
  }

  #set(): readonly string[] {
    if (!this.#mark('(')) throw new PatternFault(NO_PATTERN);
    const values = [this.#value()];
    while (this.#mark(',')) values.push(this.#value());
    if (!this.#mark(')')) throw new PatternFault(NO_PATTERN);
    return values;
  }

  /** A constant; `t'…'`, `h'…'` and `b'…'` count by their text, which no object has. */
  #value(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new PatternFault(NO_PATTERN);
    if (token.kind === 'word' && /^[thb]$/.test(token.text)) return this.#next('text').text;
    return token.text;
  }

  #nested(close: string, read: () => Meaning): Meaning {
    if (++this.#depth > IMPORT_LIMITS.maxPatternDepth) throw new PatternFault(TOO_LARGE);
    const meaning = read();
    if (!this.#mark(close)) throw new PatternFault(NO_PATTERN);
    this.#depth--;
    return meaning;
  }

  #atJoint(): boolean {
    const token = this.#tokens[this.#at]!;
    if (token.kind === 'mark') return token.text === ')';
    return (
      token.kind === 'word' && ['OR', 'AND', 'FOLLOWEDBY', 'REPEATS', 'WITHIN', 'START'].includes(token.text)
    );
  }

  #mark(...marks: readonly string[]): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'mark' || !marks.includes(token.text)) return false;
    this.#at++;
    return true;
  }

  #word(...words: readonly string[]): string | null {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || !words.includes(token.text)) return null;
    this.#at++;
    return token.text;
  }

  #next(kind: Token['kind']): Token {
    const token = this.#tokens[this.#at++];
    if (token?.kind !== kind) throw new PatternFault(NO_PATTERN);
    return token;
  }
}

/** A condition that names no object. */
function other(path: string): Meaning {
  return { terms: [], ofFile: path.startsWith('file:'), together: false };
}

function anyOf(parts: readonly Meaning[]): Meaning {
  return {
    terms: parts.flatMap((part) => part.terms),
    ofFile: parts.every((part) => part.ofFile),
    together: parts.some((part) => part.together),
  };
}

/** A digest pins the file, so other conditions on the same file take nothing away from it. */
function allOf(parts: readonly Meaning[]): Meaning {
  return parts.every((part) => part.ofFile) ? anyOf(parts) : SEVERAL;
}

/** `file:hashes.'SHA-256'` -> `file:hashes.sha256`. */
function plainPath(path: string): string {
  const [object, hash] = path.toLowerCase().replaceAll("'", '').split(':hashes.');
  return hash === undefined ? object! : `${object}:hashes.${hash.replace(/[^a-z0-9]/g, '')}`;
}
