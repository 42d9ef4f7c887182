// Last sections of the Statement: choices, withdrawal, receipts, self-defence, uninstalling, changes.
import { diffItems, ofEdition } from '../../versions/diff.ts';
import { itemsOfVersion, NEWEST_VERSION, versionBefore } from '../../versions/versions.ts';
import type { View } from '../context.ts';
import type { Block, Draft, Rich } from '../document.ts';
import { ids, list, paragraph } from '../document.ts';

export function choicesSection({ words: { say }, edition }: View): Draft {
  const virtual = edition === 'virtual' ? [paragraph(say('choose.virtual'))] : [];
  return {
    anchor: 'choices',
    title: say('choices.title'),
    blocks: [],
    sections: [
      {
        anchor: 'choose',
        title: say('choose.title'),
        blocks: [
          paragraph(say('choose.free')),
          paragraph(say('choose.command')),
          paragraph(say('choose.managed')),
          ...virtual,
          paragraph(say('choose.uses')),
        ],
      },
      {
        anchor: 'withdraw',
        title: say('withdraw.title'),
        blocks: [
          paragraph(say('withdraw.command')),
          list([say('withdraw.first'), say('withdraw.second'), say('withdraw.third')]),
          paragraph(say('withdraw.past')),
          paragraph(say('withdraw.less')),
        ],
      },
      { anchor: 'receipts', title: say('receipts.title'), blocks: [paragraph(say('receipts.text'))] },
      {
        anchor: 'rights',
        title: say('rights.title'),
        blocks: [paragraph(say('rights.sent')), paragraph(say('rights.law')), paragraph(say('rights.erase'))],
      },
      {
        anchor: 'defence',
        title: say('defence.title'),
        blocks: [paragraph(say('defence.text')), paragraph(say('defence.off'))],
      },
      { anchor: 'uninstall', title: say('uninstall.title'), blocks: [paragraph(say('uninstall.text'))] },
    ],
  };
}

export function changesSection(view: View): Draft {
  const { words, regime } = view;
  const { say } = words;
  const before = versionBefore(NEWEST_VERSION.number);
  const told = (old: number): Block =>
    paragraph(say('changes.told', { old: String(old), new: String(NEWEST_VERSION.number) }));
  return {
    anchor: 'changes',
    title: say('changes.title'),
    blocks: [
      paragraph(say('changes.version')),
      paragraph(say(`changes.${regime}`)),
      ...(before === undefined ? [paragraph(say('changes.first'))] : [told(before.number)]),
    ],
    sections:
      before === undefined
        ? []
        : [
            {
              anchor: 'changes-since',
              title: say('changes.since', { old: String(before.number) }),
              blocks: changedBlocks(view, before.number),
            },
          ],
  };
}

function changedBlocks({ words: { say }, edition }: View, old: number): readonly Block[] {
  const before = versionBefore(NEWEST_VERSION.number)!;
  const { added, removed, changed } = diffItems(
    ofEdition(itemsOfVersion(before), edition),
    ofEdition(itemsOfVersion(NEWEST_VERSION), edition),
  );
  const entry = (
    key: 'changes.added' | 'changes.removed' | 'changes.changed',
    of: readonly { readonly id: string }[],
    ref?: 'item',
  ): readonly Rich[] => {
    const names = of.map(({ id }) => id);
    return names.length === 0 ? [] : [say(key, { count: names.length, items: ids(names, ref) })];
  };
  const entries = [
    ...entry('changes.added', added, 'item'),
    ...entry('changes.removed', removed),
    ...entry('changes.changed', changed, 'item'),
  ];
  return entries.length === 0 ? [paragraph(say('changes.none', { old: String(old) }))] : [list(entries)];
}
