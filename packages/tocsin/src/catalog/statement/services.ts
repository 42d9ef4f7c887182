// Which services end and which stay at a level: derived from the messages on which they live, told before a change
// of participation takes effect and in the Statement. Changes nothing itself.
import { allows } from '../catalog.ts';
import type { ParticipationLevel } from '../consent.ts';
import type { Edition } from '../item.ts';
import type { Message } from '../message.ts';
import { isPlanned, messagesOfStatement } from './context.ts';
import { plain } from './render-text.ts';
import type { Language } from './words.ts';
import { wordsIn } from './words.ts';

export interface Service {
  /** The message on which it lives. */
  readonly message: string;
  /** What ends without it, a noun phrase in the language asked for. */
  readonly words: string;
  /** True where nothing of this release provides it yet. */
  readonly planned: boolean;
}

export interface Services {
  readonly stay: readonly Service[];
  readonly end: readonly Service[];
}

/** The services of an edition at a level, in catalog order. */
export function servicesAt(edition: Edition, level: ParticipationLevel, language: Language): Services {
  const words = wordsIn(language);
  const all = messagesWithService(edition).map((message) => ({
    stays: allows(level, message.from),
    service: {
      message: message.id,
      words: plain(words.catalog(`message.${message.id}.service`)),
      planned: isPlanned(message),
    },
  }));
  return {
    stay: all.filter(({ stays }) => stays).map(({ service }) => service),
    end: all.filter(({ stays }) => !stays).map(({ service }) => service),
  };
}

/** What a change from one level to another ends (or, going up, begins): the difference of the two. */
export function servicesEnding(
  edition: Edition,
  from: ParticipationLevel,
  to: ParticipationLevel,
  language: Language,
): readonly Service[] {
  const before = new Set(servicesAt(edition, from, language).stay.map(({ message }) => message));
  return servicesAt(edition, to, language).end.filter(({ message }) => before.has(message));
}

export function messagesWithService(edition: Edition): readonly Message[] {
  return messagesOfStatement(edition).filter(({ service }) => service !== null);
}
