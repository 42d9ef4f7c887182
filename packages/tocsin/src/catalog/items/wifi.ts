// Data about the Wi-Fi network that the machine uses. Names and MAC addresses of networks tell where a machine
// is: but for the name of the joined network they leave as keyed marks only, and never as plain or salted checksums.
import { ALL_EDITIONS, COMMON, item } from '../item.ts';

const WIFI = {
  ...COMMON,
  purposes: ['network-safety'],
  sensitivity: 'technical',
  personal: true,
  participation: 'extended',
  editions: ALL_EDITIONS,
  owner: 'network',
  retentionDays: 30,
} as const;

const MARK = { kind: 'digest', bytes: 32 } as const;
const ENCRYPTION = { kind: 'choice', values: ['none', 'wep', 'tkip', 'ccmp', 'gcmp', 'other'] } as const;
const AUTHENTICATION = {
  kind: 'choice',
  values: ['open', 'owe', 'wep', 'wpa-psk', 'wpa2-psk', 'sae', 'wpa2-enterprise', 'wpa3-enterprise', 'other'],
} as const;
/** Steps of 10 dBm: exact strengths of several networks would show a place to the metre. */
const SIGNAL = { kind: 'integer', min: -120, max: 0, unit: 'dBm' } as const;

const MARK_ITEMS = [
  item({
    ...WIFI,
    id: 'wifi.network_id',
    type: MARK,
    what: "a mark of the network in use, made of its name and the access point's MAC address: HMAC-SHA-256 under a secret shared by the machines of the group, so that they recognise one network and outsiders cannot; whoever is given that secret could test guesses",
    sensitivity: 'highly-sensitive',
    transform: 'hmac-group',
    statement: ['environment.wifi_id_from_name_and_mac'],
    difference:
      'name and access point together: one cell of one network; wifi.name_id is all cells of a name, wifi.cell_id one device by its address',
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus ActiveAccessPoint.Ssid and HwAddress, else nl80211 NL80211_CMD_GET_SCAN (associated BSS)',
    },
    example: '60f1c9d27a8b3e54bb07a2d19c5e83f6410d7e9ac86b35f2d1904ce7b3a85f16',
  }),
  item({
    ...WIFI,
    id: 'wifi.name_id',
    type: MARK,
    what: "a mark of the network's name alone, made under the same secret of the group: equal for every network of that name, so that a copied name shows up",
    sensitivity: 'highly-sensitive',
    transform: 'hmac-group',
    statement: ['environment.wifi_id_from_name'],
    difference: 'the name without the access point; wifi.network_id has both',
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus ActiveAccessPoint.Ssid, else nl80211 NL80211_CMD_GET_SCAN (associated BSS)',
    },
    example: 'a97d03e5b16c4f82c0d9e7315b8fa46d2e70c1b9384d5fa60b7e92c3d815f64a',
  }),
  item({
    ...WIFI,
    id: 'wifi.cell_id',
    type: MARK,
    what: "a mark of the access point's MAC address alone, made under the same secret of the group: equal for all machines of the group that use this access point, whatever name it shows",
    sensitivity: 'highly-sensitive',
    transform: 'hmac-group',
    statement: ['environment.wifi_id_from_mac'],
    difference:
      'comparable among the machines of the group; wifi.access_point_mark of the same address can be compared on this machine only',
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus ActiveAccessPoint.HwAddress, else nl80211 NL80211_CMD_GET_SCAN (associated BSS)',
    },
    example: '2c84b0f7e95d136ad27f4c0981be63a5f0d16e8b9247ca35e81d0b7fa6c3942e',
  }),
  item({
    ...WIFI,
    id: 'wifi.access_point_mark',
    type: MARK,
    what: "a mark of the access point's MAC address for this machine alone: HMAC-SHA-256 under a secret that never leaves it; it stands in place of salted SHA-256 and MD5 checksums, which can be undone in seconds by trying all addresses",
    transform: 'hmac-machine',
    statement: ['environment.wifi_ap_mac_sha256_salted', 'environment.wifi_ap_mac_md5_salted'],
    difference:
      'comparable on this machine only: has the access point changed since last time; wifi.cell_id is for the whole group',
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus ActiveAccessPoint.HwAddress, else nl80211 NL80211_CMD_GET_SCAN (associated BSS)',
    },
    example: 'd3517fa0c86b2e94497c1e0da5f83b62be09d7415c3f8a6e02d19b74e5c0f8a7',
  }),
] as const;

const NETWORK_ITEMS = [
  item({
    ...WIFI,
    id: 'wifi.network_name',
    type: { kind: 'text', max: 32 },
    what: 'name of the network in use, in clear, because the imitation of a known hotspot is told by its spelling; not sent for a network whose owner ended its name in _nomap',
    sensitivity: 'highly-sensitive',
    statement: ['environment.wifi_name'],
    difference: 'the name as people read it; wifi.name_id is a mark of it',
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus ActiveAccessPoint.Ssid (as UTF-8), else nl80211 NL80211_CMD_GET_SCAN (associated BSS)',
    },
    example: 'Airport Free Wi-Fi',
  }),
  item({
    ...WIFI,
    id: 'wifi.visible_networks',
    type: {
      kind: 'list',
      of: {
        kind: 'record',
        fields: {
          network: MARK,
          signal: SIGNAL,
          band: { kind: 'choice', values: ['2.4-ghz', '5-ghz', '6-ghz'] },
          authentication: AUTHENTICATION,
          encryption: ENCRYPTION,
        },
      },
      max: 16,
    },
    what: 'the networks in reach, the strongest first: of each the mark made as for wifi.network_id, strength in steps of 10 dBm, band, authentication and encryption; no name and no MAC address of a neighbour, and none at all of networks named _nomap',
    sensitivity: 'highly-sensitive',
    transform: 'hmac-group',
    retentionDays: 7,
    statement: ['environment.wifi_available_networks'],
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus Device.Wireless.GetAllAccessPoints (no scan of its own), else nl80211 NL80211_CMD_GET_SCAN',
    },
    example: [
      {
        network: '9ef2307b5c8d614ac0e19d3f7825b6a4d70c5e8213fb96a40de7c1583b9f602d',
        signal: -60,
        band: '5-ghz',
        authentication: 'sae',
        encryption: 'ccmp',
      },
    ],
  }),
  item({
    ...WIFI,
    id: 'wifi.joined_at',
    type: { kind: 'time', precision: 'hour' },
    what: 'when the machine joined the network, in UTC rounded down to the hour; local time would show the time zone',
    sensitivity: 'interaction',
    transform: 'utc-hour',
    statement: ['environment.wifi_connection_local_times'],
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus Device.StateChanged to ACTIVATED, else nl80211 event NL80211_CMD_CONNECT, with the clock',
    },
    example: '2026-11-23T08:00:00Z',
  }),
  item({
    ...WIFI,
    id: 'wifi.left_at',
    type: { kind: 'time', precision: 'hour' },
    what: 'when the machine left the network, in UTC rounded down to the hour; missing while it is in use',
    sensitivity: 'interaction',
    transform: 'utc-hour',
    statement: ['environment.wifi_connection_local_times'],
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus Device.StateChanged from ACTIVATED, else nl80211 event NL80211_CMD_DISCONNECT, with the clock',
    },
    example: '2026-11-23T10:00:00Z',
  }),
  item({
    ...WIFI,
    id: 'wifi.signal_strength',
    type: SIGNAL,
    what: 'strength at which the network in use is received, in steps of 10 dBm: a sudden, much stronger twin is a sign of imitation',
    transform: 'bucket',
    statement: ['environment.wifi_signal_strength'],
    collector: {
      state: 'planned',
      reads:
        'nl80211 NL80211_CMD_GET_STATION, NL80211_STA_INFO_SIGNAL, else NetworkManager D-Bus ActiveAccessPoint.Strength',
    },
    example: -50,
  }),
  item({
    ...WIFI,
    id: 'wifi.authentication',
    type: AUTHENTICATION,
    what: 'how the network in use checks who may join; no password or account',
    personal: false,
    statement: ['environment.wifi_authentication_type'],
    difference: 'who may join; wifi.encryption is how the traffic is protected',
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus ActiveAccessPoint.WpaFlags and RsnFlags (key management), else the RSN element of NL80211_CMD_GET_SCAN',
    },
    example: 'wpa2-psk',
  }),
  item({
    ...WIFI,
    id: 'wifi.encryption',
    type: ENCRYPTION,
    what: 'the cipher that protects traffic in the network in use, or none; no key',
    personal: false,
    statement: ['environment.wifi_encryption_type'],
    difference: 'how traffic is protected; wifi.authentication is who may join',
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus ActiveAccessPoint.WpaFlags and RsnFlags (pairwise cipher), else the RSN element of NL80211_CMD_GET_SCAN',
    },
    example: 'ccmp',
  }),
  item({
    ...WIFI,
    id: 'wifi.trust_choice',
    type: { kind: 'choice', values: ['unasked', 'trusted', 'guest', 'untrusted'] },
    what: 'what the person answered when asked about the network: not asked yet, trusted, for guests, or not trusted',
    sensitivity: 'interaction',
    statement: ['environment.wifi_user_classification'],
    difference:
      "the person's own answer; environment.network_safety and environment.network_place are what VPN rules take the network for",
    collector: {
      state: 'planned',
      reads: "networks[].trust of Tocsin's signed settings file, for the network in use",
    },
    example: 'untrusted',
  }),
] as const;

export const WIFI_ITEMS = [...MARK_ITEMS, ...NETWORK_ITEMS] as const;
