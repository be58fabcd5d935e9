//! Responses in a few words, for comparing.

use crate::imap::response::*;
use std::fmt::Write as _;

pub(super) fn text(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).into_owned()
}

fn name(name: &MailboxName) -> String {
    text(name.as_bytes())
}

fn opt<T: std::fmt::Display>(label: &str, value: Option<T>) -> String {
    value.map(|v| format!(" {label}={v}")).unwrap_or_default()
}

fn flags(list: &FlagList) -> String {
    let bits = list.flags.system_bits();
    format!("{bits}[{}]{}", list.flags.keywords_joined(), if list.any { "*" } else { "" })
}

fn ranges(all: &[(u32, u32)]) -> String {
    let one = |(a, b): &(u32, u32)| if a == b { a.to_string() } else { format!("{a}:{b}") };
    all.iter().map(one).collect::<Vec<_>>().join(",")
}

fn code(code: &ResponseCode) -> String {
    match code {
        ResponseCode::AppendUid { validity, uids } => format!("appenduid {} {uids}", validity.get()),
        ResponseCode::CopyUid { validity, uids } => {
            let pairs: Vec<_> = uids.iter().map(|(a, b)| format!("{a}>{b}")).collect();
            format!("copyuid {} {}", validity.get(), pairs.join(" "))
        }
        ResponseCode::Capability(words) => format!("capability {}", words.join(" ")),
        ResponseCode::PermanentFlags(list) => format!("permanentflags {}", flags(list)),
        ResponseCode::HighestModSeq(n) => format!("highestmodseq {}", n.get()),
        ResponseCode::Modified(set) => format!("modified {set}"),
        ResponseCode::UidNext(n) => format!("uidnext {n}"),
        ResponseCode::UidValidity(n) => format!("uidvalidity {}", n.get()),
        ResponseCode::Other { name, arguments } => format!("other {name} {arguments}"),
        other => format!("{other:?}"),
    }
}

fn status(status: &StatusText) -> String {
    let code = status.code.as_ref().map(|c| format!(" <{}>", code(c))).unwrap_or_default();
    format!("{:?}{code} {}", status.condition, status.text)
}

fn addresses(label: &str, all: &[WireAddress]) -> String {
    let part = |p: &Option<Vec<u8>>| p.as_deref().map_or("-".to_owned(), text);
    let one = |a: &WireAddress| format!("{}|{}|{}", part(&a.name), part(&a.mailbox), part(&a.host));
    if all.is_empty() {
        return String::new();
    }
    format!(" {label}=({})", all.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn envelope(e: &WireEnvelope) -> String {
    let mut out = String::from("env");
    out += &opt("date", e.date.as_deref().map(text));
    out += &opt("subject", e.subject.as_deref().map(text));
    for (label, all) in [
        ("from", &e.from),
        ("sender", &e.sender),
        ("reply", &e.reply_to),
        ("to", &e.to),
        ("cc", &e.cc),
        ("bcc", &e.bcc),
    ] {
        out += &addresses(label, all);
    }
    out += &opt("irt", e.in_reply_to.as_deref().map(text));
    out += &opt("id", e.message_id.as_deref().map(text));
    out
}

fn part(p: &crate::model::Part) -> String {
    let mut out = format!("{} {}", p.path, p.media_type);
    out += &opt("cs", p.charset.as_deref());
    out += if p.flowed { " flowed" } else { "" };
    out += if p.del_sp { " delsp" } else { "" };
    if p.encoding != crate::model::TransferEncoding::Identity {
        write!(out, " {:?}", p.encoding).unwrap();
    }
    out += &opt("cid", p.content_id.as_deref());
    out += &opt("disp", p.disposition.map(|d| format!("{d:?}")));
    out += &opt("file", p.filename.as_deref());
    format!("{out} {}", p.size)
}

fn fetch(data: &FetchData) -> String {
    let mut out = format!("fetch {}", data.seq);
    out += &opt("uid", data.uid);
    let list = |f: &crate::model::Flags| flags(&FlagList { flags: f.clone(), any: false });
    out += &opt("flags", data.flags.as_ref().map(list));
    out += &opt("modseq", data.mod_seq.map(crate::model::ModSeq::get));
    out += &opt("date", data.internal_date.map(|t| t.0));
    out += &opt("size", data.size);
    out += &opt("header", data.header.as_deref().map(|h| format!("{:?}", text(h))));
    out += &opt("", data.envelope.as_ref().map(envelope)).replace(" =", " ");
    if let Some(body) = &data.body_structure {
        out += &format!(" body({})", body.parts.iter().map(part).collect::<Vec<_>>().join("; "));
    }
    out += &opt("preview", data.preview.as_deref().map(text));
    out += &opt("email", data.email_id.as_deref());
    out += &opt("thread", data.thread_id.as_deref());
    out += &opt("saved", data.save_date.map(|t| t.0));
    out += &opt("gmsg", data.gm_msgid);
    out += &opt("gthr", data.gm_thrid);
    let labels = |l: &Vec<Vec<u8>>| l.iter().map(|l| text(l)).collect::<Vec<_>>().join("|");
    out += &opt("labels", data.gm_labels.as_ref().map(labels));
    for s in &data.sections {
        let value = match &s.value {
            SectionValue::Missing => "missing".to_owned(),
            SectionValue::Bytes(bytes) => format!("{:?}", text(bytes)),
            SectionValue::Streamed(n) => format!("streamed {n}"),
        };
        let (binary, origin) = (if s.binary { "binary" } else { "" }, opt("from", s.origin));
        write!(out, " {binary}[{}]{origin}={value}", s.section).unwrap();
    }
    for (path, size) in &data.binary_sizes {
        write!(out, " binsize {path}={size}").unwrap();
    }
    for a in &data.annotations {
        let value = a.value.as_deref().map_or("-".to_owned(), text);
        write!(out, " note {} {}={value}", a.entry, a.attribute).unwrap();
    }
    if !data.unknown.is_empty() {
        write!(out, " unknown {}", data.unknown.join(" ")).unwrap();
    }
    out
}

fn mailbox_status(s: &MailboxStatus) -> String {
    let mut out = opt("messages", s.messages);
    out += &opt("recent", s.recent);
    out += &opt("unseen", s.unseen);
    out += &opt("deleted", s.deleted);
    out += &opt("next", s.uid_next);
    out += &opt("validity", s.uid_validity.map(crate::model::UidValidity::get));
    out += &opt("modseq", s.highest_mod_seq.map(crate::model::ModSeq::get));
    out += &opt("size", s.size);
    out += &opt("freeable", s.deleted_storage);
    out += &opt("limit", s.append_limit.map(|l| format!("{l:?}")));
    out += &opt("id", s.mailbox_id.as_deref());
    out + &s.unknown.iter().map(|u| format!(" unknown {u}")).collect::<String>()
}

fn esearch(e: &ESearch) -> String {
    let mut out = format!("esearch{}", if e.uid { " uid" } else { "" });
    out += &opt("tag", e.tag.as_deref());
    out += &opt("in", e.mailbox.as_ref().map(name));
    out += &opt("min", e.min);
    out += &opt("max", e.max);
    out += &opt("count", e.count);
    out += &opt("all", e.all.as_deref().map(ranges));
    out += &opt("partial", e.partial.as_ref().map(|(w, r)| format!("{w}({})", ranges(r))));
    out += &opt("modseq", e.mod_seq.map(crate::model::ModSeq::get));
    out += &e.add_to.iter().map(|(p, r)| format!(" add {p}({})", ranges(r))).collect::<String>();
    out + &e.remove_from.iter().map(|(p, r)| format!(" remove {p}({})", ranges(r))).collect::<String>()
}

fn namespaces(all: &Namespaces) -> String {
    let group = |g: &[Namespace]| {
        let one = |n: &Namespace| format!("{}{}", name(&n.prefix), opt("by", n.delimiter));
        g.iter().map(one).collect::<Vec<_>>().join(",")
    };
    format!("ns [{}] [{}] [{}]", group(&all.personal), group(&all.other_users), group(&all.shared))
}

fn list(l: &ListData) -> String {
    let mut out = format!("{:?} {}", l.kind, name(&l.name));
    out += &opt("by", l.delimiter);
    out += &format!(" [{}]", l.attributes.join(" "));
    out += &opt("use", l.special_use().map(crate::model::SpecialUse::as_str));
    out += if l.mailbox_attributes().no_select { " noselect" } else { "" };
    out += if l.mailbox_attributes().subscribed { " subscribed" } else { "" };
    out += &opt("children", l.has_children());
    out += &l.child_info.iter().map(|c| format!(" childinfo {c}")).collect::<String>();
    out + &opt("was", l.old_name.as_ref().map(name))
}

pub(super) fn describe(response: &Response) -> String {
    match response {
        Response::State(s) => format!("* {}", status(s)),
        Response::Tagged { tag, status: s } => format!("{tag} {}", status(s)),
        Response::Continue(bytes) => format!("+ {}", text(bytes)),
        Response::Capability(words) => format!("capability {}", words.join(" ")),
        Response::Enabled(words) => format!("enabled {}", words.join(" ")),
        Response::Language(words) => format!("language {}", words.join(" ")),
        Response::Id(fields) => {
            let one = |(k, v): &(String, Option<String>)| format!(" {k}={}", v.as_deref().unwrap_or("-"));
            format!("id{}", fields.iter().map(one).collect::<String>())
        }
        Response::Flags(list) => format!("flags {}", flags(list)),
        Response::Exists(n) => format!("exists {n}"),
        Response::Recent(n) => format!("recent {n}"),
        Response::Expunge(n) => format!("expunge {n}"),
        Response::Vanished { earlier, uids } => format!("vanished {earlier} {uids}"),
        Response::Fetch(data) => fetch(data),
        Response::List(l) => list(l),
        Response::MailboxStatus { name: n, status } => {
            format!("status {}{}", name(n), mailbox_status(status))
        }
        Response::Search(s) => {
            format!("search {:?}{}", s.numbers, opt("modseq", s.mod_seq.map(crate::model::ModSeq::get)))
        }
        Response::Sort(s) => format!("sort {:?}", s.numbers),
        Response::ESearch(e) => esearch(e),
        Response::Thread(nodes) => {
            let one = |n: &ThreadNode| format!(" {}:{}", n.depth, n.number.unwrap_or(0));
            format!("thread{}", nodes.iter().map(one).collect::<String>())
        }
        Response::Namespace(all) => namespaces(all),
        Response::Quota(q) => {
            let one = |r: &Resource| format!(" {} {}/{}", r.name, r.usage, r.limit);
            format!("quota {:?}{}", q.root, q.resources.iter().map(one).collect::<String>())
        }
        Response::QuotaRoot(q) => format!("quotaroot {} {:?}", name(&q.mailbox), q.roots),
        Response::Acl { mailbox, entries } => {
            let one = |e: &AclEntry| format!(" {}:{}", e.identifier, e.rights);
            format!("acl {}{}", name(mailbox), entries.iter().map(one).collect::<String>())
        }
        Response::ListRights(l) => {
            format!(
                "listrights {} {} {:?} {}",
                name(&l.mailbox),
                l.identifier,
                l.required,
                l.optional.join(" ")
            )
        }
        Response::MyRights { mailbox, rights } => format!("myrights {} {rights}", name(mailbox)),
        Response::Metadata(m) => {
            let one = |(k, v): &(String, Option<Vec<u8>>)| {
                format!(" {k}={}", v.as_deref().map_or("-".into(), text))
            };
            format!("metadata {}{}", name(&m.mailbox), m.entries.iter().map(one).collect::<String>())
        }
        Response::Unknown(raw) => format!("unknown {}", text(raw)),
    }
}
