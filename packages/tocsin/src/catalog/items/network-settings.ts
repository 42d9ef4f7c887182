// Data about the settings that a network gave to the machine, and about how it is rated: DHCP, DNS, VPN.
// No address, host name or domain is sent in clear. Group `environment`.
import { ALL_EDITIONS, COMMON, item } from '../item.ts';

const NETWORK = {
  ...COMMON,
  participation: 'extended',
  editions: ALL_EDITIONS,
  purposes: ['network-safety'],
  sensitivity: 'interaction',
  personal: true,
  owner: 'network',
  retentionDays: 30,
} as const;

export const NETWORK_SETTINGS_ITEMS = [
  item({
    ...NETWORK,
    id: 'environment.dhcp_ipv4',
    type: {
      kind: 'list',
      of: {
        kind: 'record',
        fields: {
          setting: { kind: 'choice', values: ['gateway', 'dhcp-server', 'dns-1', 'dns-2', 'subnet-mask'] },
          mark: { kind: 'digest', bytes: 32 },
        },
      },
      max: 5,
    },
    what: 'marks of the IPv4 settings that the network gave out: gateway, DHCP server, first and second DNS server, subnet mask; each is an HMAC-SHA-256 under a secret that never leaves this machine, so that only a change on this machine can be seen: plain checksums of so few possible addresses could be undone by trying them all',
    transform: 'hmac-machine',
    statement: ['environment.dhcp_settings_ipv4_checksums'],
    difference: 'the IPv4 settings; environment.dhcp_ipv6 is of IPv6, which has others',
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus Dhcp4Config.Options (routers, dhcp_server_identifier, domain_name_servers, subnet_mask), else networkctl status --json=short',
    },
    example: [
      { setting: 'gateway', mark: '8d0a4c2f6be1739550cfa81e94d27b3604fb5a9de8123c76a1e07f42bd96c583' },
      { setting: 'dns-1', mark: '17c5e8b03f9a264dd1b07e5c82f43a6990e2dcb14f8a7356c04be91d2a7f6385' },
    ],
  }),
  item({
    ...NETWORK,
    id: 'environment.dhcp_ipv6',
    type: {
      kind: 'list',
      of: {
        kind: 'record',
        fields: {
          setting: {
            kind: 'choice',
            values: ['gateway', 'dhcp-server', 'dns-1', 'dns-2', 'prefix-length', 'local-address'],
          },
          mark: { kind: 'digest', bytes: 32 },
        },
      },
      max: 6,
    },
    what: 'the same marks for the IPv6 settings: gateway, DHCP server, first and second DNS server, length of the prefix, and the address of this machine in that network; no address or length can be read from them',
    transform: 'hmac-machine',
    statement: ['environment.dhcp_settings_ipv6_checksums'],
    difference: 'the IPv6 settings; environment.dhcp_ipv4 is of IPv4, which has others',
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus Ip6Config.Gateway, NameserverData, AddressData and Dhcp6Config.Options, else networkctl status --json=short',
    },
    example: [
      { setting: 'local-address', mark: 'e40b7d91c2586fa3308ed5b4710c9f2a66d1e83b5c7f0429ab94e6d8037f15ca' },
    ],
  }),
  item({
    ...NETWORK,
    id: 'environment.dns_domain_present',
    type: { kind: 'flag' },
    what: 'whether the network gives out a DNS domain, as networks of organisations do; not which one',
    statement: ['environment.dns_domain_exists'],
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus Dhcp4Config.Options domain_name, else org.freedesktop.resolve1 Link.Domains: empty or not',
    },
    example: false,
  }),
  item({
    ...NETWORK,
    id: 'environment.vpn_status',
    type: { kind: 'choice', values: ['none', 'set-up', 'connecting', 'connected', 'failed'] },
    what: 'state of the VPN of the machine: none set up, set up but not in use, connecting, connected, or failed; neither provider, server nor account',
    statement: ['environment.vpn_client_status'],
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus Settings.Connections and Connection.Active.State of types vpn and wireguard',
    },
    example: 'connected',
  }),
  item({
    ...NETWORK,
    id: 'environment.network_safety',
    type: { kind: 'choice', values: ['unknown', 'safe', 'unsafe'] },
    what: 'how the rules for switching the VPN on rate the network in use: unknown, safe, or unsafe',
    statement: ['environment.vpn_network_safety_category'],
    difference:
      'whether the VPN rules trust the network; environment.network_place is where it stands, wifi.trust_choice what the person answered',
    collector: {
      state: 'planned',
      reads: "networks[].safety of Tocsin's signed settings file, for the network in use",
    },
    example: 'unsafe',
  }),
  item({
    ...NETWORK,
    id: 'environment.network_place',
    type: { kind: 'choice', values: ['home', 'work', 'public', 'other'] },
    what: 'what sort of place the VPN rules take the network in use to be at: home, work, public, or other; not where that place is',
    statement: ['environment.vpn_network_place_category'],
    difference:
      'the sort of place; environment.network_safety is whether the VPN rules trust the network, wifi.trust_choice what the person answered',
    collector: {
      state: 'planned',
      reads:
        'NetworkManager D-Bus Settings.Connection.GetSettings connection.zone, else firewall-cmd --get-zone-of-interface',
    },
    example: 'public',
  }),
  item({
    ...NETWORK,
    id: 'environment.home_device_watch',
    type: { kind: 'choice', values: ['unasked', 'on', 'off'] },
    what: 'whether the person wants to be told of devices that join the Wi-Fi at home: not asked yet, yes, or no',
    purposes: ['device-safety'],
    statement: ['environment.home_wifi_device_control_choice'],
    collector: { state: 'planned', reads: "networks[].watchDevices of Tocsin's signed settings file" },
    example: 'on',
  }),
] as const;
