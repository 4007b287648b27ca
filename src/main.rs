//! The command `cp2`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cp2::cli::main()
}
