//! The program that walks the paths, and what valgrind counts of it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How many operations few are, and many: what lies between them is what counts.
const FEW: u64 = 200;
const MANY: u64 = FEW + 2_000;

/// The compiler that builds the program, and for what: `rustc 1.95.0 for x86_64-unknown-linux-gnu`.
pub fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().expect("the compiler can be asked");
    let text = String::from_utf8(output.stdout).expect("it answers in text");
    let of = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).expect("it says so");
    format!("rustc {} for {}", of("release: "), of("host: "))
}

/// Whether there is one.
pub fn has_valgrind() -> bool {
    let asked = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    match asked {
        Ok(status) => status.success(),
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => panic!("valgrind cannot be run: {error}"),
    }
}

pub struct Program {
    executable: PathBuf,
}

impl Program {
    /// Built as users build theirs, but in one unit; flags for the tests do not count.
    pub fn build() -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is in the target");
        let status = Command::new(std::env::var_os("CARGO").expect("cargo runs the tests"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--quiet", "--package", "paths", "--profile", "paths", "--target-dir"])
            .arg(target)
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .status()
            .expect("cargo can be run");
        assert!(status.success(), "the program of the paths is not built");
        Self { executable: target.join("paths/paths") }
    }

    /// The instructions of one operation. Few and many are counted at once, which changes no count.
    pub fn cost(&self, path: &paths::Path) -> u64 {
        let [few, many] = [FEW, MANY].map(|times| self.count(path.name, times)).map(collected);
        (many - few) / (MANY - FEW)
    }

    fn count(&self, path: &str, times: u64) -> Child {
        Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(&self.executable)
            .args([path, &times.to_string()])
            .stderr(Stdio::piped())
            .spawn()
            .expect("valgrind can be run")
    }
}

/// What was counted of a program, from its beginning to its end.
fn collected(run: Child) -> u64 {
    let output = run.wait_with_output().expect("it can be waited for");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "the path cannot be walked under valgrind:\n{said}");
    let count = said.split_once("Collected : ").and_then(|(_, rest)| rest.lines().next());
    count.and_then(|count| count.trim().parse().ok()).expect("callgrind says what it collected")
}
