//! How far something long has come: a bar on a terminal, now and then a line elsewhere.

use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is counted between two lines where there is no terminal.
const EVERY: u64 = 20_000;

pub(super) struct Progress {
    bar: ProgressBar,
    doing: &'static str,
    what: &'static str,
    next_line: Option<u64>,
}

impl Progress {
    /// Of work that is over at `whole`, while `what` is counted.
    pub(super) fn of(whole: u64, doing: &'static str, what: &'static str) -> anyhow::Result<Self> {
        let style = ProgressStyle::with_template("{prefix} {bar:30} {msg}, {eta} left")?;
        let is_terminal = stderr().is_terminal();
        let target = if is_terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(whole), target);
        bar.set_style(style);
        bar.set_prefix(doing);
        Ok(Self {
            bar,
            doing,
            what,
            next_line: (!is_terminal).then_some(EVERY),
        })
    }

    /// It is at that place, and so many are done.
    pub(super) fn show(&mut self, place: u64, count: u64) {
        let millis = self.bar.elapsed().as_millis().max(1);
        let rate = u128::from(count) * 1000 / millis;
        let so_far = format!("{count} {}, {rate} a second", self.what);
        self.bar.set_position(place);
        if self.next_line.is_some_and(|next| count >= next) {
            let left = self.bar.eta().as_secs();
            eprintln!("{}: {so_far}, {left} s left", self.doing);
            self.next_line = Some(count + EVERY);
        }
        self.bar.set_message(so_far);
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
