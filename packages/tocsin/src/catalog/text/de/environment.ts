// German texts of the group environment, Wi-Fi apart.

export const ENVIRONMENT_DE: Readonly<Record<string, string>> = {
  'environment.os_id': 'Kurzname des Betriebssystems, zum Beispiel debian oder fedora',
  'environment.os_edition':
    'Ausgabe des Betriebssystems, zum Beispiel für Server oder Arbeitsplätze; entfällt, wenn der Hersteller keine nennt',
  'environment.os_version':
    'Version des Betriebssystems, wie sie der Hersteller verkauft oder ankündigt, ohne Build und Kernel',
  'environment.os_service_pack':
    'Stand der gesammelten Aktualisierungen innerhalb dieser Version: das Service Pack oder die Unterversion; entfällt bei Systemen ohne solche Stände',
  'environment.os_word_size': 'ob das Betriebssystem mit 32 oder mit 64 Bit arbeitet',
  'environment.browser':
    'welcher Browser Webadressen standardmäßig öffnet, einer aus einer festen Liste oder „other“ für jeden anderen; nichts davon, was mit ihm besucht wird',
  'environment.browser_version':
    'Version dieses Browsers, um zu wissen, welche seiner bekannten Lücken offen sind',
  'environment.on_mains':
    'ob der Rechner zum Zeitpunkt des Berichts am Stromnetz hing; bei Rechnern ohne Akku immer ja',
  'environment.detected_device_type':
    'auf welcher Art von Rechner sich Tocsin vorgefunden hat, ein Wort aus einer festen Liste',
  'environment.sealing_key_id':
    'Name des öffentlichen Schlüssels des Hubs, mit dem diese Nachricht verschlüsselt ist, für alle Rechner des Hubs gleich; er ist kein Schlüssel und verrät nichts über den Rechner',
  'environment.dhcp_ipv4':
    'Kennzeichen der IPv4-Einstellungen, die das Netz vergeben hat: Gateway, DHCP-Server, erster und zweiter DNS-Server, Subnetzmaske; jedes ist ein HMAC-SHA-256 mit einem Geheimnis, das diesen Rechner nie verlässt, sodass sich nur eine Änderung an diesem Rechner erkennen lässt: einfache Prüfsummen so weniger möglicher Adressen ließen sich durch Ausprobieren auflösen',
  'environment.dhcp_ipv6':
    'dieselben Kennzeichen für die IPv6-Einstellungen: Gateway, DHCP-Server, erster und zweiter DNS-Server, Länge des Präfixes und die Adresse dieses Rechners in diesem Netz; weder Adressen noch Länge lassen sich daraus ablesen',
  'environment.dns_domain_present':
    'ob das Netz eine DNS-Domäne vergibt, wie es Netze von Organisationen tun; nicht, welche',
  'environment.vpn_status':
    'Zustand des VPN auf dem Rechner: keines eingerichtet, eingerichtet, aber nicht in Gebrauch, im Aufbau, verbunden oder gescheitert; weder Anbieter noch Server noch Konto',
  'environment.network_safety':
    'wie die Regeln, nach denen das VPN eingeschaltet wird, das benutzte Netz einstufen: unbekannt, sicher oder unsicher',
  'environment.network_place':
    'an was für einem Ort sich das benutzte Netz nach den VPN-Regeln befindet: zu Hause, bei der Arbeit, öffentlich oder anderswo; nicht, wo dieser Ort liegt',
  'environment.home_device_watch':
    'ob die Person erfahren möchte, wenn Geräte dem WLAN zu Hause beitreten: noch nicht gefragt, ja oder nein',

  'message.environment-report.title': 'Was für ein System auf dem Rechner läuft',
  'message.environment-report.reason.first':
    'der Rechner berichtet zum ersten Mal, seit die erweiterte Teilnahme eingeschaltet wurde',
  'message.environment-report.reason.changed':
    'das System, der Browser oder eine hier genannte Einstellung hat sich seit dem letzten Bericht geändert',
  'message.environment-report.reason.refresh': 'der letzte Bericht ist älter als dreißig Tage',
  'message.environment-report.when':
    'nach einem Start oder einer Aktualisierung, wenn einer der Gründe zutrifft',
};
