//! Arguments travel in a message, so they own what they hold.

use std::borrow::Cow;
use std::path::Path;

use genserver_runtime::prelude::*;

pub struct Files;

#[genserver]
impl Files {
    #[init]
    pub fn open(root: &Path) -> Self {
        let _ = root;
        Self
    }

    #[call]
    pub fn read(&self, name: &str) -> usize {
        name.len()
    }

    #[call]
    pub fn bytes(&self, all: &[u8], mut scratch: &mut Vec<u8>) -> usize {
        scratch = scratch;
        all.len() + scratch.len()
    }

    #[call]
    pub fn nested(&self, names: Vec<Option<&str>>, text: Cow<'_, str>) -> usize {
        names.len() + text.len()
    }

    #[cast]
    pub fn pair(&mut self, (first, _): (&u8, u8)) {
        let _ = first;
    }

    #[cast]
    pub fn converted(&mut self, #[into] name: &str) {
        let _ = name;
    }

    #[info]
    fn told(&mut self, message: &str) {
        let _ = message;
    }

    #[call]
    pub fn job(&self, job: Box<dyn Fn(&str) -> usize + '_>) -> usize {
        job("a")
    }
}

fn main() {}
