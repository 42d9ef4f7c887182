// The Statement, third part: protection on the way, at the operator, on the machine; its limits; retention.

export const PROTECTION_EN = {
  'protection.title': 'How it is protected',
  'transit.title': 'On the way',
  'transit.tls':
    'TLS 1.3, with a certificate on both sides. The machine trusts no certificate authority of the internet, only the key of this operator that it pinned when it joined; before that key is proven it sends nothing.',
  'transit.signed':
    'Every message that carries the number of this machine is signed by the machine, padded so that its size tells little, and encrypted once more to a key of the hub. A relay in between forwards it and cannot open it.',
  'transit.anonymous':
    'Questions carry a prefix so short that on average 64 objects or more share it, and no number of the machine within. The parts of one address are never in one envelope. Only a person who asks for the history of one object by name shows its whole digest, and only with the participation `extended`. The connection over which they travel is known to the hub; its software keeps no record of who asked what.',
  'transit.names': 'Certificates hold a random number, no name of the machine, its owner or its network.',
  'transit.verdicts':
    'What comes back is checked as well: lists and settings from the hub count only with a valid digest or signature.',

  'at-hub.title': 'At the operator',
  'at-hub.places': 'The data is kept at these places:',
  'at-hub.no-places': 'The operator named no place at which data is kept; ask at the contact above.',
  'at-hub.caption': 'Places where data is kept',
  'at-hub.place': 'Place',
  'at-hub.country': 'Country',
  'at-hub.safeguard': 'What protects it there',
  'at-hub.no-safeguard': 'the law of the place',
  'at-hub.checked':
    'The hub holds every arriving message against the same catalog and the newest choice of its sender. Of a message that should not have been sent it stores nothing, and says so to the machine.',
  'at-hub.access':
    'The servers are closed to the outside and let in only people who need it for their task, each with an account of their own. The operator binds them to secrecy, and looks through these rights and measures regularly.',
  'at-hub.content':
    'Where content of files is received, it is kept encrypted, and examined in processes that have neither network nor other data.',

  'on-machine.title': 'On this machine',
  'on-machine.text':
    'What Tocsin remembers (earlier answers, the journal, what waits to be sent) lies in a directory that only its own user may enter, encrypted under a key of this machine. Where the system offers it, that key is bound to the machine itself.',
  'on-machine.spool':
    'What waits to be sent has a key of its own, which is destroyed when consent is taken back.',

  'limits.title': 'What nobody can promise',
  'limits.text':
    'No way of sending or keeping data is safe beyond doubt, and nobody should claim it. Whoever is administrator of this machine can read and change what Tocsin does here. A hub whose software was altered could remember who asked what, and a break-in at the operator could reach what is stored there.',
  'limits.so':
    'That is why as little as possible leaves, as vaguely as possible, why a record of it is kept where you can read it, and why the program is open to be checked. Your rights, also those to compensation, are not narrowed by this paragraph.',

  'kept.title': 'How long it is kept',
  'kept.items':
    'The time stands at each item and counts from its arrival; then it is deleted. The longest is {days} days. What is deleted for one item does not stay on in another.',
  'kept.proof':
    'What proves to you and to the operator who agreed to what has times of its own, which no operator shortens. The record of a choice is kept while it is in force, and {record} days after a newer one replaced it, or its machine was shut out or could no longer return. A request to erase is kept with its confirmation for {erasure} days. The number of a machine, with its public key, is kept while its certificate is valid, and {machine} days after, because until then it can be renewed; where something that carries the number is kept longer, the number goes with the last of it.',
  'kept.cap':
    'This operator keeps nothing else for more than {days} days; times that would be longer are already shortened in this text.',
  'kept.no-cap': 'The operator set no shorter limit.',
  'kept.caption': 'Time kept and number of items',
  'kept.time': 'Time',
  'kept.count': 'Items',
  'kept.personal': 'Of these about a person',
  'kept.days': '{days} days',
  'kept.in-force': 'in force + {days} days',
  'kept.day': '1 day',
  'kept.answer': 'not at all',
} as const;
