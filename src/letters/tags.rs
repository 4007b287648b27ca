//! What the text is, for software that reads a letter aloud.

use std::num::NonZeroU16;

use krilla::tagging::{
    Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};

/// A part of a letter, in reading order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The subject, with its text.
    Heading(String),
    Paragraph,
    Clause,
    Point,
    /// The name of a fact; its value is the next part.
    FactName,
    FactValue,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    List(ListNumbering),
    Table,
}

impl Part {
    /// What the part and its neighbours stand in together.
    fn container(&self) -> Option<Container> {
        match self {
            Self::Heading(_) | Self::Paragraph => None,
            Self::Clause => Some(Container::List(ListNumbering::Decimal)),
            Self::Point => Some(Container::List(ListNumbering::LowerAlpha)),
            Self::FactName | Self::FactValue => Some(Container::Table),
        }
    }

    fn tag(&self) -> TagKind {
        match self {
            Self::Heading(title) => Tag::Hn(NonZeroU16::MIN, Some(title.clone())).into(),
            Self::Paragraph => Tag::P.into(),
            // The number is read with the text: "1.0 You shall serve".
            Self::Clause | Self::Point => Tag::LBody.into(),
            Self::FactName => Tag::TH(TableHeaderScope::Row).into(),
            Self::FactValue => Tag::TD.into(),
        }
    }
}

/// The structure tree over the parts, each with the places it is drawn at.
pub(super) fn tree(parts: &[Part], drawn: Vec<Vec<Identifier>>) -> TagTree {
    let leaves: Vec<_> = parts.iter().zip(drawn).collect();
    let mut tree = TagTree::new();
    for group in leaves.chunk_by(|(one, _), (next, _)| one.container() == next.container()) {
        let leaves: Vec<Node> = group
            .iter()
            .map(|(part, drawn)| leaf(part, drawn))
            .collect();
        match group[0].0.container() {
            None => leaves.into_iter().for_each(|leaf| tree.push(leaf)),
            Some(Container::List(numbering)) => {
                let items = leaves.chunks(1).map(|item| branch(Tag::LI, item.to_vec()));
                tree.push(branch(Tag::L(numbering), items.collect()));
            }
            Some(Container::Table) => {
                let rows = leaves
                    .chunks(2)
                    .map(|cells| branch(Tag::TR, cells.to_vec()));
                tree.push(branch(Tag::Table, rows.collect()));
            }
        }
    }
    tree
}

fn leaf(part: &Part, drawn: &[Identifier]) -> Node {
    branch(
        part.tag(),
        drawn.iter().map(|&place| place.into()).collect(),
    )
}

fn branch(tag: impl Into<TagKind>, children: Vec<Node>) -> Node {
    TagGroup::with_children(tag, children).into()
}
