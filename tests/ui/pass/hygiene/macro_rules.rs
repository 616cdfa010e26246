//! Impls that `macro_rules!` writes, with fragments in every place.
#![deny(warnings)]

use genserver_runtime::prelude::*;

macro_rules! counter {
    (
        $vis:vis $server:ident of $ty:ty, $start:expr, $add:ident($by:ident: $arg:ty) $body:block,
        $mailbox:expr, $timeout:literal, $reply:ty
    ) => {
        $vis struct $server {
            value: $ty,
        }

        #[genserver(mailbox = $mailbox, call_timeout = $timeout)]
        impl $server {
            #[init]
            $vis fn new(step: $ty) -> Self {
                Self { value: $start + step }
            }

            /// Adds.
            #[call(timeout = $timeout)]
            $vis fn $add(&mut self, $by: $arg) -> $reply {
                let $by = <$ty>::from($by);
                let mut total = $body;
                total += self.value;
                self.value = total;
                Ok(self.value)
            }

            #[call]
            $vis async fn get(&self) -> $ty {
                self.value
            }

            #[every($timeout, missed = delay)]
            fn tick(&mut self) {}

            #[idle($timeout)]
            fn rest(&mut self) {}

            #[cast]
            $vis fn reset(&mut self, $by: $arg) {
                let _ = $by;
                self.value = Default::default();
            }
        }
    };
}

counter!(pub Small of u16, 40, add(by: u8) { let two = 2; by + two }, 4 + 4, "1s", Result<u16, std::fmt::Error>);
counter!(Large of u64, 1, more(by: u32) { let twice = 2 * by; twice }, 16, "250ms", std::io::Result<u64>);

macro_rules! machine {
    (
        $machine:ident: $first:ident => $second:ident, $group:ident { $($inner:ident),* },
        $message:ident($st:ident, $make:expr), $state:ty
    ) => {
        pub struct $machine;

        #[genserver(states($first: initial, $second, $group { $($inner: terminal),* }))]
        impl $machine {
            #[init]
            pub fn new() -> (Self, $first) {
                (Self, $first)
            }

            #[call($first => $second)]
            pub fn $message(&self, $st: &$first) -> Next<u8> {
                $st.goto($make).reply(1)
            }

            #[call($second => $group)]
            pub fn end(&self, st: &$state) -> Result<Next, std::fmt::Error> {
                Err(st.stay::<std::fmt::Error, 1>()).map_err(|_| std::fmt::Error)
            }

            #[call($first | $second)]
            pub fn early(&self) -> bool {
                true
            }
        }
    };
}

pub struct Open;
pub struct Shut;
pub struct Gone;
pub struct Lost;

machine!(Door: Open => Shut, End { Gone, Lost }, close(st, |_| Shut), Shut);

macro_rules! followed {
    (
        $machine:ident($field:ident): $first:ident => $second:ident, $after:literal, $until:path,
        $enter:ident($self:ident, $st:ident, $cx:ident, $t:ident) $body:block -> $output:ty,
        $otherwise:ident
    ) => {
        pub struct $machine {
            $field: u32,
        }

        #[genserver(states($first: initial, $second), otherwise = $otherwise)]
        impl $machine {
            #[call($first => $second, otherwise = $otherwise($second))]
            pub fn go(&self) {}

            #[call($second => $first)]
            pub fn back(&self, server: u8) -> Next<u8> {
                <$second as genserver_runtime::State<Self>>::stay(&$second).reply(server)
            }

            #[enter($second)]
            fn $enter(&mut $self, $st: &mut $second, $cx: &mut StateCx<Self>, $t: &Transition) -> $output $body

            #[exit($first)]
            async fn leave(&mut self, cx: &mut StateCx<Self>) {
                let server = cx.name();
                assert!(server.is_none());
                self.$field += 10;
            }

            #[transition]
            async fn save(&self, $t: &Transition) -> Result<(), std::fmt::Error> {
                if $t.is_change() { Ok(()) } else { Err(std::fmt::Error) }
            }

            #[state_timeout($first, after = $after => $second)]
            fn late(&self) {}

            #[state_timeout($second, until = $until => $first)]
            fn later(&self) {}

            fn until(&self, state: &$second) -> Option<std::time::SystemTime> {
                let _ = state;
                None
            }

            #[call]
            pub fn $field(&self) -> u32 {
                self.$field
            }
        }
    };
}

pub struct Calm;
pub struct Ringing;

followed!(
    Bell(rings): Calm => Ringing, "60s", Self::until,
    ring(self, body, server, state) {
        let _ = (body, server.name(), state.to);
        self.rings += 1;
        if self.rings < 13 { Enter::Repeat } else { Enter::Done }
    } -> Enter,
    postpone
);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let bell = Bell::start(Bell { rings: 0 }, Calm).await.unwrap();
    bell.go().await.unwrap();
    assert_eq!(bell.rings().await.unwrap(), 13);
    assert_eq!(bell.back(3).await.unwrap(), 3);
    let small = Small::start(0).await.unwrap();
    assert_eq!(small.add(0).await.unwrap(), 42);
    small.reset(0).await.unwrap();
    assert_eq!(small.get().await.unwrap(), 0);
    let large = Large::start(1).await.unwrap();
    assert_eq!(large.more(1).await.unwrap(), 4);
    let door = Door::start().await.unwrap();
    assert!(door.early().await.unwrap());
    assert_eq!(door.close().await.unwrap(), 1);
    assert!(door.end().await.is_err());
}
