//! The shipped menus in a folder, for tests that change one.

use std::path::Path;

/// Writes the shipped menu files to a folder.
pub(crate) fn lay_out(folder: &Path) {
    for file in cp2::menus::embedded() {
        let name = Path::new(&file.name).file_name().unwrap();
        std::fs::write(folder.join(name), &file.text).unwrap();
    }
}
