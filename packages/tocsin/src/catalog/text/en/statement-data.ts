// The Statement, second part: messages, items, content, what does not leave, transforms, purposes.

export const DATA_EN = {
  'messages.title': 'What is sent, message by message',
  'messages.intro':
    'A message is an envelope with items of the next section. There is no other way out: a message, a reason or an item that does not stand here is refused by the gate, and once more by the hub.',
  'messages.reasons': 'Reasons, each behind the word that the journal uses for it:',
  'messages.around':
    'Around each message that carries the number of this machine stands the same envelope: {items}. They are not repeated below.',

  'items.title': 'The items, one by one',
  'items.intro':
    'Of each item it is said what it is, its form with unit and limits, what for, how delicate it is, at which level and how it leaves, how long it is kept, in which messages it travels, and an example. A value that is larger than its limit is not shortened: it stays here.',
  'items.receiver':
    'Every item goes to the hub and to nobody else; who may learn of it there is said under "{section}".',
  'items.marks':
    'An item with the mark "{mark}" is declared, so that you know of it beforehand, but no part of this release sends it.',

  'content.title': 'Files, parts of files, memory and boot sectors',
  'content.when':
    'At `extended` the hub can ask for a single object that nobody knows and that could be used to harm the machine or what is stored on it: program files, scripts, pages and mail that carried an attack. The smallest part that can decide goes first; the whole file is the last resort.',
  'content.infection':
    'To find out how this machine was infected, it can also ask for files that are trusted, programs or not, for a report of what a process did, for the part of memory that a suspected process uses, and for the first sectors of the disk from which the system starts.',
  'content.process':
    'Such a report tells which files the process opened, with their paths, which addresses it spoke to, and from where the file that runs was fetched.',
  'content.person':
    'A name or a type is never reason enough to send a file. Documents, mail, archives and pictures leave only after a person said yes to that very one.',
  'content.sealed':
    'All of it is encrypted to a key of the hub before it leaves, and opened only where it is examined, walled off from everything else. It is kept for {days} days at most. The items are: {items}.',
  'content.planned': 'No part of this release sends any of it yet.',

  'stays.title': 'What does not leave',
  'stays.intro': 'What is not listed does not leave. So that nobody has to search for it, in particular:',
  'stays.off': 'at `off`: everything but the messages whose levels include `off`',
  'stays.people':
    'names of people and accounts: they are cut out of paths, and accounts leave as keyed marks at most (who signed a program is public, and can be a person)',
  'stays.secrets':
    'passwords, private keys, cookies and tokens, and what stands in queries and in front of the host in web addresses',
  'stays.addresses': 'whole hardware addresses and the addresses of your local network, but for keyed marks',
  'stays.machine':
    'the name of this machine and the names of the networks and domains it belongs to, other than the Wi-Fi name that `wifi.network_name` declares',
  'stays.lists': 'the list of what you allowed or denied here, and what scans remember of your files',
  'stays.content':
    'the content of documents, mail, archives and pictures, unless a person said yes to that very one',
  'stays.senses':
    'sound, pictures of the screen or a camera, what is typed, contacts, calendars, and positions: none of it is ever read',

  'transforms.title': 'How values are changed before they leave',
  'transforms.intro':
    'Where a value could be put more vaguely and still serve, it is. What is done is checked by the gate wherever it can be seen in the value.',
  'transforms.entry': '{what}. {why} This is so for: {items}.',

  'purposes.title': 'What it is used for, and what not',
  'purposes.for': 'For these purposes',
  'purposes.intro':
    'Each item names its purposes. Together they are these, with the number of items for each:',
  'purposes.entry': '{purpose} ({count})',
  'purposes.only':
    'Nothing is used for a purpose that does not stand at the item. A new purpose makes it another item, which has to be accepted anew.',
  'purposes.not': 'Not for these',
  'purposes.no-marketing':
    'Not for advertising: nothing is used to offer you anything, to make a profile of you, or to decide about you.',
  'purposes.no-joining':
    'Not joined: what comes in is not put together with customer files, address books, orders or any other collection of the operator or of somebody else.',
  'purposes.no-staff':
    'Not for watching people: where the operator is an employer, nothing of it serves to judge how somebody works.',
} as const;
