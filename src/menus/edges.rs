//! The ways from screen to screen, for maps and for the share that tests have walked.

use super::model::{Body, Menu};

/// A way from one screen to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Where it begins.
    pub from: String,
    /// What leads along it.
    pub via: Via,
    /// Where it ends.
    pub to: String,
}

/// What leads from a screen to the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// An option's key.
    Key(String),
    /// An answer to a question, or an item of a list.
    Answer,
    /// An outcome of an action.
    Outcome(String),
}

impl std::fmt::Display for Via {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Answer => f.write_str("answer"),
            Self::Outcome(name) => write!(f, "on.{name}"),
        }
    }
}

impl Menu {
    /// Every way from screen to screen. Back, home and the turning of pages are left out:
    /// they lead from everywhere.
    #[must_use]
    pub fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (from, screen) in &self.screens {
            let mut lead = |via: Via, to: &str| {
                edges.push(Edge {
                    from: from.clone(),
                    via,
                    to: to.to_owned(),
                });
            };
            match &screen.body {
                Body::Menu { options } => {
                    for option in options {
                        lead(Via::Key(option.key.it.clone()), &option.goto.it);
                    }
                }
                Body::Question { goto, .. } => lead(Via::Answer, &goto.it),
                Body::List { goto, on, .. } => {
                    lead(Via::Answer, &goto.it);
                    for (outcome, to) in on {
                        lead(Via::Outcome(outcome.clone()), &to.it);
                    }
                }
                Body::Action { on, .. } => {
                    for (outcome, to) in on {
                        lead(Via::Outcome(outcome.clone()), &to.it);
                    }
                }
                Body::End => {}
            }
        }
        edges
    }

    /// What an answer was on that screen.
    #[must_use]
    pub fn via_answer(&self, screen: &str, answer: &str) -> Option<Via> {
        match self.screens.get(screen)?.body {
            Body::Menu { .. } => Some(Via::Key(answer.to_owned())),
            Body::Question { .. } | Body::List { .. } => Some(Via::Answer),
            Body::Action { .. } | Body::End => None,
        }
    }
}
