// Makes the message `detection` of what a scan found: what the catalog declares of it, each item from where its
// `collector` says. The gate decides what of it leaves; the same object and reason goes once a day.
import { createHmac } from 'node:crypto';
import { basename } from 'node:path';
import type { Candidate } from '../catalog/gate.ts';
import type { CollectParts } from '../client/outbox/collect.ts';
import { collect } from '../client/outbox/collect.ts';
import type { LocalKeySource } from '../client/state/local-key.ts';
import { dayOf } from '../protocol/world.ts';
import type { Account } from './path-without-user.ts';
import { pathWithoutUser } from './path-without-user.ts';
import type { ScanResult } from './scan-summary.ts';

/** What every report says of the program, its lists and the system; read once. */
export interface ProgramFacts {
  readonly version: string;
  /** Revision of the lists in use; null where there are none. */
  readonly databases: number | null;
  /** ID and VERSION_ID of /etc/os-release; null where it says none. */
  readonly system: { readonly id: string; readonly version: string } | null;
}

export interface DetectionReports extends CollectParts {
  readonly localKey: LocalKeySource;
  readonly accounts: readonly Account[];
  readonly program: ProgramFacts;
}

/** How many of them are in the outbox now. */
export function reportDetections(results: readonly ScanResult[], parts: DetectionReports): number {
  const { spool, world, localKey } = parts;
  const marks = localKey().key.derive('tocsin reported once');
  let kept = 0;
  for (const result of results) {
    const mark = createHmac('sha256', marks).update(`detection found ${result.sha256}`).digest('hex');
    const day = dayOf(world.clock);
    spool.together(() => {
      if (spool.counts.isMarked(mark, day)) return;
      if (collect(detectionOf(result, parts), parts).kind !== 'kept') return;
      spool.counts.mark(mark, day);
      kept++;
    });
  }
  return kept;
}

/** Every item that a scan knows of what it found; the gate leaves out what may not leave. */
export function detectionOf(
  { path, sha256, size, verdict, answeredBy, alias }: ScanResult,
  { accounts, program }: Pick<DetectionReports, 'accounts' | 'program'>,
): Candidate {
  const { version, databases, system } = program;
  const shown = pathWithoutUser(path, accounts);
  return {
    message: 'detection',
    reason: 'found',
    items: {
      'object.threat_name': threatName(verdict),
      'object.sha256': sha256,
      'object.checksum': alias ?? { algorithm: 'sha256', digest: sha256 },
      'software.databases_id': databases ?? undefined,
      'software.product': { type: 'command-line', version },
      'software.components': [
        { name: 'scan', version, state: 'on' },
        { name: 'lists', version, state: databases === null ? 'absent' : 'on' },
      ],
      'environment.operating_systems':
        system === null ? undefined : [{ role: 'protected-machine', ...system }],
      'object.verdict': verdict.level,
      'object.decision_source': answeredBy,
      'object.record_id': verdict.record ?? undefined,
      'object.detection_task': 'scan-by-hand',
      'object.kind': 'file',
      'object.size': size,
      'object.path': shown,
      'object.name': basename(shown),
    },
  };
}

/** Sources name threats in any script; the item holds what every terminal can show. */
function threatName({ name, category, level }: ScanResult['verdict']): string {
  const text = name ?? `Unnamed (${category ?? level})`;
  return text.replace(/[^ -~]/g, '?').slice(0, 128);
}
