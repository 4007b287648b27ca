//! A menu as a map: its screens and the ways between them. The keys that work
//! everywhere (back, home, next page) are left out.

mod mermaid;
mod svg;

use std::collections::BTreeMap;

use crate::domain::Language;

use super::model::{Body, Choice, Menu, Placed, RETURN, Screen};
use super::template::Texts;
use super::value::{Format, Shown, Values};

/// All screens of a menu, in the order in which a walk from the start comes to them.
pub struct Graph {
    nodes: Vec<Node>,
}

/// A screen.
struct Node {
    name: String,
    shape: &'static Shape,
    /// The first line of its text, or the action it stands for.
    title: String,
    /// How many steps it is away from the start.
    distance: usize,
    ways: Vec<Way>,
}

/// A way from one screen to another.
struct Way {
    label: String,
    goto: String,
}

/// How a kind of screen is drawn.
struct Shape {
    /// What stands left and right of a label in Mermaid.
    brackets: [&'static str; 2],
    /// How its ways on are drawn in Mermaid.
    arrow: &'static str,
    /// The colour of its box in SVG.
    colour: &'static str,
}

const MENU: Shape = Shape {
    brackets: ["[", "]"],
    arrow: "-->",
    colour: "#dbeafe",
};
const QUESTION: Shape = Shape {
    brackets: ["[/", "/]"],
    arrow: "-->",
    colour: "#fef3c7",
};
const LIST: Shape = Shape {
    brackets: ["[[", "]]"],
    arrow: "-->",
    colour: "#ede9fe",
};
const ACTION: Shape = Shape {
    brackets: ["{{", "}}"],
    arrow: "-.->",
    colour: "#e5e7eb",
};
const END: Shape = Shape {
    brackets: ["([", "])"],
    arrow: "-->",
    colour: "#dcfce7",
};

/// The most characters of a label.
const CHARACTERS: usize = 38;

impl Graph {
    /// The map of a menu, labelled in one language.
    #[must_use]
    pub fn of(menu: &Menu, language: Language) -> Self {
        let nodes = walk(menu).into_iter().filter_map(|(name, distance)| {
            let screen = menu.screens.get(name)?;
            Some(node(name, screen, distance, language))
        });
        Self {
            nodes: nodes.collect(),
        }
    }
}

/// The screens with their distances from the start; last what no way leads to.
fn walk(menu: &Menu) -> Vec<(&str, usize)> {
    let mut order = vec![(menu.start.as_str(), 0)];
    let mut visited = 0;
    while let Some(&(name, distance)) = order.get(visited) {
        visited += 1;
        let screen = menu.screens.get(name);
        for next in screen.map_or_else(Vec::new, |screen| gotos(&screen.body)) {
            if order.iter().all(|(seen, _)| *seen != next) {
                order.push((next, distance + 1));
            }
        }
    }
    for name in menu.screens.keys() {
        if order.iter().all(|(seen, _)| seen != name) {
            order.push((name, 0));
        }
    }
    order
}

fn gotos(body: &Body) -> Vec<&str> {
    ways(body, Language::default())
        .into_iter()
        .map(|(_, goto)| goto)
        .filter(|goto| *goto != RETURN)
        .collect()
}

fn node(name: &str, screen: &Screen, distance: usize, language: Language) -> Node {
    let (shape, title) = match &screen.body {
        Body::Menu { .. } => (&MENU, first_line(&screen.text, language)),
        Body::Question { .. } => (&QUESTION, first_line(&screen.text, language)),
        Body::List { .. } => (&LIST, first_line(&screen.text, language)),
        Body::Action { action, .. } => (&ACTION, action.it.clone()),
        Body::Call { call, .. } => (&ACTION, call.it.clone()),
        Body::End => (&END, first_line(&screen.text, language)),
    };
    let ways = ways(&screen.body, language);
    // A return leads to wherever the sub-menu was called from.
    let ways = ways.into_iter().filter(|(_, goto)| *goto != RETURN);
    let ways = ways.map(|(label, goto)| Way {
        label: shortened(&label),
        goto: goto.to_owned(),
    });
    Node {
        name: name.to_owned(),
        shape,
        title,
        distance,
        ways: ways.collect(),
    }
}

/// The ways on from a screen: what is chosen, typed or found out, and where it leads.
fn ways<'a>(body: &'a Body, language: Language) -> Vec<(String, &'a str)> {
    match body {
        Body::End => Vec::new(),
        Body::Menu { options } => {
            let way = |option: &'a Choice| {
                let label = format!("{}. {}", option.key.it, filled(&option.label, language));
                (label, option.goto.it.as_str())
            };
            options.iter().map(way).collect()
        }
        Body::Question { save, goto, .. } => vec![(format!("{{{}}}", save.it), &goto.it)],
        Body::List { item, goto, on, .. } => {
            let mut ways = vec![(filled(item, language), goto.it.as_str())];
            ways.extend(outcomes(on));
            ways
        }
        Body::Action { on, .. } => outcomes(on).collect(),
        Body::Call { call, goto } => vec![
            ("call".to_owned(), call.it.as_str()),
            ("then".to_owned(), goto.it.as_str()),
        ],
    }
}

fn outcomes(on: &BTreeMap<String, Placed<String>>) -> impl Iterator<Item = (String, &str)> {
    on.iter()
        .map(|(name, goto)| (name.clone(), goto.it.as_str()))
}

/// A label's beginning, where it is too long for a box.
fn shortened(label: &str) -> String {
    let mut shown: String = label.chars().take(CHARACTERS).collect();
    if shown.len() < label.len() {
        shown.push('\u{2026}');
    }
    shown
}

fn first_line(texts: &Placed<Texts>, language: Language) -> String {
    let text = filled(texts, language);
    shortened(text.lines().next().unwrap_or_default())
}

/// A text with its placeholders left standing.
fn filled(texts: &Placed<Texts>, language: Language) -> String {
    texts.it.of(language).fill(&Standing, language, usize::MAX)
}

struct Standing;

impl Values for Standing {
    fn shown(&self, name: &str, _: Format, _: Language) -> Option<Shown> {
        Some(Shown {
            text: format!("{{{name}}}"),
            may_be_cut: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{SOUND, file};
    use super::super::load;
    use super::*;

    /// The map of the sound menu.
    pub(super) fn sound() -> Graph {
        Graph::of(&load(&[file("m", SOUND)]).unwrap(), Language::En)
    }

    #[test]
    fn screens_come_in_the_order_of_a_walk_from_the_start() {
        let graph = sound();
        let order: Vec<_> = graph
            .nodes
            .iter()
            .map(|node| (node.name.as_str(), node.distance))
            .collect();
        assert_eq!(
            order,
            [
                ("home", 0),
                ("seek", 1),
                ("ask", 1),
                ("pick", 1),
                ("bye", 1),
                ("mine", 2),
                ("save", 2)
            ]
        );
    }

    #[test]
    fn what_no_way_leads_to_is_on_the_map_too() {
        let text =
            format!("{SOUND}\n[screen.alone]\nend = true\ntext = {{ en = \"A\", sw = \"A\" }}\n");
        let graph = Graph::of(&load(&[file("m", &text)]).unwrap(), Language::En);
        assert_eq!(
            graph.nodes.last().map(|node| node.name.as_str()),
            Some("alone")
        );
    }
}
