//! A PDF with its small objects in one compressed stream, and the table of their places in
//! another, as PDF 1.5 has it and PDF/A-2 allows. krilla writes each as it is; a letter has
//! eighty of them, and is a fifth smaller so.

use std::io::{self, Write};

use flate2::{Compress, Compression, FlushCompress, Status};

/// The file of krilla's, packed; or as it is, where it is not as krilla writes today.
pub(super) fn pack(pdf: Vec<u8>) -> Vec<u8> {
    let packed = Parts::of(&pdf).and_then(|parts| parts.write().ok());
    packed.unwrap_or(pdf)
}

/// What a file consists of.
struct Parts<'a> {
    header: &'a [u8],
    /// Each object by its number, without the words around it.
    objects: Vec<(usize, &'a [u8])>,
    /// What the trailer says, but for the number of objects.
    trailer: &'a str,
}

impl<'a> Parts<'a> {
    fn of(pdf: &'a [u8]) -> Option<Self> {
        let end = pdf.get(pdf.len().checked_sub(64)?..)?;
        let end = std::str::from_utf8(end).ok()?;
        let (_, place) = end.split_once("startxref\n")?;
        let table = number(place)?;
        let tail = std::str::from_utf8(pdf.get(table..)?).ok()?;
        let (lines, rest) = tail.strip_prefix("xref\n0 ")?.split_once("trailer\n<<")?;
        let (trailer, _) = rest.split_once(">>\nstartxref")?;
        let (size, trailer) = trailer.strip_prefix("/Size ")?.split_once('/')?;
        // The first line is of no object.
        let places = lines.lines().skip(2).map(number);
        let places: Vec<_> = places.collect::<Option<_>>()?;
        if places.len() + 1 != number(size)? {
            return None;
        }
        Some(Self {
            header: pdf.get(..*places.iter().min()?)?,
            objects: objects(pdf.get(..table)?, &places)?,
            trailer,
        })
    }

    fn write(&self) -> io::Result<Vec<u8>> {
        let mut writer = Writer {
            file: self.header.to_vec(),
            places: Vec::new(),
            press: Press::new(),
        };
        let is_stream = |(_, object): &(usize, &[u8])| object.ends_with(b"endstream");
        let (streams, small): (Vec<_>, Vec<_>) = self.objects.iter().copied().partition(is_stream);
        for (number, object) in streams {
            writer.stream(number, object)?;
        }
        let box_number = self.objects.len() + 1;
        writer.pack(box_number, &small)?;
        writer.end(box_number, self.trailer)
    }
}

/// A file in the making.
struct Writer {
    file: Vec<u8>,
    /// Where each object is.
    places: Vec<(usize, Place)>,
    press: Press,
}

impl Writer {
    /// A stream: as it is, but for the pages and some more, which krilla leaves to us.
    fn stream(&mut self, number: usize, object: &[u8]) -> io::Result<()> {
        if let Some((about, bytes)) = uncompressed(object) {
            return self.compressed(number, about, bytes);
        }
        self.places.push((number, Place::InFile(self.file.len())));
        writeln!(self.file, "{number} 0 obj")?;
        self.file.extend_from_slice(object);
        self.file.extend_from_slice(b"\nendobj\n");
        Ok(())
    }

    /// All small objects, in one.
    fn pack(&mut self, box_number: usize, small: &[(usize, &[u8])]) -> io::Result<()> {
        let (mut contents, mut packed) = (Vec::new(), Vec::new());
        for (index, (number, object)) in small.iter().enumerate() {
            self.places.push((*number, Place::InBox(index)));
            write!(contents, "{number} {} ", packed.len())?;
            packed.extend_from_slice(object);
            packed.push(b'\n');
        }
        let (many, first) = (small.len(), contents.len());
        contents.append(&mut packed);
        let about = format!("/Type/ObjStm/N {many}/First {first}");
        self.compressed(box_number, &about, &contents)
    }

    /// The table of where each object is, behind them.
    fn end(mut self, box_number: usize, trailer: &str) -> io::Result<Vec<u8>> {
        let (number, table) = (box_number + 1, self.file.len());
        self.places.push((number, Place::InFile(table)));
        self.places.sort_unstable_by_key(|(number, _)| *number);
        // The first line is of no object.
        let mut lines = vec![0, 0, 0, 0, 0xff, 0xff];
        for (_, place) in &self.places {
            lines.extend(place.line(box_number)?);
        }
        let about = format!("/Type/XRef/W[1 3 2]/Size {}/{trailer}", number + 1);
        self.compressed(number, &about, &lines)?;
        write!(self.file, "startxref\n{table}\n%%EOF")?;
        Ok(self.file)
    }

    fn compressed(&mut self, number: usize, about: &str, bytes: &[u8]) -> io::Result<()> {
        self.places.push((number, Place::InFile(self.file.len())));
        let bytes = self.press.press(bytes)?;
        let length = bytes.len();
        let about = format!("<<{about}/Filter/FlateDecode/Length {length}>>");
        write!(self.file, "{number} 0 obj\n{about}\nstream\n")?;
        self.file.extend_from_slice(&bytes);
        self.file.extend_from_slice(b"\nendstream\nendobj\n");
        Ok(())
    }
}

/// Where an object is.
#[derive(Clone, Copy)]
enum Place {
    /// So many bytes from the beginning of the file.
    InFile(usize),
    /// Behind so many others in the box.
    InBox(usize),
}

impl Place {
    /// Its line of the table: what kind it is in a byte, then three, then two.
    fn line(self, box_number: usize) -> io::Result<[u8; 6]> {
        let (kind, long, short) = match self {
            Self::InFile(place) => (1, place, 0),
            Self::InBox(index) => (2, box_number, index),
        };
        let long = u32::try_from(long).map_err(io::Error::other)?;
        let short = u16::try_from(short).map_err(io::Error::other)?;
        let [0, long @ ..] = long.to_be_bytes() else {
            return Err(io::ErrorKind::FileTooLarge.into());
        };
        let mut line = [kind; 6];
        line[1..4].copy_from_slice(&long);
        line[4..].copy_from_slice(&short.to_be_bytes());
        Ok(line)
    }
}

/// The number that a text begins with.
fn number(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text[..end.unwrap_or(text.len())].parse().ok()
}

/// The objects that begin at these places, in the order of the file.
fn objects<'a>(pdf: &'a [u8], places: &[usize]) -> Option<Vec<(usize, &'a [u8])>> {
    let mut order: Vec<_> = (1..).zip(places.iter().copied()).collect();
    order.sort_unstable_by_key(|(_, place)| *place);
    let ends = order.iter().skip(1).map(|(_, place)| *place);
    let ends: Vec<_> = ends.chain([pdf.len()]).collect();
    let objects = order.into_iter().zip(ends).map(|((number, from), to)| {
        let object = pdf.get(from..to)?.trim_ascii_end();
        let object = object.strip_prefix(format!("{number} 0 obj\n").as_bytes())?;
        Some((number, object.strip_suffix(b"endobj")?.trim_ascii_end()))
    });
    objects.collect()
}

/// Lower ones save little time and cost a kilobyte.
const LEVEL: Compression = Compression::new(6);

/// Compresses one thing after the other; to begin anew costs more than to compress a page.
struct Press(Compress);

impl Press {
    fn new() -> Self {
        Self(Compress::new(LEVEL, true))
    }

    fn press(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        // What cannot be compressed grows by less.
        let mut pressed = Vec::with_capacity(bytes.len() + bytes.len() / 64 + 64);
        self.0.reset();
        let done = self
            .0
            .compress_vec(bytes, &mut pressed, FlushCompress::Finish);
        match done.map_err(io::Error::other)? {
            Status::StreamEnd => Ok(pressed),
            Status::Ok | Status::BufError => Err(io::ErrorKind::WriteZero.into()),
        }
    }
}

/// What a stream says of itself besides its length, and its bytes, where they are still to be
/// compressed. What the file is about stays readable for whoever sorts files.
fn uncompressed(object: &[u8]) -> Option<(&str, &[u8])> {
    let rest = object.strip_prefix(b"<</Length ")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = rest.windows(10).position(|it| it == b">>\nstream\n")?;
    let about = std::str::from_utf8(rest.get(digits..end)?).ok()?;
    if about.contains("/Filter") || about.contains("/Metadata") {
        return None;
    }
    let bytes = rest.get(end + 10..)?.strip_suffix(b"\nendstream")?;
    Some((about, bytes))
}

#[cfg(test)]
pub(super) mod tests {
    use std::fmt::Write as _;
    use std::io::Read;

    use flate2::read::ZlibDecoder;

    use super::*;

    /// A file as krilla writes it.
    fn plain(objects: &[&str]) -> String {
        let (mut file, mut lines) = ("%PDF-1.7\n\n".to_owned(), String::new());
        for (number, object) in (1..).zip(objects) {
            write!(lines, "{:010} 00000 n\r\n", file.len()).unwrap();
            write!(file, "{number} 0 obj\n{object}\nendobj\n\n").unwrap();
        }
        let (size, table) = (objects.len() + 1, file.len());
        file + &format!(
            "xref\n0 {size}\n0000000000 65535 f\r\n{lines}trailer\n<</Size {size}/Root 1 0 R>>\n\
             startxref\n{table}\n%%EOF"
        )
    }

    const OBJECTS: [&str; 5] = [
        "<</A 2 0 R>>",
        "<</Length 5/Type/CMap>>\nstream\naaaaa\nendstream",
        "(c)",
        "<</Length 3/Filter/X>>\nstream\nabc\nendstream",
        "<</Length 3/Type/Metadata>>\nstream\nxmp\nendstream",
    ];

    /// The small objects of a packed file, one after the other.
    pub(in crate::letters) fn unpacked(pdf: &[u8]) -> String {
        let at = |word: &[u8], from: usize| {
            let found = pdf[from..].windows(word.len()).position(|it| it == word);
            from + found.unwrap() + word.len()
        };
        let start = at(b"stream\n", at(b"/ObjStm", 0));
        let mut objects = Vec::new();
        ZlibDecoder::new(&pdf[start..])
            .read_to_end(&mut objects)
            .unwrap();
        String::from_utf8_lossy(&objects).into_owned()
    }

    #[test]
    fn small_objects_go_into_a_box_and_bare_streams_are_compressed() {
        let packed = pack(plain(&OBJECTS).into_bytes());
        assert_eq!(unpacked(&packed), "1 0 3 13 <</A 2 0 R>>\n(c)\n");
        let text = String::from_utf8_lossy(&packed);
        for said in [
            "2 0 obj\n<</Type/CMap/Filter/FlateDecode/Length ",
            "4 0 obj\n<</Length 3/Filter/X>>\nstream\nabc\nendstream\nendobj\n",
            "5 0 obj\n<</Length 3/Type/Metadata>>\nstream\nxmp\nendstream\nendobj\n",
            "6 0 obj\n<</Type/ObjStm/N 2/First 9/Filter",
            "7 0 obj\n<</Type/XRef/W[1 3 2]/Size 8/Root 1 0 R/Filter",
        ] {
            assert!(text.contains(said), "{said} in {text}");
        }
    }

    #[test]
    fn a_file_that_is_written_otherwise_stays_as_it_is() {
        let plain = plain(&OBJECTS);
        for (from, to) in [
            ("/Size 6", "/Size 7"),
            ("3 0 obj", "3 1 obj"),
            ("xref\n0", "xref\n1"),
        ] {
            let other = plain.replacen(from, to, 1).into_bytes();
            assert_eq!(pack(other.clone()), other, "{to}");
        }
    }
}
