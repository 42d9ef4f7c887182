// German texts of the object group: how an object was judged, web addresses, and network traffic.

export const OBJECT_JUDGEMENT_DE: Readonly<Record<string, string>> = {
  'object.decision_source':
    'wer über das Objekt entschieden hat: eine Entscheidung auf diesem Rechner, eine Liste, eine frühere Antwort, das Relay, der Hub oder eine Regel; „none“, wenn niemand es kannte',
  'object.verdict':
    'die Stufe, nach der dieser Rechner am Ende gehandelt hat, unter Einschluss der auf dem Rechner getroffenen Entscheidungen und der Regeln',
  'object.network_level':
    'die Stufe von vertrauenswürdig bis schädlich, die Listen und Hub dem Objekt gaben, bevor die eigenen Regeln dieses Rechners gehört wurden',
  'object.ask_result':
    'wie das Fragen nach dem Objekt verlief: vom Hub beantwortet, auf dem Rechner beantwortet, nicht gefragt, weil die Teilnahme es nicht erlaubt, nicht erreicht, zu spät, abgelehnt, oder der Antwort wurde nicht geglaubt, weil eine Prüfung fehlschlug',
  'object.record_type':
    'welche Art von Eintrag in einer Liste oder einem Regelsatz zur Entscheidung führte, aus einer festen Liste',
  'object.record_id':
    'der Name des Eintrags in einer veröffentlichten Liste oder einem Regelsatz, der zur Entscheidung führte; zurückgehalten, wenn es eine Entscheidung auf diesem Rechner war',
  'object.record_made_at':
    'wann dieser Eintrag am Hub seine jetzige Form bekam; gleich für alle Rechner, die ihn haben',
  'object.databases_released_at':
    'wann der Hub die neueste der Listen und Regelsätze veröffentlicht hat, nach denen das Objekt beurteilt wurde; das zeigt, wie aktuell der Rechner in diesem Augenblick war',
  'object.detection_traits':
    'an welchen Merkmalen das Objekt erkannt wurde (am Prüfwert, an einem Muster im Inhalt, am Verhalten, an der Herkunft …), aus einer festen Liste',
  'object.test_detection':
    'ob die Regel, die zutraf, noch in Erprobung ist: dann wird nur gemeldet und nichts gesperrt, verschoben oder angezeigt',
  'object.detection_task':
    'bei welcher Art von Aufgabe das Objekt gefunden wurde; weder die Zeit noch ein Name, den eine Person der Aufgabe gegeben hat',
  'object.behaviour_detected_at':
    'wann die Verhaltensregeln den Prozess als schädlich erkannt haben, in UTC ohne Zeitzone; die Sekunden zeigen, welcher von mehreren Rechnern der erste war',
  'object.behaviour_number':
    'die laufende Nummer des Fundes durch die Verhaltensregeln seit dem Start von Tocsin auf diesem Rechner, damit sich mehrere Nachrichten über denselben Fund zusammenführen lassen',
  'object.behaviour_reason':
    'welches schädliche Verhalten des Prozesses beobachtet wurde (viele Dateien verschlüsseln, gespeicherte Passwörter lesen, Code einschleusen …), aus einer festen Liste; nicht, welche Dateien oder Daten betroffen waren',
  'object.engine_log':
    'die Stufen, die die Untersuchung des Objekts durchlaufen hat, der Reihe nach, jede mit ihrem Ergebnis und ihrer Dauer; nur Wörter fester Listen und Zahlen, kein Pfad, kein Name, kein Inhalt',
  'object.source_line':
    'die Stelle im veröffentlichten Programmtext von Tocsin selbst, an der ein Fehler bei der Untersuchung des Objekts abgefangen wurde: Quelldatei und Zeile; kein anderer Teil des Aufrufstapels und kein Wort der Fehlermeldung',
  'object.phishing_confidence':
    'wie sicher sich die Regeln sind, dass die Adresse Phishing ist, von 0 bis 100',
  'object.phishing_weight':
    'die Summe der Punkte aller Phishing-Regeln, die zutrafen; sie zeigt denen, die die Regeln schreiben, wie weit eine Seite von der Schwelle entfernt war',
  'object.phishing_target':
    'die Organisation, die die Phishing-Seite nachahmt, unter ihrem Namen in den veröffentlichten Regeln; das kann ein Hinweis darauf sein, wo die Person Kunde ist',
  'object.tracker_category':
    'wozu der Tracker Menschen beobachtet, nach den Klassen, unter denen eine Person in den Einstellungen von Tocsin wählt',
  'object.tracker_name':
    'der Name des Trackers in der veröffentlichten Trackerliste; nicht die Seite, auf der er angetroffen wurde',
  'object.web_service_address':
    'wo die Anfrage nach allen Weiterleitungen wirklich endete: Schema, Host oder IP-Adresse, Port und Pfad; Benutzer, Passwort, Fragment und die Werte der Abfrageparameter werden entfernt',
  'object.web_service_ipv4': 'die IPv4-Adresse des Servers, zu dem die beurteilte Verbindung ging',
  'object.web_service_ipv6': 'die IPv6-Adresse des Servers, zu dem die beurteilte Verbindung ging',
  'object.blocking_mask':
    'ein Kurzname des Adressmusters, das die Anfrage gesperrt hat, gebildet aus dem SHA-256-Wert seines Textes. Der Hub kennt die Muster seiner Listen und kann deshalb sagen, welches es war; ein Muster, das eine Person auf diesem Rechner hinzugefügt hat, wird nie genannt',
  'object.url_decision':
    'was aus der Anfrage an die beurteilte Adresse wurde: durchgelassen, gewarnt, gesperrt oder, nach einer Warnung, wofür sich die Person entschied',
  'object.application_protocol':
    'das Protokoll, das der Datenverkehr spricht, erkannt an seinen eigenen Bytes',
  'object.traffic_source': 'ob die untersuchten Bytes von diesem Rechner oder von einem anderen kamen',
  'object.traffic_role': 'ob der Absender der untersuchten Bytes fragte (Client) oder antwortete (Server)',
  'object.connection_direction':
    'ob die Verbindung von außen zu diesem Rechner, von diesem Rechner aus oder zwischen zwei Programmen auf ihm aufgebaut wurde',
  'object.place_in_traffic': 'in welchem Teil des Austauschs die Fundstelle lag; nicht die gefundenen Bytes',
  'object.protocol_error':
    'warum der Austausch nicht bis zum Ende gelesen werden konnte, aus einer festen Liste; fehlt, wenn er gelesen werden konnte',
  'object.attacker_ip':
    'die IPv4- oder IPv6-Adresse, von der der Angriff kam; sie kann gefälscht sein oder jemandem gehören, dessen Rechner übernommen wurde',
  'object.attacked_port':
    'der Port dieses Rechners, auf den der Angriff zielte; er zeigt, welche Art von Dienst gesucht wurde',
  'object.vulnerability_id':
    'die öffentliche Nummer (CVE oder OSV) der Schwachstelle, die der Angriff auszunutzen versuchte oder die das Programm hat',
  'object.vulnerability_danger':
    'wie gefährlich diese Schwachstelle nach ihrer veröffentlichten CVSS-Einstufung ist; nicht, was sie auf diesem Rechner anrichten könnte',
  'object.dhcp_request':
    'was der Rundruf, mit dem ein anderes Gerät im Heimnetz um eine Adresse bittet, über seine Bauart zeigt: Art der Anfrage, Herstellerhälfte seiner MAC-Adresse (3 von 6 Bytes, Nullen bei einer zufälligen), die Produktklasse, die es nennt, und die Nummern der gesendeten und gewünschten Optionen. Sein Name, seine Adressen und die andere Hälfte der MAC-Adresse werden verworfen, das Paket selbst ebenso',
};
