//! Rows that are taken by the rules of an import: a field is a column of the file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::actions::api::{Batch, MOST_ROWS, Taken, take_batch};
use crate::imports::{Kind, Numbered, read_fields};

use super::endpoint::{Call, Unit};
use super::problem::{Kind as ProblemKind, Problem, Refusal, RowError};

/// Rows to be taken.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RowsOf{T}")]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "it is what callers write")]
pub(in crate::web) struct Rows<T> {
    /// The rows. What a row does not say stays as it is.
    #[schemars(length(min = 1, max = MOST_ROWS))]
    rows: Vec<T>,
    /// Only says what it would come to.
    #[serde(default)]
    dry_run: bool,
    /// Takes the rows that can be taken where others can't; else one wrong row refuses all.
    #[serde(default)]
    keep_good: bool,
    /// Whether people are told by SMS of new, changed or cancelled deployments; as the
    /// configuration has it where this is left out.
    #[serde(default)]
    tell: Option<bool>,
}

/// What rows came to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Tally")]
pub(in crate::web) struct Written {
    /// Rows that were read.
    read: u64,
    /// Those that add something.
    new: u64,
    /// Those that change something.
    changed: u64,
    /// Those that say what is known.
    same: u64,
    /// Those that can't be taken.
    rejected: u64,
    /// People who are told by SMS.
    told: u64,
    /// What is wrong with those that can't be taken.
    errors: Vec<RowError>,
}

impl Written {
    pub(super) fn example() -> Self {
        Self {
            read: 1,
            new: 1,
            changed: 0,
            same: 0,
            rejected: 0,
            told: 0,
            errors: Vec::new(),
        }
    }
}

/// Takes rows of a kind.
pub(super) async fn take<T: Serialize>(
    call: &mut Call,
    kind: Kind,
    sent: &Rows<T>,
) -> Result<Written, Refusal> {
    if sent.rows.is_empty() || sent.rows.len() > MOST_ROWS {
        let detail = format!("between 1 and {MOST_ROWS} rows");
        return Err(Problem::new(ProblemKind::Unreadable, detail).into());
    }
    let numbered = (1..).zip(&sent.rows);
    let rows: Vec<Numbered> = numbered
        .map(|(number, row)| (number, read_fields(kind, &fields(row))))
        .collect();
    let Unit {
        tx,
        tools,
        caller,
        channel,
        now,
    } = call.unit().await?;
    let batch = Batch {
        kind,
        dry_run: sent.dry_run,
        keep_good: sent.keep_good || sent.dry_run,
        tell: sent.tell,
        channel,
    };
    let Taken {
        sums,
        rejected,
        is_done,
    } = take_batch(tx, tools, caller, batch, rows, now).await?;
    let errors: Vec<_> = rejected.into_iter().map(RowError::from).collect();
    if !is_done {
        let (wrong, all) = (errors.len(), sums.read);
        let detail = format!("{wrong} of {all} rows can't be taken, so none was");
        return Err(Problem::new(ProblemKind::Refused, detail)
            .with(errors)
            .into());
    }
    Ok(Written {
        read: sums.read,
        new: sums.new,
        changed: sums.changed,
        same: sums.same,
        rejected: sums.rejected,
        told: sums.told,
        errors,
    })
}

/// The fields of a row, as cells of a file would hold them.
fn fields(row: &impl Serialize) -> Vec<(String, String)> {
    let Ok(Value::Object(fields)) = serde_json::to_value(row) else {
        return Vec::new();
    };
    let cell = |value| match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    };
    let fields = fields.into_iter();
    fields.map(|(name, value)| (name, cell(value))).collect()
}
