// Switches self-defence: signed as all settings are, and told to the hub once where it goes off. The checks themselves
// are self-defence.ts.
import { liveUntil } from '../../catalog/policy.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { withAlarm } from '../self-defence/guard.ts';
import { carryOut } from './change.ts';
import { onGround } from './finish.ts';
import type { Ground } from './ground.ts';
import { secondText } from './ground.ts';
import type { ConsentParts } from './places.ts';

/**
 * Durable on return; nothing is written where it is so already. Throws `denied` where the policy decides it,
 * `conflict` while an alarm stands (participation is set anew first) or another process is at it, `not-joined`, `io`.
 */
export function setSelfDefence(parts: ConsentParts, on: boolean): void {
  onGround(parts, (ground) => {
    const word = on ? 'on' : 'off';
    const now = parts.world.clock.now();
    if (ground.read.kind === 'alarm')
      throw new TocsinError(
        'conflict',
        `Cannot switch self-defence ${word}: an alarm stands, want participation set anew first ('tocsin participation off')`,
      );
    const wanted = wantedByPolicy(ground, now);
    if (wanted !== null && wanted !== on)
      throw new TocsinError(
        'denied',
        `Cannot switch self-defence ${word}: the policy of the operator wants it ${wanted ? 'on' : 'off'}`,
      );
    const before = ground.read.kind === 'ok' ? ground.read.settings.settings.selfDefence : true;
    if (before === on) return;
    const alarm = { code: 'self-defence-off', at: secondText(now) } as const;
    const alarms = on ? ground.guard.alarms : withAlarm(ground.guard, alarm).alarms;
    carryOut(parts, ground, { settings: { selfDefence: on }, guard: { alarms } });
  });
}

/** Null where it is left to the person. */
function wantedByPolicy({ read }: Ground, now: number): boolean | null {
  const policy = read.kind === 'ok' ? read.policy : null;
  if (policy === null || policy.selfDefence === null) return null;
  return policy.selfDefence || now < liveUntil(policy) ? policy.selfDefence : null;
}
