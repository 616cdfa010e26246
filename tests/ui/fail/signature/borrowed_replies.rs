//! Replies travel as arguments do.

use genserver_runtime::prelude::*;

pub struct Names(Vec<String>);

#[genserver]
impl Names {
    #[call]
    pub fn first(&self) -> &str {
        &self.0[0]
    }

    #[call]
    pub fn all(&self) -> impl Iterator<Item = String> {
        self.0.clone().into_iter()
    }

    #[call]
    pub fn find(&self, name: String) -> Result<&String, String> {
        self.0.iter().find(|known| **known == name).ok_or(name)
    }

    #[call]
    pub fn deferred(&self, reply: ReplyTo<&str>) {
        let _ = reply;
    }
}

fn main() {}
