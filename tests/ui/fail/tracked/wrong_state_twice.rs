//! Two machines with calls of one name, and a path of many steps: what the names look like then.

use genserver_runtime::prelude::*;

pub mod begin {
    use genserver_runtime::prelude::*;

    pub struct Idle;
    pub struct Running;
    pub struct Job;

    #[genserver(states(Idle: initial, Running), tracked)]
    impl Job {
        #[call(Idle => Running)]
        pub fn begin(&self) {}

        #[call(Running => Idle)]
        pub fn end(&self) {}
    }
}

pub struct One;
pub struct Two;
pub struct Three;
pub struct Four;
pub struct Five;
pub struct Six;
pub struct Walk;

#[genserver(states(One: initial, Two, Three, Four, Five, Six: terminal), tracked)]
impl Walk {
    #[call(One => Two)]
    pub fn first(&self) {}

    #[call(Two => Three)]
    pub fn second(&self) {}

    #[call(Three => Four)]
    pub fn third(&self) {}

    #[call(Four => Five)]
    pub fn fourth(&self) {}

    #[call(Five => Six)]
    pub fn fifth(&self) {}

    #[call(Six)]
    pub fn end(&self) {}
}

pub async fn same_name(idle: begin::JobTracked<begin::Idle>) {
    let _idle = idle.end().await;
}

pub async fn far(one: WalkTracked<One>, two: &WalkTracked<Two>) {
    let _ = two.end().await;
    let _ = one.fifth().await;
}

pub async fn farther(one: &WalkTracked<One>) {
    let _ = one.end().await;
}

fn main() {}
