// What differs between two versions of an operator's terms, field by field, with the value before and after, in the
// words of a language. Knows nothing of items (diff-words.ts).
import { jurisdictionName } from '../jurisdictions.ts';
import type { Terms } from '../terms.ts';
import type { TextKey } from '../text/texts.ts';
import type { Rich } from './document.ts';
import { joined } from './document.ts';
import type { Words } from './words.ts';

interface Field {
  readonly what: string;
  readonly label: TextKey;
  readonly value: (terms: Terms) => unknown;
  readonly words: (terms: Terms, words: Words) => Rich;
}

export interface TermsChange {
  readonly what: string;
  readonly before: unknown;
  readonly after: unknown;
}

const line = (what: string, label: TextKey, value: (terms: Terms) => string | null): Field => ({
  what,
  label,
  value,
  words: (terms, { say }) => {
    const text = value(terms);
    return text === null ? say('operator.not-given') : [text];
  },
});

/** Everything but number and date, in the order in which the Statement has it. */
const FIELDS: readonly Field[] = [
  line('controller.name', 'label.operator', ({ controller }) => controller.name),
  line('controller.address', 'operator.address', ({ controller }) => controller.address),
  line('controller.contact', 'operator.contact', ({ controller }) => controller.contact),
  line('privacyContact', 'operator.privacy', ({ privacyContact }) => privacyContact),
  line('securityContact', 'operator.security', ({ securityContact }) => securityContact),
  line('representative', 'operator.representative', ({ representative }) => representative),
  line('authority', 'operator.authority', ({ authority }) => authority),
  {
    what: 'storage',
    label: 'at-hub.caption',
    value: ({ storage }) => storage,
    words: ({ storage }, words) =>
      listed(
        storage.map(({ place, country, safeguard }) => {
          const there = `${place} (${jurisdictionName(country, words.language)})`;
          return safeguard === null ? there : `${there}: ${safeguard}`;
        }),
        words,
      ),
  },
  {
    what: 'retentionDays',
    label: 'diff.terms-retention',
    value: ({ retentionDays }) => retentionDays,
    words: ({ retentionDays: days }, { say }) => {
      if (days === null) return say('diff.terms-no-limit');
      return days === 1 ? say('kept.day') : say('kept.days', { days });
    },
  },
  {
    what: 'partners',
    label: 'partners.caption',
    value: ({ partners }) => partners,
    words: ({ partners }, words) =>
      listed(
        partners.map(
          ({ name, country, purpose, use }) =>
            `${name} (${jurisdictionName(country, words.language)}, ${use}): ${purpose}`,
        ),
        words,
      ),
  },
  {
    what: 'jurisdiction',
    label: 'label.jurisdiction',
    value: ({ jurisdiction }) => jurisdiction,
    words: ({ jurisdiction }, { say, language }) =>
      jurisdiction === null ? say('value.unknown') : [jurisdictionName(jurisdiction, language)],
  },
  {
    what: 'optInEverywhere',
    label: 'diff.terms-opt-in',
    value: ({ optInEverywhere }) => optInEverywhere,
    words: ({ optInEverywhere }, { say }) => say(optInEverywhere ? 'value.yes' : 'value.no'),
  },
  {
    what: 'edition',
    label: 'label.edition',
    value: ({ edition }) => edition,
    words: ({ edition }) => [{ id: edition }],
  },
];

/** What changed, as values. */
export function diffTerms(before: Terms, after: Terms): readonly TermsChange[] {
  return changed(before, after).map(({ what, value }) => ({
    what,
    before: value(before),
    after: value(after),
  }));
}

/** What changed, an entry a field: what it is, what it is now, what it was. */
export function termsDiffWords(before: Terms, after: Terms, words: Words): readonly Rich[] {
  return changed(before, after).map((field) =>
    words.say('diff.was', {
      what: words.say(field.label),
      before: field.words(before, words),
      after: field.words(after, words),
    }),
  );
}

function changed(before: Terms, after: Terms): readonly Field[] {
  return FIELDS.filter(({ value }) => JSON.stringify(value(before)) !== JSON.stringify(value(after)));
}

function listed(entries: readonly string[], { say }: Words): Rich {
  return entries.length === 0
    ? say('diff.terms-none')
    : joined(
        entries.map((entry): Rich => [entry]),
        '; ',
      );
}
