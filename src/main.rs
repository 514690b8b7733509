//! The console's entry.

use std::process::ExitCode;

fn main() -> ExitCode {
    pos_console::cli::main()
}
