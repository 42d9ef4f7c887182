// What a subcommand knows of where it runs: two streams, whether a person reads them, colours, the state
// directory. Colours and bars only where a terminal shows them; NO_COLOR and FORCE_COLOR are honoured.
import type { ReadStream, WriteStream } from 'node:tty';
import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** The part of a process's streams that is used, so that tests can hand in their own. */
export interface Streams {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
}

export class Terminal {
  readonly #streams: Streams;
  /** Set while a progress line stands on stderr: it is wiped before anything else is written. */
  #bar = '';

  constructor(streams: Streams = process) {
    this.#streams = streams;
  }

  /** True where a person sees stderr: bars may move. */
  get showsProgress(): boolean {
    return this.#streams.stderr.isTTY === true;
  }

  /** True where a person sees stdout. */
  get outIsShown(): boolean {
    return this.#streams.stdout.isTTY === true;
  }

  /** True where a person reads and can answer. */
  get canAsk(): boolean {
    return this.#streams.stdin.isTTY === true && this.#streams.stderr.isTTY === true;
  }

  /** Columns of stderr; 80 where unknown. */
  get width(): number {
    return this.#streams.stderr.columns || 80;
  }

  /** Results, to stdout. */
  out(text: string): void {
    this.#wipe();
    this.#streams.stdout.write(text);
  }

  /** Null while stdout takes what it is given; else resolves when its reader has caught up. */
  get outRoom(): Promise<void> | null {
    const { stdout } = this.#streams;
    return stdout.writableNeedDrain ? new Promise((resolve) => stdout.once('drain', resolve)) : null;
  }

  /** Everything that is no result, to stderr: one line. */
  note(line: string): void {
    this.#wipe();
    this.#streams.stderr.write(`${line}\n`);
  }

  /** Something is wrong, and the work goes on. */
  warn(line: string): void {
    this.note(`${this.styleError('yellow', 'warning:')} ${line}`);
  }

  /** What the reader could do next. */
  hint(line: string): void {
    this.note(`${this.styleError('cyan', 'hint:')} ${line}`);
  }

  /** Replaces the progress line; '' takes it away. Nothing where no terminal shows it. */
  progress(line: string): void {
    if (!this.showsProgress || line === this.#bar) return;
    const fitting = line.slice(0, this.width - 1);
    this.#streams.stderr.write(`\r${fitting}\u001b[K`);
    this.#bar = line;
  }

  /** Styled for stdout. */
  style(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#streams.stdout });
  }

  /** Styled for stderr. */
  styleError(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#streams.stderr });
  }

  /** A person's answer to a question, without blanks around; '' where input ended. Ctrl-C ends the process. */
  async ask(question: string): Promise<string> {
    this.#wipe();
    const { createInterface } = await import('node:readline/promises'); // few subcommands ask
    const reader = createInterface({ input: this.#streams.stdin, output: this.#streams.stderr });
    // While it reads, the terminal sends no signal but a key: it is made one again, and means what it always does.
    reader.once('SIGINT', () => {
      reader.close();
      this.#streams.stderr.write('\n');
      process.kill(process.pid, 'SIGINT');
    });
    const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
    try {
      return (await Promise.race([reader.question(question), closed])).trim();
    } finally {
      reader.close();
    }
  }

  #wipe(): void {
    if (this.#bar !== '') this.#streams.stderr.write('\r\u001b[K');
    this.#bar = '';
  }
}
