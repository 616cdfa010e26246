//! Times that come out of `macro_rules!`, as whatever fragment.
#![deny(warnings)]

use std::time::Duration;

use genserver_runtime::__private::Server;
use genserver_runtime::prelude::*;

const BEAT: Duration = Duration::from_secs(1);

macro_rules! clock {
    ($name:ident, $expr:expr, $path:path, $literal:literal, $ident:ident) => {
        pub struct $name;

        #[genserver(passivate = $literal, hibernate_after = $path)]
        impl $name {
            #[every($expr)]
            fn a(&self) {}

            #[every($path, missed = skip)]
            fn b(&self) {}

            #[every($literal)]
            fn c(&self) {}

            #[every($ident)]
            fn d(&self) {}

            #[idle($expr)]
            fn e(&self) {}
        }
    };
}

clock!(Clock, BEAT, crate::BEAT, "1s", BEAT);
clock!(Other, "1s", BEAT, "1000ms", BEAT);

fn main() {
    let all = Clock::TICKS.iter().chain(Other::TICKS);
    assert!(all.clone().all(|tick| tick.period == BEAT));
    assert_eq!(all.count(), 8);
}
