// Words that the documents share: levels, editions, purposes, sensitivities, transforms, groups, labels.

export const TERMS_EN = {
  'level.every': 'at every level, `off` included',
  'level.from-standard': 'at `standard` and `extended`',
  'level.from-extended': 'at `extended` only',

  'edition.basic':
    'files, web addresses, network use, Wi-Fi, payment protection and weak settings, and whole objects within a message',
  'edition.plus': 'like `basic` without whole objects within a message, and devices of the home network',
  'edition.premium': 'the same items as `plus`',
  'edition.virtual': 'for virtual machines of a group: the items of all other editions together',

  'regime.opt-in': 'opt-in: first a yes, then sending',
  'regime.opt-out': 'opt-out: it can be objected to at any time',

  'purpose.reputation': 'to answer whether an object can be trusted',
  'purpose.threat-analysis': 'to find out what an unknown or harmful object does and where it comes from',
  'purpose.web-protection': 'to recognise harmful, imitated and tracking web addresses',
  'purpose.network-safety': 'to judge the Wi-Fi and other networks that the machine uses',
  'purpose.payment-protection': 'to protect payments',
  'purpose.device-safety': 'to judge devices of the home network',
  'purpose.settings-safety': 'to find weak or altered settings and mend them',
  'purpose.service-quality': 'to see that the services of the hub work, quickly and everywhere',
  'purpose.update-quality': 'to see that updates arrive and do no harm',
  'purpose.false-alarm-recall': 'to take wrong verdicts back',
  'purpose.delivery': 'to deliver and answer messages, once each, under the choice that was made',

  'sensitivity.technical': 'technical',
  'sensitivity.interaction': 'shows how the machine or a program is used',
  'sensitivity.content': 'can hold what somebody wrote or named',
  'sensitivity.highly-sensitive': 'highly sensitive',
  'personal.yes': 'about a person, or can be linked to one',
  'personal.no': 'not about a person',

  'transform.none': 'as it is',
  'transform.prefix': 'only the leading bits of a checksum',
  'transform.bucket': 'rounded, or put into a class of values',
  'transform.hmac-machine':
    'only as a keyed mark, HMAC-SHA-256 under a secret that never leaves this machine',
  'transform.hmac-group': "only as a keyed mark, HMAC-SHA-256 under a secret of this machine's group",
  'transform.path-without-user': 'with the names of users taken out of paths',
  'transform.url-without-secrets': 'without user name, password, fragment and the values of query parameters',
  'transform.vendor-part': 'only the part that names a maker',
  'transform.utc-hour': 'in UTC, rounded down to the hour',
  'transform.utc-second': 'in UTC, without the time zone',
  'transform.sealed': "encrypted to the hub's key before it enters the channel",

  'remark.prefix':
    'A whole checksum would tell which file or address is meant. The few bits that leave are shared by many known objects, and the machine picks its own out of the answer.',
  'remark.bucket':
    'Exact sizes, times and strengths can tell one machine from all others. A class of values serves as well.',
  'remark.hmac-machine':
    'Elsewhere such values are often sent as checksums with a salt. Of hardware and network addresses, accounts and tokens there are so few that whoever knows the salt undoes such a checksum in seconds, by trying all of them. A keyed mark cannot be undone without the secret, and the secret stays here.',
  'remark.hmac-group':
    'The machines of one group recognise the same network by an equal mark; to others it means nothing, because the secret is shared within the group only. Whoever is given that secret could test guesses.',
  'remark.path-without-user':
    'Where a file lies tells much about a threat. Whose folder that is tells nothing, so a placeholder stands in its place.',
  'remark.url-without-secrets':
    'What stands in queries and in front of the host is often a name, a search or a key. The names of parameters are enough to recognise an attack.',
  'remark.vendor-part':
    'The first three bytes of a hardware address name its maker. Five of its six bytes, as others send them, leave 256 devices: that is as good as naming the one.',
  'remark.utc-hour':
    'Local times would show the time zone, and minutes the habits of a person. The hour in UTC is enough to put events in order.',
  'remark.utc-second':
    'Local times would show the time zone, and with it roughly the place. UTC serves as well.',
  'remark.sealed':
    'Relays and disks between this machine and the part of the hub that examines such content see ciphertext only.',

  'group.connection': 'What receiving itself shows, receipts, alarm and erasure',
  'group.envelope': 'What stands around every message that carries the number of the machine',
  'group.lookup': 'Questions',
  'group.object': 'Objects that were examined or found',
  'group.web_access': 'Accesses to web services',
  'group.network_use': 'Counters of network use',
  'group.environment': 'The system and its network settings',
  'group.wifi': 'Wi-Fi networks',
  'group.user': 'Who acted',
  'group.payment': 'Payment protection',
  'group.portal': 'Failed or slow requests to the hub',
  'group.software': 'Tocsin itself',
  'group.device': 'Devices and weak settings',
  'group.submission': 'Files, parts, memory and activity reports',

  'attribution.attributed': 'with the number of this machine, signed by its key and encrypted to the hub',
  'attribution.anonymous': "as a question in nobody's name, which is not kept once it is answered",
  'attribution.connection': 'by the connection itself, without a message of its own',

  'label.version': 'Version',
  'label.date': 'Date',
  'label.language': 'Language',
  'label.edition': 'Edition',
  'label.jurisdiction': 'Jurisdiction',
  'label.rule': 'Rule',
  'label.operator': 'Operator',
  'label.form': 'Form',
  'label.purpose': 'For',
  'label.nature': 'Nature',
  'label.leaves': 'Leaves',
  'label.kept': 'Kept',
  'label.messages': 'Sent in',
  'label.example': 'Example',
  'label.name': 'Id',
  'label.manner': 'How',
  'label.levels': 'Levels',
  'label.when': 'When',
  'label.limit': 'At most',
  'label.items-standard': 'Items',
  'label.items-extended': 'At `extended` also',
  'label.service': 'Needed for',
  'label.contents': 'Contents',
  'label.skip': 'Skip to the text',

  'language.name': 'English',
  'language.sha256': 'SHA-256 of the text above: ',
  'language.sha256-plain': 'Version {version}; SHA-256 of its canonical plain text:',
  'mark.planned': 'planned: nothing makes it yet',
  'value.yes': 'yes',
  'value.no': 'no',
  'value.unknown': 'unknown',
  'value.none-joined': 'none: no hub has been joined',
  'value.kept-days': 'by the hub for {days} days',
  'value.kept-in-force': 'by the hub while it is in force, and {days} days after its end',
  'value.kept-day': 'by the hub for 1 day',
  'value.kept-answer': 'by nobody: it is gone once the answer is given',
  'value.every-attributed': 'every message that carries the number of this machine',
  'value.size': '{size} each, {count} a day',
  'value.bytes': '{count} bytes',
  'value.service-none': 'no service of yours',
} as const;
