//! `impl Trait` is another type at each call, and a message has one.

use genserver_runtime::prelude::*;

pub struct Files;

#[genserver]
impl Files {
    #[init]
    pub fn open(root: impl Into<String>) -> Self {
        let _ = root.into();
        Self
    }

    #[call]
    pub fn read(&self, name: impl Into<String>) -> usize {
        name.into().len()
    }

    #[cast]
    pub fn each(&mut self, job: impl Fn(u8) + Send + 'static) {
        job(1);
    }

    #[cast]
    pub fn all(&mut self, jobs: Vec<impl Fn(u8) + Send + 'static>) {
        jobs[0](1);
    }
}

fn main() {}
