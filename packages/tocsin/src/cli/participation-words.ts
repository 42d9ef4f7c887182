// The participation in a person's words. No I/O.
import type { ParticipationLevel } from '../catalog/consent.ts';
import type { Statement } from '../catalog/statement.ts';
import type { Participation } from '../client/participation.ts';
import { moment } from './words.ts';

/** What a level means, in one clause. */
export function levelWords(level: ParticipationLevel): string {
  switch (level) {
    case 'off':
      return 'no look-up leaves this machine; it answers from its own lists';
    case 'standard':
      return 'what nobody here knows is asked of the hub, by the first bits of its digest';
    case 'extended':
      return 'all that the Statement lists; in this version the same as standard';
  }
}

/** How it came to be so; a line each. */
export function participationWords(participation: Participation, statement: Statement): readonly string[] {
  switch (participation.kind) {
    case 'unset':
      return ['Nobody has chosen yet.'];
    case 'alarm':
      return [`ALARM: ${participation.why}. It counts as off.`];
    case 'chosen': {
      const chosen = `Chosen on ${moment(participation.at)}.`;
      if (participation.level === 'off' || participation.statementSha256 === statement.sha256)
        return [chosen];
      return [
        chosen,
        `The Statement has changed since; '${participation.level}' counts again once you accept the new one.`,
      ];
    }
  }
}
