//! The command `cp2`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A hop takes a fifth less of a processor with it than with the C library's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cp2::cli::main()
}
