//! A chain of hashes over what is written down: each link is over the one before, so that
//! nothing can be changed, taken out or moved without every later link being another one.

use sha2::{Digest, Sha256};

/// A link; the one before the first is all zeros.
pub type Link = [u8; 32];

/// Tells these hashes from any others of the same bytes.
const DOMAIN: &[u8] = b"cp2 audit chain 1\0";

/// The link of so many fields after another link. Each field has its length in front, so no
/// two lists of fields are the same bytes; one that is not there is none of any length.
#[must_use]
pub fn link(before: &Link, fields: &[Option<&[u8]>]) -> Link {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update(before);
    for field in fields {
        match field {
            None => hash.update(u64::MAX.to_be_bytes()),
            Some(bytes) => {
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX - 1);
                hash.update(length.to_be_bytes());
                hash.update(bytes);
            }
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_lists_of_fields_have_the_same_link() {
        let start = [0; 32];
        let lists: [&[Option<&[u8]>]; 6] = [
            &[],
            &[None],
            &[Some(b"")],
            &[Some(b"ab"), Some(b"c")],
            &[Some(b"a"), Some(b"bc")],
            &[Some(b"abc")],
        ];
        let mut links: Vec<_> = lists.iter().map(|fields| link(&start, fields)).collect();
        links.push(link(&links[0], lists[0]));
        links.sort_unstable();
        links.dedup();
        assert_eq!(links.len(), lists.len() + 1);
    }
}
