// The privacy policy: how what arrives is kept, protected and destroyed. What it shares with the Statement is there.

export const PRIVACY_EN = {
  'privacy.title': 'How received data is kept, protected and destroyed: the privacy policy of this hub',
  'privacy.short': 'In short',
  'privacy.about':
    'The Statement says what leaves a machine and what for. This policy says what happens to it afterwards. Both have the same version.',
  'privacy.kept-short':
    'Each item has its time, {days} days at most. Then, or when it is asked for, it is deleted for good. What proves a choice, or a request to erase, has times of its own.',
  'privacy.access-short': 'Few people may look, each for a task.',
  'privacy.rights-short': 'You can see what left, have it erased with a signed confirmation, and complain.',

  'received.title': 'What is received',
  'received.intro':
    'These kinds of data arrive, as far as the owner of a machine agreed. The Statement has each item.',
  'received.caption': 'Groups of data',
  'received.group': 'Group',
  'received.items': 'Items',
  'received.personal': 'About a person',
  'received.longest': 'Longest time',
  'received.questions':
    'Questions are answered out of memory. Neither they nor the address from which they came are written to a disk, a log or a statistic that names anybody.',

  'storage.title': 'Where it is kept',
  'storage.apart':
    'What came from machines lies apart from accounts of the console and from the lists that are published, under the number of the machine and no name.',
  'storage.transfers':
    'Data leaves a place of this list only for another one of it, or to a partner that the Statement names and the owner agreed to.',

  'secure.title': 'How it is protected',
  'access.title': 'Who may look',
  'access.text':
    'The operator gives rights by task, takes them back when it ends, and has it written down who looked at data of a single machine, when and why.',
  'access.secrecy':
    'Whoever has access is trained and bound to secrecy, beyond the end of the employment too.',

  'destroy.title': 'How it is destroyed',
  'destroy.time': 'The hub deletes by itself what has reached its time, within a day.',
  'destroy.content':
    'Where content of files was received, the key under which it lies is destroyed first, then the content.',
  'destroy.request':
    'A request to erase is carried out at once, for everything up to the number of the last message that it names. Of the machine only its number, the request and the records of its choices remain, as proof, for the times under "{section}".',
  'destroy.table': 'The time for each item is this:',
  'destroy.caption': 'Times by item',
  'destroy.item': 'Item',
  'destroy.kept': 'Kept',
  'destroy.log':
    'Where a log of verdicts is published, it holds salted digests only. Once the salt is erased, an entry says nothing about anything any more.',

  'backups.title': 'Copies for safety',
  'backups.text':
    'The operator keeps copies made for safety encrypted and under the same rights as the original. Before one is put to use again, the operator deletes from it everything whose time has ended or whose erasure was confirmed since it was made.',
  'backups.duty':
    'The program cannot reach copies that lie elsewhere; to delete them in time is the duty of the operator, and part of what is promised here.',

  'person.title': 'Rights of a person',
  'person.intro': 'Where the GDPR or a law like it holds, you can demand of the operator:',
  'person.access': 'access: what is held about you, and a copy of it',
  'person.correct': 'correction of what is wrong',
  'person.erase': 'erasure, also by `tocsin participation off` and without a letter',
  'person.restrict': 'restriction, while something is in dispute',
  'person.port': 'what you provided, in a form that machines can read',
  'person.object': 'an end of what rests on interests of the operator, by objection',
  'person.withdraw': 'the end of what rests on your consent, by taking it back',
  'person.machine':
    'Machines are known there, not people. Tell the number of the machine, which `tocsin status` shows, and that it is yours, for instance by a receipt that its key signed.',
  'person.automatic': 'No decision about a person is made by a program alone on the basis of this data.',

  'incidents.title': 'If something goes wrong',
  'incidents.text':
    'If data gets lost, is altered or comes into wrong hands, the operator limits the damage, finds the cause, and writes both down. Where there is a risk for people it is reported to the authority within 72 hours of knowing it, and where the risk is high to those concerned: by `tocsin status`, because there is no other address of theirs.',
  'incidents.report': 'Whoever finds a weakness is asked to tell {contact}.',

  'policy-changes.title': 'Changes of this policy',
  'policy-changes.text':
    'It changes with the Statement and has its version, date and SHA-256. Whatever would keep data longer, or let somebody else have it, needs new terms, and where opt-in rules a new yes.',
} as const;
