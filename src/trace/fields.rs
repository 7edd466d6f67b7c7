//! The fields of a line: what is in them, or what is wrong with them and what to write.

use serde_json::{Map, Value as Json};

/// The largest number that is read: terms and indices can be added to, and every language that has
/// JSON reads them exactly.
pub(super) const LARGEST: u64 = 1 << 53;

pub(super) fn object(text: &[u8]) -> Result<Map<String, Json>, String> {
    match serde_json::from_slice(text) {
        Ok(Json::Object(fields)) => Ok(fields),
        Ok(Json::Array(_)) => {
            Err("it is a list; write one JSON object a line, one for each step".into())
        }
        Ok(other) => Err(format!("it is {}; write a JSON object", short(&other))),
        Err(_) if text.trim_ascii().starts_with(b"[") => Err(
            "a list begins here; write one JSON object a line, without a list around them".into(),
        ),
        Err(why) => {
            let (told, column) = (why.to_string(), why.column());
            let told = told.split(" at line ").next().unwrap_or_default();
            Err(format!("column {column}: this is not JSON ({told})"))
        }
    }
}

/// A name is a string or a number.
pub(super) fn name(field: &str, value: &Json) -> Result<String, String> {
    match value {
        Json::String(name) => Ok(name.clone()),
        Json::Number(number) => Ok(number.to_string()),
        other => Err(found(field, other, "a server's name")),
    }
}

pub(super) fn list<'a>(field: &str, value: &'a Json) -> Result<&'a [Json], String> {
    match value {
        Json::Null => Ok(&[]),
        Json::Array(list) => Ok(list),
        other => Err(found(field, other, "a list")),
    }
}

pub(super) fn number(
    fields: &Map<String, Json>,
    within: &str,
    key: &str,
) -> Result<Option<u64>, String> {
    match fields.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(value) => within_bounds(value)
            .map(Some)
            .map_err(|write| found(&format!("{within}{key}"), value, write)),
    }
}

/// A number, or what to write instead.
pub(super) fn within_bounds(value: &Json) -> Result<u64, &'static str> {
    match value.as_u64() {
        Some(number) if number > LARGEST => Err("a whole number, 2^53 at most"),
        Some(number) => Ok(number),
        None => Err("a whole number, 0 or more"),
    }
}

pub(super) fn flag(fields: &Map<String, Json>, key: &str) -> Result<Option<bool>, String> {
    match fields.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Bool(flag)) => Ok(Some(*flag)),
        Some(other) => Err(found(key, other, "true or false")),
    }
}

pub(super) fn found(field: &str, value: &Json, write: &str) -> String {
    format!("field \"{field}\" is {}; write {write}", short(value))
}

/// A value, as far as a sentence has room for it.
fn short(value: &Json) -> String {
    const MOST: usize = 40;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
