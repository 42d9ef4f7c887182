// Data about the machine on which Tocsin runs: system, browser, power. No host name and nothing of its users.
// Network settings: network-settings.ts. Wi-Fi: wifi.ts.
import { ALL_EDITIONS, COMMON, item } from '../item.ts';
import { NETWORK_SETTINGS_ITEMS } from './network-settings.ts';

const ENVIRONMENT = {
  ...COMMON,
  sensitivity: 'technical',
  participation: 'extended',
  editions: ALL_EDITIONS,
  owner: 'platform',
} as const;

const SYSTEM = { ...ENVIRONMENT, purposes: ['threat-analysis', 'settings-safety'] } as const;

/** What two names of a system have to do with each other. */
const OS_DIFFERENCE =
  'one part of the name of this system, sent with a report of its own; environment.operating_systems is the short form of the short list, device.os_details the exact build, sent with a weak setting';

const SYSTEM_ITEMS = [
  item({
    ...SYSTEM,
    id: 'environment.os_id',
    type: { kind: 'text', max: 40, pattern: '[a-z0-9._-]{1,40}' },
    what: 'short name of the operating system, such as debian or fedora',
    statement: ['environment.os_id'],
    difference: OS_DIFFERENCE,
    collector: { state: 'planned', reads: '/etc/os-release ID, else /usr/lib/os-release ID' },
    example: 'debian',
  }),
  item({
    ...SYSTEM,
    id: 'environment.os_edition',
    type: { kind: 'text', max: 80 },
    what: 'edition of the operating system, such as server or workstation; missing where its maker names none',
    statement: ['environment.os_edition'],
    difference: OS_DIFFERENCE,
    collector: { state: 'planned', reads: '/etc/os-release VARIANT_ID, else VARIANT' },
    example: 'server',
  }),
  item({
    ...SYSTEM,
    id: 'environment.os_version',
    type: { kind: 'text', max: 80 },
    what: 'which version of the system it is, as its maker sells or announces it, without build and kernel',
    statement: ['environment.os_version'],
    difference: OS_DIFFERENCE,
    collector: { state: 'planned', reads: '/etc/os-release VERSION_ID' },
    example: '13',
  }),
  item({
    ...SYSTEM,
    id: 'environment.os_service_pack',
    type: { kind: 'text', max: 40, pattern: '[A-Za-z0-9._-]{1,40}' },
    what: 'level of collected updates within that version: the service pack or point release; missing on systems without such levels',
    statement: ['environment.os_service_pack'],
    difference: OS_DIFFERENCE,
    collector: {
      state: 'planned',
      reads:
        '/etc/debian_version, /etc/redhat-release, or the part after the dash of /etc/os-release VERSION (SUSE)',
    },
    example: '13.2',
  }),
  item({
    ...SYSTEM,
    id: 'environment.os_word_size',
    type: { kind: 'choice', values: ['32', '64'] },
    what: 'whether the operating system is a 32-bit or a 64-bit one',
    statement: ['environment.os_bitness'],
    collector: { state: 'planned', reads: 'getconf LONG_BIT' },
    example: '64',
  }),
  item({
    ...SYSTEM,
    id: 'environment.browser',
    type: {
      kind: 'choice',
      values: [
        'firefox',
        'chromium',
        'chrome',
        'edge',
        'opera',
        'vivaldi',
        'brave',
        'safari',
        'epiphany',
        'other',
      ],
    },
    what: 'which browser opens web addresses by default, one of a fixed list, or other; nothing of what is visited with it',
    purposes: ['web-protection'],
    statement: ['environment.browser_type'],
    difference: 'the browser that is set as the default; web_access.client_type is the program of one access',
    collector: {
      state: 'planned',
      reads: 'xdg-mime query default x-scheme-handler/https, mapped to the list',
    },
    example: 'firefox',
  }),
  item({
    ...SYSTEM,
    id: 'environment.browser_version',
    type: { kind: 'text', max: 40, pattern: '[0-9][0-9A-Za-z.+~-]{0,39}' },
    what: 'version of that browser, to know which of its known holes are open',
    purposes: ['web-protection'],
    statement: ['environment.browser_version'],
    collector: {
      state: 'planned',
      reads:
        'version of the package that owns the program in the desktop entry (dpkg-query -W, rpm -q, flatpak info)',
    },
    example: '140.5.0',
  }),
  item({
    ...SYSTEM,
    id: 'environment.on_mains',
    type: { kind: 'flag' },
    what: 'whether the machine ran on mains power at the time of the report; true for machines without a battery',
    purposes: ['update-quality'],
    statement: ['environment.plugged_in'],
    collector: {
      state: 'planned',
      reads: '/sys/class/power_supply/*/online where type is Mains or USB; true where no type is Battery',
    },
    example: true,
  }),
  item({
    ...SYSTEM,
    id: 'environment.detected_device_type',
    type: {
      kind: 'choice',
      values: [
        'desktop',
        'laptop',
        'tablet',
        'server',
        'virtual-machine',
        'container',
        'embedded',
        'unknown',
      ],
    },
    what: 'what kind of machine Tocsin found itself on, one of a fixed list',
    statement: ['environment.detected_device_type'],
    difference: 'this machine itself; device.type is of another device in the home network',
    collector: {
      state: 'planned',
      reads:
        'D-Bus org.freedesktop.hostname1 Chassis, else systemd-detect-virt and /sys/class/dmi/id/chassis_type',
    },
    example: 'laptop',
  }),
  item({
    ...SYSTEM,
    id: 'environment.sealing_key_id',
    type: { kind: 'digest', bytes: 16 },
    what: 'name of the public key of the hub to which this message is encrypted, the same for all machines of the hub; it is no key and tells nothing of the machine',
    purposes: ['delivery'],
    statement: ['environment.encryption_key_id'],
    difference:
      'the key for a report about the machine or its network; object.sealing_key_id is the key for a file or a part of one',
    collector: {
      state: 'planned',
      reads: 'age[0].id of the keys document in force (protocol/keys-document.ts)',
    },
    example: '3b9c1f7e20d4a8566c0e9ab17f52d3e8',
  }),
] as const;

export const ENVIRONMENT_ITEMS = [...SYSTEM_ITEMS, ...NETWORK_SETTINGS_ITEMS] as const;
