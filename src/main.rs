//! The command `cp2`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A hop makes some hundred small allocations on several threads, and with the system's allocator
/// they are a sixth of its time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cp2::cli::main()
}
