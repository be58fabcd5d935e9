//! Mails in many languages and scripts, some in the charsets that old programs still use.

use super::letter::{Letter, Person, Text, base64_lines, quoted_printable, wrap};
use super::{Filed, HOUR, waking};
use encoding_rs::Encoding;

struct Note {
    from: Person,
    folder: &'static str,
    ago: i64,
    marks: &'static str,
    /// `utf-8`, or the charset in which the whole mail is sent.
    charset: &'static str,
    subject: &'static str,
    text: &'static str,
}

const fn note(
    name: &'static str,
    email: &'static str,
    place: (&'static str, i64, &'static str),
    charset: &'static str,
    subject: &'static str,
    text: &'static str,
) -> Note {
    let (folder, ago, marks) = place;
    Note { from: Person::new(name, email), folder, ago, marks, charset, subject, text }
}

#[rustfmt::skip]
const NOTES: &[Note] = &[
    note("Anneliese Groß", "anneliese@kartenfreunde.example", ("INBOX", 17, "unread"), "utf-8",
        "Führung durch das Flussarchiv am Samstag",
        "Liebe Robin,\n\nam Samstag um elf öffnen wir zum ersten Mal das alte Flussarchiv. Es gibt Pläne von 1780, Tuschezeichnungen und einen Überschwemmungsbericht, der mit den Worten beginnt: »Gestern war hier noch eine Straße.«\n\nDanach Kaffee und Zwetschgenkuchen. Kommst du?\n\nHerzliche Grüße\nAnneliese"),
    note("Étienne Moreau", "etienne@rivieres.example", ("INBOX", 88, ""), "utf-8",
        "Ré : la légende de la planche 6",
        "Bonjour Robin,\n\nj’ai relu la légende de la planche 6. Une seule remarque : chez nous on dit « le gué » et non « le passage ». Le mot est court, il tient mieux dans la marge, et ma grand-mère sera contente.\n\nPour le reste, c’est très beau. On entend presque l’eau.\n\nBien à toi,\nÉtienne"),
    note("Lucía Fernández", "lucia@rios.example", ("INBOX", 190, ""), "utf-8",
        "¡Apareció la tercera vaca!",
        "¡Robin!\n\nLa hermana del fotógrafo se acordó: la tercera vaca se llamaba Golondrina. Ya podemos imprimir la fotografía.\n\nDice también que Golondrina era la más lista de las tres y que nunca se puso verde del todo.\n\nUn abrazo,\nLucía"),
    note("Beatriz Nunes", "beatriz@choir.example", ("Archive", 800, ""), "utf-8",
        "A canção do rio, com a letra certa",
        "Olá Robin,\n\naqui vai a letra certa da canção. Na terceira estrofe não é «coração», é «ribeirão». Cantámos mal durante anos e ninguém reparou, o que diz muito sobre o público ou sobre a nossa dicção.\n\nAté terça!\nBeatriz"),
    note("Tomasz Zieliński", "tomasz@fernweg.example", ("Projects/Atlas of Small Rivers", 260, ""), "utf-8",
        "Źródła, ujścia i żółte łódki",
        "Cześć,\n\nznalazłem wreszcie źródło rzeki z arkusza 9. Leży 40 metrów wyżej, niż mówi stara mapa, pod głazem, na którym ktoś narysował żółtą łódkę. Zrobiłem zdjęcie i zmierzyłem dwa razy.\n\nPoprawiłem warstwice. Łódkę zostawiłem.\n\nTomasz"),
    note("Elif Yıldız", "elif@example.com", ("INBOX", 130, ""), "utf-8",
        "Köprünün adı hakkında",
        "Merhaba Robin,\n\nköydeki herkes köprüye \"Kırık Köprü\" diyor, ama köprü hiç kırık değil; ustasının soyadı Kırık'mış. Haritada böyle kalsın mı, yoksa küçük bir not ekleyelim mi?\n\nBence not güzel olur, insanlar gülümser.\n\nSevgiler,\nElif"),
    note("Оксана Коваль", "oksana@example.net", ("INBOX", 60, "unread"), "utf-8",
        "Листівки з берега",
        "Привіт, Робін!\n\nДякую за пробний аркуш, він висить у нас на кухні. Діти вже знайшли на ньому наш міст, школу і навіть стару вербу, з якої всі стрибають у воду.\n\nНадсилаю звичайною поштою дванадцять листівок для музею. Одна трохи мокра, але це справжня річкова вода.\n\nОксана"),
    note("Пётр Соколов", "petr@example.org", ("Archive", 2100, ""), "koi8-r",
        "Старые лоции",
        "Здравствуйте, Робин!\n\nВ библиотеке нашлись две лоции 1896 года. На полях карандашом записано, где купец каждый раз садился на мель. Могу переснять все страницы, если это пригодится для атласа.\n\nС уважением,\nПётр"),
    note("Елена Петрова", "elena@example.com", ("Projects/Atlas of Small Rivers", 420, ""), "windows-1251",
        "Мащабът на българското издание",
        "Здравейте,\n\nпроверих мащаба на лист 4. Всичко е точно, само думата „километра“ се пренася лошо. Ако полето стане с четири милиметра по-широко, ще се събере на един ред.\n\nПоздрави от Пловдив,\nЕлена"),
    note("Ελένη Παπαδάκη", "eleni@example.org", ("INBOX", 110, ""), "utf-8",
        "Το ποτάμι πίσω από το σπίτι",
        "Καλημέρα Robin,\n\nμου ζήτησες το όνομα του μικρού ποταμού πίσω από το σπίτι μας. Οι χάρτες δεν το ξέρουν. Εμείς το λέμε απλώς «ο Γείτονας», γιατί το χειμώνα έρχεται συχνά μέχρι την πόρτα.\n\nΦιλιά,\nΕλένη"),
    note("渡辺健二", "kenji@chizu.example", ("INBOX", 34, "unread"), "utf-8",
        "地図の校正について（三枚目）",
        "ロビン様\n\nいつもお世話になっております。三枚目の校正が終わりました。渡し場の記号を少し上に動かしただけで、あとはそのままで大丈夫です。\n\n先週、実際に川沿いを歩いて確かめました。地図にない小さな橋を一つ見つけましたので、写真を撮っておきました。次にお会いするときにお見せします。\n\n渡辺"),
    note("旅館 川の音", "yoyaku@kawanoto.example", ("Travel/日本", 650, "flagged"), "iso-2022-jp",
        "ご予約ありがとうございます",
        "ロビン・ヘイル様\n\nこのたびはご予約をいただき、まことにありがとうございます。\n\n　ご宿泊：二名様、和室（川側）\n　ご到着：午後三時から六時まで\n　ご夕食：六時半\n\n渡し船の乗り場までお迎えにまいります。お気をつけてお越しくださいませ。\n\n旅館　川の音"),
    note("陳美玲", "meiling@example.net", ("INBOX", 215, ""), "utf-8",
        "關於溪流名稱的小問題",
        "Robin 你好：\n\n第八張圖上的「雙溪」其實是兩條溪的名字合在一起，當地人分得很清楚：左邊叫「大溪」，右邊叫「妹妹溪」。妹妹溪比較短，但是比較吵。\n\n如果地圖放得下，我建議兩個名字都寫。\n\n美玲"),
    note("김지우", "jiwoo@example.org", ("INBOX", 140, ""), "utf-8",
        "징검다리 사진 보냅니다",
        "안녕하세요, 로빈 씨!\n\n지난번에 말씀드린 징검다리에 다녀왔습니다. 돌이 모두 서른두 개인데, 동네 아이들은 서른한 개라고 우깁니다. 하나는 거북이라고 하네요.\n\n사진은 다음 메일로 보내 드리겠습니다.\n\n지우 드림"),
    note("نور حداد", "noor@example.com", ("INBOX", 100, "flagged"), "utf-8",
        "خريطة الوادي القديمة",
        "مرحبا روبن،\n\nوجدت في مكتبة جدي خريطة قديمة للوادي رُسمت سنة 1923. الأسماء مكتوبة بخط جميل، وفيها طاحونتان لم تعودا موجودتين.\n\nأستطيع أن أصورها لك يوم الأحد عندما يكون الضوء جيدا.\n\nتحياتي،\nنور"),
    note("יעל בר", "yael@example.net", ("INBOX", 230, ""), "utf-8",
        "הנחל שזורם רק בחורף",
        "שלום רובין,\n\nבדקתי מה ששאלת: הנחל זורם בממוצע 19 ימים בשנה. בשאר הזמן הולכים בו לטייל. במפה שלנו הוא מסומן בקו מקווקו כחול, וזה נראה לי הפתרון היפה ביותר.\n\nבברכה,\nיעל"),
    note("आशा वर्मा", "asha@example.org", ("INBOX", 160, ""), "utf-8",
        "नदी किनारे की पाठशाला",
        "नमस्ते रॉबिन,\n\nआपका भेजा हुआ नक्शा बच्चों ने दीवार पर लगा दिया है। अब हर सुबह कोई न कोई नई जगह ढूँढ लेता है। कल एक बच्ची ने पूछा कि नदी रात को कहाँ सोती है।\n\nअगर आपके पास इसका उत्तर हो तो ज़रूर लिखिए।\n\nआशा"),
    note("สมชาย ใจดี", "somchai@example.com", ("Archive", 520, ""), "utf-8",
        "เรื่องเล่าจากคลองเล็ก",
        "สวัสดีครับคุณโรบิน\n\nคลองหลังบ้านผมสั้นมาก ยาวแค่สองกิโลเมตร แต่มีสะพานถึงสิบเก้าแห่ง คุณตาบอกว่าแต่ก่อนทุกบ้านสร้างสะพานของตัวเอง\n\nถ้าหนังสือยังมีที่ว่าง ผมยินดีวาดแผนที่ให้ครับ\n\nสมชาย"),
    note("Nguyễn Minh Anh", "minhanh@example.net", ("Archive", 940, ""), "utf-8",
        "Chợ nổi và con nước lớn",
        "Chào Robin,\n\nchợ nổi chỉ họp khi nước lớn, nên trên bản đồ mình nghĩ nên vẽ nó bằng nét mảnh. Khi nước rút, chỉ còn lại mấy cây cột và một con mèo rất kiên nhẫn.\n\nThân mến,\nMinh Anh"),
    note("Sam Adeyemi", "sam@example.net", ("INBOX", 41, ""), "utf-8",
        "🎉 It works! 🚲💨",
        "The bell is fixed 🔔 and the dynamo too 💡\n\nFirst ride: 12 km 🌧️ → ☀️, one puncture 😅, two ice creams 🍦🍦 and a heron 🪶\n\nThank you for the tool 🛠️ You get it back with a 🥧\n\n👩🏽‍🔧 + 🐕‍🦺 say hi, 🏳️‍🌈 flag is still on the back."),
];

/// The mails.
pub(super) fn all(now: i64) -> Vec<Filed> {
    (1..).zip(NOTES).map(|(number, note)| mail(number, note, now)).collect()
}

fn mail(number: i64, note: &Note, now: i64) -> Filed {
    let date = waking(now - note.ago * HOUR - number * 311 % 3000, now);
    let (_, domain) = note.from.email.split_once('@').unwrap_or(("", "example.org"));
    let mut letter = Letter {
        from: note.from,
        to: vec![super::cast::ME],
        subject: note.subject.to_owned(),
        date: Some(date),
        zone: 120,
        id: format!("note.{number}@{domain}"),
        text: Text::Plain(note.text.to_owned()),
        ..Letter::default()
    };
    let content = match Encoding::for_label(note.charset.as_bytes()) {
        Some(encoding) if note.charset != "utf-8" => {
            letter.text = Text::Raw(legacy(encoding, note));
            crate::demo::Content::new(legacy_header(encoding, note, &letter.bytes()))
        }
        _ => letter.content(),
    };
    Filed { folder: note.folder.to_owned(), marks: note.marks.to_owned(), date, content }
}

/// The body in an old charset, in the encoding that programs of its time used.
fn legacy(encoding: &'static Encoding, note: &Note) -> Vec<u8> {
    let text = wrap(note.text, 72, false);
    let (bytes, _, _) = encoding.encode(&text);
    let (word, body) = if note.charset == "iso-2022-jp" {
        ("7bit", bytes.into_owned())
    } else if note.charset == "koi8-r" {
        ("base64", base64_lines(&bytes).into_bytes())
    } else {
        ("quoted-printable", quoted_printable(&bytes).into_bytes())
    };
    let charset = note.charset;
    let mut out =
        format!("Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {word}\r\n\r\n")
            .into_bytes();
    out.extend_from_slice(&body);
    out
}

/// Puts subject and sender in the old charset too.
fn legacy_header(encoding: &'static Encoding, note: &Note, mail: &[u8]) -> Vec<u8> {
    let word = |text: &str| {
        let mut words = Vec::new();
        let letters: Vec<char> = text.chars().collect();
        for piece in letters.chunks(12) {
            let piece: String = piece.iter().collect();
            let (bytes, _, _) = encoding.encode(&piece);
            let packed = base64_lines(&bytes);
            words.push(format!("=?{}?B?{}?=", note.charset, packed.trim_end()));
        }
        words.join("\r\n ")
    };
    let mut out = format!(
        "Subject: {}\r\nFrom: {} <{}>\r\n",
        word(note.subject),
        word(note.from.name),
        note.from.email
    )
    .into_bytes();
    let text = |line: &[u8]| line.starts_with(b"Subject:") || line.starts_with(b"From:");
    let mut skipping = false;
    let mut in_header = true;
    for line in mail.split_inclusive(|b| *b == b'\n') {
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        skipping = in_header && if folded { skipping } else { text(line) };
        in_header &= line != b"\r\n";
        if !skipping {
            out.extend_from_slice(line);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_note_can_be_read_back() {
        for (note, filed) in NOTES.iter().zip(all(1_700_000_000)) {
            let bytes = filed.content.bytes();
            let parsed = mail_parser::MessageParser::default().parse(bytes.as_ref()).unwrap();
            assert_eq!(parsed.subject(), Some(note.subject));
            assert_eq!(parsed.from().and_then(|f| f.first()).and_then(|f| f.name()), Some(note.from.name));
            let text = parsed.body_text(0).unwrap();
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&text), words(note.text), "{}", note.subject);
        }
    }
}
