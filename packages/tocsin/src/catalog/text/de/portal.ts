// German texts of the group portal.

export const PORTAL_DE: Readonly<Record<string, string>> = {
  'portal.error_category':
    'die Art, in der eine Anfrage an einen Dienst des Hubs fehlschlug, ein Wort aus einer festen Liste: das Netz, das Vertrauen in den Hub, der Berechtigungsnachweis, ein fehlendes Recht, die Anfrage selbst, ein überlasteter Hub, ein Fehler des Hubs oder ein Fehler auf diesem Rechner',
  'portal.error_code':
    'der genaue Grund eines solchen Fehlschlags, einer der Fehlercodes von Tocsin; der Wortlaut der Fehlermeldung wird nicht gesendet',
  'portal.response_status':
    'die Nummer des HTTP-Status in der Antwort des Dienstes; entfällt, wenn keine Antwort kam',
  'portal.source_line':
    'die Stelle im veröffentlichten Programmtext von Tocsin, an der der Fehler abgefangen wurde: Dateiname innerhalb des Programms und Zeile; nichts aus Dateien der Person und keine weitere Zeile des Aufrufstapels',
  'portal.request_id':
    'eine Zufallszahl, die für genau diese Anfrage erzeugt, mit ihr gesendet und im Protokoll des Hubs vermerkt wird, damit sich beide Enden eines Fehlers nebeneinanderlegen lassen; Abfragen haben keine',
  'portal.duration':
    'wie lange die Anfrage insgesamt dauerte, vom ersten Versuch bis zur endgültigen Antwort oder zum Scheitern, Wartezeiten und Wiederholungen eingeschlossen',
  'portal.client_program':
    'welches Programm von Tocsin die Anfrage stellte: der Dienst auf dem Rechner, die Befehlszeile, ein Relais oder ein anderes Programm, in das der Client eingebaut ist; dieses andere Programm wird nicht genannt',
  'portal.object_path':
    'Pfad der lokalen Datei, um die es in der Anfrage ging, etwa einer Datei, die hochgeladen werden soll, mit einem Platzhalter anstelle des Benutzernamens; entfällt bei Anfragen, in denen es um keine Datei geht',
  'portal.token_type':
    'welche Art von Berechtigungsnachweis die Anfrage vorzeigte: ein Beitritts-Token, das Recht zur Erneuerung, das Recht zum Hochladen einer Datei, eine Sitzung der Konsole oder nur das Zertifikat des Rechners',
  'portal.token_mark':
    'ein Kennzeichen, an dem zu erkennen ist, dass mehrere Fehlschläge zum selben Berechtigungsnachweis gehören: dessen HMAC-SHA-256 mit einem Geheimnis, das diesen Rechner nie verlässt; der Nachweis selbst steht in keiner Nachricht, und das Kennzeichen öffnet nichts',
  'portal.token_lifetime':
    'wie viele Sekunden dieser Berechtigungsnachweis zum Zeitpunkt der Anfrage noch galt; negativ, wenn er schon abgelaufen war',

  'message.portal-interaction.title': 'Eine fehlgeschlagene oder langsame Anfrage an einen Dienst des Hubs',
  'message.portal-interaction.reason.failed':
    'eine Anfrage an einen Dienst des Hubs ist nach dem letzten Versuch fehlgeschlagen oder wurde abgelehnt',
  'message.portal-interaction.reason.slow':
    'eine Anfrage an einen Dienst des Hubs wurde beantwortet, dauerte aber länger als zehn Sekunden',
  'message.portal-interaction.when':
    'sobald der Hub nach einer solchen Anfrage wieder erreichbar ist; Abfragen, Listen und Ereignisse lösen sie nie aus',
};
