use super::*;

fn response(line: &str) -> Response {
    parse(format!("{line}\r\n").as_bytes()).response
}

#[test]
fn tagged_ends_have_code_and_text() {
    let Response::Tagged { tag, status } = response("A0001 OK [APPENDUID 38505 3955] APPEND completed")
    else {
        panic!()
    };
    assert_eq!(
        (tag.as_str(), status.condition, status.text.as_str()),
        ("A0001", Condition::Ok, "APPEND completed")
    );
    assert!(matches!(status.code, Some(ResponseCode::AppendUid { .. })));
}
