//! The map as a picture: a column for each step away from the start, a box for each
//! screen, a row in it for each way on. A way further on is a line; a way back only
//! names where it leads, since lines that go back would cross everything.

use std::collections::BTreeMap;
use std::fmt;

use super::{Graph, HEAT, Node, Way, shortened};

const MARGIN: usize = 16;
const WIDTH: usize = 232;
const COLUMN: usize = WIDTH + 72;
const HEAD: usize = 34;
const ROW: usize = 15;
const GAP: usize = 12;

const STYLE: &str = "text{font:11px sans-serif;fill:#111}.name{font-weight:bold}\
    rect{stroke:#475569}path{fill:none;stroke:#475569}.back{fill:#64748b}\
    .visits{font-style:italic}.file{fill:none;stroke-dasharray:4}";

/// Where the boxes stand.
struct Picture<'a> {
    graph: &'a Graph,
    boxes: BTreeMap<&'a str, Corner>,
    frames: Vec<Frame<'a>>,
    width: usize,
    height: usize,
}

/// The screens of a file.
struct Frame<'a> {
    name: &'a str,
    top: usize,
    bottom: usize,
}

/// The upper left corner of a box.
#[derive(Clone, Copy)]
struct Corner {
    x: usize,
    y: usize,
}

impl Graph {
    /// The map as an SVG document.
    #[must_use]
    pub fn svg(&self) -> String {
        let mut boxes = BTreeMap::new();
        let mut frames = Vec::new();
        let widest = self.nodes.iter().map(|node| node.distance).max();
        let width = 2 * MARGIN + WIDTH + COLUMN * widest.unwrap_or(0);
        let mut top = MARGIN;
        for (file, nodes) in self.clusters() {
            // Each file is a band of its own, below the one before.
            let first = if file.is_some() { top + ROW + GAP } else { top };
            let mut bottoms: BTreeMap<usize, usize> = BTreeMap::new();
            for node in nodes {
                let bottom = bottoms.entry(node.distance).or_insert(first);
                let corner = Corner {
                    x: MARGIN + node.distance * COLUMN,
                    y: *bottom,
                };
                boxes.insert(node.name.as_str(), corner);
                *bottom += height(node) + GAP;
            }
            let bottom = bottoms.values().max().copied().unwrap_or(first);
            if let Some(name) = file {
                frames.push(Frame { name, top, bottom });
            }
            top = bottom + GAP;
        }
        let height = top - GAP + MARGIN;
        Picture {
            graph: self,
            boxes,
            frames,
            width,
            height,
        }
        .to_string()
    }
}

fn height(node: &Node) -> usize {
    HEAD + ROW * (node.ways.len() + usize::from(node.visits.is_some())) + GAP / 2
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, height, .. } = self;
        writeln!(
            f,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\">\n<style>{STYLE}</style>\n\
             <rect width=\"100%\" height=\"100%\" style=\"fill:#fff;stroke:none\"/>"
        )?;
        for Frame { name, top, bottom } in &self.frames {
            let (left, across, down) = (MARGIN / 2, width - MARGIN, bottom - top);
            writeln!(
                f,
                "<rect class=\"file\" x=\"{left}\" y=\"{top}\" width=\"{across}\" height=\"{down}\" rx=\"6\"/>"
            )?;
            text(f, "name", MARGIN, top + 14, name)?;
        }
        for node in &self.graph.nodes {
            let Some(corner) = self.boxes.get(node.name.as_str()) else {
                continue;
            };
            let heat = self.graph.heat(node).and_then(|heat| HEAT.get(heat));
            screen(f, node, heat.unwrap_or(&node.shape.colour), *corner)?;
            for (row, way) in node.ways.iter().enumerate() {
                let y = corner.y + HEAD + ROW * row;
                self.way(f, way, Corner { x: corner.x, y })?;
            }
        }
        writeln!(f, "</svg>")
    }
}

impl Picture<'_> {
    /// A row of a box, and the line to where it leads.
    fn way(&self, f: &mut fmt::Formatter<'_>, way: &Way, Corner { x, y }: Corner) -> fmt::Result {
        match self.boxes.get(way.goto.as_str()) {
            Some(next) if next.x > x => {
                text(f, "way", x + 16, y + 11, &way.label)?;
                let (from_x, from_y) = (x + WIDTH, y + ROW / 2);
                let (to_x, to_y) = (next.x, next.y + HEAD / 2);
                let bend = (COLUMN - WIDTH) / 2;
                let (out, back) = (from_x + bend, to_x - bend);
                writeln!(
                    f,
                    "<path d=\"M{from_x} {from_y}C{out} {from_y} {back} {to_y} {to_x} {to_y}\"/>"
                )
            }
            _ => {
                let label = shortened(&format!("{} \u{2192} {}", way.label, way.goto));
                text(f, "back", x + 16, y + 11, &label)
            }
        }
    }
}

fn screen(
    f: &mut fmt::Formatter<'_>,
    node: &Node,
    colour: &str,
    Corner { x, y }: Corner,
) -> fmt::Result {
    let height = height(node);
    writeln!(
        f,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{height}\" rx=\"4\" fill=\"{colour}\"/>"
    )?;
    text(f, "name", x + 8, y + 14, &node.name)?;
    text(f, "title", x + 8, y + 28, &node.title)?;
    match node.visits {
        Some(visits) => text(f, "visits", x + 8, y + height - 6, &visits.to_string()),
        None => Ok(()),
    }
}

fn text(f: &mut fmt::Formatter<'_>, class: &str, x: usize, y: usize, text: &str) -> fmt::Result {
    writeln!(
        f,
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>",
        escaped(text)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{in_two_files, sound, visits};
    use super::*;

    #[test]
    fn every_screen_has_a_box_and_every_way_a_row() {
        let svg = sound().svg();
        assert_eq!(svg.matches("class=\"name\"").count(), 7);
        assert_eq!(
            svg.matches("class=\"way\"").count() + svg.matches("class=\"back\"").count(),
            10
        );
    }

    #[test]
    fn a_way_further_on_is_a_line_and_a_way_back_names_its_end() {
        let svg = sound().svg();
        assert_eq!(
            svg.matches("<path").count(),
            svg.matches("class=\"way\"").count()
        );
        assert!(svg.contains(">saved \u{2192} bye<"), "{svg}");
    }

    #[test]
    fn boxes_of_a_column_stand_below_each_other() {
        let svg = sound().svg();
        assert_eq!(
            svg.matches(&format!("<rect x=\"{}\"", MARGIN + COLUMN))
                .count(),
            4
        );
        assert_eq!(
            svg.matches(&format!("<rect x=\"{MARGIN}\" y=\"{MARGIN}\""))
                .count(),
            1
        );
    }

    #[test]
    fn each_file_has_a_frame_that_its_screens_stand_in() {
        assert!(!sound().svg().contains("class=\"file\""));
        let svg = in_two_files().svg();
        assert_eq!(svg.matches("class=\"file\"").count(), 2);
        let (_, asking) = svg.split_once("asking.toml").unwrap();
        assert!(
            asking.contains(">ask<") && asking.contains(">save<"),
            "{svg}"
        );
    }

    #[test]
    fn traffic_colours_a_box_and_stands_in_it() {
        let svg = sound().with_traffic(visits).svg();
        assert_eq!(svg.matches("fill=\"#fb923c\"").count(), 1);
        assert!(svg.contains(">8 sessions, 1 ended<"), "{svg}");
        assert_eq!(svg.matches("class=\"visits\"").count(), 5);
    }

    #[test]
    fn no_text_can_break_out_of_its_element() {
        assert_eq!(escaped("<b> & c"), "&lt;b&gt; &amp; c");
    }
}
