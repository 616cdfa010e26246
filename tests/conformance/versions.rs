//! A counter and a door as three programs of different ages would have them, and what they exported.

use std::path::Path;

/// The oldest counter.
pub mod v1 {
    use genserver_runtime::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Counter {
        pub value: i64,
    }

    #[genserver(version = 1)]
    impl Counter {
        #[call]
        pub fn add(&mut self, by: i64) -> i64 {
            self.value += by;
            self.value
        }
    }

    #[derive(Serialize, Deserialize)]
    pub struct Shut;

    #[derive(Serialize, Deserialize)]
    pub struct Open {
        pub visitors: u32,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Door {
        pub name: String,
    }

    #[genserver(
        version = 1,
        states(Shut: initial, Open),
        derive(serde::Serialize, serde::Deserialize)
    )]
    impl Door {
        #[call(Shut => Open)]
        pub fn open(&self, st: &Shut) -> Next {
            st.goto(|_| Open { visitors: 0 })
        }

        #[call(Open)]
        pub fn enter(&mut self, st: &mut Open) -> u32 {
            st.visitors += 1;
            st.visitors
        }

        #[call(Open => Shut)]
        pub fn shut(&self) {}
    }
}

/// Steps came.
pub mod v2 {
    use genserver_runtime::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::v1;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Counter {
        pub value: i64,
        pub step: i64,
    }

    #[genserver(version = 2)]
    impl Counter {
        #[code_change(from = 1)]
        pub fn v1(old: v1::Counter) -> Self {
            Self { value: old.value, step: 1 }
        }

        #[call]
        pub fn increment(&mut self) -> i64 {
            self.value += self.step;
            self.value
        }
    }
}

/// Steps are positive, and the counter has a name. The door may be locked.
pub mod v3 {
    use std::num::TryFromIntError;

    use genserver_runtime::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::{v1, v2};

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Counter {
        pub total: i64,
        pub step: u32,
        pub name: Option<String>,
    }

    pub struct Tick;

    #[genserver(version = 3)]
    impl Counter {
        #[init]
        pub fn new(step: u32) -> Self {
            Self { total: 0, step, name: Some("by init".to_owned()) }
        }

        #[code_change(from = 1)]
        fn v1(old: v1::Counter) -> v2::Counter {
            v2::Counter::v1(old)
        }

        #[code_change(from = 2)]
        fn v2(old: v2::Counter) -> Result<Self, TryFromIntError> {
            assert_ne!(old.step, 13, "an unlucky step");
            Ok(Self { total: old.value, step: u32::try_from(old.step)?, name: None })
        }

        #[call]
        pub fn increment(&mut self) -> i64 {
            self.total += i64::from(self.step);
            self.total
        }

        #[call]
        pub fn get(&self) -> Self {
            self.clone()
        }

        #[cast]
        pub fn add(&mut self, by: i64) {
            self.total += by;
        }

        #[info]
        fn tick(&mut self, _: Tick) {
            self.total += 1000;
        }
    }

    #[derive(Serialize, Deserialize)]
    pub struct Locked {
        pub by: String,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Ajar {
        pub visitors: u64,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Door {
        pub name: String,
        pub keys: Vec<String>,
    }

    #[genserver(
        version = 2,
        states(Shut { Free: initial, Locked }, Ajar),
        derive(serde::Serialize, serde::Deserialize)
    )]
    impl Door {
        #[code_change(from = 1)]
        fn v1((door, state): (v1::Door, v1::DoorState)) -> (Self, DoorState) {
            let state = match state {
                v1::DoorState::Shut(_) => DoorState::Shut(Shut::Free(Free)),
                v1::DoorState::Open(open) => {
                    DoorState::Ajar(Ajar { visitors: open.visitors.into() })
                }
            };
            (Self { name: door.name, keys: Vec::new() }, state)
        }

        #[call(Free => Locked)]
        pub fn lock(&self, st: &Free, by: String) -> Next {
            st.goto(|_| Locked { by })
        }

        #[call(Locked => Free)]
        pub fn unlock(&self, st: &Locked) -> Next<String> {
            st.goto(|_| Free).reply(format!("{}, {}", st.by, self.keys.len()))
        }

        #[call(Free => Ajar)]
        pub fn open(&self, st: &Free) -> Next {
            st.goto(|_| Ajar { visitors: 0 })
        }

        #[call(Ajar)]
        pub fn enter(&mut self, st: &mut Ajar) -> u64 {
            st.visitors += 1;
            st.visitors
        }

        #[call(Ajar => Free)]
        pub fn shut(&self) {}
    }

    #[derive(Serialize, Deserialize)]
    pub struct Free;
}

/// What a program of that time exported, from `tests/golden`.
///
/// `GOLDEN=overwrite cargo test -p tests --test conformance golden` writes the files, for a version
/// that is new. The others stay as they are: what was exported once must be readable for ever.
pub fn golden(name: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(path(name)).unwrap_or_default();
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).expect("hexadecimal digits are ASCII");
        u8::from_str_radix(pair, 16).expect("nothing else was let through")
    };
    digits.chunks(2).map(byte).collect()
}

/// Compares what is exported now with what was exported then.
#[track_caller]
pub fn check_golden(name: &str, exported: &[u8]) {
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "overwrite") {
        let line = |bytes: &[u8]| {
            let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            digits.join(" ") + "\n"
        };
        let text: String = exported.chunks(16).map(line).collect();
        std::fs::write(path(name), text).expect("the folder can be written");
    }
    assert_eq!(exported, golden(name), "tests/golden/{name}.hex");
}

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name).with_extension("hex")
}
