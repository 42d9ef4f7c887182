// What a scan found, on its way into the outbox: the gate decides what of it leaves. Bounded; what the owner denied by
// hand is nobody else's business.
import { existsSync } from 'node:fs';
import type { ScanResult } from '../agent/scan.ts';
import { messageOf } from '../catalog/catalog.ts';
import type { Machine } from '../client/machine.ts';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import { polarity } from '../protocol/verdict.ts';
import type { Cli } from './command.ts';

export class FoundFiles {
  readonly #results: ScanResult[] = [];
  readonly #most = messageOf('detection')?.schedule.atMostPerDay ?? 0;

  add(result: ScanResult): void {
    const isFound = polarity(result.verdict.level) === 'bad' && result.answeredBy !== 'override';
    if (isFound && this.#results.length < this.#most) this.#results.push(result);
  }

  /** Puts them into the outbox, and takes that to the hub. What fails is told; the scan stands. */
  async report(cli: Cli, machine: Machine): Promise<void> {
    if (machine.joined === null) return;
    if (this.#results.length === 0 && !existsSync(cli.home.spool)) return;
    try {
      if (this.#results.length > 0) await this.#collect(cli, machine);
    } catch (error) {
      if (!(error instanceof TocsinError)) throw error;
      cli.terminal.warn(`what was found could not be put into the outbox. ${errorWords(error)}`);
      return;
    }
    const { deliverWaiting } = await import('./delivery.ts');
    await deliverWaiting(cli, machine);
  }

  /** Loaded only where something was found: most scans find nothing. */
  async #collect(cli: Cli, machine: Machine): Promise<void> {
    const { readAccounts } = await import('../agent/path-without-user.ts');
    const { programFacts } = await import('../agent/program-facts.ts');
    const { reportDetections } = await import('../agent/report-detections.ts');
    reportDetections(this.#results, {
      ...machine.outbox.collecting(),
      localKey: machine.localKey,
      accounts: readAccounts(),
      program: programFacts(cli.version, machine.lists.held?.manifest.revision ?? null),
    });
  }
}
