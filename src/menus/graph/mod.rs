//! A menu as a map: its screens and the ways between them. The keys that work
//! everywhere (back, home, next page) are left out.

mod mermaid;
mod svg;

use std::collections::BTreeMap;
use std::path::Path;

use crate::domain::Language;

use super::edges::Via;
use super::files::MenuFile;
use super::model::{Body, Menu, Placed, RETURN, Screen};
use super::template::Texts;
use super::value::{Format, Shown, Values};

/// All screens of a menu, in the order in which a walk from the start comes to them.
pub struct Graph {
    nodes: Vec<Node>,
    /// The names of the files that screens stand in, without their folder.
    files: Vec<String>,
    /// The most sessions at one screen, where the traffic is shown.
    busiest: Option<u64>,
}

/// What went on at a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Visits {
    /// How many sessions showed it.
    pub sessions: u64,
    /// How many showed nothing after it.
    pub ended: u64,
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
    /// Which file it stands in.
    file: usize,
    /// What went on there; None for an action, which shows nothing.
    visits: Option<Visits>,
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
    /// Whether phones show it.
    is_shown: bool,
}

const MENU: Shape = Shape {
    brackets: ["[", "]"],
    arrow: "-->",
    colour: "#dbeafe",
    is_shown: true,
};
const QUESTION: Shape = Shape {
    brackets: ["[/", "/]"],
    arrow: "-->",
    colour: "#fef3c7",
    is_shown: true,
};
const LIST: Shape = Shape {
    brackets: ["[[", "]]"],
    arrow: "-->",
    colour: "#ede9fe",
    is_shown: true,
};
const ACTION: Shape = Shape {
    brackets: ["{{", "}}"],
    arrow: "-.->",
    colour: "#e5e7eb",
    is_shown: false,
};
const END: Shape = Shape {
    brackets: ["([", "])"],
    arrow: "-->",
    colour: "#dcfce7",
    is_shown: true,
};

/// The most characters of a label.
const CHARACTERS: usize = 38;

/// From a screen that hardly anybody comes to, to the busiest.
const HEAT: [&str; 5] = ["#f8fafc", "#fef3c7", "#fed7aa", "#fdba74", "#fb923c"];

impl Graph {
    /// The map of a menu and of the files it was read from, labelled in one language.
    #[must_use]
    pub fn of(menu: &Menu, files: &[MenuFile], language: Language) -> Self {
        let nodes = walk(menu).into_iter().filter_map(|(name, distance)| {
            let screen = menu.screens.get(name)?;
            Some(node(name, screen, distance, language))
        });
        Self {
            nodes: nodes.collect(),
            files: files.iter().map(base_name).collect(),
            busiest: None,
        }
    }

    /// The same, coloured by how many sessions went through each screen.
    #[must_use]
    pub fn with_traffic(mut self, visits: impl Fn(&str) -> Visits) -> Self {
        for node in &mut self.nodes {
            let is_shown = node.shape.is_shown;
            node.visits = is_shown.then(|| visits(&node.name));
        }
        let counts = self.nodes.iter().filter_map(|node| node.visits);
        self.busiest = Some(counts.map(|visits| visits.sessions).max().unwrap_or(0));
        self
    }

    /// The screens of each file, where there is more than one.
    fn clusters(&self) -> Vec<(Option<&str>, Vec<&Node>)> {
        let mut clusters: BTreeMap<usize, Vec<&Node>> = BTreeMap::new();
        for node in &self.nodes {
            clusters.entry(node.file).or_default().push(node);
        }
        let are_many = clusters.len() > 1;
        let named = clusters.into_iter().map(|(file, nodes)| {
            let name = self.files.get(file).filter(|_| are_many);
            (name.map(String::as_str), nodes)
        });
        named.collect()
    }

    /// How busy a screen is among the others, as a place in [`HEAT`].
    fn heat(&self, node: &Node) -> Option<usize> {
        let sessions = node.visits?.sessions;
        let steps = HEAT.len() as u64 - 1;
        let share = (sessions * steps).div_ceil(self.busiest?.max(1));
        usize::try_from(share).ok()
    }
}

impl std::fmt::Display for Visits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} sessions, {} ended", self.sessions, self.ended)
    }
}

fn base_name(file: &MenuFile) -> String {
    let name = Path::new(&file.name).file_name();
    name.map_or_else(|| file.name.clone(), |name| name.display().to_string())
}

/// The screens with their distances from the start; last what no way leads to.
fn walk(menu: &Menu) -> Vec<(&str, usize)> {
    let mut order = vec![(menu.start.as_str(), 0)];
    let mut visited = 0;
    while let Some(&(name, distance)) = order.get(visited) {
        visited += 1;
        let screen = menu.screens.get(name);
        for (_, next) in screen.map_or_else(Vec::new, |screen| screen.body.ways()) {
            let next = next.it.as_str();
            if next != RETURN && order.iter().all(|(seen, _)| *seen != next) {
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

fn node(name: &str, screen: &Screen, distance: usize, language: Language) -> Node {
    let (shape, title) = match &screen.body {
        Body::Menu { .. } => (&MENU, first_line(&screen.text, language)),
        Body::Question { .. } => (&QUESTION, first_line(&screen.text, language)),
        Body::List { .. } => (&LIST, first_line(&screen.text, language)),
        Body::Action { action, .. } => (&ACTION, action.it.clone()),
        Body::Call { call, .. } => (&ACTION, call.it.clone()),
        Body::End => (&END, first_line(&screen.text, language)),
    };
    // A return leads to wherever the sub-menu was called from.
    let ways = screen.body.ways().into_iter();
    let ways = ways.filter(|(_, goto)| goto.it != RETURN);
    let ways = ways.map(|(via, goto)| Way {
        label: shortened(&label(&screen.body, &via, language)),
        goto: goto.it.clone(),
    });
    Node {
        name: name.to_owned(),
        shape,
        title,
        distance,
        ways: ways.collect(),
        file: screen.at.file,
        visits: None,
    }
}

/// What is chosen, typed or found out on a way.
fn label(body: &Body, via: &Via, language: Language) -> String {
    match (body, via) {
        (Body::Menu { options }, Via::Key(key)) => {
            let option = options.iter().find(|option| option.key.it == *key);
            let label = option.map(|option| filled(&option.label, language));
            format!("{key}. {}", label.unwrap_or_default())
        }
        (Body::Question { save, .. }, _) => format!("{{{}}}", save.it),
        (Body::List { item, .. }, Via::Answer) => filled(item, language),
        (_, Via::Outcome(name)) => name.clone(),
        (_, via) => via.to_string(),
    }
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
    use super::super::fixture::{CATALOGUE, SOUND, file};
    use super::super::load;
    use super::*;

    /// The map of the sound menu.
    pub(super) fn sound() -> Graph {
        map(&[file("m", SOUND)])
    }

    /// The map of the sound menu with two of its screens in a file of their own.
    pub(super) fn in_two_files() -> Graph {
        let (main, rest) = SOUND.split_once("[screen.ask]").unwrap();
        let (asking, rest) = rest.split_once("[screen.pick]").unwrap();
        let main = format!("{main}[screen.pick]{rest}");
        let asking = format!("[screen.ask]{asking}");
        map(&[file("d/main.toml", &main), file("d/asking.toml", &asking)])
    }

    fn map(files: &[MenuFile]) -> Graph {
        Graph::of(&load(files, &CATALOGUE).unwrap(), files, Language::En)
    }

    /// Visits of two screens.
    pub(super) fn visits(name: &str) -> Visits {
        match name {
            "home" => Visits {
                sessions: 8,
                ended: 1,
            },
            "bye" => Visits {
                sessions: 3,
                ended: 3,
            },
            _ => Visits::default(),
        }
    }

    #[test]
    fn the_busiest_screen_is_the_hottest_and_an_action_has_no_traffic() {
        let graph = sound().with_traffic(visits);
        let heat: Vec<_> = graph
            .nodes
            .iter()
            .map(|node| (node.name.as_str(), graph.heat(node)))
            .collect();
        assert_eq!(
            heat,
            [
                ("home", Some(4)),
                ("seek", None),
                ("ask", Some(0)),
                ("pick", Some(0)),
                ("bye", Some(2)),
                ("mine", Some(0)),
                ("save", None),
            ]
        );
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
        let graph = map(&[file("m", &text)]);
        assert_eq!(
            graph.nodes.last().map(|node| node.name.as_str()),
            Some("alone")
        );
    }
}
