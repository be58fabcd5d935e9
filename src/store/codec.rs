//! How envelopes and structures are kept in text columns. Own types with short keys: 100,000 of them are
//! stored, and a renamed field of the model must not make stored mail unreadable.

use super::StoreError;
use crate::model::{
    Address, BodyStructure, Disposition, Envelope, MediaType, Part, PartPath, Rfc822MessageId,
    TransferEncoding,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Fields of an envelope that have no column of their own.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct StoredEnvelope<'a> {
    /// Only if there is not exactly one author; that one is in the columns.
    #[serde(rename = "f", skip_serializing_if = "Option::is_none")]
    from: Option<Addresses<'a>>,
    #[serde(rename = "s", skip_serializing_if = "Vec::is_empty")]
    sender: Addresses<'a>,
    #[serde(rename = "r", skip_serializing_if = "Vec::is_empty")]
    reply_to: Addresses<'a>,
    #[serde(rename = "t", skip_serializing_if = "Vec::is_empty")]
    to: Addresses<'a>,
    #[serde(rename = "c", skip_serializing_if = "Vec::is_empty")]
    cc: Addresses<'a>,
    #[serde(rename = "b", skip_serializing_if = "Vec::is_empty")]
    bcc: Addresses<'a>,
    #[serde(rename = "i", skip_serializing_if = "Vec::is_empty")]
    in_reply_to: Vec<Cow<'a, str>>,
    #[serde(rename = "x", skip_serializing_if = "Vec::is_empty")]
    references: Vec<Cow<'a, str>>,
    #[serde(rename = "u", skip_serializing_if = "is_false")]
    list_unsubscribe: bool,
}

type Addresses<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

#[derive(Serialize, Deserialize)]
struct StoredPart<'a> {
    #[serde(rename = "p", default)]
    path: PartPath,
    #[serde(rename = "m")]
    kind: Cow<'a, str>,
    #[serde(rename = "t")]
    subtype: Cow<'a, str>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    charset: Option<Cow<'a, str>>,
    #[serde(rename = "f", default, skip_serializing_if = "is_false")]
    flowed: bool,
    #[serde(rename = "d", default, skip_serializing_if = "is_false")]
    del_sp: bool,
    #[serde(rename = "e", default, skip_serializing_if = "is_zero")]
    encoding: u8,
    #[serde(rename = "s", default)]
    size: u64,
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    content_id: Option<Cow<'a, str>>,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    disposition: Option<u8>,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    filename: Option<Cow<'a, str>>,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    start: Option<Cow<'a, str>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_zero(value: &u8) -> bool {
    *value == 0
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    // Cannot fail for these types: no map keys, no foreign serializers.
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()).into())
}

fn from_json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, e.into()).into()
    })
}

fn store_addresses(addresses: &[Address]) -> Addresses<'_> {
    addresses.iter().map(|a| (Cow::from(&a.name), Cow::from(&a.email))).collect()
}

fn load_addresses(stored: Addresses<'_>) -> Vec<Address> {
    stored
        .into_iter()
        .map(|(name, email)| Address { name: name.into_owned(), email: email.into_owned() })
        .collect()
}

fn store_ids(ids: &[Rfc822MessageId]) -> Vec<Cow<'_, str>> {
    ids.iter().map(|id| Cow::from(&id.0)).collect()
}

fn load_ids(stored: Vec<Cow<'_, str>>) -> Vec<Rfc822MessageId> {
    stored.into_iter().map(|id| Rfc822MessageId(id.into_owned())).collect()
}

/// The fields that have no column of their own, for `detail.envelope`.
pub(super) fn store_envelope(envelope: &Envelope) -> Result<String, StoreError> {
    to_json(&StoredEnvelope {
        from: (envelope.from.len() != 1).then(|| store_addresses(&envelope.from)),
        sender: store_addresses(&envelope.sender),
        reply_to: store_addresses(&envelope.reply_to),
        to: store_addresses(&envelope.to),
        cc: store_addresses(&envelope.cc),
        bcc: store_addresses(&envelope.bcc),
        in_reply_to: store_ids(&envelope.in_reply_to),
        references: store_ids(&envelope.references),
        list_unsubscribe: envelope.list_unsubscribe,
    })
}

/// Completes an envelope that holds what the columns of `message` say.
pub(super) fn load_envelope(text: &str, columns: Envelope) -> Result<Envelope, StoreError> {
    let stored: StoredEnvelope<'_> = from_json(text)?;
    Ok(Envelope {
        from: stored.from.map_or(columns.from, load_addresses),
        sender: load_addresses(stored.sender),
        reply_to: load_addresses(stored.reply_to),
        to: load_addresses(stored.to),
        cc: load_addresses(stored.cc),
        bcc: load_addresses(stored.bcc),
        in_reply_to: load_ids(stored.in_reply_to),
        references: load_ids(stored.references),
        list_unsubscribe: stored.list_unsubscribe,
        date: columns.date,
        subject: columns.subject,
        message_id: columns.message_id,
    })
}

const fn encoding_code(encoding: TransferEncoding) -> u8 {
    match encoding {
        TransferEncoding::Identity => 0,
        TransferEncoding::Base64 => 1,
        TransferEncoding::QuotedPrintable => 2,
    }
}

const fn encoding_of(code: u8) -> TransferEncoding {
    match code {
        1 => TransferEncoding::Base64,
        2 => TransferEncoding::QuotedPrintable,
        _ => TransferEncoding::Identity,
    }
}

const fn disposition_code(disposition: Disposition) -> u8 {
    match disposition {
        Disposition::Inline => 0,
        Disposition::Attachment => 1,
    }
}

const fn disposition_of(code: u8) -> Disposition {
    if code == 0 { Disposition::Inline } else { Disposition::Attachment }
}

fn store_part(part: &Part) -> StoredPart<'_> {
    StoredPart {
        path: part.path.clone(),
        kind: Cow::from(&part.media_type.kind),
        subtype: Cow::from(&part.media_type.subtype),
        charset: part.charset.as_deref().map(Cow::from),
        flowed: part.flowed,
        del_sp: part.del_sp,
        encoding: encoding_code(part.encoding),
        size: part.size,
        content_id: part.content_id.as_deref().map(Cow::from),
        disposition: part.disposition.map(disposition_code),
        filename: part.filename.as_deref().map(Cow::from),
        start: part.start.as_deref().map(Cow::from),
    }
}

/// A structure for `detail.structure`.
pub(super) fn store_structure(structure: &BodyStructure) -> Result<String, StoreError> {
    to_json(&structure.parts.iter().map(store_part).collect::<Vec<_>>())
}

/// Reads [`store_structure`] back.
pub(super) fn load_structure(text: &str) -> Result<BodyStructure, StoreError> {
    let stored: Vec<StoredPart<'_>> = from_json(text)?;
    let load = |part: StoredPart<'_>| Part {
        path: part.path,
        media_type: MediaType { kind: part.kind.into_owned(), subtype: part.subtype.into_owned() },
        charset: part.charset.map(Cow::into_owned),
        flowed: part.flowed,
        del_sp: part.del_sp,
        encoding: encoding_of(part.encoding),
        size: part.size,
        content_id: part.content_id.map(Cow::into_owned),
        disposition: part.disposition.map(disposition_of),
        filename: part.filename.map(Cow::into_owned),
        start: part.start.map(Cow::into_owned),
    };
    Ok(BodyStructure { parts: stored.into_iter().map(load).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::UnixTime;

    fn address(name: &str, email: &str) -> Address {
        Address { name: name.into(), email: email.into() }
    }

    #[test]
    fn an_envelope_survives() {
        let id = |text: &str| Rfc822MessageId(text.into());
        let mut envelope = Envelope {
            date: Some(UnixTime(-5)),
            subject: "Re: \"a\" \\ b\u{1F600}".into(),
            from: vec![address("A", "a@x"), address("", "b@x")],
            sender: vec![address("S", "s@x")],
            reply_to: vec![address("R", "r@x")],
            to: vec![address("T", "t@x"); 3],
            cc: vec![address("", "c@x")],
            bcc: vec![address("B", "")],
            message_id: Some(id("m@x")),
            in_reply_to: vec![id("1@x")],
            references: vec![id("1@x"), id("2@x")],
            list_unsubscribe: true,
        };
        for authors in [0, 1, 2] {
            envelope.from.truncate(2 - authors);
            let text = store_envelope(&envelope).unwrap();
            let columns = Envelope {
                date: envelope.date,
                subject: envelope.subject.clone(),
                from: envelope.from.first().cloned().into_iter().collect(),
                message_id: envelope.message_id.clone(),
                ..Envelope::default()
            };
            assert_eq!(load_envelope(&text, columns).unwrap(), envelope);
        }
    }

    #[test]
    fn a_common_envelope_is_short() {
        let envelope = Envelope {
            from: vec![address("Ann", "ann@example.org")],
            to: vec![address("", "bob@example.org")],
            ..Envelope::default()
        };
        assert_eq!(store_envelope(&envelope).unwrap(), r#"{"t":[["","bob@example.org"]]}"#);
    }

    #[test]
    fn a_structure_survives() {
        let mut parts = Vec::new();
        for (n, encoding) in
            [TransferEncoding::Identity, TransferEncoding::Base64, TransferEncoding::QuotedPrintable]
                .into_iter()
                .enumerate()
        {
            let path = PartPath::root().child(1).child(u32::try_from(n).unwrap() + 1);
            parts.push(Part {
                path,
                media_type: MediaType::new("text", "plain"),
                charset: (n == 0).then(|| "utf-8".into()),
                flowed: n == 1,
                del_sp: n == 2,
                encoding,
                size: u64::MAX,
                content_id: (n == 1).then(|| "cid@x".into()),
                disposition: [None, Some(Disposition::Inline), Some(Disposition::Attachment)][n],
                filename: (n == 2).then(|| "a\u{202e}\"b".into()),
                start: (n == 1).then(|| "root@x".into()),
            });
        }
        let structure = BodyStructure { parts };
        assert_eq!(load_structure(&store_structure(&structure).unwrap()).unwrap(), structure);
    }

    #[test]
    fn stored_text_of_the_first_release_stays_readable() {
        let old = r#"[{"p":"","m":"multipart","t":"mixed"},{"p":"1","m":"text","t":"plain","c":"utf-8","e":2,"s":9,"o":1,"n":"a"}]"#;
        let structure = load_structure(old).unwrap();
        assert_eq!(structure.parts[1].encoding, TransferEncoding::QuotedPrintable);
        assert_eq!(structure.parts[1].disposition, Some(Disposition::Attachment));
        assert!(load_structure("[{]").is_err());
        let old = r#"{"t":[["Ann","ann@example.org"]],"x":["1@x"],"u":true}"#;
        assert_eq!(load_envelope(old, Envelope::default()).unwrap().references.len(), 1);
    }
}
