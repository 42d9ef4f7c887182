// German texts of the messages about objects: titles, reasons, times, and services that depend on them.

export const OBJECT_MESSAGES_DE: Readonly<Record<string, string>> = {
  'message.detection.title': 'Ein Objekt, das als schlecht befunden wurde',
  'message.detection.reason.found':
    'ein Suchlauf oder der Wächter über geöffnete und gestartete Dateien hat ein Objekt gefunden, das riskant, verdächtig oder schädlich ist',
  'message.detection.reason.recognised':
    'eine früher untersuchte Datei hat sich durch ein späteres Urteil als schlecht erwiesen',
  'message.detection.reason.recalled': 'ein als schlecht befundenes Objekt hat sich als gut erwiesen',
  'message.detection.reason.false-alarm':
    'eine Person oder die Verwaltung hat von einem gemeldeten Objekt gesagt, dass es gut ist',
  'message.detection.reason.trial-rule': 'eine Regel in Erprobung traf zu; mit dem Objekt geschah nichts',
  'message.detection.when':
    'bei einem solchen Ereignis; dasselbe Objekt aus demselben Grund höchstens einmal am Tag',
  'message.detection.service':
    'die Übersicht und die Alarme am Hub zu dem, was auf diesem Rechner gefunden wurde',

  'message.detection-in-traffic.title': 'Ein Fund im Web- oder Netzwerkverkehr',
  'message.detection-in-traffic.reason.phishing': 'eine Seite, die eine andere nachahmt, wurde angetroffen',
  'message.detection-in-traffic.reason.bad-address':
    'eine Adresse oder ein Download wurde angetroffen, die oder der riskant, verdächtig oder schädlich ist',
  'message.detection-in-traffic.reason.tracker':
    'ein Tracker wurde angetroffen, und die Person hat gewählt, dass Tracker gemeldet oder gesperrt werden',
  'message.detection-in-traffic.reason.attack':
    'eine Netzwerkregel hat einen Angriff auf diesen Rechner oder von ihm aus erkannt',
  'message.detection-in-traffic.reason.person-decided':
    'nach einer Warnung ist die Person weitergegangen oder umgekehrt oder hat die Adresse auf Dauer erlaubt',
  'message.detection-in-traffic.reason.trial-rule': 'eine Regel in Erprobung traf zu; nichts wurde gesperrt',
  'message.detection-in-traffic.when':
    'bei einem solchen Ereignis; derselbe Host aus demselben Grund höchstens einmal am Tag, Tracker stündlich gesammelt',
  'message.detection-in-traffic.service':
    'die Übersicht und die Alarme am Hub zu Angriffen und schlechten Adressen, denen dieser Rechner begegnet ist',

  'message.behaviour-detection.title': 'Ein Prozess, der sich schädlich verhalten hat',
  'message.behaviour-detection.reason.found':
    'die Verhaltensregeln haben einen laufenden Prozess als schädlich erkannt',
  'message.behaviour-detection.reason.false-alarm':
    'eine Person oder die Verwaltung hat von einem solchen Prozess gesagt, dass er gut ist',
  'message.behaviour-detection.reason.trial-rule':
    'eine Verhaltensregel in Erprobung traf zu; der Prozess lief weiter',
  'message.behaviour-detection.when':
    'bei einem solchen Ereignis; dasselbe Programm aus demselben Grund höchstens einmal in der Stunde',
  'message.behaviour-detection.service':
    'die Übersicht und die Alarme am Hub zu Prozessen, die auf diesem Rechner angehalten wurden',

  'message.object-statistics.title': 'Ein Programm und wie verbreitet es ist',
  'message.object-statistics.reason.first-seen':
    'ein Programm, eine Bibliothek oder ein Skript, das keine Liste kennt, wurde auf diesem Rechner zum ersten Mal angetroffen',
  'message.object-statistics.reason.started':
    'ein solches Programm wurde gestartet, seit es zuletzt gemeldet wurde',
  'message.object-statistics.reason.autostart':
    'ein solches Programm wurde unter denen eingetragen, die von selbst starten',
  'message.object-statistics.when': 'einmal am Tag gesammelt, jedes Programm einmal',
  'message.object-statistics.service':
    'die Auskunft des Hubs, wie verbreitet ein Programm ist und seit wann es bekannt ist, bei Programmen, die nur dieser Rechner hat',

  'message.object-error.title': 'Ein Objekt, das nicht bis zum Ende untersucht werden konnte',
  'message.object-error.reason.failed': 'eine Stufe der Untersuchung endete mit einem Fehler',
  'message.object-error.reason.limit':
    'eine Stufe gab an einer Grenze für Zeit, Schachtelungstiefe oder Größe auf',
  'message.object-error.when': 'einmal in der Stunde gesammelt; dasselbe Objekt und dieselbe Stufe einmal',

  'message.module-integrity.title': 'Ob die Programmdateien von Tocsin selbst unversehrt sind',
  'message.module-integrity.reason.changed': 'das Ergebnis der Prüfung weicht vom zuletzt gemeldeten ab',
  'message.module-integrity.reason.updated': 'die Prüfung nach einer Aktualisierung ist abgeschlossen',
  'message.module-integrity.when': 'nach der Prüfung beim Start, nach einer Aktualisierung und einmal am Tag',
  'message.module-integrity.service':
    'der Alarm am Hub, wenn Programmdateien von Tocsin auf diesem Rechner verändert wurden',

  'message.dhcp-request.title': 'Was ein Gerät im Heimnetz zeigt, wenn es um eine Adresse bittet',
  'message.dhcp-request.reason.new-device':
    'in einem als Heimnetz gekennzeichneten Netz hat ein Gerät um eine Adresse gebeten, das dort noch nicht angetroffen wurde',
  'message.dhcp-request.when': 'bei einem solchen Ereignis, jedes Gerät einmal',
  'message.dhcp-request.service': 'das Benennen der Art eines neuen Geräts im Heimnetz',

  'message.object-content.title': 'Inhalt eines Objekts, ganz oder in Teilen',
  'message.object-content.reason.asked':
    'der Hub hat nach diesen Stücken gefragt, oder nach denen, auf die eine Regel zutraf, weil sein Urteil davon abhängt, und die Art des Objekts verlangt keine weitere Zustimmung',
  'message.object-content.reason.agreed':
    'eine Person hat dem Senden genau dieses Objekts, dieser Seite oder dieser E-Mail zugestimmt',
  'message.object-content.when': 'bei einem solchen Ereignis, das kleinste Stück zuerst, jedes Stück einmal',
  'message.object-content.service':
    'die Untersuchung von Objekten dieses Rechners, die noch niemand kennt, durch den Hub',
};
