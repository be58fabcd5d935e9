//! Guesses what mailboxes are for by their names, for servers that do not say it (RFC 6154). Pure.

use crate::model::SpecialUse;

/// Well-known last levels of mailbox names, in lower case, by use. The first that fits wins.
#[rustfmt::skip] // a table
const NAMES: &[(SpecialUse, &[&str])] = &[
    (SpecialUse::Drafts, &[
        "drafts", "draft", "entwürfe", "entwurf", "brouillons", "brouillon", "borradores", "borrador", "bozze",
        "concepten", "kladder", "utkast", "luonnokset", "rascunhos", "szkice", "rozepsané", "koncepty",
        "piszkozatok", "taslaklar", "черновики", "чернетки", "草稿", "草稿箱", "草稿夾", "下書き", "임시보관함",
    ]),
    (SpecialUse::Sent, &[
        "sent", "sent items", "sent messages", "sent mail", "sent-mail", "gesendet", "gesendete objekte",
        "gesendete elemente", "gesendete nachrichten", "postausgang", "envoyés", "messages envoyés",
        "éléments envoyés", "courrier envoyé", "enviados", "elementos enviados", "mensajes enviados",
        "posta inviata", "inviati", "inviata", "verzonden", "verzonden items", "verzonden berichten", "sendt",
        "sendte", "skickat", "skickade", "lähetetyt", "itens enviados", "mensagens enviadas", "wysłane",
        "elementy wysłane", "odeslané", "odeslaná pošta", "odoslané", "elküldött", "elküldött elemek",
        "gönderilmiş öğeler", "отправленные", "исходящие", "надіслані", "已发送", "已发送邮件", "已傳送郵件",
        "寄件備份", "送信済み", "送信済みアイテム", "보낸편지함",
    ]),
    (SpecialUse::Junk, &[
        "junk", "junk mail", "junk e-mail", "junk email", "spam", "bulk mail", "bulk", "spamverdacht",
        "unerwünscht", "unerwünschte werbung", "unbekannt", "courrier indésirable", "indésirables",
        "pourriel", "correo no deseado", "no deseado", "posta indesiderata", "ongewenst", "ongewenste e-mail",
        "søppelpost", "skräppost", "roskaposti", "lixo eletrônico", "wiadomości-śmieci", "nevyžádaná pošta",
        "levélszemét", "gereksiz", "спам", "нежелательная почта", "垃圾邮件", "垃圾郵件", "迷惑メール", "스팸편지함",
    ]),
    (SpecialUse::Trash, &[
        "trash", "deleted", "deleted items", "deleted messages", "bin", "papierkorb", "gelöscht",
        "gelöschte objekte", "gelöschte elemente", "gelöschte nachrichten", "corbeille", "éléments supprimés",
        "messages supprimés", "papelera", "elementos eliminados", "eliminados", "cestino", "posta eliminata",
        "prullenbak", "verwijderde items", "papirkurv", "papperskorgen", "roskakori", "lixeira",
        "itens excluídos", "lixo", "kosz", "elementy usunięte", "koš", "kôš", "kuka", "törölt elemek",
        "silinmiş öğeler", "çöp kutusu", "корзина", "удаленные", "удалённые", "кошик", "已删除邮件", "已删除",
        "刪除的郵件", "ごみ箱", "削除済みアイテム", "휴지통",
    ]),
    (SpecialUse::Archive, &[
        "archive", "archives", "archiv", "archivo", "archiv(e)", "archivio", "archief", "arkiv", "arkisto",
        "arquivo", "archiwum", "archív", "archívum", "arşiv", "архив", "архів", "归档", "封存", "アーカイブ", "보관함",
    ]),
    (SpecialUse::All, &[
        "all mail", "alle nachrichten", "tous les messages", "todos", "tutti i messaggi", "alle e-mails",
    ]),
    (SpecialUse::Flagged, &[
        "starred", "markiert", "suivis", "messages suivis", "destacados", "speciali",
    ]),
];

/// Names of `All` and `Flagged` are common words; they count only below Gmail's own level.
const GMAIL_LEVELS: [&str; 2] = ["[gmail]", "[google mail]"];

/// Guesses the use from the decoded levels of the name.
///
/// Only top levels, and levels right below INBOX or Gmail's own level, can be special: `Projects/Archive`
/// is somebody's project.
pub(super) fn by_name(path: &[String]) -> Option<SpecialUse> {
    let (last, above) = path.split_last()?;
    let parent = match above {
        [] => None,
        [one] => Some(one.to_lowercase()),
        _ => return None,
    };
    let gmail = parent.as_deref().is_some_and(|p| GMAIL_LEVELS.contains(&p));
    if !gmail && parent.as_deref().is_some_and(|p| p != "inbox") {
        return None;
    }
    let last = last.trim().to_lowercase();
    let found = NAMES.iter().find(|(_, names)| names.contains(&last.as_str())).map(|(special, _)| *special);
    found.filter(|special| gmail || !matches!(special, SpecialUse::All | SpecialUse::Flagged))
}

/// For each mailbox, whether the guess may be used: only one mailbox can have each use, the one that the
/// server named itself wins, and then the first with the shortest path.
pub(super) fn fill_in(mailboxes: &mut [super::ListedMailbox]) {
    for special in SpecialUse::ALL {
        let named = mailboxes.iter().any(|m| m.special_use == Some(special));
        if special == SpecialUse::Inbox || named {
            continue;
        }
        let candidate = mailboxes
            .iter_mut()
            .filter(|m| m.special_use.is_none() && !m.attributes.no_select && !m.name.is_inbox())
            .filter(|m| by_name(&m.display_path) == Some(special))
            .min_by_key(|m| m.display_path.len());
        if let Some(mailbox) = candidate {
            mailbox.special_use = Some(special);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_names_have_a_use() {
        let cases = [
            ("Sent Items", Some(SpecialUse::Sent)),
            ("INBOX/Entwürfe", Some(SpecialUse::Drafts)),
            ("Corbeille", Some(SpecialUse::Trash)),
            ("inbox/SPAM", Some(SpecialUse::Junk)),
            ("[Gmail]/All Mail", Some(SpecialUse::All)),
            ("[Google Mail]/Papierkorb", Some(SpecialUse::Trash)),
            ("Starred", None),
            ("Projects/Archive", None),
            ("INBOX/a/Sent", None),
            ("INBOX", None),
            ("", None),
        ];
        for (name, expected) in cases {
            let path: Vec<_> = name.split('/').map(str::to_owned).collect();
            assert_eq!(by_name(&path), expected, "{name}");
        }
        assert_eq!(by_name(&[]), None);
    }

    #[test]
    fn no_name_has_two_uses() {
        let mut all: Vec<_> = NAMES.iter().flat_map(|(_, names)| names.iter()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|name| name.to_lowercase() == **name));
    }
}
