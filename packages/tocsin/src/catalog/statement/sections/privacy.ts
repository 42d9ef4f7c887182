// The sections that only the privacy policy has: what is received, destruction, copies, rights, incidents.
import type { Item } from '../../item.ts';
import type { View } from '../context.ts';
import { grouped, keptDays, longestKept } from '../context.ts';
import type { Block, Draft, Rich } from '../document.ts';
import { list, paragraph } from '../document.ts';
import {
  contentBlocks,
  keptBlocks,
  limitsBlocks,
  placesBlocks,
  timeWords,
  transitBlocks,
} from './protection.ts';

/** What is in force has no end that could be told: longer than any number of days. */
const FOR_GOOD = 1e6;

export function policyShortSection({ words: { say }, items, terms }: View): Draft {
  return {
    anchor: 'short',
    title: say('privacy.short'),
    blocks: [
      list([
        say('privacy.about'),
        say('privacy.kept-short', { days: longestKept(items, terms) }),
        say('privacy.access-short'),
        say('purposes.no-marketing'),
        say('purposes.no-joining'),
        say('privacy.rights-short'),
      ]),
    ],
  };
}

export function receivedSection({ words, items, terms }: View): Draft {
  const { say, term } = words;
  const rows = [...grouped(items)].map(([group, members]): readonly Rich[] => [
    term('group', group),
    [String(members.length)],
    [String(members.filter(({ personal }) => personal).length)],
    timeWords(longestOf(members, terms), terms, words),
  ]);
  const head = [
    say('received.group'),
    say('received.items'),
    say('received.personal'),
    say('received.longest'),
  ];
  return {
    anchor: 'received',
    title: say('received.title'),
    blocks: [
      paragraph(say('received.intro')),
      { kind: 'table', caption: say('received.caption'), head, rows },
      paragraph(say('received.questions')),
    ],
  };
}

function longestOf(items: readonly Item[], terms: View['terms']): Item {
  const days = (item: Item): number => keptDays(item, terms) + (item.proof === 'in-force' ? FOR_GOOD : 0);
  return items.reduce((longest, item) => (days(item) > days(longest) ? item : longest));
}

export function storageSection(view: View): Draft {
  const { say } = view.words;
  const places = view.terms === null ? [paragraph(say('operator.none'))] : placesBlocks(view);
  return {
    anchor: 'storage',
    title: say('storage.title'),
    blocks: [...places, paragraph(say('storage.transfers')), paragraph(say('storage.apart'))],
  };
}

export function secureSection(view: View): Draft {
  const { words } = view;
  const { say } = words;
  return {
    anchor: 'secure',
    title: say('secure.title'),
    blocks: [],
    sections: [
      { anchor: 'transit', title: say('transit.title'), blocks: transitBlocks(words) },
      {
        anchor: 'at-hub',
        title: say('at-hub.title'),
        blocks: [paragraph(say('at-hub.checked')), ...contentBlocks(view)],
      },
      {
        anchor: 'access',
        title: say('access.title'),
        blocks: [
          paragraph(say('at-hub.access')),
          paragraph(say('access.text')),
          paragraph(say('access.secrecy')),
        ],
      },
      { anchor: 'limits', title: say('limits.title'), blocks: limitsBlocks(words) },
    ],
  };
}

export function policyKeptSection(view: View): Draft {
  const { words, items, terms } = view;
  const { say } = words;
  const rows = items.map((item): readonly Rich[] => [
    [{ id: item.id }],
    timeWords(item, terms, words),
    say(item.personal ? 'value.yes' : 'value.no'),
  ]);
  const head = [say('destroy.item'), say('destroy.kept'), say('received.personal')];
  return {
    anchor: 'kept',
    title: say('kept.title'),
    blocks: [
      ...keptBlocks(view),
      paragraph(say('destroy.table')),
      { kind: 'table', caption: say('destroy.caption'), head, rows },
    ],
  };
}

export function destroySection({ words: { say } }: View): Draft {
  const content: readonly Block[] = [paragraph(say('destroy.content'))];
  return {
    anchor: 'destroy',
    title: say('destroy.title'),
    blocks: [
      paragraph(say('destroy.time')),
      ...content,
      paragraph(say('destroy.request', { section: say('kept.title') })),
      paragraph(say('destroy.log')),
    ],
  };
}

export function backupsSection({ words: { say } }: View): Draft {
  return {
    anchor: 'backups',
    title: say('backups.title'),
    blocks: [paragraph(say('backups.text')), paragraph(say('backups.duty'))],
  };
}

export function personSection({ words: { say } }: View): Draft {
  return {
    anchor: 'person',
    title: say('person.title'),
    blocks: [
      paragraph(say('person.intro')),
      list([
        say('person.access'),
        say('person.correct'),
        say('person.erase'),
        say('person.restrict'),
        say('person.port'),
        say('person.object'),
        say('person.withdraw'),
      ]),
      paragraph(say('person.machine')),
      paragraph(say('person.automatic')),
    ],
  };
}

export function incidentsSection({ words: { say }, terms }: View): Draft {
  const contact = terms?.securityContact ?? terms?.controller.contact ?? null;
  const report = contact === null ? [] : [paragraph(say('incidents.report', { contact }))];
  return {
    anchor: 'incidents',
    title: say('incidents.title'),
    blocks: [paragraph(say('incidents.text')), ...report],
  };
}

export function policyChangesSection({ words: { say } }: View): Draft {
  return {
    anchor: 'changes',
    title: say('policy-changes.title'),
    blocks: [paragraph(say('policy-changes.text'))],
  };
}
