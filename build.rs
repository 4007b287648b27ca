//! Builds anew when a file is added to a folder that is compiled in; the compiler by
//! itself sees only changes of files that it knows.

fn main() {
    for folder in ["migrations", "ussd_menus"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
