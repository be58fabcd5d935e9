//! tidy: table. What servers really send, and what we make of it. The lines were written for this test after the
//! RFCs and after shapes seen in public transcripts; `check` compares with a short description.
#![allow(clippy::wildcard_enum_match_arm, clippy::too_many_lines, reason = "tables and descriptions")]

mod describe;

use super::*;
use crate::model::PartPath;
use describe::{describe, text};

fn response(line: &str) -> Response {
    parse(format!("{line}\r\n").as_bytes()).response
}

/// Reads a line without defects.
fn check(line: &str, expected: &str) {
    check_bytes(line.as_bytes(), expected, &[]);
}

fn check_bytes(line: &[u8], expected: &str, defects: &[Defect]) {
    let received = parse(&[line, b"\r\n"].concat());
    assert_eq!(describe(&received.response), expected, "{}", text(line));
    assert_eq!(received.defects(), defects, "{}", text(line));
    // A bare line feed at the end changes nothing.
    assert_eq!(parse(&[line, b"\n"].concat()), received, "{}", text(line));
}

#[test]
fn conditions_and_codes() {
    for (line, expected) in [
        ("* OK IMAP4rev1 ready", "* Ok IMAP4rev1 ready"),
        ("* ok [ALERT]\u{fc}ber Nacht zu", "* Ok <Alert> \u{fc}ber Nacht zu"),
        ("* OK [ALERT] Down at 5", "* Ok <Alert> Down at 5"),
        ("* OK[UIDVALIDITY 7]", "* Ok <uidvalidity 7> "),
        ("* OK", "* Ok "),
        ("* NO Disk is 90% full {3}", "* No Disk is 90% full {3}"),
        ("* BAD what?", "* Bad what?"),
        ("* BYE [UNAVAILABLE] try later", "* Bye <Unavailable> try later"),
        ("* PREAUTH hello", "* PreAuth hello"),
        ("* OK [CAPABILITY IMAP4rev2 AUTH=PLAIN] hi", "* Ok <capability IMAP4rev2 AUTH=PLAIN> hi"),
        ("* OK [PERMANENTFLAGS (\\Seen $Junk \\*)] ok", "* Ok <permanentflags 1[$Junk]*> ok"),
        ("* OK [PERMANENTFLAGS ()] read only", "* Ok <permanentflags 0[]> read only"),
        ("* OK [HIGHESTMODSEQ 715194045007]", "* Ok <highestmodseq 715194045007> "),
        ("* OK [HIGHESTMODSEQ 0] none", "* Ok <highestmodseq 0> none"),
        ("* OK [NOMODSEQ] no", "* Ok <NoModSeq> no"),
        ("* OK [UNSEEN 17] first", "* Ok <Unseen(17)> first"),
        ("* OK [UIDNEXT 4392] next", "* Ok <uidnext 4392> next"),
        ("* NO [UIDNOTSTICKY] no", "* No <UidNotSticky> no"),
        ("* OK [MAILBOXID (F2212ea87-6097)] ok", "* Ok <MailboxId(\"F2212ea87-6097\")> ok"),
        ("* OK [CLOSED] gone", "* Ok <Closed> gone"),
        (
            "* OK [INPROGRESS (\"A1\" 5 100)] wait",
            "* Ok <InProgress { progress: Some(5), goal: Some(100) }> wait",
        ),
        ("* OK [INPROGRESS] wait", "* Ok <InProgress { progress: None, goal: None }> wait"),
        (
            "* NO [WEBALERT https://a.example/x?y=[1]] web",
            "* No <WebAlert(\"https://a.example/x?y=[1]\")> web",
        ),
        ("* OK The service is ready. [TQBXAEg=]", "* Ok The service is ready. [TQBXAEg=]"),
        ("A0001 OK [APPENDUID 38505 3955] done", "A0001 Ok <appenduid 38505 3955> done"),
        ("A0002 OK [APPENDUID 1 7:9,3] done", "A0002 Ok <appenduid 1 3,7:9> done"),
        (
            "A0003 OK [COPYUID 38505 304,319:320 3956:3958] ok",
            "A0003 Ok <copyuid 38505 304>3956 319>3957 320>3958> ok",
        ),
        ("A0003 OK [COPYUID 5 9,2 20:21] ok", "A0003 Ok <copyuid 5 9>20 2>21> ok"),
        ("A0004 OK [MODIFIED 7,9] partly", "A0004 Ok <modified 7,9> partly"),
        ("A0005 NO [TRYCREATE] no such", "A0005 No <TryCreate> no such"),
        ("A0006 NO [AUTHENTICATIONFAILED] bad", "A0006 No <AuthenticationFailed> bad"),
        (
            "A0006 NO [REFERRAL imap://u;AUTH=*@[::1]/] go",
            "A0006 No <Referral(\"imap://u;AUTH=*@[::1]/\")> go",
        ),
        ("A0007 BAD Request is throttled.", "A0007 Bad Request is throttled."),
        ("A0008 NO [METADATA LONGENTRIES 2199] no", "A0008 No <MetadataLongEntries(2199)> no"),
        ("A0009 NO [METADATA NOPRIVATE] no", "A0009 No <MetadataNoPrivate> no"),
        ("A0010 NO [BADCHARSET (\"a]b\" UTF-8)] no", "A0010 No <BadCharset([\"a]b\", \"UTF-8\"])> no"),
        ("A0011 NO [LIMIT] too many", "A0011 No <Limit> too many"),
        ("A0012 NO [OVERQUOTA] full", "A0012 No <OverQuota> full"),
        ("A0013 OK [X-NEW a (b c)] ok", "A0013 Ok <other X-NEW a (b c)> ok"),
        ("A0014 OK", "A0014 Ok "),
        ("+ idling", "+ idling"),
        ("+", "+ "),
        ("+ eyJzdGF0dXMiOiI0MDEifQ==", "+ eyJzdGF0dXMiOiI0MDEifQ=="),
    ] {
        check(line, expected);
    }
}

#[test]
fn mailbox_data() {
    for (line, expected) in [
        ("* 23 EXISTS", "exists 23"),
        ("* 0 recent", "recent 0"),
        ("* 44 Expunge", "expunge 44"),
        ("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $MDNSent)", "flags 31[$MDNSent]"),
        ("* FLAGS (\\Answered \\Seen )", "flags 3[]"),
        ("* CAPABILITY IMAP4rev2 STARTTLS AUTH=GSSAPI ", "capability IMAP4rev2 STARTTLS AUTH=GSSAPI"),
        ("* capability imap4rev1 login", "capability imap4rev1 login"),
        ("* ENABLED CONDSTORE QRESYNC", "enabled CONDSTORE QRESYNC"),
        ("* ENABLED", "enabled "),
        ("* LANGUAGE (DE IT i-default)", "language DE IT i-default"),
        ("* LIST (\\Noselect) \"/\" ~/Mail/foo", "List ~/Mail/foo by=/ [\\Noselect] noselect"),
        ("* LIST () NIL inbox", "List INBOX [] use=inbox"),
        ("* LIST () \"\" \"Folder 2\"", "List Folder 2 []"),
        (
            "* LIST (\\HasNoChildren) \"\\\\\" \"Other\\\\\\\"x\\\"\"",
            "List Other\\\"x\" by=\\ [\\HasNoChildren] children=false",
        ),
        (
            "* LIST (\\sent \\HasChildren) \".\" INBOX.Sent",
            "List INBOX.Sent by=. [\\sent \\HasChildren] use=sent children=true",
        ),
        ("* LIST () \"/\" {9}\r\nLit (x) \"", "List Lit (x) \" by=/ []"),
        (
            "* LIST (\\NonExistent) \"/\" \"foo\" (\"CHILDINFO\" (\"SUBSCRIBED\") X-NEW (1 (2)))",
            "List foo by=/ [\\NonExistent] noselect childinfo SUBSCRIBED",
        ),
        (
            "* LIST (\\Subscribed) \".\" New (\"OLDNAME\" (\"Old\"))",
            "List New by=. [\\Subscribed] subscribed was=Old",
        ),
        ("* LSUB () \".\" #news.comp", "Lsub #news.comp by=. [] subscribed"),
        (
            "* XLIST (\\HasNoChildren \\AllMail) \"/\" \"[Gmail]/All\"",
            "Xlist [Gmail]/All by=/ [\\HasNoChildren \\AllMail] use=all children=false",
        ),
        ("* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)", "status blurdybloop messages=231 next=44292"),
        ("* STATUS \"INBOX\" ()", "status INBOX"),
        ("* STATUS NIL (UNSEEN 0) ", "status NIL unseen=0"),
        (
            "* STATUS a (SIZE 99999999999 DELETED 3 DELETED-STORAGE 8 APPENDLIMIT NIL MAILBOXID (Fx-1) HIGHESTMODSEQ 0 X 1)",
            "status a deleted=3 modseq=0 size=99999999999 freeable=8 limit=None id=Fx-1 unknown X",
        ),
        (
            "* STATUS a (APPENDLIMIT 35651584 UIDVALIDITY 11 RECENT 1)",
            "status a recent=1 validity=11 limit=Bytes(35651584)",
        ),
        ("* SEARCH", "search []"),
        ("* SEARCH 2 3 6 ", "search [2, 3, 6]"),
        ("* SEARCH 2 5 6 (MODSEQ 917162500)", "search [2, 5, 6] modseq=917162500"),
        ("* SORT 5 3 4", "sort [5, 3, 4]"),
        ("* ESEARCH (TAG \"A282\") MIN 2 COUNT 3", "esearch tag=A282 min=2 count=3"),
        ("* ESEARCH (TAG A1) UID ALL 7,4:5,9", "esearch uid tag=A1 all=7,4:5,9"),
        ("* ESEARCH (TAG \"A\") UID", "esearch uid tag=A"),
        ("* ESEARCH UID PARTIAL (-1:-10 NIL) MODSEQ 8", "esearch uid partial=-1:-10() modseq=8"),
        (
            "* ESEARCH (TAG \"A\") UID PARTIAL (1:5 14,12) RELEVANCY (4 99)",
            "esearch uid tag=A partial=1:5(14,12)",
        ),
        (
            "* ESEARCH (TAG \"B\") UID ADDTO (0 32768:32769 5 7) REMOVEFROM (1 9)",
            "esearch uid tag=B add 0(32768:32769) add 5(7) remove 1(9)",
        ),
        (
            "* ESEARCH (TAG \"t\" MAILBOX folder1 UIDVALIDITY 1) UID ALL 4001",
            "esearch uid tag=t in=folder1 all=4001",
        ),
        ("* THREAD (2)(3 6 (4 23)(44 7 96))", "thread 0:2 0:3 1:6 2:4 3:23 2:44 3:7 4:96"),
        ("* VANISHED (EARLIER) 41,43:116,118", "vanished true 41,43:116,118"),
        ("* VANISHED 405,407", "vanished false 405,407"),
        ("* NAMESPACE ((\"\" \"\\\\\")) NIL ((\"Shared\\\\\" \"\\\\\"))", "ns [ by=\\] [] [Shared\\ by=\\]"),
        (
            "* NAMESPACE ((\"\" \"/\")(\"#mh/\" \"/\" \"X\" (\"a\"))) ((\"~\" NIL)) NIL",
            "ns [ by=/,#mh/ by=/] [~] []",
        ),
        ("* QUOTA \"\" (STORAGE 10 512 message 1 2)", "quota \"\" STORAGE 10/512 MESSAGE 1/2"),
        ("* QUOTA \"\" ( STORAGE 10 512)", "quota \"\" STORAGE 10/512"),
        ("* QUOTA \"#user\" ()", "quota \"#user\""),
        ("* QUOTAROOT INBOX \"\" b", "quotaroot INBOX [\"\", \"b\"]"),
        ("* QUOTAROOT comp.mail.mime", "quotaroot comp.mail.mime []"),
        ("* ACL INBOX Fred rwipsl -fred d", "acl INBOX Fred:rwipsl -fred:d"),
        ("* MYRIGHTS INBOX rwiptsldaex", "myrights INBOX rwiptsldaex"),
        ("* LISTRIGHTS ~/Mail smith la r swicdkxte", "listrights ~/Mail smith \"la\" r swicdkxte"),
        ("* LISTRIGHTS a b \"\" l r", "listrights a b \"\" l r"),
        (
            "* METADATA \"\" (/shared/comment NIL /private/x {3}\r\na\"b)",
            "metadata  /shared/comment=- /private/x=a\"b",
        ),
        (
            "* METADATA INBOX /shared/comment /private/comment",
            "metadata INBOX /shared/comment=- /private/comment=-",
        ),
        ("* ID (\"name\" \"Cyrus\" \"os\" NIL)", "id name=Cyrus os=-"),
        ("* ID NIL", "id"),
        ("* ID ()", "id"),
        ("* XFOO bar (baz) {2}\r\nhi", "unknown * XFOO bar (baz) {2}\r\nhi"),
        ("* 3 XFOO", "unknown * 3 XFOO"),
    ] {
        check(line, expected);
    }
}

#[test]
fn search_results_are_sets_of_uids() {
    let Response::ESearch(found) = response("* ESEARCH UID ALL 9,4:5 PARTIAL (1:9 1,5:6)") else { panic!() };
    assert_eq!(found.uids().to_string(), "1,4:6,9");
    let Response::Search(found) = response("* SEARCH 3 1 2 0 9") else { panic!() };
    assert_eq!(found.uids().to_string(), "1:3,9");
}

#[test]
fn fetch_items() {
    for (line, expected) in [
        (
            "* 12 FETCH (FLAGS (\\Seen \\Recent $Forwarded) UID 4827313)",
            "fetch 12 uid=4827313 flags=1[$Forwarded]",
        ),
        ("* 1 FETCH ()", "fetch 1"),
        ("* 25 UIDFETCH (FLAGS (\\Seen) MODSEQ (7))", "fetch 0 uid=25 flags=1[] modseq=7"),
        ("* 7 FETCH (UID 2 MODSEQ (18446744073709551615))", "fetch 7 uid=2 modseq=18446744073709551615"),
        ("* 7 FETCH (MODSEQ (0) RFC822.SIZE 5000000000)", "fetch 7 modseq=0 size=5000000000"),
        ("* 7 FETCH (INTERNALDATE \" 1-Feb-2024 00:00:00 +0000\")", "fetch 7 date=1706745600"),
        ("* 7 FETCH (BODY[HEADER.FIELDS (DATE FROM)] {6}\r\nA: b\r\n)", "fetch 7 header=\"A: b\\r\\n\""),
        ("* 7 FETCH (BODY[HEADER.FIELDS (\"Date\")] \"x\" UID 3)", "fetch 7 uid=3 header=\"x\""),
        ("* 7 FETCH (RFC822.HEADER {2}\r\nhi RFC822.TEXT \"t\")", "fetch 7 header=\"hi\" [TEXT]=\"t\""),
        ("* 7 FETCH (BODY[]<128> {3}\r\na)b UID 9)", "fetch 7 uid=9 [] from=128=\"a)b\""),
        ("* 7 FETCH (BODY[1.2.MIME] \"m\" BODY[2] NIL)", "fetch 7 [1.2.MIME]=\"m\" [2]=missing"),
        ("* 7 FETCH (BODY[1.TEXT]<0> NIL)", "fetch 7 [1.TEXT] from=0=missing"),
        ("* 7 FETCH (BODY[3.HEADER] \"\" BODY[1]\"glued\")", "fetch 7 [3.HEADER]=\"\" [1]=\"glued\""),
        (
            "* 7 FETCH (BINARY[2]<10> ~{4}\r\n\u{0}\u{1}\r\n BINARY.SIZE[2] 44)",
            "fetch 7 binary[2] from=10=\"\\0\\u{1}\\r\\n\" binsize 2=44",
        ),
        ("* 7 FETCH (PREVIEW \"Once upon\" SAVEDATE NIL)", "fetch 7 preview=Once upon"),
        ("* 7 FETCH (PREVIEW NIL SNIPPET (FUZZY \"abc\"))", "fetch 7 preview=abc"),
        ("* 7 FETCH (EMAILID (M6d99) THREADID NIL)", "fetch 7 email=M6d99"),
        (
            "* 7 FETCH (THREADID (T11) SAVEDATE \"12-Sep-2023 13:39:01 -0400\")",
            "fetch 7 thread=T11 saved=1694540341",
        ),
        (
            "* 7 FETCH (X-GM-THRID 1266894439832287888 X-GM-MSGID 1278455344230334865)",
            "fetch 7 gmsg=1278455344230334865 gthr=1266894439832287888",
        ),
        (
            "* 7 FETCH (X-GM-LABELS (\\Important \"a b\" NIL [Imap]/Sent {3}\r\nx)y) UID 1)",
            "fetch 7 uid=1 labels=\\Important|a b|[Imap]/Sent|x)y",
        ),
        (
            "* 7 FETCH (ANNOTATION (/comment (value.priv \"Mine\" value.shared NIL)))",
            "fetch 7 note /comment value.priv=Mine note /comment value.shared=-",
        ),
        ("* 7 FETCH (XAOL.SPAM 0 X-LIST (a (b \")\")) UID 5)", "fetch 7 uid=5 unknown XAOL.SPAM X-LIST"),
        (
            "* 2 FETCH (UID 9 (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)) RFC822.SIZE 1)",
            "fetch 2 uid=9 size=1 env",
        ),
        (
            "* 1 FETCH (ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700\" \"IMAP \\\"4\\\"\" ((\"T G\" NIL \"gray\" \"cac.edu\")) () ((NIL NIL \"i\" \"c\") (\"J\" NIL \"K\" \"M\")) ((NIL NIL \"group\" NIL)(NIL NIL NIL NIL)) NIL NIL NIL \"<B27397@cac.edu>\"))",
            "fetch 1 env date=Wed, 17 Jul 1996 02:23:25 -0700 subject=IMAP \"4\" from=(T G|gray|cac.edu) reply=(-|i|c, J|K|M) to=(-|group|-, -|-|-) id=<B27397@cac.edu>",
        ),
        (
            "* 1 FETCH (ENVELOPE (NIL {5}\r\nA\r\n)( ((\"\u{fc}\" NIL \"a\\b\" \"c\")) NIL NIL NIL NIL NIL \"<i>\" NIL))",
            "fetch 1 env subject=A\r\n)( from=(\u{fc}|a\\b|c) irt=<i>",
        ),
    ] {
        check(line, expected);
    }
}

#[test]
fn body_structures() {
    for (body, expected) in [
        (
            "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92)",
            "1 text/plain cs=us-ascii 3028",
        ),
        (
            "(\"text\" \"plain\" (\"charset\" \"UTF-8\" \"format\" \"Flowed\" \"delsp\" \"YES\") \"<a@b>\" NIL \"Quoted-Printable\" 10 1 NIL (\"inline\" NIL) NIL NIL)",
            "1 text/plain cs=utf-8 flowed delsp QuotedPrintable cid=a@b disp=Inline 10",
        ),
        (
            "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) (\"TEXT\" \"HTML\" NIL NIL NIL \"BASE64\" 2 1) \"ALTERNATIVE\" (\"BOUNDARY\" \"x\") NIL NIL)",
            " multipart/alternative 0; 1 text/plain 1; 2 text/html Base64 2",
        ),
        (
            "((\"APPLICATION\" \"PDF\" (\"NAME\" \"a.pdf\") NIL NIL \"BASE64\" 9 NIL (\"attachment\" (\"FILENAME\" \"b.pdf\")) NIL)\"MIXED\")",
            " multipart/mixed 0; 1 application/pdf Base64 disp=Attachment file=b.pdf 9",
        ),
        (
            "((((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)\"A\")\"B\")(\"X\" \"Y\" NIL NIL NIL NIL 3)\"C\")",
            " multipart/c 0; 1 multipart/b 0; 1.1 multipart/a 0; 1.1.1 text/plain 1; 2 x/y 3",
        ),
        (
            "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 500 (NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 7 1) 10 NIL (\"attachment\" (\"filename\" \"m.eml\")))",
            "1 message/rfc822 disp=Attachment file=m.eml 500; 1.1 text/plain 7",
        ),
        (
            "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)(\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"8BIT\" 5 NIL ((\"TEXT\" \"A\" NIL NIL NIL NIL 2 1)(\"I\" \"P\" NIL NIL NIL NIL 3)\"RELATED\") 9)\"MIXED\")",
            " multipart/mixed 0; 1 text/plain 1; 2 message/global 5; 2 multipart/related 0; 2.1 text/a 2; 2.2 i/p 3",
        ),
        (
            "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 5 NIL (\"attachment\" (\"filename\" \"a.eml\")) NIL)",
            "1 message/rfc822 disp=Attachment file=a.eml 5",
        ),
        (
            "(\"MESSAGE\" \"DELIVERY-STATUS\" NIL NIL NIL \"7BIT\" 5 NIL NIL NIL)",
            "1 message/delivery-status 5",
        ),
        ("(\"AUDIO\" \"OGG\" () NIL NIL \"7BIT\" 5 NIL \"inline\")", "1 audio/ogg disp=Inline 5"),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0 NIL)", "1 text/plain 0"),
        ("(\"TEXT\" \"X\" NIL NIL NIL \"7BIT\" 5 (\"attachment\" NIL))", "1 text/x disp=Attachment 5"),
        ("(\"TEXT\" \"X\" (\"boundary\" NIL \"name\" \"n\") NIL NIL \"7BIT\" 5)", "1 text/x file=n 5"),
        (
            "(\"A\" \"B\" (\"name*0*\" \"utf-8''%e2%82%ac%20\" \"name*1\" \"rates%20\" \"name*2*\" \"%21\") NIL NIL NIL 5)",
            "1 a/b file=\u{20ac} rates%20! 5",
        ),
        (
            "(\"A\" \"B\" NIL NIL NIL NIL 5 NIL (\"attachment\" (\"filename\" \"plain\" \"filename*\" \"iso-8859-1'en'%A3%20x\")))",
            "1 a/b disp=Attachment file=\u{a3} x 5",
        ),
        (
            "(\"A\" \"B\" (\"NAME\" \"=?utf-8?q?a=20b?=\") NIL NIL NIL 5 NIL (\"X-OWN\" ()))",
            "1 a/b disp=Attachment file==?utf-8?q?a=20b?= 5",
        ),
        ("(\"A\" \"B\" (\"NAME*1\" \"late\" \"NAME\" \"n%41\") NIL NIL NIL 5)", "1 a/b file=n%41 5"),
        ("(\"A\" \"B\" (\"NAME*\" \"x-none''%41%\") NIL NIL NIL 5)", "1 a/b file=A% 5"),
    ] {
        check(&format!("* 1 FETCH (BODYSTRUCTURE {body} UID 8)"), &format!("fetch 1 uid=8 body({expected})"));
    }
    let latin = b"* 1 FETCH (BODY (\"A\" \"B\" (\"NAME\" \"\xfcber\") NIL NIL NIL 5))";
    check_bytes(latin, "fetch 1 body(1 a/b file=\u{fc}ber 5)", &[]);
}

#[test]
fn wrong_pieces_are_noted_and_the_rest_is_read() {
    use Defect::*;
    let cases: [(&str, &str, &[Defect]); 31] = [
        ("* 1 FETCH (INTERNALDATE NIL UID 3)", "fetch 1 uid=3", &[BadValue("INTERNALDATE")]),
        (
            "* 1 FETCH (UID 0 RFC822.SIZE -1 FLAGS (\\Seen))",
            "fetch 1 flags=1[]",
            &[BadValue("UID"), BadValue("RFC822.SIZE")],
        ),
        ("* 1 FETCH (UID 3 BODY[2] )", "fetch 1 uid=3 [2]=missing", &[MissingValue("BODY[]")]),
        ("* 1 FETCH (BODY[2] UID 3)", "fetch 1 uid=3 [2]=missing", &[MissingValue("BODY[]")]),
        ("* 1 FETCH (UID 3 FLAGS (\\Seen)", "fetch 1 uid=3 flags=1[]", &[UnbalancedParentheses]),
        ("* 1 FETCH (UID 3))", "fetch 1 uid=3", &[UnbalancedParentheses]),
        ("* 1 FETCH UID 3", "fetch 1 uid=3", &[]),
        ("* 1 FETCH (UID)", "fetch 1", &[MissingValue("UID")]),
        ("* 1 FETCH (\"x\" UID 3)", "fetch 1 uid=3", &[BadValue("FETCH item")]),
        ("* 1 FETCH (BODY[0] \"x\" UID 3)", "fetch 1 uid=3", &[BadValue("section")]),
        (
            "* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL \"<\"a b\"@c>\") UID 3)",
            "fetch 1 uid=3 env id=<\"a b\"@c>",
            &[StrayQuote],
        ),
        ("* 1 FETCH (ENVELOPE (NIL \"s\"))", "fetch 1 env subject=s", &[MissingValue("ENVELOPE")]),
        ("* 1 FETCH (PREVIEW \"open", "fetch 1 preview=open", &[UnterminatedString, UnbalancedParentheses]),
        ("* 1 FETCH (BODYSTRUCTURE NIL)", "fetch 1", &[]),
        (
            "* 1 FETCH (BODYSTRUCTURE ())",
            "fetch 1 body( multipart/mixed 0)",
            &[MissingValue("body parts of a multipart"), MissingValue("multipart subtype")],
        ),
        (
            "* 1 FETCH (BODYSTRUCTURE (NIL NIL NIL NIL NIL NIL 4))",
            "fetch 1 body(1 text/plain 4)",
            &[MissingValue("media type")],
        ),
        (
            "* 1 FETCH (BODYSTRUCTURE (\"A\" \"B\" NIL NIL NIL \"7BIT\" -1))",
            "fetch 1 body(1 a/b 0)",
            &[BadNumber("body size")],
        ),
        (
            "* 1 FETCH (BODYSTRUCTURE ((\"ALTERNATIVE\" (\"BOUNDARY\" \"b\") NIL NIL)(\"A\" \"B\" NIL NIL NIL NIL 1)\"MIXED\"))",
            "fetch 1 body( multipart/mixed 0; 1 multipart/alternative 0; 2 a/b 1)",
            &[MissingValue("body parts of a multipart")],
        ),
        (
            "* 1 FETCH (BODYSTRUCTURE (()(\"A\" \"B\" NIL NIL NIL NIL 1)\"MIXED\"))",
            "fetch 1 body( multipart/mixed 0; 2 a/b 1)",
            &[BadValue("body part")],
        ),
        ("* 99999999999 EXISTS", "unknown * 99999999999 EXISTS", &[BadNumber("message number")]),
        ("* STATUS a (MESSAGES x UIDNEXT 0 UNSEEN 1)", "status a unseen=1", &[BadValue("STATUS item")]),
        ("* STATUS a (MAILBOXID (\u{1}\u{2}) UNSEEN 1)", "status a unseen=1", &[BadValue("STATUS item")]),
        ("* SEARCH 1 x 3", "search [1, 3]", &[BadNumber("search result")]),
        ("* VANISHED (EARLIER) *", "vanished true ", &[BadValue("VANISHED")]),
        ("* LIST () \"\\\" INBOX", "List INBOX by=\\ [] use=inbox", &[UnterminatedString]),
        ("* LIST () \"//\" a", "List a by=/ []", &[BadValue("hierarchy delimiter")]),
        ("* OK [UNSEEN x] y", "* Ok <other UNSEEN x> y", &[BadValue("response code")]),
        ("A1 OK [COPYUID 1 1:3 7:8] y", "A1 Ok <other COPYUID 1 1:3 7:8> y", &[BadValue("response code")]),
        ("* OK [UIDNEXT 3", "* Ok [UIDNEXT 3", &[BadValue("response code")]),
        ("[COPYUID 55 31 6]", "* Ok <copyuid 55 31>6> ", &[NotAResponse]),
        ("HTTP/1.1 400 Bad Request", "unknown HTTP/1.1 400 Bad Request", &[NotAResponse]),
    ];
    for (line, expected, defects) in cases {
        check_bytes(line.as_bytes(), expected, defects);
    }
    check_bytes(b"* 1 FETCH (PREVIEW \"a\0b\" UID 3)", "fetch 1 uid=3 preview=a\0b", &[]);
    check_bytes(b"* OK a\0b", "* Ok a\0b", &[]);
    assert_eq!(parse(b"").defects, [NotAResponse]);
}

#[test]
fn hostile_nesting_costs_neither_stack_nor_memory() {
    for depth in [300, 400, 10_000, 100_000] {
        let multi = format!("* 1 FETCH (UID 3 BODYSTRUCTURE {}{})\r\n", "(".repeat(depth), ")".repeat(depth));
        let leaf = "(\"A\" \"B\" NIL NIL NIL NIL 1)";
        let deep = format!(
            "* 1 FETCH (BODYSTRUCTURE {}{leaf}{} UID 3)\r\n",
            "(".repeat(depth),
            " \"M\")".repeat(depth)
        );
        let message = "(\"MESSAGE\" \"RFC822\" NIL NIL NIL NIL 1 NIL ".repeat(depth);
        let message = format!("* 1 FETCH (BODYSTRUCTURE {message}{leaf}{} UID 3)\r\n", " 1)".repeat(depth));
        for frame in [multi, deep, message] {
            let Response::Fetch(data) = parse(frame.as_bytes()).response else { panic!() };
            assert_eq!(data.uid.map(crate::model::Uid::get), Some(3));
            let parts = data.body_structure.unwrap().parts;
            assert!(parts.len() <= PartPath::MAX_DEPTH + 2, "{}", parts.len());
            assert!(data.defects.contains(&Defect::TooDeep));
        }
    }
}

#[test]
fn lists_end_at_their_caps() {
    let part = "(\"A\" \"B\" NIL NIL NIL NIL 1)".repeat(5000);
    let Response::Fetch(data) =
        parse(format!("* 1 FETCH (BODYSTRUCTURE ({part}\"M\"))\r\n").as_bytes()).response
    else {
        panic!()
    };
    assert_eq!(data.body_structure.unwrap().parts.len(), crate::model::BodyStructure::MAX_PARTS);
    assert_eq!(data.defects, [Defect::TooMany("body parts")]);
    let many = format!(
        "* 1 FETCH (ENVELOPE (NIL NIL ({}) NIL NIL NIL NIL NIL NIL NIL))\r\n",
        "(NIL NIL \"a\" \"b\")".repeat(5000)
    );
    let Response::Fetch(data) = parse(many.as_bytes()).response else { panic!() };
    assert_eq!(data.envelope.unwrap().from.len(), limits::MAX_ADDRESSES);
    let flags = (0..5000).map(|n| format!("k{n}")).collect::<Vec<_>>().join(" ");
    let received = parse(format!("* 1 FETCH (FLAGS ({flags}))\r\n").as_bytes());
    assert_eq!(received.defects(), [Defect::TooMany("flags")]);
    let words = parse(format!("* CAPABILITY{}\r\n", " x".repeat(1 << 20)).as_bytes());
    assert_eq!(words.defects, [Defect::TooMany("words")]);
    let text = parse(format!("A1 NO {}\r\n", "\u{20ac}".repeat(1 << 20)).as_bytes());
    let Response::Tagged { status, .. } = text.response else { panic!() };
    assert!(status.text.len() <= limits::MAX_TEXT + 3);
}
