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
    /// A call of a sub-menu: nobody chooses it.
    Call,
    /// What comes once the sub-menu returns.
    Then,
}

impl std::fmt::Display for Via {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Answer => f.write_str("answer"),
            Self::Outcome(name) => write!(f, "on.{name}"),
            Self::Call => f.write_str("call"),
            Self::Then => f.write_str("then"),
        }
    }
}

impl Body {
    /// The ways on from a screen, in the order in which it shows them; one that returns
    /// ends in `return`.
    pub(super) fn ways(&self) -> Vec<(Via, &Placed<String>)> {
        let outcomes = |on: &'_ BTreeMap<String, Placed<String>>| {
            on.keys().cloned().map(Via::Outcome).collect::<Vec<_>>()
        };
        match self {
            Self::Menu { options } => {
                let ways = options.iter();
                ways.map(|option| (Via::Key(option.key.it.clone()), &option.goto))
                    .collect()
            }
            Self::Question { goto, .. } => vec![(Via::Answer, goto)],
            Self::List { goto, on, .. } => {
                let found = outcomes(on).into_iter().zip(on.values());
                [(Via::Answer, goto)].into_iter().chain(found).collect()
            }
            Self::Action { on, .. } => outcomes(on).into_iter().zip(on.values()).collect(),
            Self::Call { call, goto } => vec![(Via::Call, call), (Via::Then, goto)],
            Self::End => Vec::new(),
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
        let ways = self.screens.get(from).map(|screen| screen.body.ways());
        let ways = ways.into_iter().flatten();
        // Whoever comes to a call goes into it and back: there is nothing to choose.
        let ways = ways.filter(|(via, _)| !matches!(via, Via::Call | Via::Then));
        ways.map(|(via, to)| {
            let from = match &via {
                Via::Outcome(name) if self.handles_for_all(name, to) => "*",
                _ => from,
            };
            Edge {
                from: from.to_owned(),
                via,
                to: to.it.clone(),
            }
        })
        .collect()
    }

    fn handles_for_all(&self, outcome: &str, to: &Placed<String>) -> bool {
        self.on.get(outcome).is_some_and(|goto| goto.at == to.at)
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
