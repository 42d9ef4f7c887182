// The Statement about others: authorities, partners, research, helpers; news to people; questions and complaints.
import { jurisdictionName } from '../../jurisdictions.ts';
import type { View } from '../context.ts';
import type { Block, Draft, Rich } from '../document.ts';
import { paragraph } from '../document.ts';

export function othersSection(view: View): Draft {
  const { say } = view.words;
  return {
    anchor: 'others',
    title: say('others.title'),
    blocks: [],
    sections: [
      authoritiesDraft(view),
      { anchor: 'partners', title: say('partners.title'), blocks: partnersBlocks(view) },
      { anchor: 'figures', title: say('figures.title'), blocks: [paragraph(say('figures.text'))] },
      { anchor: 'helpers', title: say('helpers.title'), blocks: [paragraph(say('helpers.text'))] },
    ],
  };
}

function authoritiesDraft({ words: { say } }: View): Draft {
  return {
    anchor: 'authorities',
    title: say('authorities.title'),
    blocks: [
      paragraph(say('authorities.order')),
      paragraph(say('authorities.other')),
      paragraph(say('authorities.told')),
      paragraph(say('authorities.nothing')),
    ],
  };
}

function partnersBlocks(view: View): readonly Block[] {
  const { words, regime } = view;
  const { say } = words;
  return [
    paragraph(say('partners.choices')),
    paragraph(say(`partners.default-${regime}`)),
    paragraph(say('partners.no')),
    paragraph(say('partners.first')),
    ...partnerList(view),
  ];
}

/** Who receives what for which purpose, from the operator's terms; also told before the first processing. */
export function partnerList({ words, terms }: View): readonly Block[] {
  const { say, language } = words;
  if (terms === null) return [paragraph(say('partners.unknown'))];
  if (terms.partners.length === 0) return [paragraph(say('partners.none'))];
  const rows = terms.partners.map(({ name, country, purpose, use }): readonly Rich[] => [
    [name],
    [jurisdictionName(country, language)],
    [purpose],
    [{ id: use }],
  ]);
  const head = [
    say('partners.partner'),
    say('partners.country'),
    say('partners.purpose'),
    say('partners.choice'),
  ];
  return [paragraph(say('partners.named')), { kind: 'table', caption: say('partners.caption'), head, rows }];
}

export function newsSection({ words: { say } }: View): Draft {
  return {
    anchor: 'news',
    title: say('news.title'),
    blocks: [paragraph(say('news.alerts')), paragraph(say('news.contact'))],
  };
}

export function questionsSection(view: View): Draft {
  return {
    anchor: 'questions',
    title: view.words.say('questions.title'),
    blocks: questionsBlocks(view),
  };
}

export function questionsBlocks({ words: { say }, terms }: View): readonly Block[] {
  const authority = terms?.authority ?? say('questions.any-authority');
  const contact = terms?.privacyContact ?? terms?.controller.contact ?? null;
  const ask =
    contact === null
      ? say(terms === null ? 'questions.none' : 'questions.no-contact')
      : say('questions.text', { contact });
  return [paragraph(ask), paragraph(say('questions.authority', { authority }))];
}
