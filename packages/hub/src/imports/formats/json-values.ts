// A streamed JSON file: bytes to tokens (the library's work), tokens to chosen values. Text that is no JSON,
// or is cut off, ends the file with one sentence.
import { Tokenizer, TokenizerError } from '@streamparser/json';
import type { TocsinError } from 'tocsin/protocol/errors.ts';
import { IMPORT_LIMITS } from '../config.ts';
import type { FormatParser } from './format.ts';
import { wrongFile } from './format.ts';
import { HeadGuard } from './head.ts';
import type { JsonPath } from './json-selector.ts';
import { JsonFault, JsonSelector } from './json-selector.ts';

export interface JsonSpec {
  readonly format: string;
  readonly wanted: string;
  /** As `JsonSelector` takes them. */
  readonly paths: readonly string[];
  value(value: unknown, path: JsonPath): void;
  /** The file is over and was JSON; `topKeys` are the first keys of its top object. Throws where it is another. */
  end(topKeys: readonly string[]): void;
}

export function openJson(spec: JsonSpec): FormatParser {
  return new HeadGuard((head) => {
    if (head.kind === 'json') return;
    const found = head.kind === 'text' ? 'it does not begin like JSON' : `it begins like ${head.what}`;
    throw wrongFile(spec.format, found, spec.wanted);
  }, new JsonValues(spec));
}

class JsonValues implements FormatParser {
  readonly #spec: JsonSpec;
  readonly #tokenizer = new Tokenizer();
  readonly #selector: JsonSelector;
  /** Where the last token began, and how many bytes came since the last one. */
  #offset = 0;
  #quiet = 0;

  constructor(spec: JsonSpec) {
    this.#spec = spec;
    this.#selector = new JsonSelector(spec.paths, (value, path) => spec.value(value, path));
    this.#tokenizer.onToken = (token) => {
      this.#offset = token.offset;
      this.#quiet = 0;
      this.#selector.write(token);
    };
  }

  push(chunk: Uint8Array): void {
    this.#quiet += chunk.length;
    this.#run(() => this.#tokenizer.write(chunk));
    if (this.#quiet > IMPORT_LIMITS.maxJsonValueBytes)
      throw this.#wrong(`a value is larger than ${IMPORT_LIMITS.maxJsonValueBytes} bytes`);
  }

  end(): void {
    this.#run(() => this.#tokenizer.end());
    if (!this.#selector.over) throw this.#wrong('it is cut off');
    this.#spec.end(this.#selector.topKeys);
  }

  #run(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (error instanceof JsonFault) throw this.#wrong(error.message);
      if (error instanceof TokenizerError || isBadUtf8(error)) throw this.#wrong('it is no valid JSON');
      throw error;
    }
  }

  #wrong(found: string): TocsinError {
    return wrongFile(this.#spec.format, `${found} (behind byte ${this.#offset})`, this.#spec.wanted);
  }
}

function isBadUtf8(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
}

/** A JSON value on one line, as the original of a row; a long one is cut. */
export function originalText(value: unknown): Buffer {
  const text = JSON.stringify(value);
  const max = IMPORT_LIMITS.maxJsonOriginal;
  return Buffer.from(text.length <= max ? text : `${text.slice(0, max - 1)}…`);
}

/** The member of a JSON object, or undefined. */
export function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

export function textMember(value: unknown, key: string): string {
  const found = member(value, key);
  return typeof found === 'string' ? found : '';
}

export function listMember(value: unknown, key: string): readonly unknown[] {
  const found = member(value, key);
  return Array.isArray(found) ? found : [];
}
