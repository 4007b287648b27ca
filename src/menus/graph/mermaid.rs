//! The map as Mermaid text, which many viewers of Markdown draw.

use std::fmt::Write;

use super::{Graph, HEAT, Node, Way};

impl Graph {
    /// The map as a Mermaid flowchart. What people choose is a line, what the service
    /// finds out is dotted.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut text = "flowchart LR\n".to_owned();
        // Writing to a String can't fail.
        for (place, (file, nodes)) in self.clusters().into_iter().enumerate() {
            let indent = if let Some(file) = file {
                let _ = writeln!(text, "  subgraph f_{place} [\"{}\"]", escaped(file));
                "    "
            } else {
                "  "
            };
            for node in nodes {
                let _ = writeln!(text, "{indent}{}", screen(node));
            }
            if file.is_some() {
                let _ = writeln!(text, "  end");
            }
        }
        for node in &self.nodes {
            for way in &node.ways {
                let _ = writeln!(text, "  {}", edge(node, way));
            }
        }
        if self.busiest.is_some() {
            for (heat, colour) in HEAT.iter().enumerate() {
                let _ = writeln!(text, "  classDef heat{heat} fill:{colour}");
            }
        }
        for node in &self.nodes {
            if let Some(heat) = self.heat(node) {
                let _ = writeln!(text, "  class {} heat{heat}", id(&node.name));
            }
        }
        text
    }
}

fn screen(node: &Node) -> String {
    let [left, right] = node.shape.brackets;
    let (id, name, title) = (id(&node.name), &node.name, escaped(&node.title));
    let visits = node.visits.map(|visits| format!("<br/>{visits}"));
    let visits = visits.unwrap_or_default();
    format!("{id}{left}\"<b>{name}</b><br/>{title}{visits}\"{right}")
}

fn edge(node: &Node, way: &Way) -> String {
    let arrow = node.shape.arrow;
    format!(
        "{} {arrow}|\"{}\"| {}",
        id(&node.name),
        escaped(&way.label),
        id(&way.goto)
    )
}

/// A screen may be called `end`, which Mermaid keeps for itself.
fn id(name: &str) -> String {
    format!("s_{name}")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("#quot;"),
            '#' => escaped.push_str("#35;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::tests::{in_two_files, sound, visits};
    use super::*;

    #[test]
    fn each_kind_of_screen_has_a_shape_and_each_way_an_arrow() {
        assert_eq!(
            sound().mermaid(),
            "\
flowchart LR
  s_home[\"<b>home</b><br/>Welcome\"]
  s_seek{{\"<b>seek</b><br/>find\"}}
  s_ask[/\"<b>ask</b><br/>Your number?\"/]
  s_pick[[\"<b>pick</b><br/>From {day}:\"]]
  s_bye([\"<b>bye</b><br/>Bye.\"])
  s_mine([\"<b>mine</b><br/>{name} {code}\"])
  s_save{{\"<b>save</b><br/>save\"}}
  s_home -->|\"1. Mine\"| s_seek
  s_home -->|\"2. Change\"| s_ask
  s_home -->|\"3. All\"| s_pick
  s_home -->|\"0. Exit\"| s_bye
  s_seek -.->|\"none\"| s_bye
  s_seek -.->|\"one\"| s_mine
  s_ask -->|\"{line}\"| s_save
  s_pick -->|\"{name} {code}\"| s_mine
  s_pick -->|\"none\"| s_bye
  s_save -.->|\"saved\"| s_bye
"
        );
    }

    #[test]
    fn each_file_is_a_cluster_where_there_is_more_than_one() {
        let text = in_two_files().mermaid();
        let cluster = "  subgraph f_1 [\"asking.toml\"]\n    \
            s_ask[/\"<b>ask</b><br/>Your number?\"/]\n    \
            s_save{{\"<b>save</b><br/>save\"}}\n  end\n";
        assert!(text.contains(cluster), "{text}");
        assert!(
            text.contains("  subgraph f_0 [\"main.toml\"]\n    s_home"),
            "{text}"
        );
    }

    #[test]
    fn traffic_is_a_line_and_a_colour() {
        let text = sound().with_traffic(visits).mermaid();
        for part in [
            "  s_home[\"<b>home</b><br/>Welcome<br/>8 sessions, 1 ended\"]\n",
            "  s_seek{{\"<b>seek</b><br/>find\"}}\n",
            "  classDef heat4 fill:#fb923c\n",
            "  class s_home heat4\n",
            "  class s_bye heat2\n",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn no_label_can_break_out_of_its_quotes() {
        assert_eq!(
            escaped("a \"b\" <c> #1 & d"),
            "a #quot;b#quot; #lt;c#gt; #35;1 #amp; d"
        );
    }
}
