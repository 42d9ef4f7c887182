// German texts about Wi-Fi networks.

export const WIFI_DE: Readonly<Record<string, string>> = {
  'wifi.network_id':
    'ein Kennzeichen des benutzten Netzes aus seinem Namen und der MAC-Adresse des Zugangspunkts: HMAC-SHA-256 mit einem Geheimnis, das die Rechner der Gruppe teilen, sodass sie dasselbe Netz wiedererkennen und Außenstehende nicht; wem dieses Geheimnis gegeben wird, der könnte Vermutungen prüfen',
  'wifi.name_id':
    'ein Kennzeichen allein des Netznamens, gebildet mit demselben Geheimnis der Gruppe: gleich für jedes Netz dieses Namens, sodass ein nachgemachter Name auffällt',
  'wifi.cell_id':
    'ein Kennzeichen allein der MAC-Adresse des Zugangspunkts, gebildet mit demselben Geheimnis der Gruppe: gleich für alle Rechner der Gruppe, die diesen Zugangspunkt benutzen, unter welchem Namen auch immer er auftritt',
  'wifi.access_point_mark':
    'ein Kennzeichen der MAC-Adresse des Zugangspunkts nur für diesen Rechner: HMAC-SHA-256 mit einem Geheimnis, das ihn nie verlässt; es steht anstelle gesalzener Prüfsummen nach SHA-256 und MD5, die sich durch Ausprobieren aller Adressen in Sekunden auflösen lassen',
  'wifi.network_name':
    'Name des benutzten Netzes im Klartext, weil die Nachahmung eines bekannten Hotspots an der Schreibweise zu erkennen ist; nicht gesendet bei Netzen, deren Inhaber den Namen auf _nomap enden lässt',
  'wifi.visible_networks':
    'die Netze in Reichweite, die stärksten zuerst: zu jedem das Kennzeichen, gebildet wie bei wifi.network_id, die Stärke in Schritten von 10 dBm, Band, Anmeldeverfahren und Verschlüsselung; weder Namen noch MAC-Adressen der Nachbarn, und gar nichts zu Netzen, deren Name auf _nomap endet',
  'wifi.joined_at':
    'wann der Rechner dem Netz beitrat, in UTC, auf die Stunde abgerundet; die Ortszeit würde die Zeitzone verraten',
  'wifi.left_at':
    'wann der Rechner das Netz verließ, in UTC, auf die Stunde abgerundet; entfällt, solange es benutzt wird',
  'wifi.signal_strength':
    'Stärke, mit der das benutzte Netz empfangen wird, in Schritten von 10 dBm: ein plötzlich viel stärkerer Zwilling deutet auf eine Nachahmung hin',
  'wifi.authentication': 'wie das benutzte Netz prüft, wer beitreten darf; weder Passwort noch Konto',
  'wifi.encryption':
    'das Verschlüsselungsverfahren, das den Verkehr im benutzten Netz schützt, oder keines; kein Schlüssel',
  'wifi.trust_choice':
    'was die Person auf die Frage nach dem Netz geantwortet hat: noch nicht gefragt, vertraut, für Gäste oder nicht vertraut',

  'message.wifi-network.title': 'Das benutzte WLAN',
  'message.wifi-network.reason.joined': 'der Rechner ist einem WLAN beigetreten',
  'message.wifi-network.reason.left': 'der Rechner hat ein WLAN verlassen',
  'message.wifi-network.reason.changed':
    'Schutz, Gateway, DHCP- oder DNS-Server des Netzes haben sich geändert, während es benutzt wurde',
  'message.wifi-network.reason.classified':
    'die Person hat gesagt, was sie von dem Netz hält, oder ihre Antwort geändert',
  'message.wifi-network.service':
    'Warnungen, dass ein WLAN von dem abweicht, was andere Rechner der Gruppe von ihm gesehen haben',
  'message.wifi-network.when':
    'bei einem solchen Ereignis; dasselbe Netz mit demselben Grund höchstens einmal in der Stunde',
};
