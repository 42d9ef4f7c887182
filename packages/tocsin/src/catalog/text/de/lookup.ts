// German texts of the look-ups.

export const LOOKUP_DE: Readonly<Record<string, string>> = {
  'lookup.kind':
    'wonach gefragt wird: nach einer Datei (und über welche Prüfsumme), einer Webadresse, einem Rechnernamen, einer Netzadresse, einem Zertifikat oder einem WLAN',
  'lookup.bits':
    'wie viele führende Bits der Prüfsumme gezeigt werden; der Hub nennt die Zahl in seinem Verzeichnis der Listen, so klein, dass im Mittel mindestens 64 ihm bekannte Objekte sie teilen, und nie mehr als 24 von 128 bis 256',
  'lookup.prefix':
    'diese führenden Bits der Prüfsumme, hexadezimal, der Rest des letzten Bytes null: vom Inhalt einer Datei oder von einem Teil einer Adresse; wer eine Adresse errät, kann dieselben Bits ausrechnen, aber sehr viele Adressen teilen sie. Aus der Gruppe, die geantwortet wird, sucht sich der Rechner sein Objekt selbst heraus',
  'lookup.key':
    'die ganze Prüfsumme des einen Objekts, nach dessen Geschichte eine Person fragt: vom Inhalt einer Datei, von einem Zertifikat oder vom Text einer Adresse. Sie verrät, welches Objekt gemeint ist, wer dasselbe hat oder es errät; Adressen gibt es so wenige, dass sich alle durchprobieren lassen. Der Hub weiß in diesem Augenblick, welcher Rechner fragt, und hebt beides nicht auf',
  'message.lookup.title': 'Eine Frage nach Dateien',
  'message.lookup.reason.unknown':
    'es begegnet eine Datei oder ein Zertifikat, worüber weder Entscheidungen auf diesem Rechner noch seine Listen noch eine frühere Antwort etwas wissen',
  'message.lookup.reason.asked': 'eine Person oder ein Programm fragt danach',
  'message.lookup.when': 'sobald so etwas begegnet; bis zu 1.000 Präfixe in einem Umschlag',
  'message.lookup.service':
    'Antworten zu Dateien, die in keiner Liste dieses Rechners stehen; seine Listen schützen ihn weiter',
  'message.lookup-address.title': 'Eine Frage nach einer Webadresse, einem Rechnernamen oder einem Netz',
  'message.lookup-address.reason.unknown':
    'es begegnet eine Adresse, ein Rechnername oder ein Netz, worüber weder Entscheidungen auf diesem Rechner noch seine Listen noch eine frühere Antwort etwas wissen',
  'message.lookup-address.reason.asked': 'eine Person oder ein Programm fragt danach',
  'message.lookup-address.when':
    'sobald so etwas begegnet; ein Präfix je Umschlag, weil die Teile einer Adresse zusammen sie verraten würden',
  'message.lookup-address.service':
    'Antworten zu Adressen, die in keiner Liste dieses Rechners stehen; seine Listen schützen ihn weiter',
  'message.lookup-history.title': 'Eine Frage nach der Geschichte eines Objekts',
  'message.lookup-history.reason.asked': 'eine Person fragt, wer was über ein Objekt gesagt hat',
  'message.lookup-history.when':
    'wenn eine Person es mit Namen verlangt; ein Objekt je Umschlag, und nie, weil es dem Rechner begegnet ist',
  'message.lookup-history.service':
    'wer was über ein Objekt gesagt hat, und seit wann; das Urteil selbst kommt auch ohne',
};
