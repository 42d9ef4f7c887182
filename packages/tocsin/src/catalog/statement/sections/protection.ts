// The Statement about protection on the way, at the operator and on the machine, its limits, and times.
import type { Item } from '../../item.ts';
import type { View } from '../context.ts';
import { keptDays, longestKept } from '../context.ts';
import type { Block, Draft, Rich } from '../document.ts';
import { list, paragraph } from '../document.ts';
import type { Words } from '../words.ts';
import { contentItems } from './data.ts';
import { placeWords } from './who.ts';

export function protectionSection(view: View): Draft {
  const { say } = view.words;
  return {
    anchor: 'protection',
    title: say('protection.title'),
    blocks: [],
    sections: [
      { anchor: 'transit', title: say('transit.title'), blocks: transitBlocks(view.words) },
      { anchor: 'at-hub', title: say('at-hub.title'), blocks: atHubBlocks(view) },
      {
        anchor: 'on-machine',
        title: say('on-machine.title'),
        blocks: [paragraph(say('on-machine.text')), paragraph(say('on-machine.spool'))],
      },
      { anchor: 'limits', title: say('limits.title'), blocks: limitsBlocks(view.words) },
    ],
  };
}

export function transitBlocks({ say }: Words): readonly Block[] {
  return [
    list([
      say('transit.tls'),
      say('transit.signed'),
      say('transit.anonymous'),
      say('transit.names'),
      say('transit.verdicts'),
    ]),
  ];
}

function atHubBlocks(view: View): readonly Block[] {
  const { say } = view.words;
  return [
    ...placesBlocks(view),
    paragraph(say('at-hub.checked')),
    paragraph(say('at-hub.access')),
    ...contentBlocks(view),
  ];
}

/** Where there is content in the edition, how it is kept. */
export function contentBlocks({ words, items }: View): readonly Block[] {
  return contentItems(items).length === 0 ? [] : [paragraph(words.say('at-hub.content'))];
}

/** The places where the operator keeps data; nothing before a hub is joined. */
export function placesBlocks({ words, terms }: View): readonly Block[] {
  const { say } = words;
  if (terms === null) return [];
  if (terms.storage.length === 0) return [paragraph(say('at-hub.no-places'))];
  const rows = terms.storage.map(({ place, country, safeguard }): readonly Rich[] => [
    [place],
    placeWords(country, words),
    safeguard === null ? say('at-hub.no-safeguard') : [safeguard],
  ]);
  const head = [say('at-hub.place'), say('at-hub.country'), say('at-hub.safeguard')];
  return [paragraph(say('at-hub.places')), { kind: 'table', caption: say('at-hub.caption'), head, rows }];
}

export function limitsBlocks({ say }: Words): readonly Block[] {
  return [paragraph(say('limits.text')), paragraph(say('limits.so'))];
}

export function keptSection(view: View): Draft {
  return { anchor: 'kept', title: view.words.say('kept.title'), blocks: keptBlocks(view) };
}

export function keptBlocks({ words, items, terms }: View): readonly Block[] {
  const { say } = words;
  const inForce = (item: Item): number => (item.proof === 'in-force' ? 1 : 0);
  const sorted = items.toSorted((a, b) => inForce(a) - inForce(b) || keptDays(a, terms) - keptDays(b, terms));
  const byTime = Map.groupBy(sorted, (item) => `${keptDays(item, terms)} ${inForce(item)}`);
  const rows = [...byTime.values()].map((members): readonly Rich[] => [
    timeWords(members[0]!, terms, words),
    [String(members.length)],
    [String(members.filter(({ personal }) => personal).length)],
  ]);
  const cap = terms === null ? [] : [paragraph(capWords(terms.retentionDays, words))];
  return [
    paragraph(say('kept.items', { days: longestKept(items, terms) })),
    paragraph(proofWords(items, words)),
    ...cap,
    {
      kind: 'table',
      caption: say('kept.caption'),
      head: [say('kept.time'), say('kept.count'), say('kept.personal')],
      rows,
    },
  ];
}

function capWords(days: number | null, { say }: Words): Rich {
  return days === null ? say('kept.no-cap') : say('kept.cap', { days });
}

/** Proofs are in every edition: they belong to receiving itself. */
function proofWords(items: readonly Item[], { say }: Words): Rich {
  const days = (id: string): number => items.find((item) => item.id === id)!.retentionDays;
  return say('kept.proof', {
    record: days('connection.consent_record'),
    erasure: days('connection.erasure_scope'),
    machine: days('connection.machine_id'),
  });
}

/** For how long an item is kept, in a table. */
export function timeWords(item: Item, terms: View['terms'], words: Words): Rich {
  const days = keptDays(item, terms);
  return item.proof === 'in-force' ? words.say('kept.in-force', { days }) : daysWords(days, words);
}

function daysWords(days: number, { say }: Words): Rich {
  if (days === 0) return say('kept.answer');
  return days === 1 ? say('kept.day') : say('kept.days', { days });
}
