// First sections of the Statement: summary, who is responsible, what it is good for, law and rule, levels.
import { allows } from '../../catalog.ts';
import { PARTICIPATION_LEVELS } from '../../consent.ts';
import { jurisdictionName } from '../../jurisdictions.ts';
import type { View } from '../context.ts';
import { isPlanned, itemsOfStatement } from '../context.ts';
import type { Block, Draft, Fact, Rich } from '../document.ts';
import { joined, list, paragraph } from '../document.ts';
import { messagesWithService } from '../services.ts';
import type { Words } from '../words.ts';

/** What stands below the title: version and what it holds for. */
export function headFacts(view: View, version: string, date: string): readonly Fact[] {
  const { words, edition, jurisdiction, regime } = view;
  const { say } = words;
  return [
    [say('label.version'), [version]],
    [say('label.date'), [date]],
    [say('label.language'), say('language.name')],
    [say('label.edition'), [{ id: edition }]],
    [
      say('label.jurisdiction'),
      jurisdiction === null ? say('value.unknown') : placeWords(jurisdiction, words),
    ],
    [say('label.rule'), words.term('regime', regime)],
    [say('label.operator'), operatorName(view)],
  ];
}

function operatorName({ words: { say }, terms }: View): Rich {
  if (terms === null) return say('value.none-joined');
  return terms.controller.name === null ? say('operator.no-name') : [terms.controller.name];
}

export function placeWords(code: string, { language }: Words): Rich {
  return [`${jurisdictionName(code, language)} (`, { id: code }, ')'];
}

export function shortSection(view: View): Draft {
  const { words, terms, edition, items } = view;
  const { say } = words;
  const counts = {
    standard: itemsOfStatement(edition, 'standard').length,
    extended: items.length,
    off: itemsOfStatement(edition, 'off').length,
    planned: items.filter(isPlanned).length,
  };
  return {
    anchor: 'short',
    title: say('short.title'),
    blocks: [
      list([
        say('short.listed'),
        say('short.choice'),
        terms === null
          ? say('short.no-receiver')
          : terms.controller.name === null
            ? say('short.receiver-unnamed')
            : say('short.receiver', { operator: terms.controller.name }),
        say('short.counts', { ...counts, edition }),
        say('short.questions'),
        say('short.content'),
        say('short.uses'),
        say('short.end'),
      ]),
    ],
  };
}

export function whoSection({ words, terms }: View): Draft {
  const { say } = words;
  return {
    anchor: 'who',
    title: say('who.title'),
    blocks: [],
    sections: [
      { anchor: 'operator', title: say('operator.title'), blocks: operatorBlocks(terms, words) },
      { anchor: 'software', title: say('software.title'), blocks: [paragraph(say('software.text'))] },
    ],
  };
}

export function operatorBlocks(terms: View['terms'], { say }: Words): readonly Block[] {
  if (terms === null) return [paragraph(say('operator.none'))];
  const { controller, privacyContact, securityContact, representative, authority } = terms;
  const or = (value: string | null, otherwise: Rich): Rich => (value === null ? otherwise : [value]);
  const same = say(controller.contact === null ? 'operator.not-given' : 'operator.same');
  const rows: readonly Fact[] = [
    [say('operator.name'), or(controller.name, say('operator.no-name'))],
    [say('operator.address'), or(controller.address, say('operator.not-given'))],
    [say('operator.contact'), or(controller.contact, say('operator.not-given'))],
    [say('operator.privacy'), or(privacyContact, same)],
    [say('operator.security'), or(securityContact, same)],
    [say('operator.representative'), or(representative, say('operator.no-representative'))],
    [say('operator.authority'), or(authority, say('operator.no-authority'))],
  ];
  return [paragraph(say('operator.intro')), { kind: 'facts', rows }];
}

export function whySection({ words: { say } }: View): Draft {
  return {
    anchor: 'why',
    title: say('why.title'),
    blocks: [paragraph(say('why.network')), paragraph(say('why.both')), paragraph(say('why.read'))],
  };
}

export function ruleSection(view: View): Draft {
  const { words, terms } = view;
  const { say } = words;
  const countries = [...new Set(terms?.storage.map(({ country }) => country) ?? [])];
  const stored = countries.length === 0 ? [] : [storedBlock(countries, words)];
  return {
    anchor: 'rule',
    title: say('rule.title'),
    blocks: [],
    sections: [
      { anchor: 'rule-here', title: say('rule.which'), blocks: ruleBlocks(view) },
      {
        anchor: 'rule-basis',
        title: say('rule.basis'),
        blocks: [
          paragraph(say('rule.basis-consent')),
          paragraph(say('rule.basis-policy')),
          paragraph(say('rule.several')),
          ...stored,
        ],
      },
    ],
  };
}

function storedBlock(countries: readonly string[], words: Words): Block {
  const names = joined(countries.map((code) => placeWords(code, words)));
  return paragraph(words.say('rule.stored', { countries: names }));
}

export function ruleBlocks({ words, jurisdiction, reason, regime }: View): readonly Block[] {
  const { say } = words;
  const place =
    jurisdiction === null
      ? say('rule.no-place')
      : say('rule.place', { place: jurisdictionName(jurisdiction, words.language), code: jurisdiction });
  const because =
    reason.kind === 'law' ? say('rule.because-law', { law: reason.law }) : say(`rule.because-${reason.kind}`);
  return [
    paragraph([...place, ' ', ...say('rule.order')]),
    paragraph(because),
    paragraph(say(`rule.meaning-${regime}`)),
  ];
}

export function levelsSection(view: View): Draft {
  const { words, edition } = view;
  const { say } = words;
  return {
    anchor: 'levels',
    title: say('levels.title'),
    blocks: [],
    sections: [
      {
        anchor: 'levels-three',
        title: say('levels.which'),
        blocks: [
          list([say('levels.off'), say('levels.standard'), say('levels.extended')]),
          paragraph(say('levels.receiving')),
        ],
      },
      {
        anchor: 'edition',
        title: say('levels.editions'),
        blocks: [
          paragraph(say('levels.this-edition', { edition, words: words.term('edition', edition) })),
          paragraph(say('levels.new-edition')),
        ],
      },
      { anchor: 'services', title: say('services.title'), blocks: servicesBlocks(view) },
    ],
  };
}

function servicesBlocks({ words, edition }: View): readonly Block[] {
  const { say } = words;
  const rows = messagesWithService(edition).map((message): readonly Rich[] => {
    const service = words.catalog(`message.${message.id}.service`);
    const works = PARTICIPATION_LEVELS.map((level) =>
      say(allows(level, message.from) ? 'services.works' : 'services.ends'),
    );
    return [isPlanned(message) ? say('services.planned', { service }) : service, ...works];
  });
  const levels = PARTICIPATION_LEVELS.map((id): Rich => [{ id }]);
  const head = [say('services.service'), ...levels];
  return [paragraph(say('services.intro')), { kind: 'table', caption: say('services.caption'), head, rows }];
}
