// German texts of the group software, and of the messages about Tocsin itself.

export const SOFTWARE_DE: Readonly<Record<string, string>> = {
  'software.installation_id':
    'eine Zahl, die in Statistiken für diese Installation steht: ein HMAC einer bei der Installation gezogenen Zufallszahl unter einem Geheimnis des Rechners; sie benennt keine Hardware, und eine neue Installation hat eine andere',
  'software.component_version': 'Name und Version des einen Bestandteils, von dem die Nachricht kommt',
  'software.databases_released_at':
    'wann der Hub die Revision der Listen veröffentlicht hat, die auf dem Rechner gilt',
  'software.databases_timestamp': 'wann diese Revision der Listen auf dem Rechner in Kraft trat',
  'software.database_record_version':
    'die Revision der Listen, in der der Eintrag, um den es in der Nachricht geht, zuletzt stand',
  'software.update_id': 'um welche Aktualisierung es geht, über den SHA-256 ihres Pakets',
  'software.update_task_type': 'was aktualisiert werden sollte',
  'software.health_after_update':
    'ob Tocsin nach der Aktualisierung arbeitet: sein Selbsttest gelingt, gelingt zum Teil, oder es startet nicht',
  'software.update_error_code': 'der Code des Fehlers, an dem eine Aktualisierung scheiterte',
  'software.error_text':
    'der Wortlaut dieses Fehlers, in dem jeder Pfad, jede Adresse und jeder Rechnername durch einen Platzhalter ersetzt ist',
  'software.updater_version': 'die Version des Aktualisierers',
  'software.updater_install_errors':
    'wie viele Fehler seit der vorigen Aktualisierung auftraten, während der Aktualisierer selbst aktualisiert wurde, behobene eingeschlossen',
  'software.updater_install_failures':
    'wie viele Aktualisierungen des Aktualisierers selbst seit der letzten gelungenen am Ende nicht zustande kamen',
  'software.version_before_update': 'die vollständige Version von Tocsin vor der Aktualisierung',
  'software.false_positive_recall_attribute':
    'woran ein Alarm als falsch erkannt und zurückgenommen wurde: welche Eigenschaft des Objekts der neuere Eintrag nennt',
  'software.triggered_record_id':
    'die Kennung des Listeneintrags, der den zurückgenommenen Alarm ausgelöst hatte',
  'software.triggered_record_type': 'was für ein Eintrag den zurückgenommenen Alarm ausgelöst hatte',
  'software.triggered_record_timestamp':
    'wann der Eintrag veröffentlicht wurde, der den zurückgenommenen Alarm ausgelöst hatte',
  'software.weak_settings_scan_result':
    'wie eine Suche nach schwachen Einstellungen des Betriebssystems ausging',
  'software.weak_setting_scan_task_type': 'was die Suche angestoßen hat, die die schwache Einstellung fand',
  'message.software-state.title': 'Was von Tocsin installiert ist und ob es läuft',
  'message.software-state.reason.start':
    'Tocsin ist mit einer anderen Version, anderen Bestandteilen oder einem anderen Betriebssystem gestartet als beim letzten Bericht',
  'message.software-state.reason.daily': 'seit dem letzten Bericht ist ein Tag vergangen',
  'message.software-state.when': 'einmal am Tag und nach einer Änderung',
  'message.software-state.service':
    'Warnungen an den Betreiber, dass der Schutz eines Rechners veraltet oder ausgefallen ist',
  'message.update-result.title': 'Wie eine Aktualisierung verlief',
  'message.update-result.reason.done':
    'eine Aktualisierung des Programms, seiner Regeln oder einer Grundliste wurde eingespielt',
  'message.update-result.reason.failed': 'eine Aktualisierung ist auch im letzten Versuch gescheitert',
  'message.update-result.reason.rolled-back':
    'eine Aktualisierung wurde zurückgenommen, weil der Selbsttest danach scheiterte',
  'message.update-result.when': 'nach einer solchen Aktualisierung',
  'message.false-alarm-recall.title': 'Ein zurückgenommener Alarm',
  'message.false-alarm-recall.reason.recalled':
    'neuere Listen oder Regeln nehmen ein Urteil zurück, nach dem dieser Rechner gehandelt hatte',
  'message.false-alarm-recall.reason.restored':
    'eine Person hat ein Objekt als harmlos aus der Quarantäne zurückgeholt',
  'message.false-alarm-recall.when': 'wenn ein Objekt freigegeben wird; jedes Objekt einmal',
  'message.weak-setting.title': 'Eine schwache Einstellung des Betriebssystems',
  'message.weak-setting.reason.found':
    'eine Suche hat eine schwache Einstellung gefunden, die vorher nicht da war',
  'message.weak-setting.reason.acted':
    'eine schwache Einstellung wurde behoben, belassen oder wiederhergestellt',
  'message.weak-setting.reason.failed': 'eine schwache Einstellung ließ sich nicht beheben',
  'message.weak-setting.when': 'am Ende einer Suche, eine Nachricht je Einstellung',
};
