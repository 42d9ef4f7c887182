// Items about devices: the machine itself where a weak setting is found, and other devices that answer in the
// home network.
import { ALL_EDITIONS, COMMON, item, PLUS_AND_PREMIUM } from '../item.ts';

const OWN = {
  ...COMMON,
  purposes: ['settings-safety'],
  sensitivity: 'technical',
  participation: 'extended',
  editions: ALL_EDITIONS,
  owner: 'platform',
} as const;

const OWN_DEVICE = [
  item({
    ...OWN,
    id: 'device.device_id',
    type: { kind: 'digest', bytes: 32 },
    what: 'a number by which messages about one device belong together: an HMAC, under a secret that never leaves the machine, of the machine id or, for another device, of its MAC address; a plain or salted checksum of such an address would be undone in seconds by trying all of them',
    purposes: ['settings-safety', 'device-safety'],
    personal: true,
    transform: 'hmac-machine',
    statement: ['device.device_id'],
    difference:
      'of the device that the message is about; software.installation_id is of the installation of Tocsin',
    collector: {
      state: 'planned',
      reads: '/etc/machine-id; for other devices the ARP and NDP table (RTM_GETNEIGH)',
    },
    example: 'a3f1c02b9d8e7f605142332415067f8e9dacbbcad9e8f70615243342516f7e8d',
  }),
  item({
    ...OWN,
    id: 'device.os_details',
    type: {
      kind: 'record',
      fields: {
        version: { kind: 'text', max: 64, pattern: '[ -~]{0,64}' },
        build: { kind: 'text', max: 64, pattern: '[ -~]{0,64}' },
        update: { kind: 'text', max: 64, pattern: '[ -~]{0,64}' },
        edition: { kind: 'text', max: 64, pattern: '[ -~]{0,64}' },
        extra: { kind: 'text', max: 128, pattern: '[ -~]{0,128}' },
      },
    },
    what: 'version, build, update level, edition and variant of the operating system in which a weak setting was found; empty where the system names none',
    statement: ['device.os_details'],
    difference:
      'all five together, of the device with the weak setting; environment.os_version and its neighbours are single facts of the machine',
    collector: {
      state: 'planned',
      reads:
        '/etc/os-release VERSION_ID, BUILD_ID, IMAGE_VERSION, VARIANT_ID; uname(2) release; /etc/debian_version',
    },
    example: { version: '12', build: '6.1.0-37-amd64', update: '12.11', edition: 'server', extra: '' },
  }),
  item({
    ...OWN,
    id: 'device.os_service_pack',
    type: { kind: 'text', max: 64, pattern: '[ -~]{1,64}' },
    what: 'the point release or service pack of that operating system',
    statement: ['device.os_service_pack'],
    difference:
      'of the device with the weak setting; environment.os_service_pack is of the machine at any time',
    collector: { state: 'planned', reads: '/etc/debian_version, or SUSE PATCHLEVEL in /etc/os-release' },
    example: '12.11',
  }),
  item({
    ...OWN,
    id: 'device.os_error_code',
    type: { kind: 'text', max: 32, pattern: 'E[A-Z0-9]{1,31}' },
    what: 'the error that the operating system returned when a weak setting was read or mended',
    statement: ['device.os_error_code'],
    collector: {
      state: 'planned',
      reads: 'errno of open(2), write(2) or rename(2) on the file of the setting',
    },
    example: 'EROFS',
  }),
  item({
    ...OWN,
    id: 'device.weak_setting_id',
    type: { kind: 'text', max: 64, pattern: '[a-z0-9]+(?:[.-][a-z0-9]+)*' },
    what: 'which weak setting was found, by its name in our list of checks, never its value',
    statement: ['device.weak_setting_id'],
    collector: { state: 'planned', reads: "name of the agent's check that found it" },
    example: 'ssh.root-login',
  }),
  item({
    ...OWN,
    id: 'device.weak_setting_action',
    type: { kind: 'choice', values: ['reported', 'mended', 'ignored', 'restored', 'failed'] },
    what: 'what was done with that weak setting',
    statement: ['device.weak_setting_action'],
    difference: 'with one setting; software.weak_settings_scan_result is of the whole search',
    collector: { state: 'planned', reads: "the agent's record of the decision" },
    example: 'mended',
  }),
] as const;

const SEEN = {
  ...COMMON,
  purposes: ['device-safety'],
  sensitivity: 'interaction',
  participation: 'extended',
  editions: PLUS_AND_PREMIUM,
  owner: 'network',
} as const;

const SEEN_DEVICE = [
  item({
    ...SEEN,
    id: 'device.type',
    type: {
      kind: 'choice',
      values: [
        'computer',
        'phone',
        'tablet',
        'router',
        'printer',
        'television',
        'camera',
        'speaker',
        'console',
        'storage',
        'appliance',
        'other',
        'unknown',
      ],
    },
    what: 'what sort of device was seen in the home network',
    statement: ['device.type'],
    difference: 'of a device in the home network; environment.detected_device_type is of the machine itself',
    collector: {
      state: 'planned',
      reads: 'mDNS service types, SSDP device descriptions and the DHCP class of the device',
    },
    example: 'printer',
  }),
  item({
    ...SEEN,
    id: 'device.type_method',
    type: { kind: 'choice', values: ['mdns', 'ssdp', 'dhcp', 'vendor', 'port', 'person'] },
    what: 'by what that sort was found out',
    sensitivity: 'technical',
    statement: ['device.type_method'],
    collector: { state: 'planned', reads: 'the rule that decided the type' },
    example: 'mdns',
  }),
  item({
    ...SEEN,
    id: 'device.name_length',
    type: { kind: 'integer', min: 0, max: 253, unit: 'characters' },
    what: 'how many characters the name of the device has, rounded down to a multiple of four, and not the name, which often holds that of a person',
    sensitivity: 'technical',
    transform: 'bucket',
    statement: ['device.name_length'],
    collector: { state: 'planned', reads: 'the host name in mDNS or DHCP option 12' },
    example: 12,
  }),
  item({
    ...SEEN,
    id: 'device.name_method',
    type: { kind: 'choice', values: ['mdns', 'dhcp', 'netbios', 'ssdp', 'person', 'none'] },
    what: 'by what the name of the device was learnt',
    sensitivity: 'technical',
    statement: ['device.name_method'],
    collector: { state: 'planned', reads: 'the protocol in which the name was met' },
    example: 'dhcp',
  }),
  item({
    ...SEEN,
    id: 'device.vendor',
    type: { kind: 'text', max: 128, pattern: '[ -~]{1,128}' },
    what: 'who made the device, or the network card in it',
    statement: ['device.vendor'],
    difference: 'of a device in the home network; object.vendor is the maker that a file names',
    collector: {
      state: 'planned',
      reads: 'the IEEE registry of MAC prefixes (oui.txt), or manufacturer in SSDP',
    },
    example: 'Example Printers Inc.',
  }),
  item({
    ...SEEN,
    id: 'device.vendor_method',
    type: { kind: 'choice', values: ['mac-prefix', 'ssdp', 'dhcp', 'mdns'] },
    what: 'by what the vendor was found out',
    sensitivity: 'technical',
    statement: ['device.vendor_method'],
    collector: { state: 'planned', reads: 'the rule that decided the vendor' },
    example: 'mac-prefix',
  }),
  item({
    ...SEEN,
    id: 'device.mac_vendor_part',
    type: { kind: 'text', max: 8, pattern: '[0-9a-f]{2}(?::[0-9a-f]{2}){2}' },
    what: 'the first three bytes of the MAC address, which name its vendor; the other three, which tell one device from all others, are never sent',
    transform: 'vendor-part',
    statement: ['device.mac_first_5_bytes'],
    collector: { state: 'planned', reads: 'the ARP and NDP table of the kernel (RTM_GETNEIGH)' },
    example: '00:1b:a9',
  }),
  item({
    ...SEEN,
    id: 'device.hostname_matches_user_host',
    type: { kind: 'flag' },
    what: 'whether the device bears the same host name as the machine itself: the same machine by another network card, or an impostor; the names are not sent',
    sensitivity: 'technical',
    statement: ['device.hostname_matches_user_host'],
    collector: { state: 'planned', reads: 'the host name of the device against gethostname(2)' },
    example: false,
  }),
  item({
    ...SEEN,
    id: 'device.os_family',
    type: {
      kind: 'choice',
      values: ['linux', 'windows', 'macos', 'ios', 'android', 'bsd', 'embedded', 'unknown'],
    },
    what: 'the family of operating systems that the device runs',
    statement: ['device.os_family'],
    difference: 'of a device in the home network; device.os_details is of the machine itself',
    collector: { state: 'planned', reads: 'IP TTL, DHCP option 55 and mDNS records of the device' },
    example: 'embedded',
  }),
  item({
    ...SEEN,
    id: 'device.os_family_method',
    type: { kind: 'choice', values: ['ttl', 'dhcp', 'mdns', 'ssdp', 'vendor'] },
    what: 'by what that family was found out',
    sensitivity: 'technical',
    statement: ['device.os_family_method'],
    collector: { state: 'planned', reads: 'the rule that decided the family' },
    example: 'dhcp',
  }),
] as const;

export const DEVICE_ITEMS = [...OWN_DEVICE, ...SEEN_DEVICE] as const;
