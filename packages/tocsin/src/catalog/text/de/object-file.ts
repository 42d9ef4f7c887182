// German texts of the object group: which object it is, how it is built and signed, and its content.

export const OBJECT_FILE_DE: Readonly<Record<string, string>> = {
  'object.md5':
    'der MD5-Wert des gesamten Inhalts, zusätzlich zum SHA-256-Wert, um das Objekt in älteren Listen zu finden; eine Übereinstimmung nur mit ihm macht ein Objekt niemals vertrauenswürdig',
  'object.size': 'die Länge des Inhalts, über den die Prüfwerte berechnet wurden',
  'object.kind':
    'wo das Objekt angetroffen wurde: als Datei, in einem Archiv oder einer E-Mail, im Web, als laufender Prozess, im Arbeitsspeicher …, aus einer festen Liste',
  'object.format':
    'die Form des Inhalts, wie sie seine eigenen Bytes zeigen (elf64, pe32+, pdf, zip …), gleichgültig, was der Dateiname behauptet',
  'object.is_pe':
    'ob der Inhalt ein Programm oder eine Bibliothek für Windows ist (Portable Executable); auch dann ja, wenn die Datei beschädigt ist und andere Leser mit ihr nichts anfangen können',
  'object.name':
    'der Name der Datei selbst, ohne die Ordner darüber; der Anmeldename einer Person darin wird durch einen Platzhalter ersetzt. Nur für Programme, Skripte und Objekte, die als Fund gemeldet werden, niemals für ein unauffälliges Dokument',
  'object.path':
    'die Ordner über der Datei und ihr Name, wobei der Anmeldename einer Person durch einen Platzhalter ersetzt wird; andere Wörter im Pfad bleiben stehen. Nur für Programme, Skripte und Objekte, die als Fund gemeldet werden',
  'object.directory':
    'in welcher Art von Ordner die Datei liegt, aus einer festen Liste; kein Name eines Ordners',
  'object.created_at':
    'wann die Datei, ob Programm oder nicht, auf dem Datenträger dieses Rechners entstand, in UTC und auf die volle Stunde abgerundet: ohne Minute und ohne Zeitzone',
  'object.modified_at':
    'wann der Inhalt zuletzt geschrieben wurde, in UTC und auf die volle Stunde abgerundet; wer die Datei schreiben darf, kann auch diese Angabe fälschen',
  'object.storage_time':
    'wie lange dieser Rechner das Objekt schon hat, in Tagen seit der ersten Begegnung, abgerundet auf 0, 1 oder eine höhere Zweierpotenz',
  'object.description':
    'die Zeile, mit der der Hersteller das Programm in der Datei oder in ihrem Paket beschreibt; vom Hersteller geschrieben und von niemandem geprüft',
  'object.version': 'die Version, die die Datei oder ihr Paket für sich angibt; nicht die Version von Tocsin',
  'object.vendor':
    'die Firma oder Distribution, die in den Versionsangaben der Datei oder in der Paketquelle als Hersteller steht; niemals Name oder Anschrift eines Paketbetreuers',
  'object.linked_at':
    'wann der Hersteller das Programm gebaut hat, wie es im Dateikopf steht; eine Angabe, die sich fälschen lässt und in jeder Kopie gleich ist',
  'object.entropy':
    'wie gleichmäßig sich die Bytewerte über den Inhalt verteilen (Shannon-Entropie), auf ein Zehntel gerundet: nahe 8 bei gepackten oder verschlüsselten Dateien',
  'object.executable_attributes':
    'Eigenschaften einer Programmdatei aus Kopf und Dateirechten: Prozessor, Programm, Bibliothek oder Treiber, und ob sie sich beliebig im Speicher anordnen lässt, einen ausführbaren Stapelspeicher hat, keine Symbole enthält oder mit den Rechten ihres Eigentümers läuft',
  'object.packers':
    'die Namen der Werkzeuge, mit denen das Programm komprimiert oder unkenntlich gemacht wurde, von außen nach innen, wie Regeln sie erkennen; leer, wenn keines erkannt wurde',
  'object.autorun':
    'ob das System oder eine Desktop-Sitzung dieses Programm von selbst startet; nicht durch welchen Eintrag und nicht unter wessen Konto',
  'object.runs':
    'wie oft das Programm gestartet wurde, seit dieser Rechner seinen Prüfwert zuletzt gemeldet hat, abgerundet auf 0, 1 oder eine höhere Zweierpotenz; keine Zeitpunkte der einzelnen Starts',
  'object.parent_application':
    'der Dateiname des Programms, das dieses gestartet hat, ohne Ordner und Argumente',
  'object.command_line':
    'das Programm und die Argumente, mit denen ein als schädlich gemeldeter Prozess gestartet wurde. Vor dem Senden durch Platzhalter ersetzt werden: Anmeldenamen in Pfaden, was auf Optionen folgt, die ein Passwort, einen Schlüssel oder ein Token benennen, sowie Benutzer und Passwort in Adressen. Was sonst eingegeben wurde, bleibt stehen und kann daher Worte einer Person enthalten. Niemals für einen unauffälligen Prozess',
  'object.process_account':
    'ein Stellvertreter für das Konto, unter dem der Prozess läuft: HMAC-SHA-256 seiner Nummer unter einem Geheimnis, das den Rechner nie verlässt. Er zeigt, dass zwei Prozesse zum selben Konto gehören; weder Name noch Nummer lassen sich daraus gewinnen, auch nicht dieselbe Person auf einem anderen Rechner',
  'object.logon_session':
    'ein Stellvertreter für die Anmeldung, zu der der Prozess gehört: HMAC-SHA-256 aus Kennung des Systemstarts und Nummer der Sitzung unter einem Geheimnis, das den Rechner nie verlässt. Kein Schlüssel, Token oder Passwort der Sitzung wird gelesen, und niemand kann mit ihm der Sitzung beitreten',
  'object.logon_session_algorithm':
    'wie der Stellvertreter für die Anmeldung gebildet wurde; bisher gibt es nur einen Weg, und er wird genannt, damit ein späterer nicht mit ihm verwechselt wird',
  'object.module_integrity':
    'ob die Programmdateien von Tocsin selbst die der ausgelieferten Version sind: alle unversehrt, oder der schlimmste Befund; nicht, welche Dateien',
  'object.signature_result':
    'was die Prüfung der Signatur der Datei ergab: keine vorhanden, gültig, Inhalt seit dem Signieren verändert, Unterzeichner nicht vertrauenswürdig und so weiter',
  'object.signer':
    'der Name, den eine gültige Signatur als Unterzeichner der Datei ausweist: in der Regel eine Firma, gelegentlich eine einzelne Person; E-Mail-Adressen werden entfernt. Bei Paketen der Name des Archivschlüssels',
  'object.signed_at':
    'wann die Datei signiert wurde, wie ein Zeitstempeldienst es bestätigt hat; in jeder Kopie gleich und daher ohne Bezug zu diesem Rechner',
  'object.certificate_issuer': 'der Name der Stelle, die das Zertifikat ausgestellt hat, wie er darin steht',
  'object.certificate_owner':
    'für wen das Zertifikat ausgestellt wurde und wozu es dienen darf: Eintrag des Inhabers, Hostnamen, erlaubte Verwendungen und ob es weitere ausstellen darf; E-Mail-Adressen werden entfernt. Der Inhaber kann eine einzelne Person sein',
  'object.certificate_serial':
    'die Nummer, die der Aussteller dem Zertifikat gegeben hat, hexadezimal; zusammen mit dem Aussteller benennt sie das Zertifikat in Sperrlisten',
  'object.certificate_thumbprint':
    'der Prüfwert des ganzen Zertifikats und der Name des Verfahrens, mit dem er gebildet wurde; nur SHA-256, weil sich MD5 und SHA-1 fälschen lassen',
  'object.certificate_public_key':
    'der SHA-256-Wert des öffentlichen Schlüssels im Zertifikat; er genügt, um zu sehen, dass zwei Zertifikate denselben Schlüssel haben, und der Schlüssel selbst wird nicht gesendet',
  'object.certificate_public_key_algorithm':
    'für welches Verfahren und von welcher Länge oder auf welcher Kurve der Schlüssel im Zertifikat ist',
  'object.certificate_issued_at': 'der erste Zeitpunkt, zu dem das Zertifikat gültig ist',
  'object.certificate_expires_at': 'der letzte Zeitpunkt, zu dem das Zertifikat gültig ist',
  'object.certificate_result':
    'was die Prüfung des Zertifikats ergab: Kette bis zu einer Wurzel, der dieser Rechner vertraut, Gültigkeitszeitraum, Sperrung, Name und Verwendung',
  'object.content':
    'alle Bytes eines kleinen Objekts, höchstens 256 KiB, vollständig gesendet, weil Teile davon für ein Urteil nicht genügten. Dokumente, E-Mails, Archive und Bilder nur, nachdem eine Person genau diesem zugestimmt hat',
  'object.parts':
    'bis zu acht Stücke von je 32 KiB um die Stellen, an denen eine Regel zutraf, mit ihrer Lage; ein Objekt, das kleiner als ein Stück ist, ist damit vollständig enthalten. Die Zustimmung einer Person ist nötig wie beim Ganzen',
  'object.fragment':
    'ein Stück eines Objekts, höchstens 64 KiB, nach dem der Hub gefragt hat, weil es zwischen zwei Urteilen entscheidet; das kleinste solche Stück geht zuerst, und oft ist mehr nicht nötig. Die Zustimmung einer Person ist nötig wie beim Ganzen',
  'object.fragment_order':
    'das wievielte von wie vielen gleich großen Stücken des Objekts das Stück in derselben Nachricht ist, gezählt ab 0',
  'object.web_page':
    'das HTML einer Seite, die für Phishing oder einen Angriff gehalten wird, so wie der Webdienst es gesendet hat, höchstens 256 KiB; ohne Cookies, Kopfzeilen, Eingaben in Formulare und das, was Skripte hinzugefügt haben. Es kann zeigen, was der Dienst für die angemeldete Person geschrieben hat, und geht deshalb nur, nachdem diese Person dieser Seite zugestimmt hat',
  'object.mail':
    'eine E-Mail, wie sie empfangen wurde, mit Kopfzeilen, Adressen, Text und Anhängen, höchstens 256 KiB; nur, nachdem ihr Empfänger genau dieser E-Mail zugestimmt hat',
  'object.sealing_key_id':
    'der Name des öffentlichen Schlüssels des Hubs, für den der Inhalt in derselben Nachricht verschlüsselt ist, gleich für alle Rechner des Hubs; er öffnet nichts und verrät nichts über den Rechner',
};
