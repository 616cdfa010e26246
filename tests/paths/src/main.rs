//! Walks one path: `paths call 2000`. Without arguments it lists them.

use std::process::ExitCode;

use paths::{PATHS, Path};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = match &arguments[..] {
        [] => {
            for path in &PATHS {
                println!("{:<16} {}", path.name, path.operation);
            }
            return ExitCode::SUCCESS;
        }
        [name, times] => Path::named(name).zip(times.parse().ok()),
        _ => None,
    };
    let Some((path, times)) = asked else {
        eprintln!("usage: paths [<path> <times>]");
        return ExitCode::FAILURE;
    };
    path.walk(times);
    ExitCode::SUCCESS
}
