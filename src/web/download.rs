//! A file to keep, in one piece or from where a broken download stopped.

use std::ops::Range;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// A letter as an answer. It has the same bytes each time, so a part of it fits the part
/// that came before, and its tag says whether it still does.
pub(super) fn letter(method: &Method, asked: &HeaderMap, pdf: &[u8]) -> Response {
    let tag = format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(pdf)[..16]));
    let wanted = match asked.get(header::RANGE) {
        // A range means something to GET alone; one of another edition would not fit.
        Some(range) if method == Method::GET && is_of(asked, &tag) => wanted(range, pdf.len()),
        _ => Wanted::Whole,
    };
    let mut response = match &wanted {
        Wanted::Whole => pdf.to_vec().into_response(),
        Wanted::Part(part) => {
            let body = pdf[part.clone()].to_vec();
            (StatusCode::PARTIAL_CONTENT, body).into_response()
        }
        Wanted::Beyond => StatusCode::RANGE_NOT_SATISFIABLE.into_response(),
    };
    let headers = response.headers_mut();
    let mut say = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    say(header::ACCEPT_RANGES, "bytes");
    say(header::ETAG, &tag);
    let size = pdf.len();
    match wanted {
        Wanted::Whole => {}
        Wanted::Part(Range { start, end }) => {
            say(
                header::CONTENT_RANGE,
                &format!("bytes {start}-{}/{size}", end - 1),
            );
        }
        Wanted::Beyond => {
            say(header::CONTENT_RANGE, &format!("bytes */{size}"));
            return response;
        }
    }
    say(header::CONTENT_TYPE, "application/pdf");
    say(
        header::CONTENT_DISPOSITION,
        "attachment; filename=\"appointment-letter.pdf\"",
    );
    response
}

/// Whether the part that a browser has is of this edition, as far as it says so.
fn is_of(asked: &HeaderMap, tag: &str) -> bool {
    asked.get(header::IF_RANGE).is_none_or(|had| had == tag)
}

/// What of a file is wanted.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    /// Never empty, never beyond the end.
    Part(Range<usize>),
    Beyond,
}

/// Reads one range. What can't be read, and several at once, mean the whole file.
fn wanted(range: &HeaderValue, size: usize) -> Wanted {
    let range = range
        .to_str()
        .ok()
        .and_then(|text| text.strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.split_once('-')) else {
        return Wanted::Whole;
    };
    let part = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => first..size.min(last.saturating_add(1)),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        // So many from the end.
        (Err(_), Ok(count)) if first.is_empty() => size.saturating_sub(count)..size,
        _ => return Wanted::Whole,
    };
    if part.is_empty() {
        return Wanted::Beyond;
    }
    Wanted::Part(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_never_leaves_the_file() {
        let wanted = |text: &'static str| wanted(&HeaderValue::from_static(text), 100);
        assert_eq!(wanted("bytes=0-9"), Wanted::Part(0..10));
        assert_eq!(wanted("bytes=40-"), Wanted::Part(40..100));
        assert_eq!(wanted("bytes=90-500"), Wanted::Part(90..100));
        assert_eq!(wanted("bytes=-10"), Wanted::Part(90..100));
        assert_eq!(wanted("bytes=-500"), Wanted::Part(0..100));
        assert_eq!(
            wanted("bytes=99-18446744073709551615"),
            Wanted::Part(99..100)
        );
        for beyond in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(wanted(beyond), Wanted::Beyond, "{beyond}");
        }
        for odd in [
            "bytes=9-5",
            "bytes=-",
            "bytes=0-1,5-6",
            "bytes=x-",
            "lines=1-2",
            "",
        ] {
            assert_eq!(wanted(odd), Wanted::Whole, "{odd}");
        }
    }

    #[test]
    fn a_part_of_another_edition_is_not_gone_on_with() {
        let mut asked = HeaderMap::new();
        asked.insert(header::RANGE, HeaderValue::from_static("bytes=2-"));
        let first = letter(&Method::GET, &asked, b"letter");
        assert_eq!(first.status(), StatusCode::PARTIAL_CONTENT);
        asked.insert(header::IF_RANGE, first.headers()[header::ETAG].clone());
        let status = |pdf: &[u8]| letter(&Method::GET, &asked, pdf).status();
        assert_eq!(status(b"letter"), StatusCode::PARTIAL_CONTENT);
        assert_eq!(status(b"Letter"), StatusCode::OK);
    }
}
