//! The council's crest: shapes of one colour each, which paper, pages and small icons all draw.

use std::fmt::Write as _;

use usvg::roxmltree::{Document, Node as Element, ParsingOptions};
use usvg::tiny_skia_path::{Path, PathSegment, PathStroker, Point, Rect, Transform};
use usvg::{BlendMode, FillRule, Group, Node, Options, Paint, PaintOrder, Tree};

use super::Accent;

/// A crest, drawn anew from an SVG file: nothing of that file stands in it but outlines and
/// colours.
#[derive(Clone, Debug)]
pub struct Crest {
    shapes: Vec<CrestShape>,
    width: f32,
    svg: String,
}

/// A shape of a crest, measured from the upper left corner of the crest.
#[derive(Clone, Debug)]
pub struct CrestShape {
    /// Its steps.
    pub steps: Vec<CrestStep>,
    /// Its red, green and blue.
    pub colour: [u8; 3],
    /// Whether what is enclosed twice is left open.
    pub even_odd: bool,
}

/// A step of an outline; its points end with where it leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CrestStep {
    /// Begins an outline.
    Move([f32; 2]),
    /// A straight line.
    Line([f32; 2]),
    /// A curve with one handle.
    Quad([[f32; 2]; 2]),
    /// A curve with two handles.
    Cubic([[f32; 2]; 3]),
    /// Back to where the outline began.
    Close,
}

/// Why a file is no crest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrestError {
    /// More bytes than a drawing of this size needs.
    #[error("has more than {most} KB", most = Crest::LARGEST_FILE / 1024)]
    TooLarge,
    /// No SVG, or one with a fault, which is told with its place.
    #[error("is no SVG that can be read: {0}")]
    NotSvg(String),
    /// Something that is no shape.
    #[error(
        "has <{name}> in line {line}, which is no shape: turn words into paths, and leave it out"
    )]
    NoShape {
        /// Its line, from 1.
        line: u32,
        /// What it is called there.
        name: String,
    },
    /// A shape that is not drawn in one colour.
    #[error("has {0}: each shape is drawn in one colour, and nothing shines through or is cut off")]
    NotPlain(&'static str),
    /// Nothing is drawn.
    #[error("draws nothing")]
    Empty,
    /// Something is drawn outside of the picture.
    #[error("draws beyond its edge: make the viewBox larger")]
    BeyondEdge,
    /// A strip.
    #[error("is more than twice as wide as high, or as high as wide")]
    Strip,
    /// More detail than belongs on a letterhead.
    #[error("is too fine: its outlines come to {0} bytes, and {most} are the most; leave small detail out", most = Crest::LARGEST)]
    TooFine(usize),
}

/// What may stand in a file: shapes, and what groups, names or styles them.
const ELEMENTS: [&str; 15] = [
    "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "title", "desc", "metadata",
];
/// Read where a shape uses them, and then refused; files often hold them to no purpose.
const UNUSED: [&str; 8] = [
    "style",
    "linearGradient",
    "radialGradient",
    "stop",
    "pattern",
    "clipPath",
    "mask",
    "filter",
];
const SVG: &str = "http://www.w3.org/2000/svg";

impl Crest {
    /// How high a crest is, in points of its letterhead.
    pub const HEIGHT: f32 = 56.0;
    /// The most bytes of a file.
    pub const LARGEST_FILE: usize = 64 * 1024;
    /// The most bytes that its outlines may come to.
    pub const LARGEST: usize = 12_000;

    /// The crest of a council that has set none: a book under a rising sun, in its colour.
    pub fn plain(accent: Accent) -> Result<Self, CrestError> {
        Self::parse(include_bytes!("../../assets/crest.svg"), accent)
    }

    /// Reads an SVG of shapes. What is drawn in `currentColor` gets the council's colour.
    pub fn parse(file: &[u8], accent: Accent) -> Result<Self, CrestError> {
        if file.len() > Self::LARGEST_FILE {
            return Err(CrestError::TooLarge);
        }
        let tree = read(file, accent)?;
        let (width, height) = (tree.size().width(), tree.size().height());
        if width > 2.0 * height || height > 2.0 * width {
            return Err(CrestError::Strip);
        }
        let scale = Self::HEIGHT / height;
        let mut drawing = Drawing {
            to_points: Transform::from_scale(scale, scale),
            edge: Rect::from_xywh(0.0, 0.0, width * scale, Self::HEIGHT)
                .ok_or(CrestError::Empty)?,
            shapes: Vec::new(),
        };
        drawing.group(tree.root())?;
        if drawing.shapes.is_empty() {
            return Err(CrestError::Empty);
        }
        let (width, shapes) = (rounded(width * scale), drawing.shapes);
        let svg = written(width, &shapes);
        if svg.len() > Self::LARGEST {
            return Err(CrestError::TooFine(svg.len()));
        }
        Ok(Self { shapes, width, svg })
    }

    /// Its shapes, the lowest first.
    #[must_use]
    pub fn shapes(&self) -> &[CrestShape] {
        &self.shapes
    }

    /// How wide it is where it is [`Self::HEIGHT`] high.
    #[must_use]
    pub fn width(&self) -> f32 {
        self.width
    }

    /// How wide it is in whole steps where it is so many high.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a crest is at most twice as wide as high"
    )]
    pub fn width_at(&self, height: u16) -> u16 {
        (self.width * f32::from(height) / Self::HEIGHT).round() as u16
    }

    /// The crest as an SVG of our own, for browsers.
    #[must_use]
    pub fn svg(&self) -> &str {
        &self.svg
    }
}

fn read(file: &[u8], accent: Accent) -> Result<Tree, CrestError> {
    let not_svg = |reason: String| CrestError::NotSvg(reason);
    let text = std::str::from_utf8(file).map_err(|_| not_svg("it is not UTF-8".into()))?;
    let options = ParsingOptions {
        // Many editors write a DOCTYPE; no entity from elsewhere is read.
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document =
        Document::parse_with_options(text, options).map_err(|error| not_svg(error.to_string()))?;
    document
        .descendants()
        .try_for_each(|element| known(&document, element))?;
    let options = Options {
        style_sheet: Some(format!("svg {{ color: {accent} }}")),
        ..Options::default()
    };
    Tree::from_xmltree(&document, &options).map_err(|error| not_svg(error.to_string()))
}

/// What other names of XML stand in a file, such as those of its editor, draws nothing.
fn known(document: &Document<'_>, element: Element<'_, '_>) -> Result<(), CrestError> {
    let name = element.tag_name();
    let is_of_svg = name.namespace().is_none_or(|space| space == SVG);
    let is_known = ELEMENTS.contains(&name.name()) || UNUSED.contains(&name.name());
    if !element.is_element() || !is_of_svg || is_known {
        return Ok(());
    }
    Err(CrestError::NoShape {
        line: document.text_pos_at(element.range().start).row,
        name: name.name().to_owned(),
    })
}

/// A crest in the making.
struct Drawing {
    to_points: Transform,
    edge: Rect,
    shapes: Vec<CrestShape>,
}

impl Drawing {
    fn group(&mut self, group: &Group) -> Result<(), CrestError> {
        let refused = [
            (group.opacity().get() < 1.0, "something transparent"),
            (group.blend_mode() != BlendMode::Normal, "a blend"),
            (group.clip_path().is_some(), "a clip path"),
            (group.mask().is_some(), "a mask"),
            (!group.filters().is_empty(), "a filter"),
        ];
        if let Some((_, what)) = refused.into_iter().find(|(is_there, _)| *is_there) {
            return Err(CrestError::NotPlain(what));
        }
        group.children().iter().try_for_each(|node| match node {
            Node::Group(group) => self.group(group),
            Node::Path(path) => self.path(path),
            Node::Image(_) | Node::Text(_) => Err(CrestError::NotPlain("a picture or words")),
        })
    }

    fn path(&mut self, path: &usvg::Path) -> Result<(), CrestError> {
        if !path.is_visible() {
            return Ok(());
        }
        match path.paint_order() {
            PaintOrder::FillAndStroke => self.fill(path).and_then(|()| self.stroke(path)),
            PaintOrder::StrokeAndFill => self.stroke(path).and_then(|()| self.fill(path)),
        }
    }

    fn fill(&mut self, path: &usvg::Path) -> Result<(), CrestError> {
        let Some(fill) = path.fill() else {
            return Ok(());
        };
        let colour = colour(fill.paint(), fill.opacity().get())?;
        let even_odd = fill.rule() == FillRule::EvenOdd;
        self.shape(path.data().clone(), path.abs_transform(), colour, even_odd)
    }

    /// A line becomes the shape that it covers.
    fn stroke(&mut self, path: &usvg::Path) -> Result<(), CrestError> {
        let Some(stroke) = path.stroke() else {
            return Ok(());
        };
        let colour = colour(stroke.paint(), stroke.opacity().get())?;
        let stroke = stroke.to_tiny_skia();
        let to_points = self.to_points.pre_concat(path.abs_transform());
        let fineness = PathStroker::compute_resolution_scale(&to_points);
        let dashed = match &stroke.dash {
            Some(dash) => path.data().dash(dash, fineness),
            None => Some(path.data().clone()),
        };
        match dashed.and_then(|line| line.stroke(&stroke, fineness)) {
            Some(outline) => self.shape(outline, path.abs_transform(), colour, false),
            None => Ok(()),
        }
    }

    fn shape(
        &mut self,
        outline: Path,
        place: Transform,
        colour: [u8; 3],
        even_odd: bool,
    ) -> Result<(), CrestError> {
        let to_points = self.to_points.pre_concat(place);
        let Some(outline) = outline.transform(to_points) else {
            return Ok(());
        };
        let (bounds, edge) = (outline.bounds(), self.edge);
        let room = Self::ROOM;
        if bounds.left() < edge.left() - room
            || bounds.top() < edge.top() - room
            || bounds.right() > edge.right() + room
            || bounds.bottom() > edge.bottom() + room
        {
            return Err(CrestError::BeyondEdge);
        }
        self.shapes.push(CrestShape {
            steps: outline.segments().map(step).collect(),
            colour,
            even_odd,
        });
        Ok(())
    }

    /// How far a shape may stand out, in points: the handle of a curve, or half a thin line.
    const ROOM: f32 = 1.0;
}

fn colour(paint: &Paint, opacity: f32) -> Result<[u8; 3], CrestError> {
    match paint {
        _ if opacity < 1.0 => Err(CrestError::NotPlain("something transparent")),
        Paint::Color(colour) => Ok([colour.red, colour.green, colour.blue]),
        Paint::LinearGradient(_) | Paint::RadialGradient(_) => {
            Err(CrestError::NotPlain("a gradient"))
        }
        Paint::Pattern(_) => Err(CrestError::NotPlain("a pattern")),
    }
}

fn step(segment: PathSegment) -> CrestStep {
    let xy = |point: Point| [rounded(point.x), rounded(point.y)];
    match segment {
        PathSegment::MoveTo(to) => CrestStep::Move(xy(to)),
        PathSegment::LineTo(to) => CrestStep::Line(xy(to)),
        PathSegment::QuadTo(handle, to) => CrestStep::Quad([handle, to].map(xy)),
        PathSegment::CubicTo(first, second, to) => CrestStep::Cubic([first, second, to].map(xy)),
        PathSegment::Close => CrestStep::Close,
    }
}

/// To a hundredth of a point, which nobody sees.
fn rounded(points: f32) -> f32 {
    (points * 100.0).round() / 100.0
}

fn written(width: f32, shapes: &[CrestShape]) -> String {
    let height = Crest::HEIGHT;
    let mut svg = format!("<svg xmlns=\"{SVG}\" viewBox=\"0 0 {width} {height}\">");
    for shape in shapes {
        let [red, green, blue] = shape.colour;
        let rule = if shape.even_odd {
            " fill-rule=\"evenodd\""
        } else {
            ""
        };
        let outline: String = shape.steps.iter().map(letters_of).collect();
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<path fill=\"#{red:02x}{green:02x}{blue:02x}\"{rule} d=\"{outline}\"/>"
        );
    }
    svg + "</svg>"
}

/// A step as the letters of a path.
fn letters_of(step: &CrestStep) -> String {
    let (letter, points): (char, &[f32]) = match step {
        CrestStep::Move(points) => ('M', points),
        CrestStep::Line(points) => ('L', points),
        CrestStep::Quad(points) => ('Q', points.as_flattened()),
        CrestStep::Cubic(points) => ('C', points.as_flattened()),
        CrestStep::Close => ('Z', &[]),
    };
    let points: Vec<_> = points.iter().map(f32::to_string).collect();
    format!("{letter}{}", points.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(inner: &str) -> Result<Crest, CrestError> {
        let file = format!("<svg xmlns='{SVG}' viewBox='0 0 28 28'>\n{inner}</svg>");
        Crest::parse(file.as_bytes(), Accent::default())
    }

    #[test]
    fn the_plain_crest_is_drawn_in_the_colour_of_the_council() {
        let accent = Accent::parse("#7a1f2b").unwrap();
        let crest = Crest::plain(accent).unwrap();
        assert_eq!(crest.shapes()[0].colour, [0x7a, 0x1f, 0x2b]);
        assert!((crest.width() - 48.0).abs() < 0.01);
        assert!(crest.svg().len() < 3_000, "{}", crest.svg().len());
    }

    #[test]
    fn shapes_and_lines_become_outlines_in_points() {
        let crest =
            parse("<g transform='translate(1 2)'><rect width='3' height='4' fill='red'/></g>");
        let shapes = crest.unwrap().shapes().to_vec();
        assert_eq!(shapes[0].colour, [255, 0, 0]);
        let corners = [
            CrestStep::Move([2.0, 4.0]),
            CrestStep::Line([8.0, 4.0]),
            CrestStep::Line([8.0, 12.0]),
            CrestStep::Line([2.0, 12.0]),
            CrestStep::Close,
        ];
        assert_eq!(shapes[0].steps, corners);
        let line = parse("<path d='M2 5h10' stroke='#00f' stroke-width='2'/>").unwrap();
        assert_eq!(line.shapes().len(), 2, "its fill and its line");
        let svg = line.svg();
        assert!(
            svg.contains("#0000ff") && svg.contains("M4 8L24 8L24 12"),
            "{svg}"
        );
    }

    #[test]
    fn what_an_editor_leaves_behind_does_no_harm() {
        let crest = parse(
            "<metadata/><defs><linearGradient id='g'/><style>.a { fill: #00ff00 }</style></defs>\
             <e:view xmlns:e='http://editor.example'/><circle class='a' cx='9' cy='9' r='4'/>",
        );
        assert_eq!(crest.unwrap().shapes()[0].colour, [0, 255, 0]);
        let crest = "<?xml version='1.0'?><!DOCTYPE svg><svg xmlns='http://www.w3.org/2000/svg' \
                     width='20' height='20'><path d='M0 0h9v9z'/></svg>";
        assert!(Crest::parse(crest.as_bytes(), Accent::default()).is_ok());
    }

    #[test]
    fn nothing_of_the_file_but_outlines_gets_into_ours() {
        let crest = parse("<path id='x' onclick='alert(1)' d='M0 0h9v9z'/><title>alert</title>");
        let svg = crest.unwrap().svg().to_owned();
        assert!(!svg.contains("alert") && !svg.contains("id="), "{svg}");
    }

    #[test]
    fn what_is_no_shape_of_one_colour_is_refused_with_its_reason() {
        let shape = "<rect width='9' height='9'";
        let gradient = "<defs><linearGradient id='g'><stop offset='0'/><stop offset='1' \
                        stop-color='red'/></linearGradient></defs>";
        for (inner, reason) in [
            ("<text y='9'>KNEC</text>".to_owned(), "<text> in line 2"),
            ("\n<image href='x.png'/>".to_owned(), "<image> in line 3"),
            ("<script>1</script>".to_owned(), "<script> in line 2"),
            (format!("{gradient}{shape} fill='url(#g)'/>"), "a gradient"),
            (format!("{shape} fill-opacity='.5'/>"), "transparent"),
            (format!("<g opacity='.5'>{shape}/></g>"), "transparent"),
            (
                format!(
                    "<clipPath id='c'>{shape}/></clipPath><g clip-path='url(#c)'>{shape}/></g>"
                ),
                "a clip path",
            ),
            (
                "<rect x='9' width='25' height='9'/>".to_owned(),
                "beyond its edge",
            ),
            ("<g/>".to_owned(), "draws nothing"),
            ("<path d='M0 0".to_owned(), "no SVG that can be read"),
        ] {
            let error = parse(&inner).unwrap_err().to_string();
            assert!(error.contains(reason), "{inner}: {error}");
        }
    }

    #[test]
    fn a_crest_that_is_too_large_too_fine_or_a_strip_is_refused() {
        let corner = |n| format!("L{}.37 {}.91", n % 23, n % 19);
        let zigzag: String = (0..1_200).map(corner).collect();
        let fine = parse(&format!("<path d='M0 0{zigzag}z'/>")).unwrap_err();
        assert!(matches!(fine, CrestError::TooFine(_)), "{fine}");
        let large = parse(&" ".repeat(Crest::LARGEST_FILE)).unwrap_err();
        assert_eq!(large, CrestError::TooLarge);
        let strip = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 41 20'/>";
        let strip = Crest::parse(strip, Accent::default()).unwrap_err();
        assert_eq!(strip, CrestError::Strip);
    }
}
