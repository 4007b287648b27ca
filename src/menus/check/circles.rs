//! Work that leads to work must come to a screen at last.

use std::collections::BTreeSet;

use crate::menus::model::Body;

use super::Check;

impl Check<'_, '_> {
    /// Finds every circle that shows nothing, once, at the first name in it.
    pub(super) fn circles(&mut self) {
        let menu = self.menu;
        for (name, screen) in &menu.screens {
            if let Some(circle) = self.circle(name) {
                let message = format!(
                    "this leads around in a circle and shows nothing: {}",
                    circle.join(" -> ")
                );
                self.found.add(screen.at, message);
            }
        }
    }

    /// A way from a screen back to it by later names, past nothing that is shown.
    fn circle(&self, name: &str) -> Option<Vec<&str>> {
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<Vec<&str>> = vec![vec![self.menu.screens.get_key_value(name)?.0]];
        while let Some(path) = waiting.pop() {
            for next in path
                .last()
                .map_or_else(Vec::new, |last| self.silent_ways(last))
            {
                let further = [path.as_slice(), &[next]].concat();
                if next == name {
                    return Some(further);
                }
                if next > name && seen.insert(next) {
                    waiting.push(further);
                }
            }
        }
        None
    }

    /// Where a screen may lead without being shown: an action always, a list that has no items.
    fn silent_ways(&self, name: &str) -> Vec<&str> {
        match self.menu.screens.get(name).map(|screen| &screen.body) {
            Some(Body::Action { on, .. } | Body::List { on, .. }) => {
                on.values().map(|goto| goto.it.as_str()).collect()
            }
            Some(Body::Call { call, goto }) => vec![call.it.as_str(), goto.it.as_str()],
            _ => Vec::new(),
        }
    }
}
