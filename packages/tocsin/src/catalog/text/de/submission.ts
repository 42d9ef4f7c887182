// German texts of the group submission and its messages.

export const SUBMISSION_DE: Readonly<Record<string, string>> = {
  'submission.file_part':
    'ein Teil einer Datei, der kleinste, der entscheidet (Kopf, ein Abschnitt, ein Skriptblock); er wird vor dem Ganzen erbeten',
  'submission.whole_file':
    'eine ganze Datei, die verdächtig und unbekannt ist, zum Beispiel eine, die über einen schlechten Verweis kam',
  'submission.trusted_file':
    'eine ganze Datei, ausführbar oder nicht, die als gut gilt und gebraucht wird, um eine Infektion dieses Rechners zu verstehen (eine benutzte oder veränderte Systemdatei)',
  'submission.memory_portion':
    'Teile des Arbeitsspeichers eines verdächtigen Prozesses, nur bei einer Untersuchung; Speicher kann Passwörter enthalten und alles, woran der Prozess gearbeitet hat',
  'submission.boot_sector':
    'Startcode und Partitionstabelle am Anfang der Platte, von der der Rechner gestartet ist, nur bei einer Untersuchung',
  'submission.activity_report':
    'was ein verdächtiger Prozess getan hat, als Liste von Ereignissen: wie lange nach seinem Start, welcher Art, wie oft; ohne Namen, Pfade und Adressen, die eigene Angaben sind',
  'submission.process_accessed_files':
    'die Dateien, die der Prozess geöffnet oder beschrieben hat, jede mit ihrem vollen Pfad, der Name des Benutzers darin ersetzt',
  'submission.process_accessed_addresses':
    'Netzadressen, und Webadressen ohne Benutzernamen, Abfrage und Fragment, zu denen der Prozess Verbindung aufgenommen hat',
  'submission.process_download_addresses':
    'Netzadressen, und Webadressen ohne Benutzernamen, Abfrage und Fragment, von denen die Datei des Prozesses heruntergeladen wurde',
  'message.submission.title': 'Eine Datei, ein Teil davon, Speicher oder ein Bootsektor zur Untersuchung',
  'message.submission.reason.requested':
    'der Hub bittet um dieses eine Objekt, weil niemand es kennt und es auf einem Rechner verdächtig war',
  'message.submission.reason.investigation':
    'der Hub bittet darum, um herauszufinden, wie dieser Rechner infiziert wurde',
  'message.submission.reason.handed-in': 'eine Person reicht es ein',
  'message.submission.when':
    'auf Anfrage, der kleinste Teil zuerst; Dokumente, Mail, Archive und Bilder nur nach einem Ja der Person',
  'message.submission.service':
    'die Untersuchung von Objekten, die noch niemand kennt, und die Urteile, die daraus folgen',
  'message.activity-report.title': 'Was ein verdächtiger Prozess getan hat',
  'message.activity-report.reason.requested':
    'der Hub fragt, was der Prozess einer unbekannten Datei getan hat',
  'message.activity-report.reason.investigation':
    'der Hub bittet darum, um herauszufinden, wie dieser Rechner infiziert wurde',
  'message.activity-report.reason.stopped': 'ein Prozess wurde wegen dessen, was er tat, angehalten',
  'message.activity-report.when': 'auf Anfrage, und wenn ein Prozess angehalten wurde',
};
