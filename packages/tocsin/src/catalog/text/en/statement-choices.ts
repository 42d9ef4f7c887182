// The Statement, last part: choices, withdrawal, receipts, self-defence, uninstalling, changes.

export const CHOICES_EN = {
  'choices.title': 'Your choices',
  'choose.title': 'To choose',
  'choose.free':
    'Taking part is voluntary. Whoever says no, or says nothing, keeps all that works without sending: lists, scans, decisions of their own.',
  'choose.command':
    '`tocsin participation standard` or `tocsin participation extended` shows this Statement and takes your yes to exactly this version, by its SHA-256. `tocsin participation` shows what is chosen.',
  'choose.managed':
    'On managed machines the policy of the operator can choose; the record says so. Where opt-in rules and the machine is marked as a personal one, the person at it must say yes as well, and can always choose less than the policy.',
  'choose.virtual':
    'For managed virtual machines the policy of the hub says `extended` unless its administrator switches that off there; this text is shown there with the policy, and the acceptance of it is the record.',
  'choose.uses': 'Sharing and commercial use are chosen beside it, and shown with it.',

  'withdraw.title': 'To take it back',
  'withdraw.command':
    '`tocsin participation off`, at any time, without a reason, and as easily as the yes. Before it takes effect the program says which services end and which stay, as in the table above.',
  'withdraw.first': 'At once, before anything else: what waits to be sent is deleted, and its key destroyed.',
  'withdraw.second':
    'A request to erase is put in its place. It survives a crash and is repeated until the hub answers; nothing else leaves.',
  'withdraw.third':
    'The hub erases what came from this machine, takes nothing that arrives late, and confirms it with a signature, which this machine keeps.',
  'withdraw.past':
    'What was lawful before stays lawful. Sums in which this machine can no longer be told apart, and verdicts about objects, remain.',
  'withdraw.less':
    'From `extended` back to `standard`, what only `extended` sends stops at once, what waits included. What was sent before is kept until its time is over; `off` has it erased.',

  'receipts.title': 'Receipts',
  'receipts.text':
    'Each choice is a record: what, when, by whom, for which version. The records of a machine form a chain that it signs; the hub countersigns each, and that is your receipt: `tocsin participation receipt`.',

  'rights.title': 'To see and to erase',
  'rights.sent':
    '`tocsin sent` shows what left, byte for byte, with time and reason; `tocsin preview` what would leave now, and what is held back and why.',
  'rights.law':
    'Where the law gives you rights to access, correction, erasure, restriction, portability or objection, you have them towards the operator as well; your data is found by the number of the machine, which `tocsin status` shows.',
  'rights.erase':
    'Erasure can also be asked for without taking the consent back. The hub confirms that with its signature too.',

  'defence.title': 'Self-defence of the settings',
  'defence.text':
    'The settings that decide what is sent and to whom are a file with a signature. It is checked at the start, whenever it changes, and every ten minutes. Is it altered, older than before, unreadable or gone, participation counts as `off` until a person chooses anew, and an alarm is raised; the lists here go on protecting.',
  'defence.off':
    'Self-defence can be switched off. The program then says that these files have to be kept from others by other means, and goes on saying it.',

  'uninstall.title': 'To remove the program',
  'uninstall.text':
    '`tocsin uninstall` destroys the keys first, then deletes the files. What was kept here cannot be read any more from that moment, and cannot be brought back, not even out of parts of the disk or a copy of the files.',

  'changes.title': 'Changes of this Statement',
  'changes.version':
    'The version has two numbers: the first rises when items, messages or texts change, the second when the terms of the operator do. Each version has its date and its SHA-256; the hub goes on showing all of them, to everybody, at `/statement` and `/privacy`.',
  'changes.opt-in':
    'Here a change takes nothing for granted: a new item, or one that is kept longer, used for more or changed less before it leaves, stays on this machine until you have accepted the new version. New terms want a new yes as well.',
  'changes.opt-out':
    'Here a new version holds after you were told what is new in it; until somebody objects.',
  'changes.told':
    'The program tells you when there is a new version, and what is new, item by item: `tocsin statement --diff {old} {new}`.',
  'changes.since': 'What is new since version {old}',
  'changes.none': 'No item of this edition was added, removed or changed since version {old}.',
  'changes.first': 'This is the first version.',
  'changes.added': 'Added ({count}): {items}.',
  'changes.removed': 'Removed ({count}): {items}.',
  'changes.changed': 'Changed ({count}): {items}.',
} as const;
