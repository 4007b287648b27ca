//! A PDF with its small objects in one compressed stream, and the table of their places in
//! another, as PDF 1.5 has it and PDF/A-2 allows. krilla writes each as it is; a letter has
//! eighty of them, and is a fifth smaller so.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;

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
        let (mut file, mut places) = (self.header.to_vec(), Vec::new());
        let (mut packed, mut within) = (Vec::new(), String::new());
        let box_number = self.objects.len() + 1;
        for (number, object) in &self.objects {
            if object.ends_with(b"endstream") {
                places.push((*number, Place::InFile(file.len())));
                write!(file, "{number} 0 obj\n")?;
                file.extend_from_slice(object);
                file.extend_from_slice(b"\nendobj\n");
            } else {
                places.push((*number, Place::InBox(within.split(' ').count() / 2)));
                within += &format!("{number} {} ", packed.len());
                packed.extend_from_slice(object);
                packed.push(b'\n');
            }
        }
        places.push((box_number, Place::InFile(file.len())));
        let (many, first) = (within.split(' ').count() / 2, within.len());
        let about = format!("/Type/ObjStm/N {many}/First {first}");
        stream(
            &mut file,
            box_number,
            &about,
            &[within.as_bytes(), &packed].concat(),
        )?;
        places.push((box_number + 1, Place::InFile(file.len())));
        places.sort_unstable_by_key(|(number, _)| *number);
        let table = file.len();
        self.write_table(&mut file, box_number, &places)?;
        write!(file, "startxref\n{table}\n%%EOF")?;
        Ok(file)
    }

    fn write_table(
        &self,
        file: &mut Vec<u8>,
        box_number: usize,
        places: &[(usize, Place)],
    ) -> io::Result<()> {
        // The first line is of no object.
        let mut lines = vec![0, 0, 0, 0, 0xff, 0xff];
        for (_, place) in places {
            lines.extend(place.line(box_number)?);
        }
        let (size, trailer) = (places.len() + 1, self.trailer);
        let about = format!("/Type/XRef/W[1 3 2]/Size {size}/{trailer}");
        stream(file, box_number + 1, &about, &lines)
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
        let ([0, a, b, c], [d, e]) = (long.to_be_bytes(), short.to_be_bytes()) else {
            return Err(io::ErrorKind::FileTooLarge.into());
        };
        Ok([kind, a, b, c, d, e])
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

fn stream(file: &mut Vec<u8>, number: usize, about: &str, bytes: &[u8]) -> io::Result<()> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    let bytes = encoder.finish()?;
    let length = bytes.len();
    write!(
        file,
        "{number} 0 obj\n<<{about}/Filter/FlateDecode/Length {length}>>\nstream\n"
    )?;
    file.extend_from_slice(&bytes);
    file.extend_from_slice(b"\nendstream\nendobj\n");
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Read;

    use flate2::read::ZlibDecoder;

    use super::*;

    const PLAIN: &str = "%PDF-1.7\n\n1 0 obj\n<</A 2 0 R>>\nendobj\n\n2 0 obj\n<</Length 3>>\nstream\n\
                         abc\nendstream\nendobj\n\n3 0 obj\n(c)\nendobj\n\nxref\n0 4\n\
                         0000000000 65535 f\r\n0000000010 00000 n\r\n0000000039 00000 n\r\n\
                         0000000092 00000 n\r\ntrailer\n<</Size 4/Root 1 0 R>>\nstartxref\n112\n%%EOF";

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
    fn small_objects_go_into_a_box_and_streams_stay() {
        let packed = pack(PLAIN.into());
        assert_eq!(unpacked(&packed), "1 0 3 13 <</A 2 0 R>>\n(c)\n");
        let text = String::from_utf8_lossy(&packed);
        assert!(text.contains("2 0 obj\n<</Length 3>>\nstream\nabc\nendstream\nendobj\n"));
        assert!(
            text.contains("/Type/XRef/W[1 3 2]/Size 6/Root 1 0 R/Filter"),
            "{text}"
        );
    }

    #[test]
    fn a_file_that_is_written_otherwise_stays_as_it_is() {
        for (from, to) in [
            ("/Size 4", "/Size 5"),
            ("3 0 obj", "3 1 obj"),
            ("xref\n0", "xref\n1"),
        ] {
            let other = PLAIN.replacen(from, to, 1).into_bytes();
            assert_eq!(pack(other.clone()), other, "{to}");
        }
    }
}
