//! How far an import has come: a bar on a terminal, now and then a line elsewhere.

use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Rows between two lines where there is no terminal.
const EVERY: u64 = 20_000;

pub(super) struct Progress {
    bar: ProgressBar,
    doing: &'static str,
    next_line: Option<u64>,
}

impl Progress {
    /// Of a file of so many bytes.
    pub(super) fn of(bytes: u64, doing: &'static str) -> anyhow::Result<Self> {
        let style = ProgressStyle::with_template("{prefix} {bar:30} {msg}, {eta} left")?;
        let is_terminal = stderr().is_terminal();
        let target = if is_terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(bytes), target);
        bar.set_style(style);
        bar.set_prefix(doing);
        Ok(Self {
            bar,
            doing,
            next_line: (!is_terminal).then_some(EVERY),
        })
    }

    /// So many bytes and rows are done.
    pub(super) fn show(&mut self, bytes: u64, rows: u64) {
        let millis = self.bar.elapsed().as_millis().max(1);
        let rate = u128::from(rows) * 1000 / millis;
        self.bar
            .set_message(format!("{rows} rows, {rate} a second"));
        self.bar.set_position(bytes);
        if self.next_line.is_some_and(|next| rows >= next) {
            let left = self.bar.eta().as_secs();
            eprintln!(
                "{}: {rows} rows, {rate} a second, {left} s left",
                self.doing
            );
            self.next_line = Some(rows + EVERY);
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
