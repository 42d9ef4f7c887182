// German texts of the group device.

export const DEVICE_DE: Readonly<Record<string, string>> = {
  'device.device_id':
    'eine Zahl, an der Nachrichten über dasselbe Gerät als zusammengehörig zu erkennen sind: ein HMAC, unter einem Geheimnis, das den Rechner nie verlässt, der Kennung des Rechners oder, bei einem anderen Gerät, seiner MAC-Adresse; eine einfache oder gesalzene Prüfsumme einer solchen Adresse ließe sich durch Probieren in Sekunden auflösen',
  'device.os_details':
    'Version, Build, Aktualisierungsstand, Ausgabe und Variante des Betriebssystems, in dem eine schwache Einstellung gefunden wurde; leer, wo das System nichts nennt',
  'device.os_service_pack': 'die Unterversion oder das Service Pack dieses Betriebssystems',
  'device.os_error_code':
    'der Fehler, den das Betriebssystem meldete, als eine schwache Einstellung gelesen oder behoben wurde',
  'device.weak_setting_id':
    'welche schwache Einstellung gefunden wurde, mit ihrem Namen in unserer Liste der Prüfungen, nie mit ihrem Wert',
  'device.weak_setting_action': 'was mit dieser schwachen Einstellung geschah',
  'device.type': 'was für ein Gerät im Heimnetz gesehen wurde',
  'device.type_method': 'woran diese Art erkannt wurde',
  'device.name_length':
    'wie viele Zeichen der Name des Geräts hat, abgerundet auf ein Vielfaches von vier, und nicht der Name, der oft den einer Person enthält',
  'device.name_method': 'woraus der Name des Geräts erfahren wurde',
  'device.vendor': 'der Hersteller des Geräts oder seiner Netzwerkkarte',
  'device.vendor_method': 'woran der Hersteller erkannt wurde',
  'device.mac_vendor_part':
    'die ersten drei Bytes der MAC-Adresse, die ihren Hersteller nennen; die anderen drei, die ein Gerät von allen anderen unterscheiden, werden nie gesendet',
  'device.hostname_matches_user_host':
    'ob das Gerät denselben Rechnernamen trägt wie der Rechner selbst: derselbe Rechner über eine andere Netzwerkkarte oder ein Hochstapler; die Namen werden nicht gesendet',
  'device.os_family': 'zu welcher Familie das Betriebssystem des Geräts gehört',
  'device.os_family_method': 'woran diese Familie erkannt wurde',
};
