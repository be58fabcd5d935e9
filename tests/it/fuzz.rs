//! The fuzz targets for a bounded number of inputs, always the same ones: `POSTRIDER_FUZZ_ROUNDS` asks for more.

use crate::corpora;

#[path = "../../fuzz/targets.rs"]
mod targets;

/// Inputs per target without `POSTRIDER_FUZZ_ROUNDS`.
const ROUNDS: usize = 10_000;

/// Pieces that the grammars care about.
const WORDS: &[&[u8]] = &[
    b"(",
    b")",
    b"()",
    b"((",
    b"))",
    b"\"",
    b"\\",
    b"\\\"",
    b"NIL",
    b" ",
    b"{",
    b"}",
    b"{3}\r\n",
    b"~{2}\r\n",
    b"{99999999999}\r\n",
    b"{9}\r\n",
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xc3",
    b"[",
    b"]",
    b"BODY[",
    b"BODY[]",
    b"BINARY[1]<0>",
    b"UID 5",
    b"4294967295",
    b"4294967296",
    b"18446744073709551615",
    b"0",
    b"-1",
    b"*",
    b":",
    b",",
    b"1:3,5",
    b"&",
    b"-",
    b"&AOk-",
    b"&2D3c5w-",
    b"* ",
    b"+ ",
    b"A0001 OK",
    b"* 1 FETCH (",
    b"[COPYUID",
    b"\"MESSAGE\" \"RFC822\"",
    b"\"name*0*\" \"utf-8''%e2\"",
    b"\"TEXT\" \"PLAIN\"",
    b"HEADER.FIELDS (A)",
    b"\r\n\r\n",
    b"--b\r\n",
    b"--b--",
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"filename*0*=utf-8''%e2",
    b"=?utf-8?Q?",
    b"?=",
    b"=E2=80=AE",
    b"<p",
    b"<a href=http://x.de>",
    b"</",
    b"<!--",
    b"&#x202e;",
    b"display:none",
];

const SEEDS: &[&[u8]] = &[
    b"* 1 FETCH (FLAGS (\\Seen $x) UID 7 MODSEQ (12) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 44)\r\n",
    b"* 1 FETCH (ENVELOPE (\"d\" \"s\" ((\"n\" NIL \"m\" \"h\")) NIL NIL NIL NIL NIL NIL \"<i>\"))\r\n",
    b"* 1 FETCH (BODY[2.MIME]<0> {20}\r\n01234567890123456789 BINARY.SIZE[1] 3 X-GM-LABELS (a \"b\"))\r\nA0001 OK x\r\n",
    b"((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"x\") NIL NIL \"7BIT\" 1 1)(\"A\" \"B\" NIL NIL NIL NIL 3)\"MIXED\" (\"BOUNDARY\" \"b\") NIL NIL)",
    b"(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 5 NIL (\"TEXT\" \"A\" (\"name*0*\" \"utf-8''a%20\" \"name*1\" \"b\") NIL NIL NIL 2 1) 9)",
    b"* LIST (\\HasNoChildren) \"/\" \"a&AOk-b\" (\"CHILDINFO\" (\"SUBSCRIBED\") OLDNAME (x))\r\n",
    b"* STATUS INBOX (MESSAGES 1 MAILBOXID (a) HIGHESTMODSEQ 5)\r\n* ESEARCH (TAG \"A\") UID ALL 1:5,7 PARTIAL (1:2 3)\r\n",
    b"* THREAD (1 (2 (3 5)(6))(4))(7)\r\n* SEARCH 1 2 3 (MODSEQ 4)\r\n* VANISHED (EARLIER) 1:5\r\n",
    b"* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n* METADATA \"\" (/a NIL)\r\n* ACL a b c\r\n* QUOTA \"\" (STORAGE 1 2)\r\n",
    b"* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\nA0001 OK [COPYUID 1 2:3 4:5] y\r\n+ abc\r\n* BYE z\r\n",
    b"1:5,7,12:10",
    b"~peter/mail/&U,BTFw-/&ZeVnLIqe-",
    b"From: =?utf-8?Q?J=C3=B6?= <j@x>\r\nSubject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n--b--",
    b"Content-Type: a/b; name=\"c.txt\"\r\nContent-Disposition: attachment; filename*0*=utf-8''a%20; filename*1=b\r\n\r\n",
    b"<table><tr><td>a<td><a href='http://x.de'>b</a></table><ul><li>c</ul><blockquote>d</blockquote><pre> e\n</pre>",
];

/// The same numbers on every machine (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % n.max(1)
    }

    fn range(&mut self, len: usize) -> std::ops::Range<usize> {
        let start = self.below(len + 1);
        start..(start + self.below(40)).min(len)
    }
}

fn mutate(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(8) {
        let range = random.range(input.len());
        match random.below(6) {
            0 => {
                input.splice(range.start..range.start, WORDS[random.below(WORDS.len())].iter().copied());
            }
            1 => {
                input.splice(range, WORDS[random.below(WORDS.len())].iter().copied());
            }
            2 => {
                input.drain(range);
            }
            3 => {
                let piece = input[range.clone()].repeat(1 + random.below(4));
                input.splice(range.start..range.start, piece);
            }
            4 => {
                let other = &seeds[random.below(seeds.len())];
                let piece = other[random.range(other.len())].to_vec();
                input.splice(range, piece);
            }
            _ => {
                if let Some(byte) = input.get_mut(range.start) {
                    *byte = u8::try_from(random.below(256)).unwrap();
                }
            }
        }
    }
    input
}

#[test]
fn targets_hold_for_many_inputs() {
    let asked = std::env::var("POSTRIDER_FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok());
    let rounds = asked.unwrap_or(ROUNDS);
    let mut seeds: Vec<Vec<u8>> = SEEDS.iter().map(|s| s.to_vec()).collect();
    for path in corpora::transcripts() {
        let bytes = corpora::wire_bytes(&path);
        // Long bodies teach nothing about the grammar.
        seeds.push(bytes[..bytes.len().min(600)].to_vec());
    }
    for (name, target) in targets::ALL {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for seed in &seeds {
            target(seed);
        }
        for _ in 0..rounds {
            let input = mutate(&seeds, &mut random);
            if std::panic::catch_unwind(|| target(&input)).is_err() {
                panic!("target {name} fails on {:?}", String::from_utf8_lossy(&input));
            }
        }
    }
    println!("{} targets, {rounds} inputs each from {} seeds", targets::ALL.len(), seeds.len());
}

/// What made other parsers take time that grows with the square of the input. A parser that does would not be done
/// with these within the patience of anybody.
#[test]
fn time_grows_with_the_input_only() {
    let patterns: [&str; 22] = [
        "(",
        ")",
        "()",
        "\"",
        "\"a\"b",
        "\"\\\" ",
        "\\\"",
        "BODY[ ",
        "BODY[\"",
        "a ",
        "{0}",
        "~{0}",
        "1 ",
        "1,",
        "(1 (",
        "[",
        "NIL ",
        "BODY[1] NIL ",
        "UID 1 ",
        "X \"\\\" ",
        "(\"a*0*\" \"b\")",
        "(\"A\" \"B\" NIL NIL NIL NIL 1)",
    ];
    let heads = [
        "* 1 FETCH (BODYSTRUCTURE ",
        "* 1 FETCH (",
        "* SEARCH ",
        "* THREAD ",
        "* LIST ",
        "* OK [X ",
        "* ESEARCH UID ALL ",
    ];
    for pattern in patterns {
        let body = pattern.repeat((256 << 10) / pattern.len());
        for head in heads {
            targets::response(format!("{head}{body}\r\n").as_bytes());
        }
    }
}
