// The Statement, first part: summary, who is responsible, what it is good for, law, levels.

export const WHO_EN = {
  'statement.title': 'What leaves this machine, and what for: the Statement of Tocsin',

  'short.title': 'In short',
  'short.listed':
    'This text lists everything that Tocsin may send from this machine, item by item. One part of the program, the gate, lets out what is listed here and nothing else; the journal keeps every byte that left, and `tocsin sent` shows it to you.',
  'short.choice':
    'There are three levels: `off`, `standard` and `extended`. Until somebody has chosen, it is `off`. Lists that protect this machine are received at each of them.',
  'short.receiver': 'What is sent goes to the hub of {operator}. Who else may see any of it is said below.',
  'short.receiver-unnamed':
    'What is sent goes to the hub that this machine joined; its operator has given no name. Who else may see any of it is said below.',
  'short.no-receiver':
    'This machine has not joined a hub: there is nobody to send anything to, and nothing but `off` can be chosen.',
  'short.counts':
    'In the edition `{edition}` it is {standard} items at `standard` and {extended} at `extended`, {off} of which show at every level. {planned} of them are marked as planned: nothing in this release makes them yet.',
  'short.questions':
    'A question about a file or an address shows a few leading bits of a checksum, never the object itself, and nothing of it is kept once it is answered.',
  'short.content':
    "Files, parts of files, memory and boot sectors leave at `extended` only, single ones, because the hub asks for that very object. Documents, mail, archives and pictures need a person's yes each time.",
  'short.uses':
    'The data serves protection from harmful programs, sites and networks, and nothing else: no advertising, and no joining with what is known of you from elsewhere.',
  'short.end':
    '`tocsin participation off` ends it at once: what was waiting is destroyed, and the hub is asked to erase what came from this machine and confirms that with its signature.',

  'who.title': 'Who is responsible',
  'operator.title': 'The operator of the hub',
  'operator.intro':
    'The hub that this machine has joined is run by the following operator, who answers for the data.',
  'operator.none':
    'No hub has been joined. Who runs it, where data is kept and for how long, who else may receive it and which authority watches over that: all this comes from the terms of a hub, so it is missing here. When the machine joins one, this text is made anew with those terms, and only that text can be accepted.',
  'operator.name': 'Name',
  'operator.address': 'Address',
  'operator.contact': 'Contact',
  'operator.privacy': 'For data protection',
  'operator.security': 'For security problems',
  'operator.representative': 'Representative',
  'operator.authority': 'Supervisory authority',
  'operator.same': 'the contact above',
  'operator.no-name': 'not named',
  'operator.not-given': 'not given',
  'operator.no-representative': 'none named',
  'operator.no-authority': 'none named; you may turn to the one where you live or work',
  'software.title': 'The program',
  'software.text':
    'Tocsin is open source. Operators run the hub on machines of their own; those who write the program run none for you, receive nothing by it and cannot look into a hub.',

  'why.title': 'What it is good for',
  'why.network':
    'Harmful programs and sites change by the hour. Where many machines ask one place, and tell it what they meet, that place learns within minutes what is new, where it comes from and whom it hits, and all of them are warned. Verdicts that prove wrong are taken back the same way.',
  'why.both':
    'Whoever takes part is better protected, because things are recognised that no list here has yet, and helps to protect the others. Nobody has to: without it the lists on this machine go on working.',
  'why.read':
    'Please read what follows before you choose; the sections on messages and items are meant for looking things up. Each change gets a new version, and the program tells you what is new.',

  'rule.title': 'Law and rule',
  'rule.which': 'Which rule holds here',
  'rule.place': 'This machine counts as being in {place} (`{code}`).',
  'rule.no-place': 'It is not known in which country this machine is.',
  'rule.order':
    'What counts is what the person at this machine said, else what the policy of the operator says, else the terms of the operator.',
  'rule.because-law':
    'The law known there as {law} asks for consent before data such as this is sent. So the rule is opt-in.',
  'rule.because-operator':
    'The operator asks for consent everywhere, whatever the law of a place says. So the rule is opt-in.',
  'rule.because-unknown': 'Where the law is not known the stricter rule holds: opt-in.',
  'rule.because-no-hub': 'Before a hub is joined the stricter rule holds: opt-in.',
  'rule.because-no-law':
    'No law of that place is known to this program that asks for consent first, and the operator does not ask for it either. So the rule is opt-out.',
  'rule.meaning-opt-in':
    'Opt-in means: without a yes nothing is sent, nothing is passed on and nothing is used commercially. What a later version adds stays on this machine until that version is accepted; until then the version accepted before is the limit.',
  'rule.meaning-opt-out':
    'Opt-out means: once participation is switched on, by a person or by the policy of a managed machine, what a later version adds is sent after you were told of it, and sharing and commercial use count as agreed to, until somebody objects. One command is enough for that.',
  'rule.basis': 'On what it rests',
  'rule.basis-consent':
    'Taking part rests on consent (where the GDPR holds: Article 6(1)(a)), which can be taken back at any time for the future. What receiving itself shows comes with every connection; it is used to deliver what the machine asks for, in the interest of both sides in a connection that works (Article 6(1)(f)), and is named below because you should know it.',
  'rule.basis-policy':
    'Where the policy of the operator chose for a managed machine and no person there said yes, taking part rests on the interest of the operator in machines that are safe (Article 6(1)(f)); whoever is concerned can object to that.',
  'rule.several':
    'A hub may serve machines in several countries, and its data may lie in others, so more than one law can apply at a time. For this machine the rule named above holds in every case; a stricter law that binds the operator holds as well.',
  'rule.stored': 'The data of this hub is kept in: {countries}.',

  'levels.title': 'Levels, editions and services',
  'levels.which': 'The three levels',
  'levels.off':
    '`off`: nothing about you or this machine is sent. What receiving itself shows, the record of your choice, the alarm of self-defence and a request to erase are the exceptions, and are listed like everything else.',
  'levels.standard':
    '`standard`: look-ups, and the short list, which is the same in every edition: which threat was found in what, by which lists, at which address; and which program, components, updates and operating systems these are.',
  'levels.extended': '`extended`: all that this text lists, content that the hub asks for included.',
  'levels.receiving':
    'Lists, terms and policies of the hub are received while `tocsin sync` runs (the service of the agent is `tocsin sync --follow`), when the machine joins, and when `tocsin check` or a scan without `--offline` begins. That depends on no level and needs no consent; whoever wants to receive nothing stops the service, runs neither `tocsin sync` nor `tocsin check`, and scans with `--offline`.',
  'levels.editions': 'The edition',
  'levels.this-edition':
    'This text is for the edition `{edition}`: {words}. Items of other editions are not in it, and do not leave.',
  'levels.new-edition':
    'Another edition means another list, and is handled like a new Statement: what this one does not list stays on this machine until the new one is accepted.',
  'services.title': 'Which services depend on it',
  'services.intro':
    'Some messages are what a service lives on. Where the message may not be sent, that service ends, and no other does. A message without an entry here costs you nothing if it is not sent.',
  'services.caption': 'Services and the levels at which they work',
  'services.service': 'Service',
  'services.works': 'works',
  'services.ends': 'ends',
  'services.planned': '{service} (planned)',
} as const;
