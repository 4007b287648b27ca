//! The ways from screen to screen, for maps and for the share that tests have walked.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Body, Menu, Placed};

/// A way from one screen to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Where it begins; `*` for what is handled for all screens.
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
    /// Every way from screen to screen, each once. Back, home and the turning of pages are
    /// left out: they lead from everywhere.
    #[must_use]
    pub fn edges(&self) -> BTreeSet<Edge> {
        self.screens
            .keys()
            .flat_map(|from| self.edges_from(from))
            .collect()
    }

    fn edges_from(&self, from: &str) -> Vec<Edge> {
        let mut edges = Vec::new();
        let mut lead = |from: &str, via: Via, to: &str| {
            edges.push(Edge {
                from: from.to_owned(),
                via,
                to: to.to_owned(),
            });
        };
        match self.screens.get(from).map(|screen| &screen.body) {
            Some(Body::Menu { options }) => {
                for option in options {
                    lead(from, Via::Key(option.key.it.clone()), &option.goto.it);
                }
            }
            Some(Body::Question { goto, .. }) => lead(from, Via::Answer, &goto.it),
            Some(Body::List { goto, on, .. }) => {
                lead(from, Via::Answer, &goto.it);
                self.outcomes(from, on, &mut lead);
            }
            Some(Body::Action { on, .. }) => self.outcomes(from, on, &mut lead),
            // Whoever comes to a call goes into it and back: there is nothing to choose.
            Some(Body::Call { .. } | Body::End) | None => {}
        }
        edges
    }

    fn outcomes(
        &self,
        from: &str,
        on: &BTreeMap<String, Placed<String>>,
        lead: &mut impl FnMut(&str, Via, &str),
    ) {
        for (outcome, to) in on {
            let is_default = self.on.get(outcome).is_some_and(|goto| goto.at == to.at);
            let from = if is_default { "*" } else { from };
            lead(from, Via::Outcome(outcome.clone()), &to.it);
        }
    }

    /// The way that was gone from a screen, as [`Menu::edges`] has it: what is handled for
    /// all screens is one way wherever it begins, and a return ends in `return`.
    #[must_use]
    pub fn edge(&self, from: &str, via: Via, to: &str) -> Edge {
        let edges = self.edges_from(from);
        let known = edges.into_iter().find(|edge| edge.via == via);
        known.unwrap_or_else(|| Edge {
            from: from.to_owned(),
            via,
            to: to.to_owned(),
        })
    }

    /// What an answer was on that screen.
    #[must_use]
    pub fn via_answer(&self, screen: &str, answer: &str) -> Option<Via> {
        match self.screens.get(screen)?.body {
            Body::Menu { .. } => Some(Via::Key(answer.to_owned())),
            Body::Question { .. } | Body::List { .. } => Some(Via::Answer),
            Body::Action { .. } | Body::Call { .. } | Body::End => None,
        }
    }
}
