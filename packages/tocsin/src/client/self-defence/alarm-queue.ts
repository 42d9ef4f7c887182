// Alarms of self-defence that the hub has not heard of. They wait in the guard, beside what they are about, until the
// hub has said that it has them; each goes once. It finds none itself and sends nothing.
import { saveGuard, withLock } from '../consent/ground.ts';
import type { ConsentParts } from '../consent/places.ts';
import type { AlarmCode, Guard } from './guard.ts';

export interface AlarmToSend {
  readonly code: AlarmCode;
  /** ISO 8601 in UTC, to the second. */
  readonly at: string;
  /** A reason of the message `tamper-alarm`. */
  readonly reason: 'settings' | 'switched-off' | 'cloned';
}

export class AlarmQueue {
  readonly #parts: ConsentParts;
  readonly #guard: () => Guard | null;

  constructor(parts: ConsentParts, guard: () => Guard | null) {
    this.#parts = parts;
    this.#guard = guard;
  }

  /** Oldest first. */
  pending(): readonly AlarmToSend[] {
    return (this.#guard()?.alarms ?? []).map((alarm) => ({ ...alarm, reason: reasonOf(alarm.code) }));
  }

  /** The hub has it: it does not go again. Durable on return. Throws `io`, `conflict`. */
  reported(code: string, at: string): void {
    withLock(this.#parts, (takeGround) => {
      const { guard } = takeGround();
      const alarms = guard.alarms.filter((alarm) => alarm.code !== code || alarm.at !== at);
      if (alarms.length < guard.alarms.length) saveGuard(this.#parts, { ...guard, alarms });
    });
  }
}

function reasonOf(code: AlarmCode): AlarmToSend['reason'] {
  switch (code) {
    case 'cloned':
      return 'cloned';
    case 'self-defence-off':
      return 'switched-off';
    case 'settings-altered':
    case 'settings-older':
    case 'settings-unreadable':
    case 'settings-deleted':
      return 'settings';
  }
}
