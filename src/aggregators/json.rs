//! Values of JSON, as loosely as aggregators write them.

use serde_json::Value;

/// A text or a number as text: numbers are seen both bare and in quotes.
pub(super) fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// What stands at a path such as `results.0.messageId`.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |inner, name| match inner {
        Value::Array(elements) => elements.get(name.parse::<usize>().ok()?),
        _ => inner.get(name),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_goes_through_objects_and_lists() {
        let value = json!({"results": [{"id": 7, "ok": true, "no": null}]});
        let found = |path| at(&value, path).and_then(word);
        assert_eq!(found("results.0.id").as_deref(), Some("7"));
        assert_eq!(found("results.0.ok").as_deref(), Some("true"));
        for nothing in [
            "results.0.no",
            "results.1.id",
            "results.x",
            "results",
            "other",
        ] {
            assert_eq!(found(nothing), None, "{nothing}");
        }
    }
}
