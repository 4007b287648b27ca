//! Many rows at once: what an import reads and writes. Rows travel as one JSON array, so
//! that the statement is the same however many they are.

pub mod centres;
pub mod deployments;
pub mod people;

/// One text for both databases, with a table of JSON values named `value` in its middle.
macro_rules! with_rows {
    ($name:ident, $tx:expr, $function:literal, $begin:expr, $end:expr) => {
        let $name = match $tx {
            $crate::store::Tx::Sqlite(_) => concat!($begin, "json_each($1) AS rows", $end),
            $crate::store::Tx::Postgres(_) => {
                concat!($begin, $function, "($1::json) AS rows (value)", $end)
            }
        };
    };
}

/// A statement that takes an array of texts.
macro_rules! with_texts {
    ($name:ident, $tx:expr, $begin:expr, $end:expr) => {
        with_rows!($name, $tx, "json_array_elements_text", $begin, $end)
    };
}

/// A statement that takes an array of arrays.
macro_rules! with_arrays {
    ($name:ident, $tx:expr, $begin:expr, $end:expr) => {
        with_rows!($name, $tx, "json_array_elements", $begin, $end)
    };
}

use {with_arrays, with_rows, with_texts};

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    array(texts.map(serde_json::Value::from))
}

fn array(rows: impl Iterator<Item = serde_json::Value>) -> String {
    serde_json::Value::Array(rows.collect()).to_string()
}
