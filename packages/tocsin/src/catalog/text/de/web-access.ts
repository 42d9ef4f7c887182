// German texts of the group web access, and of the messages about accesses and devices in the home network.

export const WEB_ACCESS_DE: Readonly<Record<string, string>> = {
  'web_access.url':
    'die Webadresse des Zugriffs in einheitlicher Schreibweise, ohne Benutzernamen, Passwort, Fragment und die Werte ihrer Abfrageparameter',
  'web_access.referrer':
    'die Webadresse der Seite, von der der Zugriff ausging, ohne Benutzernamen, Passwort, Fragment und die Werte ihrer Abfrageparameter',
  'web_access.dns_address': 'der Rechnername, der für den Zugriff aufgelöst wurde, in seiner ASCII-Form',
  'web_access.ipv4': 'die IPv4-Adresse, unter der der Webdienst erreicht wurde',
  'web_access.ipv6': 'die IPv6-Adresse, unter der der Webdienst erreicht wurde',
  'web_access.host_source': 'woher der Agent den Rechnernamen des Zugriffs kannte',
  'web_access.client_type': 'welche Art von Programm zugriff, nicht welches',
  'web_access.user_agent':
    'die Produktnamen aus der Kopfzeile User-Agent, jeder nur mit seiner Hauptversion: Zusätze, Gerätenamen und genaue Versionen entfallen, weil sie zusammen einen Rechner von allen anderen unterscheiden',
  'web_access.http_method': 'die Methode der HTTP-Anfrage',
  'web_access.part_of_bundle':
    'ob andere Nachrichten vom selben Zugriff handeln (Weiterleitungen, Teile einer Seite)',
  'web_access.logon_session_key':
    'eine Zahl, an der zu erkennen ist, welche Zugriffe zu derselben Anmeldesitzung gehören: ein HMAC der Sitzungsnummer unter einem Geheimnis des Rechners, für jede Sitzung neu; kein Schlüssel, Passwort oder Token der Sitzung ist darin',
  'web_access.logon_session_key_algorithm': 'wie diese Zahl gebildet wurde',
  'web_access.blocking_reason': 'welche Prüfung den Zugriff angehalten hat',
  'web_access.blocking_reason_category': 'wofür die Adresse gehalten wurde, als der Zugriff angehalten wurde',
  'web_access.error_type': 'bei welchem Schritt ein misslungener Zugriff endete',
  'web_access.error_code': 'der Code dieses Fehlers, wie ihn das System oder die TLS-Bibliothek nennt',
  'web_access.error_text':
    'der Wortlaut dieses Fehlers, in dem jede Adresse, jeder Rechnername und jeder Pfad durch einen Platzhalter ersetzt ist',
  'message.web-access.title': 'Ein angehaltener oder misslungener Zugriff auf einen Webdienst',
  'message.web-access.reason.held-up':
    'die Webprüfung hat einen Zugriff verweigert oder vor ihm eine Warnung gezeigt',
  'message.web-access.reason.went-on': 'eine Person hat sich über eine solche Warnung hinweggesetzt',
  'message.web-access.reason.failed':
    'die Webprüfung konnte einen Zugriff nicht zu Ende bringen, den ein Programm verlangt hatte',
  'message.web-access.when':
    'bei einem solchen Zugriff; derselbe Rechnername aus demselben Grund höchstens einmal in der Stunde',
  'message.device-seen.title': 'Ein Gerät im Heimnetz',
  'message.device-seen.reason.appeared':
    'in einem Heimnetz, dessen Geräte die Person beobachten lässt, antwortet ein Gerät, das vorher nicht da war',
  'message.device-seen.reason.changed': 'was über ein solches Gerät bekannt ist, hat sich geändert',
  'message.device-seen.when': 'höchstens einmal am Tag je Gerät',
  'message.device-seen.service': 'eine bessere Vermutung, was für ein Gerät ein Neuling im Heimnetz ist',
};
