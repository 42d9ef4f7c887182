// German texts of the short list.

export const SHORT_LIST_DE: Readonly<Record<string, string>> = {
  'object.sha256':
    'SHA-256 des ganzen Inhalts der Datei, um die es in der Nachricht geht; wer dieselbe Datei hat, erkennt daran, welche es ist, allen anderen verrät sie nichts vom Inhalt',
  'object.checksum':
    'die Prüfsumme, unter der das Ausschlaggebende die Datei kannte, mit dem Namen des Verfahrens: alte Listen kennen Dateien nur über MD5 oder SHA-1; eine aufgehobene Antwort dieses Rechners kennt sie über SHA-256',
  'object.threat_name':
    'der Name, unter dem das angewandte Urteil die Bedrohung führt (Art, Plattform und Familie, oder der Name seiner Quelle); er ist zugleich ihre Kennung in den Listen',
  'object.url':
    'die geprüfte und für schlecht befundene Webadresse in einheitlicher Schreibweise, ohne Benutzernamen, Passwort, Fragment und die Werte ihrer Abfrageparameter; nur von Adressen, die eine Liste oder Regel für schlecht hält, nach allen anderen wird mit einem Präfix gefragt',
  'object.protocol': 'das Protokoll der Verbindung, in der die Adresse begegnete',
  'object.port': 'der TCP- oder UDP-Port auf der Gegenseite dieser Verbindung',
  'object.referrer':
    'die Webadresse der Seite, deren Verweis zu der schlechten führte, ohne Benutzernamen, Passwort, Fragment und die Werte ihrer Abfrageparameter',
  'software.databases_id':
    'die Revision des Listenverzeichnisses des Hubs, nach der der Rechner geantwortet hat; sie legt jede Listendatei über ihren SHA-256 fest',
  'software.product': 'von welchem Teil von Tocsin die Nachricht kommt, und dessen vollständige Version',
  'software.components':
    'die Bestandteile von Tocsin auf dem Rechner (Suchlauf, Wächter, Webprüfung, Inhaltsregeln, ...), jeder mit seiner Version und ob er läuft; keine Einstellungen',
  'software.module_updates':
    'die Aktualisierungen von Programmmodulen seit der vorigen Nachricht: Modul, Version vorher und nachher, und ob sie eingespielt wurde',
  'environment.operating_systems':
    'Name und Version des Betriebssystems des Rechners selbst und, wenn ein Vermittler sendet, der virtuellen Maschinen neben ihm, jede Art einmal; weder deren Namen noch deren Zahl',
};
